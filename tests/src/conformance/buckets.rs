//! Token buckets. A client may repeat what is throttled, and a bucket refills meanwhile: so many calls are made at once that some get through to us.

use domain::failure::Cause;
use domain::ports::{
    DeleteService, DescribeDatabase, DescribeSnapshot, ListTaskDefinitions, Operation, TagSecret, TagService, UpdateService, send,
};

use futures::future::join_all;

use super::ground::{Ground, does, secret, tags};
use super::services::{describe, made};
use super::task_definitions::request;
use crate::fixtures::task_definition;

/// Makes three times as many calls at once as the bucket holds. How many were not throttled; whether AWS did them is another matter.
pub(super) async fn passed<G: Ground, O: Operation>(ground: &G, burst: usize, call: impl Fn() -> O) -> usize {
    let calls = join_all((0..burst * 3).map(|_| send(ground.aws(), call()))).await;
    let passed = calls.into_iter().filter(|reply| reply.as_ref().err().is_none_or(|error| error.cause != Cause::Throttled)).count();
    assert!(passed < burst * 3, "{} was not throttled within {} calls", O::NAME, burst * 3);
    passed
}

/// Has `show` shown while the buckets are in force.
pub(super) async fn under_throttling<G: Ground>(ground: &G, show: impl AsyncFnOnce()) {
    ground.throttle(true).await;
    show().await;
    ground.throttle(false).await;
}

pub(super) async fn rds_throttles_all_calls_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let name = ground.name("db");
        let first = passed(ground, 300, || DescribeDatabase { name: name.clone() }).await;
        assert!(first >= 300, "{first}");
        let snapshots = passed(ground, 300, || DescribeSnapshot { name: name.clone() }).await;
        assert!(snapshots < 300, "it is the same bucket: {snapshots}");
    })
    .await;
}

pub(super) async fn the_twenty_first_task_definition_is_throttled<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let family = ground.name("family");
        let first = passed(ground, 20, || request(task_definition(&family))).await;
        assert!(first >= 20, "{first}");
    })
    .await;
}

pub(super) async fn a_throttled_call_has_no_effect<G: Ground>(ground: &G) {
    let family = ground.name("family");
    let mut registered = 0;
    under_throttling(ground, async || registered = passed(ground, 20, || request(task_definition(&family))).await).await;
    assert_eq!(does(ground, ListTaskDefinitions { family }).await.len(), registered);
}

pub(super) async fn service_changes_are_throttled_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let (cluster, name) = (ground.environment().cluster.clone(), ground.name("service"));
        let update =
            || UpdateService { cluster: cluster.clone(), name: name.clone(), task_definition: "none:1".to_owned(), settings: None };
        let first = passed(ground, 50, update).await;
        assert!(first >= 50, "{first}");
        let delete = || DeleteService { cluster: cluster.clone(), name: name.clone() };
        let deleted = passed(ground, 50, delete).await;
        assert!(deleted < 50, "it is the same bucket: {deleted}");
    })
    .await;
}

pub(super) async fn service_reads_are_throttled<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let name = ground.name("service");
        let first = passed(ground, 100, || describe(ground, &name)).await;
        assert!(first >= 100, "{first}");
    })
    .await;
}

pub(super) async fn ecs_tagging_is_throttled<G: Ground>(ground: &G) {
    let (name, _) = made(ground, |content| content).await;
    let arn = does(ground, describe(ground, &name)).await.expect("it stands").arn;
    under_throttling(ground, async || {
        let first = passed(ground, 20, || TagService { arn: arn.clone(), tags: tags() }).await;
        assert!(first >= 20, "{first}");
    })
    .await;
}

pub(super) async fn secret_changes_are_throttled<G: Ground>(ground: &G) {
    let id = ground.name("secret");
    does(ground, secret(&id, "one")).await;
    under_throttling(ground, async || {
        let first = passed(ground, 50, || TagSecret { id: id.clone(), tags: tags() }).await;
        assert!(first >= 50, "{first}");
    })
    .await;
}
