//! Target groups and listeners.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::listeners::{Listener, ListenerAction, TargetGroup};
use domain::observed::Observed;
use domain::ports::{
    CreateListener, CreateTargetGroup, DeleteListener, DeleteLoadBalancer, DeleteTargetGroup, DescribeBalancingTags, DescribeListeners,
    DescribeTargetGroup, DescribeTargetGroupAttributes, ModifyListener, ModifyTargetGroup, ModifyTargetGroupAttributes, SetSubnets,
};

use super::balancing;
use super::buckets::{passed, under_throttling};
use super::ground::{Ground, does, refuses, tags};

fn targets(ground: &impl Ground) -> CreateTargetGroup {
    let desired = TargetGroup {
        vpc: ground.environment().outputs()["vpc.id"].clone(),
        port: 8000,
        protocol: "HTTP".to_owned(),
        path: "/health".to_owned(),
        codes: "200,301,302".to_owned(),
        interval_seconds: 30,
        timeout_seconds: 5,
        healthy: 2,
        unhealthy: 3,
        deregistration_seconds: 30,
    };
    CreateTargetGroup { name: ground.name("tg"), desired, tags: tags() }
}

fn group(observed: Option<Observed>) -> TargetGroup {
    match observed.map(|observed| observed.detail) {
        Some(Detail::TargetGroup(seen)) => seen.properties,
        other => panic!("{other:?} is no target group"),
    }
}

/// A load balancer that is being made has its listeners already.
async fn balancer<G: Ground>(ground: &G) -> String {
    does(ground, balancing::request(ground).await).await.arn
}

fn listener(ground: &impl Ground, load_balancer: &str, port: u16, action: ListenerAction) -> CreateListener {
    let (load_balancer, protocol) = (load_balancer.to_owned(), "HTTP".to_owned());
    let desired = Listener { load_balancer, port, protocol, certificate: None, ssl_policy: None, action };
    CreateListener { name: ground.name("listener"), desired, tags: tags() }
}

async fn listeners<G: Ground>(ground: &G, load_balancer: &str) -> Vec<Listener> {
    let all = does(ground, DescribeListeners { load_balancer: load_balancer.to_owned() }).await;
    let properties = |observed: Observed| match observed.detail {
        Detail::Listener(seen) => seen.properties,
        other => panic!("{other:?} is no listener"),
    };
    all.into_iter().map(properties).collect()
}

pub(super) async fn a_target_group_with_the_same_settings_is_the_same<G: Ground>(ground: &G) {
    let request = targets(ground);
    let made = does(ground, request.clone()).await;
    assert_eq!(does(ground, request.clone()).await.arn, made.arn);
    let desired = TargetGroup { port: 9000, ..request.desired.clone() };
    refuses(ground, CreateTargetGroup { desired, ..request.clone() }, Cause::AlreadyExists).await;
    let found = does(ground, DescribeTargetGroup { name: request.name.clone() }).await.expect("it stands");
    let (_, suffix) = made.arn.split_once(":targetgroup/").expect("an ARN");
    let gives = |observed: &Observed| match &observed.detail {
        Detail::TargetGroup(seen) => seen.gives.get("suffix").cloned(),
        other => panic!("{other:?} is no target group"),
    };
    assert_eq!((found.arn.as_str(), gives(&found)), (made.arn.as_str(), Some(format!("targetgroup/{suffix}"))));
    let shown = does(ground, DescribeBalancingTags { arns: vec![made.arn.clone()] }).await;
    assert_eq!(shown[&made.arn].get("caretaker:owner"), tags().get("caretaker:owner"));
}

pub(super) async fn a_target_group_shows_what_is_set_on_it<G: Ground>(ground: &G) {
    let request = targets(ground);
    let arn = does(ground, request.clone()).await.arn;
    assert_eq!(does(ground, DescribeTargetGroupAttributes { arn: arn.clone() }).await, 300);
    does(ground, ModifyTargetGroupAttributes { arn: arn.clone(), deregistration_seconds: 30 }).await;
    assert_eq!(does(ground, DescribeTargetGroupAttributes { arn: arn.clone() }).await, 30);
    let desired = TargetGroup { path: "/alive".to_owned(), codes: "200".to_owned(), unhealthy: 5, ..request.desired };
    does(ground, ModifyTargetGroup { arn, desired: desired.clone() }).await;
    let shown = group(does(ground, DescribeTargetGroup { name: request.name }).await);
    assert_eq!(TargetGroup { deregistration_seconds: 30, ..shown }, desired, "the attributes are asked for apart");
}

