//! Services whose count follows their load: the bounds and policies are ours, the count is not.

use domain::kind::scaling::Policy;
use domain::ports::{DeleteScalingPolicy, PutScalingPolicy};
use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::simulator::Strike;
use scenarios::strikes::Life;
use serde_json::json;

const SERVICE: &str = "scaling-demo-dev-web";

fn wanted(tier: &str, version: u64) -> String {
    let kind = if version == 1 { "tenant-created" } else { "tenant-updated" };
    event(kind, json!({ "blueprint": "scaling", "tier": tier, "version": version }))
}

fn deleted(version: u64) -> String {
    event("tenant-deleted", json!({ "version": version }))
}

/// A tenant of the tier `small` that stands.
fn standing() -> Scenario {
    let scenario = Scenario::with(0, &context_of("scaling"));
    scenario.send(&wanted("small", 1));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    scenario
}

/// Its scalable target as the census shows it.
fn target(scenario: &Scenario) -> String {
    scenario.standing("scalable-target").concat()
}

/// The changes of Application Auto Scaling from now on, once a sweep has come by.
fn changes_of_a_sweep(scenario: &Scenario) -> Vec<String> {
    let mark = scenario.simulator.log().mark();
    scenario.look_over("demo");
    scenario.rest();
    let log = scenario.simulator.log();
    let changes = log.since(mark).iter().filter(|entry| entry.operation.starts_with("autoscaling.") && entry.had_effect());
    changes.map(|entry| entry.operation.to_string()).collect()
}

fn policy(name: &str) -> PutScalingPolicy {
    let policy: Policy = serde_json::from_value(json!({ "metric": "cpu", "target": 10 })).expect("it is one");
    PutScalingPolicy { cluster: "mate-dev".into(), service: SERVICE.into(), name: name.into(), policy }
}

// Invariant: bounds and policies are as the blueprint says, whatever was before.

#[test]
fn a_service_is_scaled_as_its_tier_says_and_not_at_all_once_it_is_gone() {
    let scenario = standing();
    let small = target(&scenario);
    assert!(small.contains(r#""min":2,"max":4"#), "{small}");
    assert!(small.contains(&format!("{SERVICE}-cpu")) && small.contains(&format!("{SERVICE}-memory")), "{small}");
    assert!(scenario.standing("service").concat().contains("wants 2"), "the bounds move the count");
    scenario.send(&wanted("large", 2));
    scenario.rest();
    let large = target(&scenario);
    assert!(large.contains(r#""min":2,"max":8"#) && large.contains("60.5"), "{large}");
    assert!(!large.contains("memory"), "{large}");
    scenario.send(&deleted(3));
    scenario.rest();
    assert_eq!((target(&scenario), scenario.standing("service")), (String::new(), Vec::new()));
    assert_eq!(scenario.last().detail["leftovers"], json!([]));
    scenario.assert_tidy();
}

#[test]
fn a_policy_that_went_astray_is_put_back_without_touching_the_bounds() {
    let scenario = standing();
    let before = target(&scenario);
    assert_eq!(changes_of_a_sweep(&scenario), Vec::<String>::new());
    let astray = DeleteScalingPolicy { cluster: "mate-dev".into(), service: SERVICE.into(), name: format!("{SERVICE}-memory") };
    scenario.simulator.by_hand(astray).expect("it is there");
    scenario.simulator.by_hand(policy(&format!("{SERVICE}-cpu"))).expect("it is replaced");
    scenario.simulator.by_hand(policy(&format!("{SERVICE}-surplus"))).expect("it is made");
    let changes = changes_of_a_sweep(&scenario);
    assert_eq!(changes, ["autoscaling.PutScalingPolicy", "autoscaling.PutScalingPolicy", "autoscaling.DeleteScalingPolicy"]);
    assert_eq!(target(&scenario), before);
}

// Invariant: what is not ours is left alone.

#[test]
fn the_count_and_foreign_policies_are_not_ours() {
    let scenario = standing();
    scenario.simulator.by_hand(policy("by-hand")).expect("it is made");
    assert!(scenario.simulator.set_desired_count(SERVICE, 0));
    assert_eq!(changes_of_a_sweep(&scenario), Vec::<String>::new());
    assert!(target(&scenario).contains("by-hand"), "{}", target(&scenario));
    assert!(scenario.standing("service").concat().contains("wants 0"), "a registration would have brought it back to the minimum");
}

// Invariant: a crash after any call changes nothing of the end.

#[test]
fn a_kill_at_any_call_of_a_scaled_services_life_changes_nothing() {
    let all = [wanted("small", 1), wanted("large", 2), deleted(3)];
    for events in (1..=all.len()).map(|count| &all[..count]) {
        let life = Life { sends: 1, ..Life::of("scaling", events, |simulator| simulator.census().of("caretaker:owner").lines) };
        life.assert_same_end(&[Strike::CrashBefore, Strike::CrashAfter, Strike::DropReply]);
    }
}
