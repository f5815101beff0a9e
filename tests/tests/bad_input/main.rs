//! What is wrong has its own clear end, loses no event and stops no other tenant.

use domain::failure::Cause;
use domain::ledger::Item;
use jiff::SignedDuration;
use runtime::wire::LONGEST;
use scenarios::driver::event;
use scenarios::fixtures;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Faults, Outage, Strike};
use serde_json::{Value, json};

mod dead_letters;
mod outages;

/// Another customer, who must come to be ready whatever happens to the first.
const OTHER: &str = "other";

fn other_wants(scenario: &Scenario, version: u64) {
    scenario.tell("tenant-created", json!({ "tenant": OTHER, "tier": "trial", "version": version }));
}

fn assert_other_ready(scenario: &Scenario, what: &str) {
    assert_eq!((scenario.phase(OTHER).as_str(), scenario.heard(OTHER).last()), ("Ready", Some(&"tenant-ready 1".to_owned())), "{what}");
}

/// The bad event among the good ones of another tenant.
fn beside_another(bad: &str) -> Scenario {
    let scenario = Scenario::default();
    scenario.simulator.send(bad, 0);
    other_wants(&scenario, 1);
    scenario.simulator.send(bad, 0);
    scenario.rest();
    assert_other_ready(&scenario, bad.get(..200).unwrap_or(bad));
    scenario
}

fn created(change: Value) -> String {
    let mut detail = json!({ "tier": "trial", "version": 1 });
    detail.as_object_mut().expect("an object").extend(change.as_object().cloned().expect("an object"));
    event("tenant-created", detail)
}

// Invariant: a wish that nobody can carry out is answered with its reason, at once, and leaves nothing.

fn is_refused(change: Value, reason: &str) {
    let scenario = beside_another(&created(change.clone()));
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1"], "{change}: once, for the same event");
    let said = scenario.last().detail["reason"].to_string();
    assert!(said.contains(reason), "{change}: {said}");
    assert_eq!(scenario.simulator.dead_letters(), [], "{change}");
    let kept = scenario.simulator.ledger("tenant#dev#demo");
    let is_answer = |item: &Item| item.key == "hist#answer#e-1" && item.attributes.contains_key("expiresAt");
    assert!(kept.len() == 1 && kept.iter().all(is_answer), "{change}: it uses up no version, and its answer has an end: {kept:?}");
    assert_eq!((scenario.simulator.census().of("tenant/dev/demo").lines.len(), scenario.counted()), (0, 1), "{change}");
    // The corrected event of the same version is taken.
    scenario.want("trial", 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1", "tenant-ready 1"], "{change}");
}

#[test]
fn an_unknown_blueprint_is_refused() {
    is_refused(json!({ "blueprint": "mat" }), "known are");
}

#[test]
fn an_unknown_tier_is_refused() {
    is_refused(json!({ "tier": "gold" }), "enterprise, standard, trial");
}

#[test]
fn a_missing_tier_is_refused() {
    is_refused(json!({ "tier": null }), "needs a tier");
}

#[test]
fn an_option_that_the_blueprint_has_not_is_refused() {
    is_refused(json!({ "options": { "hipaa": true } }), "hipaa");
}

#[test]
fn an_unknown_option_is_refused() {
    is_refused(json!({ "options": { "turbo": true } }), "turbo");
}

#[test]
fn an_unknown_field_is_refused() {
    is_refused(json!({ "destroyData": true }), "destroyData");
}

#[test]
fn an_image_of_another_registry_is_refused() {
    is_refused(json!({ "image": "evil.example/image:1" }), "no tag");
}

#[test]
fn a_reserved_id_is_refused() {
    for id in ["celery", "www", "admin"] {
        let scenario = beside_another(&created(json!({ "tenant": id })));
        assert_eq!(scenario.heard(id), ["tenant-failed 1"]);
        assert_eq!(scenario.simulator.census().of(&format!("tenant/dev/{id}")).lines, [""; 0]);
    }
}

// Invariant: a name that exists and is not ours fails that tenant alone.

#[test]
fn a_name_that_exists_and_is_not_ours_fails_with_it_named_and_stops_no_other_tenant() {
    let scenario = Scenario::default();
    let environment = scenario.simulator.environment();
    scenario.simulator.by_hand(fixtures::database(&environment, "mate-demo-dev")).expect("AWS takes it");
    scenario.want("trial", 1);
    other_wants(&scenario, 1);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-failed 1"]);
    assert!(scenario.said().iter().any(|said| said.detail["reason"].to_string().contains("db:mate-demo-dev")), "{:?}", scenario.said());
    assert_other_ready(&scenario, "a foreign name");
    scenario.assert_tidy();
}

// Invariant: a quota fails the tenant with AWS's own words until a person has it raised and orders a retry.

#[test]
fn a_quota_fails_with_its_reason_and_a_retry_goes_on() {
    for (operation, id) in [
        ("rds.CreateDBInstance", "database"),
        ("efs.CreateFileSystem", "tenant-data"),
        ("secretsmanager.CreateSecret", "db-credentials"),
        ("ecs.CreateService", "django"),
    ] {
        let scenario = Scenario::default();
        scenario.simulator.set_quota(operation, Some(0));
        scenario.want("trial", 1);
        scenario.rest();
        assert_eq!(scenario.heard("demo"), ["tenant-failed 1"], "{operation}");
        assert!(scenario.last().detail["stuck"][id].to_string().contains("Quota"), "{operation}: {:?}", scenario.last().detail["stuck"]);
        scenario.simulator.set_quota(operation, None);
        scenario.order("retry", &scenario.life(), None);
        scenario.rest();
        assert_eq!(scenario.heard("demo"), ["tenant-failed 1", "tenant-ready 1"], "{operation}");
        scenario.assert_tidy();
    }
}

#[test]
fn a_tenant_at_its_quota_can_be_deleted() {
    let scenario = Scenario::default();
    scenario.simulator.set_quota("rds.CreateDBInstance", Some(0));
    scenario.want("trial", 1);
    scenario.rest();
    scenario.delete(2);
    scenario.rest();
    assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 0));
}

