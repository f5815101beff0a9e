//! Tenants at rest are looked at in rounds: what changes often of all of them by few calls, and nothing is written.
#![allow(clippy::print_stdout, reason = "the numbers are part of what it shows")]

use std::collections::BTreeMap;

use domain::ports::{DatabaseChange, ModifyDatabase};
use runtime::own::Round;
use scenarios::driver::{LONG, shipped};
use scenarios::scenario::Scenario;
use serde_json::json;

const TENANTS: usize = 100;

fn name(n: usize) -> String {
    format!("tenant-{n}")
}

fn want(scenario: &Scenario, tenant: &str) {
    scenario.tell("tenant-created", json!({ "tenant": tenant, "tier": "trial", "version": 1 }));
}

/// `count` tenants of the small blueprint that have come to rest, an hour later.
fn at_rest(count: usize) -> Scenario {
    let scenario = Scenario::default();
    for n in 0..count {
        want(&scenario, &name(n));
        scenario.rest();
    }
    let ready = scenario.said().into_iter().filter(|said| said.kind == "tenant-ready").count();
    assert_eq!(ready, count);
    scenario.wait(3_600);
    scenario
}

/// The shipped sweep, then all that follows from it.
fn sweep(scenario: &Scenario) {
    let cloud = scenario.simulator.invoke(LONG);
    scenario.executor.spawn(async move { sweep_tenants::handler::handle(&cloud).await.expect("the ledger answers") });
    // Rounds are spread over ten minutes.
    scenario.wait(900);
    scenario.rest();
}

fn reads(counts: &BTreeMap<&'static str, usize>) -> usize {
    counts
        .iter()
        .filter(|(operation, _)| !operation.starts_with("dynamodb.") && !operation.starts_with("sqs."))
        .map(|(_, count)| count)
        .sum()
}

// Invariant: a sweep over tenants at rest costs few reads and no writes.

#[test]
fn a_hundred_tenants_on_one_base_share_their_describes() {
    let scenario = at_rest(TENANTS);
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    let counts = scenario.simulator.log().counts_since(mark);
    let shared = BTreeMap::from([("ecs.DescribeServices", TENANTS / 10), ("rds.DescribeDatabases", TENANTS / 10)]);
    println!("an hourly look at {TENANTS} converged tenants: {} reads of AWS: {shared:?}", reads(&counts));
    assert_eq!(reads(&counts), 2 * TENANTS / 10, "{counts:?}");
    shared.iter().for_each(|(operation, count)| assert_eq!(counts.get(operation), Some(count), "{counts:?}"));
    assert!(!counts.contains_key("dynamodb.WriteItems"), "{counts:?}");
}

#[test]
fn tenants_of_the_whole_of_mate_share_theirs_as_well() {
    const FEW: usize = 3;
    let scenario = Scenario::on_mate(0, &shipped());
    for n in 0..FEW {
        want(&scenario, &name(n));
        scenario.rest();
    }
    scenario.wait(3_600);
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    let counts = scenario.simulator.log().counts_since(mark);
    println!("an hourly look at the base of mate and {FEW} converged tenants: {} reads of AWS", reads(&counts));
    // Services, databases, caches, their nodes; and the hosted zone, which is only looked up.
    assert_eq!(reads(&counts), 5, "{counts:?}");
    assert!(!counts.contains_key("dynamodb.WriteItems"), "{counts:?}");
}

// Invariant: whoever is not as it should be gets a pass of its own, and nobody else does.

#[test]
fn the_one_that_has_drifted_is_set_right() {
    let scenario = at_rest(3);
    let before = scenario.simulator.census();
    let change = DatabaseChange { backup_days: Some(3), apply_immediately: true, ..DatabaseChange::default() };
    scenario.simulator.by_hand(ModifyDatabase { name: "mate-tenant-1-dev".into(), change }).expect("AWS takes it");
    scenario.wait(600);
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    scenario.wait(3_600);
    assert_eq!(scenario.simulator.census(), before);
    let changed: Vec<_> = scenario.simulator.log().changes_since(mark).iter().map(|entry| entry.resource.clone()).collect();
    assert!(changed.iter().any(|resource| resource.contains("tenant-1")), "{changed:?}");
    assert!(!changed.iter().any(|resource| resource.contains("tenant-0") || resource.contains("tenant-2")), "{changed:?}");
}

#[test]
fn a_round_whose_describes_fail_looks_one_by_one() {
    let scenario = at_rest(3);
    scenario.simulator.strike(
        scenarios::simulator::Aim::at("ecs.DescribeServices"),
        scenarios::simulator::Strike::Fail(domain::failure::Cause::Unavailable),
    );
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    let counts = scenario.simulator.log().counts_since(mark);
    assert_eq!(counts.get("ecs.DescribeService"), Some(&3), "{counts:?}");
}

#[test]
fn once_a_day_each_has_a_whole_look_of_its_own() {
    let scenario = at_rest(3);
    scenario.wait(86_400);
    let mark = scenario.simulator.log().mark();
    sweep(&scenario);
    assert_eq!(scenario.simulator.log().counts_since(mark).get("secretsmanager.DescribeSecret"), Some(&6));
}

#[test]
fn a_round_that_names_nobody_known_does_nothing() {
    let scenario = Scenario::default();
    let owner = "tenant#dev#nobody".parse().expect("an owner");
    scenario.simulator.send(Round { owners: vec![owner] }.body(), 0);
    scenario.rest();
    assert!(scenario.said().is_empty() && scenario.simulator.dead_letters().is_empty());
}
