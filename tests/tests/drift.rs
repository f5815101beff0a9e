//! What others change on AWS: found, told once, set right, or left alone where the owner is observe-only.

use domain::ports::{DatabaseChange, DeleteSecret, DescribeDatabase, ModifyDatabase, Reply};
use scenarios::scenario::{Said, Scenario};
use serde_json::json;

const DATABASE: &str = "mate-demo-dev";

fn ready() -> Scenario {
    let scenario = Scenario::default();
    scenario.want("standard", 1);
    scenario.rest();
    scenario.wait(7_200);
    scenario
}

fn observe_only() -> Scenario {
    let scenario = ready();
    scenario.tell("tenant-updated", json!({ "tier": "standard", "version": 2, "options": { "observeOnly": true } }));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-ready 2"]);
    scenario
}

fn set_backups(scenario: &Scenario, days: u8) {
    let change = DatabaseChange { backup_days: Some(days), apply_immediately: true, ..DatabaseChange::default() };
    scenario.simulator.by_hand(ModifyDatabase { name: DATABASE.into(), change }).expect("AWS takes it");
    scenario.wait(3_600);
}

fn backups(scenario: &Scenario) -> u8 {
    let reply = scenario.simulator.by_hand(DescribeDatabase { name: DATABASE.into() }).expect("AWS answers");
    let Reply::DescribeDatabase(Some(seen)) = reply else { panic!("it stands") };
    let domain::kind::Detail::RdsInstance(seen) = seen.detail else { panic!("it is a database") };
    seen.backup_days
}

fn sweep(scenario: &Scenario) {
    scenario.sweep("demo");
    scenario.rest();
}

fn drifts(scenario: &Scenario) -> Vec<Said> {
    scenario.said().into_iter().filter(|said| said.kind == "tenant-drifted").collect()
}

// Invariant: what others change is found by the next look, told once, and set right.

#[test]
fn a_change_by_hand_is_told_and_set_right() {
    let scenario = ready();
    let before = backups(&scenario);
    set_backups(&scenario, 3);
    sweep(&scenario);
    let told = drifts(&scenario);
    let what = format!("backup_days is 3 instead of {before}");
    assert_eq!(
        told.iter().map(|said| (&said.detail["drift"], &said.detail["repairing"])).collect::<Vec<_>>(),
        [(&json!({ "database": what }), &json!(true))]
    );
    assert_eq!((backups(&scenario), scenario.phase("demo").as_str()), (before, "Ready"));
    let drift = scenario.state("demo").expect("it has a state").drift;
    let found = drift.get(&"database".into()).expect("it is remembered for whoever asks");
    assert_eq!((found.what.as_str(), found.repaired), (what.as_str(), true));
    scenario.wait(3_600);
    sweep(&scenario);
    assert_eq!(drifts(&scenario).len(), 1, "it is told once");
    set_backups(&scenario, 3);
    sweep(&scenario);
    assert_eq!(drifts(&scenario).len(), 2, "once more when it comes again");
}

#[test]
fn a_change_that_events_ask_for_is_no_drift() {
    let scenario = ready();
    for (tier, version) in [("enterprise", 2), ("trial", 3)] {
        scenario.want(tier, version);
        scenario.rest();
        scenario.wait(86_400);
        sweep(&scenario);
    }
    assert!(drifts(&scenario).is_empty(), "{:?}", drifts(&scenario));
}

#[test]
fn what_changes_seldom_is_found_within_a_day() {
    let scenario = ready();
    let name = scenario.record(&scenario.life(), "django-secret").expect("it has a record").resource.name;
    scenario.simulator.by_hand(DeleteSecret { id: name, recovery_days: Some(7) }).expect("AWS takes it");
    scenario.wait(3_600);
    sweep(&scenario);
    assert!(drifts(&scenario).is_empty(), "the hourly look does not look at it");
    scenario.wait(86_400);
    sweep(&scenario);
    let told = drifts(&scenario);
    assert_eq!(told[0].detail["drift"], json!({ "django-secret": "it was deleted, and can be brought back" }));
    assert_eq!(scenario.phase("demo"), "Ready");
}

// Invariant: in an observe-only tenant what others have changed stays, and what its events ask for is done nevertheless.

#[test]
fn an_observe_only_tenant_is_told_of_and_left_alone() {
    let scenario = observe_only();
    let mark = scenario.simulator.log().mark();
    set_backups(&scenario, 3);
    for _ in 0..3 {
        sweep(&scenario);
        scenario.wait(86_400);
    }
    assert_eq!((drifts(&scenario).len(), backups(&scenario)), (1, 3), "told once, left alone");
    assert_eq!(drifts(&scenario)[0].detail["repairing"], json!(false));
    let log = scenario.simulator.log();
    assert!(log.changes_since(mark).iter().all(|entry| entry.operation.starts_with("events.")), "{:?}", log.changes_since(mark));
    drop(log);
    assert_eq!(scenario.phase("demo"), "Ready");
    scenario.tell("tenant-updated", json!({ "tier": "enterprise", "version": 3, "options": { "observeOnly": true } }));
    scenario.rest();
    assert_ne!(backups(&scenario), 3, "a new wish is carried out");
    assert_eq!(scenario.last().kind, "tenant-ready");
}

#[test]
fn an_observe_only_tenant_waits_visibly_for_what_is_gone() {
    let scenario = observe_only();
    let name = scenario.record(&scenario.life(), "django-secret").expect("it has a record").resource.name;
    scenario.simulator.by_hand(DeleteSecret { id: name, recovery_days: Some(7) }).expect("AWS takes it");
    scenario.wait(86_400);
    sweep(&scenario);
    assert_eq!(drifts(&scenario).len(), 1);
    let degraded = scenario.said().into_iter().rfind(|said| said.kind == "tenant-degraded").expect("it is said");
    assert!(degraded.detail["waiting"]["django-secret"].as_str().is_some_and(|why| why.contains("observe-only")), "{degraded:?}");
}
