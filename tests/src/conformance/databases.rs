//! RDS instances: their creation.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::database::{Database, DatabaseSeen};
use domain::observed::Observed;
use domain::ports::{Confidential, CreateDatabase, DescribeDatabase, DescribeDatabases};

use super::ground::{Ground, does, passes, refuses, tags, until};
use crate::fixtures;

/// The creation of a database.
pub(super) fn request(ground: &impl Ground, name: &str) -> CreateDatabase {
    CreateDatabase { tags: tags(), ..fixtures::database(ground.environment(), name) }
}

fn with(ground: &impl Ground, change: impl FnOnce(&mut Database)) -> CreateDatabase {
    let mut request = request(ground, &ground.name("db"));
    change(&mut request.desired);
    request
}

pub(super) fn seen(observed: Observed) -> DatabaseSeen {
    match observed.detail {
        Detail::RdsInstance(seen) => seen,
        other => panic!("{other:?} is no database"),
    }
}

pub(super) async fn look<G: Ground>(ground: &G, name: &str) -> Option<DatabaseSeen> {
    does(ground, DescribeDatabase { name: name.to_owned() }).await.map(seen)
}

/// AWS's word for the state; `gone` if there is none.
pub(super) async fn status<G: Ground>(ground: &G, name: &str) -> String {
    look(ground, name).await.map_or("gone".to_owned(), |seen| seen.status)
}

/// A database that stands.
pub(super) async fn available<G: Ground>(ground: &G, change: impl FnOnce(&mut Database)) -> String {
    let request = with(ground, change);
    let name = request.name.clone();
    does(ground, request).await;
    until(ground, "an available database", async || (status(ground, &name).await == "available").then_some(())).await;
    name
}

pub(super) async fn a_database_is_creating_without_an_endpoint_until_it_is_available<G: Ground>(ground: &G) {
    let name = ground.name("db");
    let created = does(ground, request(ground, &name)).await;
    assert!(created.arn.ends_with(&format!(":db:{name}")), "{}", created.arn);
    assert_eq!(created.tags, tags());
    let created = seen(created);
    assert_eq!((created.status.as_str(), created.endpoint), ("creating", None));
    until(ground, "an available database", async || {
        let seen = look(ground, &name).await.expect("it stands");
        assert_eq!(seen.status == "creating", seen.endpoint.is_none(), "{seen:?}");
        (seen.status == "available").then_some(())
    })
    .await;
    let endpoint = look(ground, &name).await.and_then(|seen| seen.endpoint).expect("it has one");
    assert!(endpoint.port == 5432 && !endpoint.host.is_empty());
}

pub(super) async fn a_created_database_backs_up_before_it_is_available<G: Ground>(ground: &G) {
    let name = ground.name("db");
    does(ground, request(ground, &name)).await;
    assert_eq!(passes(ground, "available", async || status(ground, &name).await).await, ["creating", "backing-up", "available"]);
}

pub(super) async fn a_major_version_becomes_a_minor_one<G: Ground>(ground: &G) {
    let name = ground.name("db");
    assert_eq!(request(ground, &name).desired.engine_version, "16");
    does(ground, request(ground, &name)).await;
    let version = look(ground, &name).await.expect("it stands").engine_version;
    assert!(version.starts_with("16.") && version.len() > 3, "{version}");
}

pub(super) async fn databases_are_described_together_as_each_by_itself<G: Ground>(ground: &G) {
    let name = available(ground, |_| ()).await;
    let together = does(ground, DescribeDatabases { names: vec![ground.name("nobody"), name.clone()] }).await;
    let names: Vec<_> = together.iter().map(|(name, _)| name).collect();
    assert_eq!(names, [&name], "what is not there is left out");
    let alone = does(ground, DescribeDatabase { name }).await.expect("it stands");
    assert_eq!((&together[0].1.arn, &together[0].1.tags, &together[0].1.detail), (&alone.arn, &alone.tags, &alone.detail));
}

pub(super) async fn a_database_of_the_same_name_already_exists<G: Ground>(ground: &G) {
    let name = ground.name("db");
    does(ground, request(ground, &name)).await;
    refuses(ground, request(ground, &name), Cause::AlreadyExists).await;
    let mut other = request(ground, &name);
    other.desired.storage_gib = 50;
    refuses(ground, other, Cause::AlreadyExists).await;
    assert_eq!(look(ground, &name).await.expect("it stands").storage_gib, 20, "what stands is not touched");
}

pub(super) async fn a_database_needs_its_subnet_group<G: Ground>(ground: &G) {
    let request = with(ground, |desired| desired.subnet_group = "no-such-group".to_owned());
    refuses(ground, request, Cause::NotFound).await;
}

pub(super) async fn a_database_needs_its_security_group<G: Ground>(ground: &G) {
    let request = with(ground, |desired| desired.security_group = "sg-00000000000000000".to_owned());
    refuses(ground, request, Cause::InvalidRequest).await;
}

pub(super) async fn a_database_of_less_than_20_gib_is_refused<G: Ground>(ground: &G) {
    refuses(ground, with(ground, |desired| desired.storage_gib = 19), Cause::InvalidRequest).await;
}

pub(super) async fn a_master_password_with_a_slash_is_refused<G: Ground>(ground: &G) {
    let password = Confidential("correct/horse/battery".to_owned());
    refuses(ground, CreateDatabase { password, ..with(ground, |_| {}) }, Cause::InvalidRequest).await;
}

pub(super) async fn an_identifier_with_two_hyphens_is_refused<G: Ground>(ground: &G) {
    for name in [format!("{}--x", ground.name("db")), format!("{}-", ground.name("db")), "1-begins-with-a-digit".to_owned()] {
        refuses(ground, request(ground, &name), Cause::InvalidRequest).await;
    }
}
