//! Load balancers and what stands before and behind them, from their blueprint to their end.

use std::collections::BTreeMap;

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::balancing::{BalancerAttributes, LoadBalancerSeen};
use domain::kind::firewall::{LOCK, WebAcl};
use domain::kind::listeners::{Listener, ListenerAction};
use domain::observed::Observed;
use domain::ports::{
    Call, CreateListener, DeleteTargetGroup, DescribeListeners, DescribeLoadBalancer, DescribeLoadBalancerAttributes, DisassociateWebAcl,
    GetWebAcl, ListWebAcls, ModifyListener, ModifyLoadBalancerAttributes, Reply, UpdateWebAcl,
};
use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Simulator, Strike};
use scenarios::strikes::{KILLS, LOST, Life};
use serde_json::{Value, json};

mod drift;

fn created(environment: &str) -> String {
    event("environment-created", json!({ "environment": environment, "blueprint": "balancing", "version": 1 }))
}

fn deleted(environment: &str) -> String {
    event("environment-deleted", json!({ "environment": environment, "version": 2 }))
}

fn standing(simulator: &Simulator) -> Vec<String> {
    simulator.census().lines.into_iter().filter(|line| line.contains("balancing-")).collect()
}

fn heard(scenario: &Scenario) -> Vec<String> {
    scenario.said().into_iter().map(|said| format!("{} {}", said.kind, said.version)).collect()
}

/// One that stands.
fn ready(environment: &str) -> Scenario {
    let scenario = Scenario::with(0, &context_of("balancing"));
    scenario.send(&created(environment));
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1"], "{:#?}", scenario.said());
    scenario
}

/// The daily look, at everything.
fn sweep(scenario: &Scenario, environment: &str) {
    scenario.wait(86_400);
    let owner = format!("environment#{environment}").parse().expect("an owner");
    scenario.simulator.send(runtime::own::Sweep { owner }.body(), 0);
    scenario.rest();
}

fn by_hand(scenario: &Scenario, call: impl Into<Call>) -> Reply {
    let reply: Result<Reply, CallError> = scenario.simulator.by_hand(call.into());
    reply.expect("AWS takes it")
}

fn balancer(scenario: &Scenario) -> (String, LoadBalancerSeen) {
    match by_hand(scenario, DescribeLoadBalancer { name: "balancing-staging".into() }) {
        Reply::DescribeLoadBalancer(Some(Observed { arn, detail: Detail::LoadBalancer(seen), .. })) => (arn, seen),
        other => panic!("{other:?} is no load balancer"),
    }
}

fn attributes(scenario: &Scenario, arn: &str) -> BalancerAttributes {
    match by_hand(scenario, DescribeLoadBalancerAttributes { arn: arn.to_owned() }) {
        Reply::DescribeLoadBalancerAttributes(attributes) => attributes,
        other => panic!("{other:?}"),
    }
}

fn protect(scenario: &Scenario, on: bool) {
    let (arn, _) = balancer(scenario);
    let attributes = BalancerAttributes { deletion_protection: on, ..attributes(scenario, &arn) };
    by_hand(scenario, ModifyLoadBalancerAttributes { arn, attributes });
}

fn listeners(scenario: &Scenario) -> Vec<(String, Listener)> {
    let (load_balancer, _) = balancer(scenario);
    let Reply::DescribeListeners(all) = by_hand(scenario, DescribeListeners { load_balancer }) else { panic!("no listeners") };
    let own = |one: Observed| match one.detail {
        Detail::Listener(seen) => (one.arn, seen.properties),
        other => panic!("{other:?} is no listener"),
    };
    all.into_iter().map(own).collect()
}

// Invariant: a front is made whole and goes whole.

#[test]
fn a_load_balancer_is_made_with_all_that_is_set_on_it_and_goes_with_all_before_and_behind_it() {
    let scenario = ready("staging");
    let (arn, seen) = balancer(&scenario);
    let set = attributes(&scenario, &arn);
    assert_eq!((set.idle_seconds, set.deletion_protection, set.drops_invalid_headers), (120, false, true));
    let lines = standing(&scenario.simulator);
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("web-acl") && line.contains(" filters <load-balancer ")).count(),
        1,
        "{lines:#?}"
    );
    assert_eq!(listeners(&scenario).len(), 2);
    let outputs = &scenario.said()[0].detail["outputs"];
    let given = ["dns", "zone", "suffix"].map(|name| outputs[format!("alb.{name}")].as_str().map(str::to_owned));
    assert_eq!(given, ["dns", "zone", "suffix"].map(|name| seen.shown.gives.get(name).cloned()));
    assert!(outputs["web.suffix"].as_str().is_some_and(|suffix| suffix.starts_with("targetgroup/balancing-staging-web/")), "{outputs}");
    scenario.send(&deleted("staging"));
    scenario.rest();
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-removed 2"));
    assert_eq!(scenario.said().last().expect("it was said").detail["leftovers"], Value::Array(Vec::new()));
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
}

