//! Hosts, certificates and pools of users: no name is taken from another, nothing is left in a zone, no user is lost.

use domain::kind::Detail;
use domain::kind::naming::{RecordAction, RecordSet, Target};
use domain::kind::users::Mfa;
use domain::ports::{Call, ChangeResourceRecordSets, DescribeCertificate, ListUserPools, Reply, SetUserPoolMfaConfig, UpdateUserPool};
use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::strikes::{KILLS, Life};
use serde_json::json;

const HOST: &str = "demo-dev.mate.sociant.ai";

fn created() -> String {
    event("tenant-created", json!({ "blueprint": "naming", "version": 1 }))
}

fn deleted(version: u64) -> String {
    event("tenant-deleted", json!({ "version": version }))
}

fn scenario() -> Scenario {
    Scenario::with(0, &context_of("naming"))
}

fn ready() -> Scenario {
    let scenario = scenario();
    scenario.send(&created());
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"], "{:?}", scenario.said());
    scenario
}

fn by_hand(scenario: &Scenario, call: impl Into<Call>) -> Reply {
    scenario.simulator.by_hand(call).expect("AWS takes it")
}

fn batch(scenario: &Scenario, action: RecordAction, sets: Vec<RecordSet>) -> ChangeResourceRecordSets {
    let changes = sets.into_iter().map(|set| set.to_be(action)).collect();
    ChangeResourceRecordSets { zone: scenario.simulator.environment().hosted_zone.id, changes }
}

fn address(balancer: &str) -> RecordSet {
    let dns = format!("{balancer}.us-east-1.elb.amazonaws.com");
    let target = Target::Alias { dns, zone: "Z35SXDOTRQ7X7K".to_owned(), health: true };
    RecordSet { name: HOST.to_owned(), record_type: "A".to_owned(), target }
}

/// The record that proves the certificate of `scenario`.
fn validation(scenario: &Scenario) -> RecordSet {
    let arn = scenario.record(&scenario.life(), "certificate").and_then(|record| record.arn).expect("it has an ARN");
    let Reply::DescribeCertificate(Some(seen)) = by_hand(scenario, DescribeCertificate { arn }) else { panic!("it stands") };
    let Detail::AcmCertificate(seen) = seen.detail else { panic!("it is a certificate") };
    seen.validation.into_iter().next().expect("it wants proof")
}

fn pool(scenario: &Scenario) -> String {
    let Reply::ListUserPools(ids) = by_hand(scenario, ListUserPools { name: "naming-demo-dev".to_owned() }) else { panic!("pools") };
    ids.into_iter().next().expect("it stands")
}

// Invariant: a host leads where it should, and its certificate proves itself.

