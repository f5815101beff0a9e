//! What holds data and cannot go by one call: buckets, vaults. And what is put over whatever stands: alarms, dashboards.

use jiff::SignedDuration;
use scenarios::driver::context_of;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Faults, Mark, Simulator, Strike};
use scenarios::strikes::{KILLS, LOST, assert_same_end};
use serde_json::{Value, json};

const DATA: &str = "storage-demo-dev-data";
const LOGS: &str = "storage-demo-dev-logs";
const AUDIT: &str = "storage-demo-dev-audit";
const VAULT: &str = "storage-demo-dev";

/// Longer than any life here takes to come to rest, in seconds.
const LONG: i64 = 7_200;
const DAY: i64 = 24 * 60 * 60;

fn ask(scenario: &Scenario) {
    scenario.tell("tenant-created", json!({ "blueprint": "storage", "version": 1 }));
}

fn create(scenario: &Scenario) {
    ask(scenario);
    scenario.wait(LONG);
}

fn created() -> Scenario {
    let scenario = Scenario::with(0, &context_of("storage"));
    create(&scenario);
    scenario
}

/// What a tenant leaves behind after some days.
fn fill(simulator: &Simulator, objects: usize) {
    for bucket in [DATA, LOGS, AUDIT] {
        (0..objects).for_each(|number| simulator.write_object(bucket, &format!("object-{number}"), 1_000));
        simulator.write_object(bucket, "object-0", 1_000);
    }
    simulator.begin_upload(LOGS, "never-ended");
    let end = simulator.executor().now() + SignedDuration::from_secs(10 * DAY);
    (0..3).for_each(|_| simulator.back_up(VAULT, Some(end)));
}

fn standing(scenario: &Scenario) -> Vec<String> {
    let first_words = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    scenario.simulator.census().of("caretaker:owner").lines.iter().map(first_words).collect()
}

fn retained(scenario: &Scenario) -> Value {
    scenario.last().detail["retained"].clone()
}

// Invariant: what is asked for stands, and is then left alone.

#[test]
fn buckets_backups_and_alarms_are_made_by_their_event() {
    let scenario = created();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    let expected = [
        "alarm storage-demo-dev-errors",
        "backup-plan storage-demo-dev",
        "bucket storage-demo-dev-audit",
        "bucket storage-demo-dev-data",
        "bucket storage-demo-dev-logs",
        "dashboard storage-demo-dev",
        "selection of",
        "vault storage-demo-dev",
    ];
    assert_eq!(standing(&scenario), expected);
    let audit = scenario.simulator.census().of(AUDIT).lines.concat();
    assert!(audit.contains("lock_days: Some(365)") && audit.contains("versioning: true"), "{audit}");
}

#[test]
fn what_stands_is_left_alone() {
    let scenario = created();
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.wait(LONG);
    let changes: Vec<_> = scenario.simulator.log().since(mark).iter().filter(|entry| entry.had_effect()).cloned().collect();
    let of_aws = |operation: &str| ["s3.", "cloudwatch.", "backup."].iter().any(|service| operation.starts_with(service));
    assert_eq!(changes.iter().filter(|entry| of_aws(entry.operation)).count(), 0, "{changes:#?}");
}

#[test]
fn a_bucket_whose_name_another_account_has_is_no_bucket_of_ours() {
    let scenario = Scenario::with(0, &context_of("storage"));
    scenario.simulator.take_bucket_name(DATA);
    create(&scenario);
    let said = scenario.last();
    assert_eq!(said.kind, "tenant-failed");
    assert!(said.detail.to_string().contains("BucketAlreadyExists"), "{}", said.detail);
}

// Invariant: data outlives events.