// Invariant: what is as it should be is looked at, cheaply, and left alone.

#[test]
fn a_converged_front_is_looked_at_fourteen_times_and_left_alone() {
    let scenario = ready("staging");
    let mark = scenario.simulator.log().mark();
    sweep(&scenario, "staging");
    let log = scenario.simulator.log();
    assert!(log.changes_since(mark).is_empty(), "{:?}", log.changes_since(mark));
    let ours = |(operation, _): &(&'static str, usize)| operation.starts_with("elasticloadbalancing.") || operation.starts_with("wafv2.");
    let looks: BTreeMap<_, _> = log.counts_since(mark).into_iter().filter(ours).collect();
    let expected = BTreeMap::from([
        ("elasticloadbalancing.DescribeLoadBalancer", 1),
        ("elasticloadbalancing.DescribeLoadBalancerAttributes", 1),
        ("elasticloadbalancing.DescribeTargetGroup", 1),
        ("elasticloadbalancing.DescribeTargetGroupAttributes", 1),
        // One for the load balancer, the target group and each of two listeners.
        ("elasticloadbalancing.DescribeBalancingTags", 4),
        ("elasticloadbalancing.DescribeListeners", 2),
        ("wafv2.GetWebAcl", 1),
        ("wafv2.GetWebAclForResource", 1),
        ("wafv2.ListWebAcls", 1),
        ("wafv2.ListWebAclTags", 1),
    ]);
    assert_eq!(looks, expected);
}

// Invariant: protection that is ours goes with us, a person's stays.

#[test]
fn our_own_protection_is_lifted_before_a_deletion() {
    let scenario = ready("prod");
    scenario.send(&deleted("prod"));
    scenario.rest();
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-removed 2"), "{:#?}", scenario.said().last());
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
}

#[test]
fn a_persons_protection_is_no_drift_survives_other_repairs_and_blocks_a_deletion() {
    let scenario = ready("staging");
    protect(&scenario, true);
    let (arn, _) = balancer(&scenario);
    let changed = BalancerAttributes { idle_seconds: 10, ..attributes(&scenario, &arn) };
    by_hand(&scenario, ModifyLoadBalancerAttributes { arn: arn.clone(), attributes: changed });
    sweep(&scenario, "staging");
    let set = attributes(&scenario, &arn);
    assert_eq!((set.idle_seconds, set.deletion_protection), (120, true));
    scenario.send(&deleted("staging"));
    scenario.wait(3_600);
    assert_eq!(balancer(&scenario).0, arn, "it stands");
    let said = scenario.said().pop().expect("it was said");
    assert!(said.detail.to_string().contains("a person has set deletion protection"), "{}", said.detail);
    protect(&scenario, false);
    sweep(&scenario, "staging");
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-removed 2"));
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
}

// Invariant: what AWS refuses for a while is tried again.

#[test]
fn a_target_group_that_is_gone_is_made_again_for_its_listener() {
    let scenario = ready("staging");
    let before = standing(&scenario.simulator);
    let (arn, http) = listeners(&scenario).into_iter().find(|(_, one)| one.port == 80).expect("it stands");
    let ListenerAction::Forward(group) = http.action.clone() else { panic!("it forwards") };
    by_hand(&scenario, ModifyListener { arn, desired: Listener { action: ListenerAction::Redirect(443), ..http } });
    by_hand(&scenario, DeleteTargetGroup { arn: group });
    sweep(&scenario, "staging");
    assert_eq!(standing(&scenario.simulator), before);
}

// Invariant: a crash after any call changes nothing of the end.

fn same_end(strikes: &[Strike]) {
    for events in [vec![created("prod")], vec![created("prod"), deleted("prod")]] {
        Life::of("balancing", &events, standing).assert_same_end(strikes);
    }
}

#[test]
fn a_kill_at_any_call_of_a_fronts_life_changes_nothing() {
    same_end(&KILLS);
}

#[test]
fn a_lost_reply_at_any_call_of_a_fronts_life_changes_nothing() {
    same_end(&LOST);
}
