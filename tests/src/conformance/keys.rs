//! KMS, and what is encrypted with a key.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::key::{Key, KeySeen, KeyState, alias};
use domain::kind::policy::Policy;
use domain::observed::Observed;
use domain::ports::{
    CancelKeyDeletion, CreateAlias, CreateFileSystem, CreateKey, CreateSecret, DeleteAlias, DeleteSecret, DescribeFileSystem, DescribeKey,
    DescribeSecret, DisableKeyRotation, EnableKey, EnableKeyRotation, GetKeyPolicy, GetKeyRotationStatus, ListKeyTags, ListKeys,
    PutKeyPolicy, ScheduleKeyDeletion, TagKey, UpdateKeyDescription, UpdateSecret,
};
use serde_json::json;

use super::file_systems;
use super::ground::{Ground, does, refuses, secret, tags};

fn policy(ground: &impl Ground, sid: &str) -> Policy {
    let root = format!("arn:aws:iam::{}:root", ground.environment().account);
    let statement = json!({ "Sid": sid, "Effect": "Allow", "Principal": { "AWS": root }, "Action": ["kms:*"], "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).into()
}

fn request(ground: &impl Ground) -> CreateKey {
    let desired = Key { description: "for the conformance".to_owned(), policy: policy(ground, "Own"), rotation: true };
    CreateKey { desired, tags: tags() }
}

fn seen(observed: &Observed) -> &KeySeen {
    match &observed.detail {
        Detail::KmsKey(seen) => seen,
        other => panic!("{other:?} is no key"),
    }
}

/// A new key: its id and ARN.
async fn key<G: Ground>(ground: &G) -> (String, String) {
    let made = does(ground, request(ground)).await;
    (seen(&made).id.clone(), made.arn)
}

async fn described<G: Ground>(ground: &G, id: &str) -> Option<Observed> {
    does(ground, DescribeKey { id: id.to_owned() }).await
}

async fn state<G: Ground>(ground: &G, id: &str) -> KeyState {
    seen(&described(ground, id).await.expect("it stands")).state.clone()
}

pub(super) async fn each_creation_is_a_new_key<G: Ground>(ground: &G) {
    let made = does(ground, request(ground)).await;
    assert_eq!((&seen(&made).state, &made.tags), (&KeyState::Enabled, &tags()));
    let (first, (second, _)) = (seen(&made).id.clone(), key(ground).await);
    assert_ne!(first, second);
    let all = does(ground, ListKeys {}).await;
    assert!(all.contains(&first) && all.contains(&second), "{all:?}");
    assert_eq!(does(ground, ListKeyTags { id: first.clone() }).await, tags());
    does(ground, TagKey { id: first.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListKeyTags { id: first }).await.get("a").map(String::as_str), Some("b"));
}

pub(super) async fn a_key_is_found_by_its_alias<G: Ground>(ground: &G) {
    let ((id, arn), alias) = (key(ground).await, alias(&ground.name("key")));
    assert_eq!(described(ground, &alias).await, None, "not by itself");
    does(ground, CreateAlias { alias: alias.clone(), id: id.clone() }).await;
    for name in [&alias, &id, &arn] {
        assert_eq!(described(ground, name).await.map(|found| found.arn), Some(arn.clone()), "{name}");
    }
    does(ground, DeleteAlias { alias: alias.clone() }).await;
    refuses(ground, DeleteAlias { alias: alias.clone() }, Cause::NotFound).await;
    assert_eq!(described(ground, &alias).await, None);
    assert_eq!(described(ground, "00000000-0000-0000-0000-000000000000").await, None);
}

pub(super) async fn a_key_shows_what_it_was_told<G: Ground>(ground: &G) {
    let (id, _) = key(ground).await;
    let description = async || seen(&described(ground, &id).await.expect("it stands")).properties.description.clone();
    let rotates = async || does(ground, GetKeyRotationStatus { id: id.clone() }).await;
    assert_eq!((description().await.as_str(), rotates().await), ("for the conformance", false));
    assert_eq!(does(ground, GetKeyPolicy { id: id.clone() }).await, policy(ground, "Own"));
    does(ground, UpdateKeyDescription { id: id.clone(), description: "for more".to_owned() }).await;
    does(ground, EnableKeyRotation { id: id.clone() }).await;
    does(ground, EnableKeyRotation { id: id.clone() }).await;
    does(ground, PutKeyPolicy { id: id.clone(), policy: policy(ground, "Other") }).await;
    assert_eq!((description().await.as_str(), rotates().await), ("for more", true));
    assert_eq!(does(ground, GetKeyPolicy { id: id.clone() }).await, policy(ground, "Other"));
    does(ground, DisableKeyRotation { id: id.clone() }).await;
    assert!(!rotates().await);
}

pub(super) async fn an_alias_leads_to_one_key<G: Ground>(ground: &G) {
    let ((first, arn), (second, _), alias) = (key(ground).await, key(ground).await, alias(&ground.name("key")));
    does(ground, CreateAlias { alias: alias.clone(), id: first.clone() }).await;
    for id in [first, second] {
        refuses(ground, CreateAlias { alias: alias.clone(), id }, Cause::AlreadyExists).await;
    }
    assert_eq!(described(ground, &alias).await.map(|found| found.arn), Some(arn), "the first");
}

pub(super) async fn a_key_whose_deletion_is_pending_takes_no_change_and_comes_back_disabled<G: Ground>(ground: &G) {
    let (id, _) = key(ground).await;
    does(ground, EnableKeyRotation { id: id.clone() }).await;
    refuses(ground, CancelKeyDeletion { id: id.clone() }, Cause::InvalidState).await;
    let schedule = || ScheduleKeyDeletion { id: id.clone(), pending_days: 7 };
    does(ground, schedule()).await;
    assert_eq!(state(ground, &id).await, KeyState::PendingDeletion);
    assert_eq!(does(ground, ListKeyTags { id: id.clone() }).await, tags(), "it is still found by them");
    assert_eq!(does(ground, GetKeyPolicy { id: id.clone() }).await, policy(ground, "Own"));
    assert!(!does(ground, GetKeyRotationStatus { id: id.clone() }).await);
    refuses(ground, schedule(), Cause::InvalidState).await;
    refuses(ground, EnableKey { id: id.clone() }, Cause::InvalidState).await;
    refuses(ground, EnableKeyRotation { id: id.clone() }, Cause::InvalidState).await;
    refuses(ground, TagKey { id: id.clone(), tags: tags() }, Cause::InvalidState).await;
    refuses(ground, UpdateKeyDescription { id: id.clone(), description: String::new() }, Cause::InvalidState).await;
    refuses(ground, CreateAlias { alias: alias(&ground.name("key")), id: id.clone() }, Cause::InvalidState).await;
    does(ground, CancelKeyDeletion { id: id.clone() }).await;
    assert_eq!(state(ground, &id).await, KeyState::Disabled);
    refuses(ground, DisableKeyRotation { id: id.clone() }, Cause::InvalidState).await;
    does(ground, EnableKey { id: id.clone() }).await;
    assert_eq!(state(ground, &id).await, KeyState::Enabled);
    assert!(does(ground, GetKeyRotationStatus { id: id.clone() }).await, "as before");
}

pub(super) async fn a_file_system_shows_the_key_that_it_was_made_with<G: Ground>(ground: &G) {
    let (_, arn) = key(ground).await;
    let made = does(ground, CreateFileSystem { key: Some(arn.clone()), ..file_systems::another(ground) }).await;
    let key = |observed: &Observed| match &observed.detail {
        Detail::EfsFileSystem(seen) => seen.key.clone(),
        other => panic!("{other:?} is no file system"),
    };
    assert_eq!(key(&made), Some(arn.clone()));
    let request = CreateFileSystem { key: Some(arn.clone()), ..file_systems::another(ground) };
    does(ground, request.clone()).await;
    let found = does(ground, DescribeFileSystem { token: request.token }).await;
    assert_eq!(found.as_ref().and_then(key), Some(arn));
}

pub(super) async fn a_secret_goes_under_another_key<G: Ground>(ground: &G) {
    let (name, (_, first), (_, second)) = (ground.name("secret"), key(ground).await, key(ground).await);
    does(ground, CreateSecret { key: Some(first.clone()), ..secret(&name, "one") }).await;
    let key = async || match does(ground, DescribeSecret { id: name.clone() }).await.map(|found| found.detail) {
        Some(Detail::Secret(seen)) => seen.key,
        other => panic!("{other:?} is no secret"),
    };
    assert_eq!(key().await, Some(first));
    does(ground, UpdateSecret { id: name.clone(), key: Some(second.clone()) }).await;
    assert_eq!(key().await, Some(second.clone()));
    does(ground, UpdateSecret { id: name.clone(), key: None }).await;
    assert_eq!(key().await, None, "AWS's own");
    does(ground, DeleteSecret { id: name.clone(), recovery_days: Some(7) }).await;
    refuses(ground, UpdateSecret { id: name.clone(), key: Some(second) }, Cause::InvalidState).await;
}
