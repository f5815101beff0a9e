//! Scalable targets of ECS services, and their policies.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::scaling::{Metric, Policy, ScalableTarget};
use domain::observed::Observed;
use domain::ports::{
    DeleteScalingPolicy, DeleteService, DeregisterScalableTarget, DescribeBounds, DescribeScalableTarget, DescribeScalingPolicies,
    ListTargetTags, PutScalingPolicy, RegisterScalableTarget, SetDesiredCount, TagScalableTarget,
};
use domain::resource::Tags;
use domain::scaling::limits::Suspended;

use super::ground::{Ground, does, refuses, tags, until};
use super::services::{describe as describe_service, made};

fn desired(ground: &impl Ground, service: &str, min: u32, max: u32) -> ScalableTarget {
    ScalableTarget { cluster: ground.environment().cluster.clone(), service: service.to_owned(), min, max, policies: BTreeMap::new() }
}

fn register(ground: &impl Ground, service: &str, (min, max): (u32, u32), tags: Tags) -> RegisterScalableTarget {
    RegisterScalableTarget { desired: desired(ground, service, min, max), tags }
}

fn deregister(ground: &impl Ground, service: &str) -> DeregisterScalableTarget {
    DeregisterScalableTarget { cluster: ground.environment().cluster.clone(), service: service.to_owned() }
}

async fn look<G: Ground>(ground: &G, service: &str) -> Option<Observed> {
    let cluster = ground.environment().cluster.clone();
    does(ground, DescribeScalableTarget { cluster, service: service.to_owned() }).await
}

fn bounds(observed: Option<Observed>) -> (u32, u32) {
    match observed.map(|observed| observed.detail) {
        Some(Detail::ScalableTarget(seen)) => (seen.properties.min, seen.properties.max),
        other => panic!("{other:?} is no scalable target"),
    }
}

/// A service of one task with a target, and the target's ARN.
async fn registered<G: Ground>(ground: &G) -> (String, String) {
    let (service, _) = made(ground, |content| content).await;
    let arn = does(ground, register(ground, &service, (1, 4), tags())).await;
    (service, arn)
}

fn policy(target: f64) -> Policy {
    Policy {
        metric: Metric::Cpu,
        target: target.try_into().expect("it is positive"),
        resource_label: None,
        out_cooldown_seconds: 60,
        in_cooldown_seconds: 300,
    }
}

fn put(ground: &impl Ground, service: &str, policy: Policy) -> PutScalingPolicy {
    let cluster = ground.environment().cluster.clone();
    PutScalingPolicy { cluster, service: service.to_owned(), name: "web-cpu".to_owned(), policy }
}

fn delete(ground: &impl Ground, service: &str) -> DeleteScalingPolicy {
    DeleteScalingPolicy { cluster: ground.environment().cluster.clone(), service: service.to_owned(), name: "web-cpu".to_owned() }
}

async fn policies<G: Ground>(ground: &G, service: &str) -> BTreeMap<String, Policy> {
    let cluster = ground.environment().cluster.clone();
    does(ground, DescribeScalingPolicies { cluster, service: service.to_owned() }).await
}

pub(super) async fn a_scalable_target_needs_its_service<G: Ground>(ground: &G) {
    let service = ground.name("service");
    refuses(ground, register(ground, &service, (1, 2), tags()), Cause::InvalidState).await;
    assert_eq!(look(ground, &service).await, None);
}

pub(super) async fn a_scalable_target_is_registered_once_with_its_tags<G: Ground>(ground: &G) {
    let (service, arn) = registered(ground).await;
    assert_eq!(bounds(look(ground, &service).await), (1, 4));
    assert_eq!(does(ground, ListTargetTags { arn: arn.clone() }).await, tags());
    refuses(ground, register(ground, &service, (1, 4), tags()), Cause::AlreadyExists).await;
    assert_eq!(does(ground, register(ground, &service, (1, 5), Tags::new())).await, arn, "without tags it is changed");
    assert_eq!(bounds(look(ground, &service).await), (1, 5));
    assert_eq!(look(ground, &service).await.map(|seen| seen.arn), Some(arn.clone()));
    assert_eq!(does(ground, ListTargetTags { arn: arn.clone() }).await, tags(), "its tags stay");
    does(ground, TagScalableTarget { arn: arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListTargetTags { arn }).await.len(), tags().len() + 1);
}