pub(super) async fn a_target_group_in_use_cannot_be_deleted<G: Ground>(ground: &G) {
    let (balancer, request) = (balancer(ground).await, targets(ground));
    let group = does(ground, request.clone()).await.arn;
    let front = does(ground, listener(ground, &balancer, 80, ListenerAction::Forward(group.clone()))).await.arn;
    refuses(ground, DeleteTargetGroup { arn: group.clone() }, Cause::InvalidState).await;
    does(ground, DeleteListener { arn: front.clone() }).await;
    refuses(ground, DeleteListener { arn: front }, Cause::NotFound).await;
    does(ground, DeleteTargetGroup { arn: group }).await;
    assert_eq!(does(ground, DescribeTargetGroup { name: request.name }).await, None);
}

pub(super) async fn a_target_group_has_one_load_balancer<G: Ground>(ground: &G) {
    let group = does(ground, targets(ground)).await.arn;
    let (one, other) = (balancer(ground).await, balancer(ground).await);
    does(ground, listener(ground, &one, 80, ListenerAction::Forward(group.clone()))).await;
    does(ground, listener(ground, &one, 8080, ListenerAction::Forward(group.clone()))).await;
    refuses(ground, listener(ground, &other, 80, ListenerAction::Forward(group)), Cause::Quota).await;
}

pub(super) async fn a_port_has_one_listener<G: Ground>(ground: &G) {
    let (balancer, group) = (balancer(ground).await, does(ground, targets(ground)).await.arn);
    let request = listener(ground, &balancer, 80, ListenerAction::Redirect(443));
    let made = does(ground, request.clone()).await;
    assert_eq!(does(ground, request.clone()).await.arn, made.arn, "with the same settings it is the same");
    refuses(ground, listener(ground, &balancer, 80, ListenerAction::Forward(group.clone())), Cause::AlreadyExists).await;
    assert_eq!(listeners(ground, &balancer).await, std::slice::from_ref(&request.desired));
    let shown = does(ground, DescribeBalancingTags { arns: vec![made.arn.clone()] }).await;
    assert_eq!(shown[&made.arn].get("caretaker:owner"), tags().get("caretaker:owner"));
    let desired = Listener { port: 8080, action: ListenerAction::Forward(group), ..request.desired };
    does(ground, ModifyListener { arn: made.arn, desired: desired.clone() }).await;
    assert_eq!(listeners(ground, &balancer).await, [desired]);
}

pub(super) async fn a_listener_needs_its_target_group<G: Ground>(ground: &G) {
    let (balancer, group) = (balancer(ground).await, does(ground, targets(ground)).await.arn);
    does(ground, DeleteTargetGroup { arn: group.clone() }).await;
    refuses(ground, listener(ground, &balancer, 80, ListenerAction::Forward(group)), Cause::NotFound).await;
}

pub(super) async fn a_listener_needs_its_certificate<G: Ground>(ground: &G) {
    let mut request = listener(ground, &balancer(ground).await, 443, ListenerAction::Redirect(444));
    let missing = ground.environment().arn("acm", "certificate/00000000-0000-0000-0000-000000000000");
    (request.desired.protocol, request.desired.certificate) = ("HTTPS".to_owned(), Some(missing));
    refuses(ground, request, Cause::NotFound).await;
}

pub(super) async fn listeners_go_with_their_load_balancer<G: Ground>(ground: &G) {
    let (balancer, group) = (balancer(ground).await, does(ground, targets(ground)).await.arn);
    let front = does(ground, listener(ground, &balancer, 80, ListenerAction::Forward(group.clone()))).await.arn;
    does(ground, DeleteLoadBalancer { arn: balancer.clone() }).await;
    assert_eq!(listeners(ground, &balancer).await, []);
    refuses(ground, DeleteListener { arn: front }, Cause::NotFound).await;
    does(ground, DeleteTargetGroup { arn: group }).await;
}

pub(super) async fn subnets_of_load_balancers_are_throttled<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let missing = ground.environment().arn("elasticloadbalancing", "loadbalancer/app/none/0000000000000000");
        let set = || SetSubnets { arn: missing.clone(), subnets: Default::default() };
        let first = passed(ground, 10, set).await;
        assert!((10..20).contains(&first), "{first}");
    })
    .await;
}

pub(super) async fn changes_of_load_balancers_are_throttled_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let missing = ground.environment().arn("elasticloadbalancing", "listener/app/none/0000000000000000/0000000000000000");
        let first = passed(ground, 20, || DeleteListener { arn: missing.clone() }).await;
        assert!(first >= 20, "{first}");
        let group = passed(ground, 20, || DeleteTargetGroup { arn: missing.replace(":listener/", ":targetgroup/") }).await;
        assert!(group < 20, "it is the same bucket: {group}");
    })
    .await;
}

pub(super) async fn looks_at_load_balancers_are_throttled_together<G: Ground>(ground: &G) {
    under_throttling(ground, async || {
        let name = ground.name("tg");
        let first = passed(ground, 40, || DescribeTargetGroup { name: name.clone() }).await;
        assert!(first >= 40, "{first}");
    })
    .await;
}