#[test]
fn one_that_takes_the_last_of_a_quota_leaves_the_other_failed_alone() {
    let scenario = Scenario::default();
    scenario.simulator.set_quota("rds.CreateDBInstance", Some(1));
    scenario.want("trial", 1);
    other_wants(&scenario, 1);
    scenario.rest();
    let mut phases = [scenario.phase("demo"), scenario.phase(OTHER)];
    phases.sort();
    assert_eq!(phases, ["Failed", "Ready"]);
}

// Invariant: rights that are missing fail the tenant with AWS's words; a retry goes on once they are there.

/// A creation whose first `times` calls of `operation` are denied.
fn denied(operation: &str, times: usize) -> Scenario {
    let scenario = Scenario::default();
    for occurrence in 1..=times {
        scenario.simulator.strike(Aim::at(operation).occurrence(occurrence), Strike::Fail(Cause::Denied));
    }
    scenario.want("trial", 1);
    scenario.rest();
    scenario
}

#[test]
fn a_denied_create_fails_with_the_call_named_and_a_retry_goes_on() {
    const MORE_THAN_ANY: usize = 500;
    for operation in ["rds.CreateDatabase", "ecs.CreateService", "elasticfilesystem.CreateFileSystem"] {
        let left = denied(operation, MORE_THAN_ANY).simulator.unmet_strikes();
        assert!(left > 0, "{operation} is not called for ever");
        // As often as it is tried until the tenant has failed, and no more.
        let scenario = denied(operation, MORE_THAN_ANY - left);
        assert_eq!(scenario.heard("demo"), ["tenant-failed 1"], "{operation}");
        assert!(scenario.last().detail["reason"].to_string().contains(operation), "{:?}", scenario.last());
        scenario.order("retry", &scenario.life(), None);
        scenario.rest();
        assert_eq!(scenario.heard("demo"), ["tenant-failed 1", "tenant-ready 1"], "{operation}");
    }
}

// Invariant: no value of a secret is said, logged or remembered.

#[test]
fn no_value_of_a_secret_leaves_secrets_manager() {
    let scenario = Scenario::default();
    scenario.want("trial", 1);
    scenario.rest();
    let life = scenario.life();
    for id in ["django-secret", "db-credentials"] {
        let arn = scenario.record(&life, id).and_then(|record| record.arn).expect("it has an ARN");
        let value = scenario.simulator.by_hand(domain::ports::GetSecretValue { id: arn }).expect("it has a value");
        let domain::ports::Reply::GetSecretValue(value) = value else { panic!("a value") };
        let fields: serde_json::Map<String, Value> = serde_json::from_str(&value.0).expect("JSON");
        let random = fields.values().filter_map(Value::as_str).filter(|text| text.len() > 10).collect::<Vec<_>>();
        assert!(!random.is_empty(), "{id} has a random field");
        for text in random {
            let places = [
                format!("{:?}", scenario.simulator.ledger("tenant#dev#demo")),
                format!("{:?}", scenario.simulator.announced()),
                format!("{:?}", scenario.simulator.log().all()),
                scenario.simulator.census().to_string(),
            ];
            assert!(places.iter().all(|place| !place.contains(text)), "{id} is told");
        }
    }
}
