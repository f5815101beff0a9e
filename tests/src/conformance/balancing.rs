//! Load balancers.

use std::collections::BTreeSet;

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::balancing::{AccessLogs, BalancerAttributes, LoadBalancer, LoadBalancerSeen};
use domain::kind::plain::Progress;
use domain::observed::Observed;
use domain::ports::{
    CreateLoadBalancer, CreateSecurityGroup, DeleteLoadBalancer, DeleteSecurityGroup, DescribeBalancingTags, DescribeLoadBalancer,
    DescribeLoadBalancerAttributes, ModifyLoadBalancerAttributes, SetSecurityGroups, SetSubnets, TagBalancing, send,
};

use super::ground::{Ground, does, passes, refusal, refuses, tags, until};

/// A security group of its own.
pub(super) async fn group<G: Ground>(ground: &G) -> String {
    let vpc = ground.environment().outputs()["vpc.id"].clone();
    does(ground, CreateSecurityGroup { vpc, name: ground.name("group"), tags: tags() }).await.arn
}

fn subnets(ground: &impl Ground, count: usize) -> BTreeSet<String> {
    ground.environment().public_subnets.iter().take(count).map(|subnet| subnet.id.clone()).collect()
}

pub(super) fn wanted(ground: &impl Ground, group: &str) -> LoadBalancer {
    LoadBalancer {
        internal: false,
        subnets: subnets(ground, 2),
        security_groups: BTreeSet::from([group.to_owned()]),
        access_logs: None,
        web_acl: None,
        idle_seconds: 60,
        deletion_protection: false,
    }
}

pub(super) async fn request<G: Ground>(ground: &G) -> CreateLoadBalancer {
    let group = group(ground).await;
    CreateLoadBalancer { name: ground.name("lb"), desired: wanted(ground, &group), tags: tags() }
}

fn seen(observed: Option<Observed>) -> LoadBalancerSeen {
    match observed.map(|observed| observed.detail) {
        Some(Detail::LoadBalancer(seen)) => seen,
        other => panic!("{other:?} is no load balancer"),
    }
}

async fn look<G: Ground>(ground: &G, name: &str) -> Option<Observed> {
    does(ground, DescribeLoadBalancer { name: name.to_owned() }).await
}

/// One that takes requests, by ARN.
pub(super) async fn active<G: Ground>(ground: &G, request: &CreateLoadBalancer) -> String {
    let arn = does(ground, request.clone()).await.arn;
    let is_active = async || (seen(look(ground, &request.name).await).shown.progress == Progress::Done).then_some(());
    until(ground, "an active load balancer", is_active).await;
    arn
}

pub(super) async fn a_load_balancer_is_provisioning_until_it_is_active<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let made = does(ground, request.clone()).await;
    let progress = async || format!("{:?}", seen(look(ground, &request.name).await).shown.progress);
    let phases = passes(ground, "Done", progress).await;
    assert_eq!(phases, [format!("{:?}", Progress::Working("provisioning".to_owned())), "Done".to_owned()]);
    let found = seen(look(ground, &request.name).await);
    let (_, suffix) = made.arn.split_once(":loadbalancer/").expect("an ARN");
    assert_eq!(found.shown.gives.get("suffix").map(String::as_str), Some(suffix));
    assert!(found.shown.gives["dns"].contains(&request.name) && !found.shown.gives["zone"].is_empty(), "{found:?}");
    let properties = LoadBalancer { idle_seconds: 0, ..request.desired };
    assert_eq!(found.shown.properties, properties, "the attributes are asked for apart");
}

pub(super) async fn a_load_balancer_with_the_same_settings_is_the_same<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let made = does(ground, request.clone()).await;
    assert_eq!(does(ground, request.clone()).await.arn, made.arn);
    let desired = LoadBalancer { subnets: subnets(ground, 3), ..request.desired.clone() };
    refuses(ground, CreateLoadBalancer { desired, ..request }, Cause::AlreadyExists).await;
}

pub(super) async fn a_load_balancer_name_has_its_alphabet<G: Ground>(ground: &G) {
    let request = request(ground).await;
    for name in ["internal-lb".to_owned(), "lb-".to_owned(), "a_b".to_owned(), "a".repeat(33)] {
        refuses(ground, CreateLoadBalancer { name, ..request.clone() }, Cause::InvalidRequest).await;
    }
}

