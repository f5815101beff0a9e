//! Environments: bases that are made, changed and removed by events, and tenants that stand on them.

use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::simulator::Simulator;
use scenarios::strikes::{KILLS, Life};
use serde_json::json;

/// An environment that no fixture declares.
const ENVIRONMENT: &str = "staging";

fn scenario() -> Scenario {
    Scenario::with(0, &context_of("network"))
}

fn created(version: u64) -> String {
    event("environment-created", json!({ "environment": ENVIRONMENT, "blueprint": "network", "version": version }))
}

fn deleted(version: u64) -> String {
    event("environment-deleted", json!({ "environment": ENVIRONMENT, "version": version }))
}

fn tenant_created() -> String {
    event("tenant-created", json!({ "tenant": "acme", "environment": ENVIRONMENT, "blueprint": "network", "version": 1 }))
}

fn tenant_deleted() -> String {
    event("tenant-deleted", json!({ "tenant": "acme", "environment": ENVIRONMENT, "version": 2 }))
}

fn heard(scenario: &Scenario) -> Vec<String> {
    scenario.said().into_iter().map(|said| format!("{} {}", said.kind, said.version)).collect()
}

/// What stands and carries our tags.
fn standing(simulator: &Simulator) -> Vec<String> {
    simulator.census().of("caretaker:owner").lines
}

// Invariant: an environment is an owner like any other.

#[test]
fn a_base_is_made_by_its_event_and_removed_by_another() {
    let scenario = scenario();
    scenario.send(&created(1));
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1"]);
    assert_eq!(standing(&scenario.simulator).len(), 9, "{:#?}", standing(&scenario.simulator));
    let outputs = &scenario.said()[0].detail["outputs"];
    assert!(outputs["vpc.id"].as_str().is_some_and(|id| id.starts_with("vpc-")), "{outputs}");
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1", "environment-removed 2"]);
    assert_eq!(scenario.said()[1].detail["leftovers"], json!([]));
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
}

#[test]
fn a_converged_base_is_left_alone() {
    let scenario = scenario();
    scenario.send(&created(1));
    scenario.rest();
    let mark = scenario.simulator.log().mark();
    let owner = format!("environment#{ENVIRONMENT}").parse().unwrap();
    scenario.simulator.send(runtime::own::Sweep { owner }.body(), 0);
    scenario.rest();
    let changes: Vec<_> =
        scenario.simulator.log().since(mark).iter().filter(|entry| is_of_aws(entry) && entry.had_effect()).cloned().collect();
    assert_eq!(changes, []);
}

fn is_of_aws(entry: &scenarios::simulator::LogEntry) -> bool {
    entry.operation.starts_with("ec2.")
}

// Invariant: a base goes only once nobody stands on it, and nobody comes to stand on one that goes.

#[test]
fn a_tenant_waits_for_its_environment_and_stands_on_what_that_gives() {
    let scenario = scenario();
    scenario.send(&tenant_created());
    scenario.wait(200);
    assert_eq!(heard(&scenario), Vec::<String>::new());
    scenario.send(&created(1));
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1", "tenant-ready 1"]);
    let sampler = standing(&scenario.simulator).into_iter().filter(|line| line.contains("<security-group network-staging-sampler>"));
    assert_eq!(sampler.count(), 1, "the tenant's group lets the base's in");
}

#[test]
fn an_environment_with_tenants_is_not_removed() {
    let scenario = scenario();
    scenario.send(&created(1));
    scenario.rest();
    scenario.send(&tenant_created());
    scenario.rest();
    scenario.send(&deleted(2));
    scenario.rest();
    let refused = scenario.said().pop().unwrap();
    assert_eq!(refused.kind, "environment-failed");
    assert!(refused.detail["reason"].as_str().unwrap().contains("1 tenants stand on it"), "{}", refused.detail);
    scenario.send(&tenant_deleted());
    scenario.rest();
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!(heard(&scenario).last().map(String::as_str), Some("environment-removed 2"));
    assert_eq!(standing(&scenario.simulator), Vec::<String>::new());
}

#[test]
fn a_tenant_that_comes_while_its_environment_goes_waits_for_the_next_one() {
    let scenario = scenario();
    scenario.send(&created(1));
    scenario.rest();
    scenario.send(&deleted(2));
    scenario.send(&tenant_created());
    scenario.wait(1_800);
    assert_eq!(heard(&scenario), ["environment-ready 1", "environment-removed 2"]);
    scenario.send(&created(3));
    scenario.rest();
    assert_eq!(heard(&scenario)[2..], ["environment-ready 3", "tenant-ready 1"]);
}

#[test]
fn a_deletion_and_a_creation_at_once_are_decided_by_one_transaction() {
    let scenario = scenario();
    scenario.simulator.send(created(1), 0);
    scenario.wait(600);
    scenario.simulator.send(deleted(2), 0);
    scenario.simulator.send(tenant_created(), 0);
    scenario.wait(3_600);
    let groups = standing(&scenario.simulator).iter().filter(|line| line.contains("tenant/staging/acme")).count();
    let base = standing(&scenario.simulator).iter().filter(|line| line.contains("environment/staging")).count();
    assert!((groups, base) == (0, 0) || (groups, base) == (2, 9), "{groups} of the tenant, {base} of the base");
}

// Invariant: a crash after any call changes nothing of the end.

#[test]
fn a_kill_at_any_call_of_a_bases_life_changes_nothing() {
    for events in [vec![created(1)], vec![created(1), deleted(2)]] {
        Life::of("network", &events, standing).assert_same_end(&KILLS);
    }
}

// Invariant: a base that is given needs no resources of its own, and is made by the same event.

#[test]
fn an_environment_of_given_things_alone_stands_at_once() {
    let scenario = Scenario::default();
    scenario.tell("environment-created", json!({ "environment": ENVIRONMENT, "version": 1 }));
    scenario.rest();
    assert_eq!(heard(&scenario), ["environment-ready 1"]);
}