#[test]
fn a_deletion_keeps_data_until_its_end_and_then_nothing() {
    let scenario = created();
    fill(&scenario.simulator, 2);
    scenario.delete(2);
    scenario.wait(LONG);
    assert_eq!(scenario.last().kind, "tenant-removed");
    assert_eq!(standing(&scenario), ["bucket storage-demo-dev-audit", "bucket storage-demo-dev-data", "vault storage-demo-dev"]);
    let kept = retained(&scenario);
    assert_eq!(kept.as_object().map(serde_json::Map::len), Some(3), "{kept}");
    let data = scenario.simulator.census().of(DATA).lines.concat();
    assert!(data.contains("closed for 90 d 3 versions") && data.contains("policy: None"), "{data}");
    let after = |days: i64, expected: &[&str]| {
        scenario.wait(days * DAY);
        scenario.sweep("demo");
        scenario.wait(LONG);
        assert_eq!(standing(&scenario), expected);
    };
    after(11, &["bucket storage-demo-dev-audit", "bucket storage-demo-dev-data"]);
    after(81, &["bucket storage-demo-dev-audit"]);
    after(275, &[]);
}

#[test]
fn destroyed_data_is_gone_batch_by_batch_but_for_what_is_locked() {
    let scenario = created();
    fill(&scenario.simulator, 2);
    // More than one pass deletes.
    (0..70_000).for_each(|number| scenario.simulator.write_object(DATA, &format!("many-{number}"), 1_000));
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.wait(LONG);
    assert_eq!(scenario.last().kind, "tenant-removed");
    assert_eq!(standing(&scenario), ["bucket storage-demo-dev-audit"]);
    assert_eq!(retained(&scenario).as_object().map(serde_json::Map::len), Some(1));
}

// Invariant: a kill at any call, or a lost reply, changes nothing about the end.

/// The ends of a life: with its data kept, or destroyed.
#[derive(Clone, Copy)]
enum Phase {
    Creation,
    Deletion,
    Destruction,
}

/// A life up to the end of `phase`, struck within it, and where in its log that begins.
fn lived(phase: Phase, strike: Option<(Aim, Strike)>) -> (Scenario, Mark) {
    let scenario = Scenario::with(0, &context_of("storage"));
    scenario.simulator.set_faults(Faults { silent: true, ..Faults::default() });
    if !matches!(phase, Phase::Creation) {
        create(&scenario);
        fill(&scenario.simulator, 1);
    }
    let mark = scenario.simulator.log().mark();
    strike.into_iter().for_each(|(aim, strike)| scenario.simulator.strike(aim, strike));
    match phase {
        Phase::Creation => ask(&scenario),
        Phase::Deletion => scenario.delete(2),
        Phase::Destruction => scenario.order("destroy-data", &scenario.life(), None),
    }
    scenario.wait(LONG);
    (scenario, mark)
}

fn check(phase: Phase, strikes: &[Strike]) {
    let (undisturbed, mark) = lived(phase, None);
    let points = undisturbed.simulator.log().points_since(mark);
    assert!(points.len() > 20, "{} points only", points.len());
    let end = |scenario: &Scenario| (scenario.simulator.census().lines, scenario.simulator.dead_letters().len());
    assert_same_end(end(&undisturbed), &points, strikes, |aim, strike| {
        let (struck, _) = lived(phase, Some((aim, strike)));
        (struck.simulator.unmet_strikes(), end(&struck))
    });
}

#[test]
fn a_kill_at_any_call_of_a_creation_changes_nothing() {
    check(Phase::Creation, &KILLS);
}

#[test]
fn a_lost_reply_at_any_call_of_a_creation_changes_nothing() {
    check(Phase::Creation, &LOST);
}

#[test]
fn a_kill_at_any_call_of_a_deletion_changes_nothing() {
    check(Phase::Deletion, &KILLS);
}

#[test]
fn a_lost_reply_at_any_call_of_a_deletion_changes_nothing() {
    check(Phase::Deletion, &LOST);
}

#[test]
fn a_kill_at_any_call_of_a_destruction_changes_nothing() {
    check(Phase::Destruction, &KILLS);
}

#[test]
fn a_lost_reply_at_any_call_of_a_destruction_changes_nothing() {
    check(Phase::Destruction, &LOST);
}
