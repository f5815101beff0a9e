//! Redis of a tenant: made, changed, struck and removed.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::kind::cache::CacheChange;
use domain::ports::{ModifyReplicationGroup, Reply};
use scenarios::driver::context_of;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Faults, Strike};
use serde_json::{Value, json};

const REDIS: &str = "caches-demo-dev";

fn want(scenario: &Scenario, tier: &str, version: u64, options: Value) {
    let kind = if version == 1 { "tenant-created" } else { "tenant-updated" };
    scenario.tell(kind, json!({ "blueprint": "caches", "tier": tier, "version": version, "options": options }));
}

fn scenario() -> Scenario {
    Scenario::with(0, &context_of("caches"))
}

fn ready(tier: &str) -> Scenario {
    let scenario = scenario();
    want(&scenario, tier, 1, json!({}));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"], "{:#?}", scenario.state("demo"));
    scenario
}

fn redis(scenario: &Scenario) -> String {
    scenario.standing("cache ").pop().unwrap_or_default()
}

#[test]
fn a_cache_is_made_with_what_it_stands_on_and_gives_its_endpoint() {
    let scenario = ready("trial");
    let outputs = &scenario.said()[0].detail["outputs"];
    assert_eq!(outputs["redis.port"], json!("6379"), "{outputs}");
    assert!(redis(&scenario).contains("available of 1"), "{}", redis(&scenario));
    let parameters = scenario.standing("cache-parameter-group");
    assert!(parameters[0].contains(r#""maxmemory-policy":"noeviction""#), "{parameters:?}");
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new(), "what is converged is left alone");
}

#[test]
fn the_token_is_in_no_item_and_in_no_answer() {
    let scenario = ready("trial");
    let text = format!("{:?} {:?}", scenario.simulator.ledger("tenant#dev#demo"), scenario.said());
    let arn = scenario.record(&scenario.life(), "redis-auth").and_then(|record| record.arn).expect("it has an ARN");
    let Ok(Reply::GetSecretValue(secret)) = scenario.simulator.by_hand(domain::ports::GetSecretValue { id: arn }) else {
        panic!("it has a value")
    };
    let value: Value = serde_json::from_str(&secret.0).expect("JSON");
    assert!(!text.contains(value["token"].as_str().expect("a token")));
}

// Invariant: each change of a cache is one call, and the next waits until AWS is done.

#[test]
fn a_larger_tier_has_copies_before_one_may_take_over_and_a_smaller_one_loses_them_after() {
    let scenario = ready("trial");
    want(&scenario, "standard", 2, json!({}));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-ready 2"]);
    let larger = redis(&scenario);
    assert!(larger.contains("available of 2") && larger.contains("cache.t4g.small") && larger.contains("true snapshots 7 d"), "{larger}");
    want(&scenario, "trial", 3, json!({}));
    scenario.rest();
    assert_eq!(scenario.heard("demo").last().map(String::as_str), Some("tenant-ready 3"));
    let smaller = redis(&scenario);
    assert!(
        smaller.contains("available of 1") && smaller.contains("cache.t4g.micro") && smaller.contains("false snapshots 1 d"),
        "{smaller}"
    );
    scenario.assert_tidy();
}

#[test]
fn what_is_owed_to_the_window_is_no_drift() {
    let scenario = ready("trial");
    want(&scenario, "standard", 2, json!({ "apply": "window" }));
    scenario.rest();
    assert_eq!(scenario.heard("demo").last().map(String::as_str), Some("tenant-ready 2"));
    assert!(redis(&scenario).contains("cache.t4g.micro"), "{}", redis(&scenario));
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
    assert!(scenario.simulator.open_cache_window(REDIS));
    scenario.wait(3_600);
    let after = redis(&scenario);
    assert!(after.contains("cache.t4g.small") && after.contains("available of 2"), "{after}");
}

#[test]
fn what_is_owed_to_the_window_is_applied_at_once_when_that_is_wished() {
    let scenario = ready("trial");
    want(&scenario, "standard", 2, json!({ "apply": "window" }));
    scenario.rest();
    want(&scenario, "standard", 3, json!({ "apply": "now" }));
    scenario.rest();
    let after = redis(&scenario);
    assert!(after.contains("cache.t4g.small") && after.contains("true snapshots"), "{after}");
}

#[test]
fn a_node_type_changed_by_hand_is_set_back() {
    let scenario = ready("trial");
    let change = CacheChange { node_type: Some("cache.m7g.large".into()), apply_immediately: true, ..CacheChange::default() };
    let modify =
        |scenario: &Scenario| _ = scenario.simulator.by_hand(ModifyReplicationGroup { name: REDIS.into(), change }).expect("AWS takes it");
    scenario.assert_set_back(modify, |scenario| {
        scenario.wait(3_600);
        scenario.sweep("demo");
        scenario.rest();
        scenario.wait(3_600);
    });
}

#[test]
fn a_topic_changed_by_hand_is_set_back() {
    let scenario = ready("trial");
    let before = scenario.simulator.census();
    let topic = "arn:aws:sns:us-east-1:123456789012:by-hand";
    assert!(before.to_string().contains(":caretaker-cache-events") && !before.to_string().contains(topic), "{before}");
    let change = CacheChange { notification_topic: Some(topic.into()), ..CacheChange::default() };
    scenario.simulator.by_hand(ModifyReplicationGroup { name: REDIS.into(), change }).expect("AWS takes it");
    scenario.sweep("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.census().to_string(), before.to_string());
}

// Invariant: what ElastiCache tells brings the look forward, and nothing waits for it.

/// For the durations of `seed`, seconds from what ElastiCache has done to what is said of it: of a creation, a larger node, a deletion.
fn lost(seed: u64, silent: bool) -> [f64; 3] {
    let scenario = Scenario::with(seed, &context_of("caches"));
    scenario.simulator.set_faults(Faults { silent, ..Faults::default() });
    let steps: [(&str, &dyn Fn()); 3] = [
        ("create", &|| want(&scenario, "trial", 1, json!({}))),
        ("modify", &|| want(&scenario, "large", 2, json!({}))),
        ("delete", &|| scenario.delete(3)),
    ];
    steps.map(|(phase, step)| {
        step();
        scenario.rest();
        let sampled = scenario.simulator.sampled();
        let of_phase = |sample: &&scenarios::simulator::Sampled| sample.kind == "redis-replication-group" && sample.phase == phase;
        let done = sampled.iter().rfind(of_phase).map(|sample| sample.began + sample.takes).expect("it was done");
        let (said, _) = scenario.simulator.announced().pop().expect("something was said");
        said.duration_since(done).as_secs_f64()
    })
}

#[test]
fn what_elasticache_tells_is_seen_at_once_and_its_silence_costs_a_poll() {
    let told: Vec<_> = (0..10).flat_map(|seed| lost(seed, false)).collect();
    assert!(told.iter().all(|seconds| (0.0..=1.0).contains(seconds)), "{told:?}");
    let silent: Vec<_> = (0..10).flat_map(|seed| lost(seed, true)).collect();
    assert!(silent.iter().all(|seconds| (0.0..=60.0).contains(seconds)), "{silent:?}");
    assert!(silent.iter().sum::<f64>() > 30.0, "{silent:?}");
}

// Invariant: data outlives its tenant unless it is destroyed by order.

#[test]
fn a_deleted_tenants_cache_leaves_a_snapshot_which_can_be_destroyed_later() {
    let scenario = ready("trial");
    scenario.delete(2);
    scenario.rest();
    assert_eq!(scenario.heard("demo").last().map(String::as_str), Some("tenant-removed 2"));
    let retained = scenario.last().detail["retained"].to_string();
    assert!(retained.contains(r#""cache-snapshot":"caches-demo-dev-"#), "{retained}");
    let left = scenario.simulator.census().lines;
    assert_eq!(left.len(), 2, "a secret in recovery and a snapshot: {left:#?}");
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
    scenario.assert_tidy();
}

#[test]
fn a_tenant_that_comes_back_gets_a_cache_of_its_own() {
    let scenario = ready("trial");
    scenario.delete(2);
    want(&scenario, "trial", 3, json!({}));
    scenario.rest();
    assert_eq!(scenario.heard("demo").last().map(String::as_str), Some("tenant-ready 3"), "{:?}", scenario.heard("demo"));
    assert_eq!((scenario.standing("cache ").len(), scenario.standing("cache-snapshot").len()), (1, 1));
}

// Invariant: a crash at any call leads to the same end.

/// Made, grown, and removed with its data kept.
fn live(scenario: &Scenario) {
    want(scenario, "trial", 1, json!({}));
    scenario.rest();
    want(scenario, "standard", 2, json!({}));
    scenario.rest();
    scenario.delete(3);
    scenario.rest();
}

#[test]
fn a_crash_at_any_call_on_elasticache_leads_to_the_same_end() {
    let undisturbed = scenario();
    live(&undisturbed);
    let expected = undisturbed.simulator.census().lines;
    let calls: Vec<_> = undisturbed.simulator.log().all().iter().map(|entry| entry.operation).collect();
    let mut counts = BTreeMap::new();
    for operation in calls.into_iter().filter(|operation| operation.starts_with("elasticache.")) {
        let number: &mut usize = counts.entry(operation).or_default();
        *number += 1;
        // Looks are many and alike.
        if *number > 3 {
            continue;
        }
        for strike in [Strike::CrashAfter, Strike::DropReply, Strike::Fail(Cause::Unavailable)] {
            let scenario = scenario();
            scenario.simulator.strike(Aim::at(operation).occurrence(*number), strike);
            live(&scenario);
            assert_eq!(scenario.simulator.unmet_strikes(), 0, "{operation} {number}");
            assert_eq!(scenario.simulator.census().lines, expected, "{strike:?} at {operation} {number}");
        }
    }
    assert!(counts.len() > 12, "{counts:?}");
}