pub(super) async fn a_maximum_below_the_minimum_is_refused<G: Ground>(ground: &G) {
    let (service, _) = made(ground, |content| content).await;
    refuses(ground, register(ground, &service, (3, 2), tags()), Cause::InvalidRequest).await;
    assert_eq!(look(ground, &service).await, None);
}

async fn counts<G: Ground>(ground: &G, service: &str, count: u32) {
    until(ground, "the count within its bounds", async || {
        let view = does(ground, describe_service(ground, service)).await.expect("it stands");
        (view.seen.desired_count == count).then_some(())
    })
    .await;
}

pub(super) async fn registration_brings_the_count_within_its_bounds<G: Ground>(ground: &G) {
    let (service, _) = made(ground, |content| content).await;
    does(ground, register(ground, &service, (2, 4), tags())).await;
    counts(ground, &service, 2).await;
    does(ground, register(ground, &service, (0, 1), Tags::new())).await;
    counts(ground, &service, 1).await;
}

/// Bounds bind Auto Scaling alone.
pub(super) async fn a_count_that_is_set_directly_is_obeyed<G: Ground>(ground: &G) {
    let (service, _) = registered(ground).await;
    let cluster = || ground.environment().cluster.clone();
    let seen = does(ground, DescribeBounds { cluster: cluster(), service: service.clone() }).await.expect("it stands");
    assert_eq!((seen.bounds.min, seen.bounds.max, seen.suspended), (1, 4, Suspended::default()));
    does(ground, SetDesiredCount { cluster: cluster(), name: service.clone(), count: 6 }).await;
    counts(ground, &service, 6).await;
    refuses(ground, SetDesiredCount { cluster: cluster(), name: ground.name("service"), count: 1 }, Cause::NotFound).await;
}

pub(super) async fn a_scaling_policy_needs_its_target<G: Ground>(ground: &G) {
    let (service, _) = made(ground, |content| content).await;
    refuses(ground, put(ground, &service, policy(70.0)), Cause::NotFound).await;
    assert_eq!(policies(ground, &service).await, BTreeMap::new());
}

pub(super) async fn a_scaling_policy_is_put_and_deleted_by_its_name<G: Ground>(ground: &G) {
    let (service, _) = registered(ground).await;
    for target in [70.0, 37.5] {
        does(ground, put(ground, &service, policy(target))).await;
        assert_eq!(policies(ground, &service).await, [("web-cpu".to_owned(), policy(target))].into());
    }
    does(ground, delete(ground, &service)).await;
    assert_eq!(policies(ground, &service).await, BTreeMap::new());
    refuses(ground, delete(ground, &service), Cause::NotFound).await;
}

pub(super) async fn a_request_count_needs_its_label<G: Ground>(ground: &G) {
    let (service, _) = registered(ground).await;
    let requests = |label: Option<&str>| Policy { metric: Metric::Requests, resource_label: label.map(str::to_owned), ..policy(1000.0) };
    refuses(ground, put(ground, &service, requests(None)), Cause::InvalidRequest).await;
    refuses(ground, put(ground, &service, Policy { metric: Metric::Cpu, ..requests(Some("x")) }), Cause::InvalidRequest).await;
}

pub(super) async fn a_deregistered_target_takes_its_policies_along<G: Ground>(ground: &G) {
    let (service, arn) = registered(ground).await;
    does(ground, put(ground, &service, policy(70.0))).await;
    does(ground, deregister(ground, &service)).await;
    assert_eq!(look(ground, &service).await, None);
    assert_eq!(policies(ground, &service).await, BTreeMap::new());
    refuses(ground, ListTargetTags { arn }, Cause::NotFound).await;
    refuses(ground, deregister(ground, &service), Cause::NotFound).await;
}

pub(super) async fn a_deleted_service_takes_its_scalable_target_along<G: Ground>(ground: &G) {
    let (service, _) = registered(ground).await;
    does(ground, put(ground, &service, policy(70.0))).await;
    does(ground, DeleteService { cluster: ground.environment().cluster.clone(), name: service.clone() }).await;
    assert_eq!(look(ground, &service).await, None);
    refuses(ground, deregister(ground, &service), Cause::NotFound).await;
}
