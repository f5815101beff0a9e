//! Secrets Manager.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::ports::{Confidential, CreateSecret, DeleteSecret, DescribeSecret, GetSecretValue, RestoreSecret, TagSecret};

use super::ground::{Ground, does, refuses, secret, tags};

async fn deleted_at<G: Ground>(ground: &G, id: &str) -> Option<Option<jiff::Timestamp>> {
    does(ground, DescribeSecret { id: id.to_owned() }).await.map(|observed| match observed.detail {
        Detail::Secret(seen) => seen.deleted_at,
        other => panic!("{other:?} is no secret"),
    })
}

pub(super) async fn a_secret_with_the_same_token_and_value_is_the_same_secret<G: Ground>(ground: &G) {
    let name = ground.name("secret");
    let first = does(ground, secret(&name, "one")).await;
    assert_eq!(does(ground, secret(&name, "one")).await, first);
    let seen = does(ground, DescribeSecret { id: name.clone() }).await.expect("it stands");
    assert_eq!((seen.arn.as_str(), seen.tags), (first.as_str(), tags()));
    assert_eq!(does(ground, GetSecretValue { id: first }).await, Confidential("one".to_owned()), "by ARN");
}

pub(super) async fn a_secret_version_with_another_value_is_refused<G: Ground>(ground: &G) {
    let name = ground.name("secret");
    does(ground, secret(&name, "one")).await;
    refuses(ground, secret(&name, "two"), Cause::AlreadyExists).await;
    assert_eq!(does(ground, GetSecretValue { id: name }).await, Confidential("one".to_owned()), "the value stays");
}

pub(super) async fn a_secret_name_with_another_token_is_refused<G: Ground>(ground: &G) {
    let name = ground.name("secret");
    does(ground, secret(&name, "one")).await;
    refuses(ground, CreateSecret { token: "f".repeat(32), ..secret(&name, "one") }, Cause::AlreadyExists).await;
}

pub(super) async fn a_secret_name_has_its_alphabet<G: Ground>(ground: &G) {
    refuses(ground, secret(&format!("{} blank", ground.name("secret")), "one"), Cause::InvalidRequest).await;
}

pub(super) async fn a_request_outside_its_model_is_refused<G: Ground>(ground: &G) {
    let short = CreateSecret { token: "short".to_owned(), ..secret(&ground.name("secret"), "one") };
    refuses(ground, short, Cause::InvalidRequest).await;
}

pub(super) async fn a_secret_name_in_recovery_is_refused<G: Ground>(ground: &G) {
    let name = ground.name("secret");
    does(ground, secret(&name, "one")).await;
    does(ground, DeleteSecret { id: name.clone(), recovery_days: Some(7) }).await;
    refuses(ground, secret(&name, "one"), Cause::InvalidState).await;
    refuses(ground, CreateSecret { token: "f".repeat(32), ..secret(&name, "two") }, Cause::InvalidState).await;
}

pub(super) async fn a_secret_in_recovery_is_described_with_its_date_and_comes_back_with_its_value<G: Ground>(ground: &G) {
    let id = ground.name("secret");
    does(ground, secret(&id, "one")).await;
    assert_eq!(deleted_at(ground, &id).await, Some(None));
    does(ground, DeleteSecret { id: id.clone(), recovery_days: Some(30) }).await;
    assert!(matches!(deleted_at(ground, &id).await, Some(Some(_))));
    refuses(ground, GetSecretValue { id: id.clone() }, Cause::InvalidState).await;
    refuses(ground, TagSecret { id: id.clone(), tags: tags() }, Cause::InvalidState).await;
    does(ground, RestoreSecret { id: id.clone() }).await;
    assert_eq!(deleted_at(ground, &id).await, Some(None));
    assert_eq!(does(ground, GetSecretValue { id }).await, Confidential("one".to_owned()));
}

pub(super) async fn a_secret_deleted_without_recovery_is_gone_and_one_that_never_was_is_deleted_as_well<G: Ground>(ground: &G) {
    let id = ground.name("secret");
    does(ground, DeleteSecret { id: id.clone(), recovery_days: None }).await;
    refuses(ground, DeleteSecret { id: id.clone(), recovery_days: Some(7) }, Cause::NotFound).await;
    refuses(ground, GetSecretValue { id: id.clone() }, Cause::NotFound).await;
    does(ground, secret(&id, "one")).await;
    // Also out of its recovery window.
    does(ground, DeleteSecret { id: id.clone(), recovery_days: Some(7) }).await;
    does(ground, DeleteSecret { id: id.clone(), recovery_days: None }).await;
    super::ground::until(ground, "the end of the secret", async || deleted_at(ground, &id).await.is_none().then_some(())).await;
}
