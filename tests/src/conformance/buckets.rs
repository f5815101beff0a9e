//! Token buckets. A bucket refills while it is being emptied, so each function calls until it is refused.

use domain::failure::Cause;
use domain::ports::{
    DeleteService, DeregisterTaskDefinition, DescribeDatabase, DescribeSnapshot, ListTaskDefinitions, Operation, TagSecret, TagService,
    UpdateService, send,
};

use super::ground::{Ground, does, refusal, secret, tags};
use super::services::{describe, made};
use super::task_definitions::request;
use crate::fixtures::task_definition;

/// The number of the first call that is throttled, 1 is the first. A cloud that answers slowly refills meanwhile: there is a limit.
async fn throttled<G: Ground, O: Operation>(ground: &G, burst: usize, mut call: impl FnMut() -> O) -> usize {
    for number in 1..burst * 3 {
        match refusal(send(ground.aws(), call()).await) {
            Some(Cause::Throttled) => return number,
            // Whether AWS does it is another matter: it has taken a token.
            _ => {}
        }
    }
    panic!("{} was not throttled within {} calls", O::NAME, burst * 3);
}

/// Has `show` shown while the buckets are in force.
async fn under_throttling<G: Ground>(ground: &G, show: impl AsyncFnOnce()) {
    ground.throttle(true).await;
    show().await;
    ground.throttle(false).await;
}

pub(super) async fn rds_throttles_all_calls_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let name = ground.name("db");
        let first = throttled(ground, 300, || DescribeDatabase { name: name.clone() }).await;
        assert!(first > 300, "{first}");
        let other = refusal(send(ground.aws(), DescribeSnapshot { name }).await);
        // The bucket may have a new token by now, for one call.
        assert!(other.is_none_or(|cause| cause == Cause::Throttled), "{other:?}");
    })
    .await;
}

pub(super) async fn the_twenty_first_task_definition_is_throttled<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let family = ground.name("family");
        let first = throttled(ground, 20, || request(task_definition(&family))).await;
        assert!(first > 20, "{first}");
    })
    .await;
}

pub(super) async fn a_throttled_call_has_no_effect<G: Ground>(ground: &G) {
    let family = ground.name("family");
    let mut first = 0;
    under_throttling(ground, async || {
        first = throttled(ground, 20, || request(task_definition(&family))).await;
        let arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/none:1".to_owned();
        // The same bucket as the registrations'.
        throttled(ground, 20, || DeregisterTaskDefinition { arn: arn.clone() }).await;
    })
    .await;
    assert_eq!(does(ground, ListTaskDefinitions { family }).await.len(), first - 1);
}

pub(super) async fn service_changes_are_throttled_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let (cluster, name) = (ground.environment().cluster.clone(), ground.name("service"));
        let update = || UpdateService { cluster: cluster.clone(), name: name.clone(), task_definition: "none:1".to_owned() };
        let first = throttled(ground, 50, update).await;
        assert!(first > 50, "{first}");
        let delete = || DeleteService { cluster: cluster.clone(), name: name.clone() };
        assert!(throttled(ground, 50, delete).await < 25, "it is the same bucket");
    })
    .await;
}

pub(super) async fn service_reads_are_throttled<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let name = ground.name("service");
        let first = throttled(ground, 100, || describe(ground, &name)).await;
        assert!(first > 100, "{first}");
    })
    .await;
}

pub(super) async fn ecs_tagging_is_throttled<G: Ground>(ground: &G) {
    let (name, _) = made(ground, |content| content).await;
    let arn = does(ground, describe(ground, &name)).await.expect("it stands").arn;
    under_throttling(ground, async || {
        let first = throttled(ground, 20, || TagService { arn: arn.clone(), tags: tags() }).await;
        assert!(first > 20, "{first}");
    })
    .await;
}

pub(super) async fn secret_changes_are_throttled<G: Ground>(ground: &G) {
    let id = ground.name("secret");
    does(ground, secret(&id, "one")).await;
    under_throttling(ground, async || {
        let first = throttled(ground, 50, || TagSecret { id: id.clone(), tags: tags() }).await;
        assert!(first > 50, "{first}");
    })
    .await;
}