#[test]
fn a_host_its_certificate_and_its_users_come_and_go() {
    let scenario = ready();
    assert_eq!(scenario.standing("record").len(), 3, "address, companion and proof: {:#?}", scenario.standing("record"));
    assert!(scenario.standing("certificate")[0].contains("issued true"));
    assert!(scenario.standing("user-pool")[0].contains(r#""mfa":"OPTIONAL""#), "{:?}", scenario.standing("user-pool"));
    assert_eq!(scenario.last().detail["outputs"]["host.host"], HOST);
    scenario.send(&deleted(2));
    scenario.rest();
    scenario.assert_tidy();
    assert_eq!(scenario.phase("demo"), "Removed");
    let left = scenario.simulator.census().lines;
    assert!(matches!(&left[..], [pool] if pool.starts_with("user-pool")), "{left:#?}");
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    assert_eq!(scenario.simulator.census().lines, [""; 0]);
}

#[test]
fn what_stands_is_left_alone() {
    let scenario = ready();
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    let log = scenario.simulator.log();
    assert_eq!(log.changes_since(mark), Vec::<&_>::new());
}

#[test]
fn a_new_life_has_a_host_and_a_pool_of_its_own() {
    let scenario = ready();
    scenario.send(&deleted(2));
    scenario.rest();
    scenario.send(&event("tenant-created", json!({ "blueprint": "naming", "version": 3 })));
    scenario.rest();
    assert_eq!(scenario.heard("demo").last().map(String::as_str), Some("tenant-ready 3"));
    assert_eq!((scenario.standing("record").len(), scenario.standing("user-pool").len()), (3, 2), "{}", scenario.simulator.census());
}

// Invariant: a crash after any call changes nothing of the end; no record is left behind.

#[test]
fn a_kill_at_any_call_changes_nothing_of_the_end() {
    for events in [vec![created()], vec![created(), deleted(2)]] {
        let end = Life::of("naming", &events, |simulator| simulator.census().lines).assert_same_end(&KILLS);
        assert_eq!(end.len(), if events.len() == 1 { 5 } else { 1 }, "{end:#?}");
    }
}

// Invariant: drift is repaired; what others own is not.

#[test]
fn what_a_person_has_changed_is_mended() {
    ready().assert_mended(|scenario| _ = by_hand(scenario, batch(scenario, RecordAction::Delete, vec![address("naming-1")])));
    ready().assert_mended(|scenario| _ = by_hand(scenario, batch(scenario, RecordAction::Upsert, vec![address("naming-2")])));
    ready().assert_mended(|scenario| _ = by_hand(scenario, batch(scenario, RecordAction::Delete, vec![validation(scenario)])));
    ready().assert_mended(|scenario| _ = by_hand(scenario, SetUserPoolMfaConfig { id: pool(scenario), mfa: Mfa::Off }));
    ready().assert_mended(|scenario| {
        by_hand(scenario, UpdateUserPool { id: pool(scenario), password_length: 6, deletion_protection: false });
    });
}

#[test]
fn a_host_that_was_changed_by_hand_goes_nevertheless() {
    let scenario = ready();
    by_hand(&scenario, batch(&scenario, RecordAction::Upsert, vec![RecordSet::to_value(HOST, "A", "192.0.2.1")]));
    by_hand(&scenario, batch(&scenario, RecordAction::Delete, vec![validation(&scenario)]));
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!((scenario.phase("demo").as_str(), scenario.standing("record")), ("Removed", Vec::new()));
}

fn foreign() -> Scenario {
    let scenario = scenario();
    by_hand(&scenario, batch(&scenario, RecordAction::Create, vec![address("somebodys")]));
    scenario.send(&created());
    scenario.rest();
    scenario
}

#[test]
fn a_host_of_somebody_else_is_a_conflict_and_left_alone() {
    let scenario = foreign();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1"]);
    assert!(scenario.last().detail["stuck"]["host"].to_string().contains(HOST), "{:?}", scenario.last());
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!(scenario.phase("demo"), "Removed");
    assert!(scenario.standing("record")[0].contains("somebodys"), "{:?}", scenario.standing("record"));
}

#[test]
fn a_host_of_somebody_else_is_taken_over_by_explicit_order() {
    let scenario = foreign();
    scenario.order("adopt", &scenario.life(), Some(HOST));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1", "tenant-ready 1"]);
    assert!(scenario.standing(&format!("record {HOST}"))[0].contains("naming-1"));
}

// Invariant: what a person must make is waited for, and said.

#[test]
fn a_hosted_zone_that_nobody_has_made_is_waited_for() {
    let scenario = scenario();
    scenario.tell("environment-created", json!({ "environment": "staging", "blueprint": "naming", "version": 1 }));
    scenario.wait(600);
    let state = scenario.simulator.ledger("environment#staging").into_iter().find(|item| item.key == "state").expect("it has one");
    let report = serde_json::to_string(&state.attributes["report"]).expect("it serializes");
    assert!(report.contains("a person must make it"), "{report}");
    assert_eq!(scenario.simulator.pending_messages().len(), 1, "it looks again");
}