pub(super) async fn a_load_balancer_covers_two_zones<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let desired = LoadBalancer { subnets: subnets(ground, 1), ..request.desired.clone() };
    refuses(ground, CreateLoadBalancer { desired, ..request }, Cause::InvalidRequest).await;
}

pub(super) async fn a_load_balancer_shows_what_is_set_on_it<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let arn = active(ground, &request).await;
    let attributes = async || does(ground, DescribeLoadBalancerAttributes { arn: arn.clone() }).await;
    let by_itself = BalancerAttributes { access_logs: None, idle_seconds: 60, deletion_protection: false, drops_invalid_headers: false };
    assert_eq!(attributes().await, by_itself);
    let set = BalancerAttributes { idle_seconds: 120, drops_invalid_headers: true, ..by_itself };
    does(ground, ModifyLoadBalancerAttributes { arn: arn.clone(), attributes: set.clone() }).await;
    assert_eq!(attributes().await, set);
    let (other, all) = (BTreeSet::from([group(ground).await]), subnets(ground, 3));
    does(ground, SetSecurityGroups { arn: arn.clone(), security_groups: other.clone() }).await;
    does(ground, SetSubnets { arn: arn.clone(), subnets: all.clone() }).await;
    let shown = seen(look(ground, &request.name).await).shown.properties;
    assert_eq!((shown.security_groups, shown.subnets), (other, all));
    does(ground, TagBalancing { arn: arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    let shown = does(ground, DescribeBalancingTags { arns: vec![arn.clone()] }).await.remove(&arn).expect("its tags");
    assert_eq!((shown.get("a").map(String::as_str), shown.get("caretaker:owner")), (Some("b"), tags().get("caretaker:owner")));
}

pub(super) async fn access_logs_need_a_bucket_that_takes_them<G: Ground>(ground: &G) {
    let arn = does(ground, request(ground).await).await.arn;
    let access_logs = Some(AccessLogs { bucket: format!("no-{}", ground.name("bucket")), prefix: String::new() });
    let attributes = BalancerAttributes { access_logs, idle_seconds: 60, deletion_protection: false, drops_invalid_headers: true };
    refuses(ground, ModifyLoadBalancerAttributes { arn: arn.clone(), attributes }, Cause::InvalidState).await;
    let shown = does(ground, DescribeLoadBalancerAttributes { arn }).await;
    assert!(shown.access_logs.is_none() && !shown.drops_invalid_headers, "all or nothing: {shown:?}");
}

pub(super) async fn a_protected_load_balancer_cannot_be_deleted<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let arn = active(ground, &request).await;
    let protect = |deletion_protection| {
        let attributes = BalancerAttributes { access_logs: None, idle_seconds: 60, deletion_protection, drops_invalid_headers: true };
        ModifyLoadBalancerAttributes { arn: arn.clone(), attributes }
    };
    does(ground, protect(true)).await;
    refuses(ground, DeleteLoadBalancer { arn: arn.clone() }, Cause::InvalidState).await;
    does(ground, protect(false)).await;
    does(ground, DeleteLoadBalancer { arn: arn.clone() }).await;
    assert_eq!(look(ground, &request.name).await, None);
    does(ground, DeleteLoadBalancer { arn }).await;
}

pub(super) async fn a_deleted_load_balancer_lingers_in_its_security_groups<G: Ground>(ground: &G) {
    let request = request(ground).await;
    let arn = active(ground, &request).await;
    let group = request.desired.security_groups.first().expect("it has one").clone();
    refuses(ground, DeleteSecurityGroup { id: group.clone() }, Cause::InvalidState).await;
    does(ground, DeleteLoadBalancer { arn }).await;
    refuses(ground, DeleteSecurityGroup { id: group.clone() }, Cause::InvalidState).await;
    let leave = async || match refusal(send(ground.aws(), DeleteSecurityGroup { id: group.clone() }).await) {
        None => Some(()),
        Some(cause) => {
            assert_eq!(cause, Cause::InvalidState);
            None
        }
    };
    until(ground, "the end of its network interfaces", leave).await;
}
