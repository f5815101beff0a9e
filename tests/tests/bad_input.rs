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

// Invariant: what is no event of a known tenant is a dead letter at once, with reason and cause, word for word.

fn is_dead_lettered(body: &str, cause: &str) {
    let scenario = beside_another(body);
    let letters = scenario.simulator.dead_letters();
    let what = body.get(..200).unwrap_or(body);
    assert_eq!(letters.len(), 2, "{what}: each of the two, none lost");
    for letter in letters {
        assert_eq!((letter.body.as_str(), letter.reason.as_str()), (body, "malformed"), "{what}");
        let said = letter.cause.unwrap_or_default();
        assert!(said.contains(cause), "{what}: {said}");
    }
    assert_eq!(scenario.simulator.census().of("demo").lines, [""; 0], "{what}");
}

#[test]
fn malformed_json_is_a_dead_letter() {
    for (body, cause) in [
        ("{", "not JSON"),
        ("\u{0}", "not JSON"),
        ("[]", "no EventBridge envelope"),
        ("null", "no EventBridge envelope"),
        ("42", "no EventBridge envelope"),
        ("\"tenant-created\"", "no EventBridge envelope"),
        (r#"{"detail-type":"tenant-created"}"#, "no EventBridge envelope"),
        (r#"{"caretaker":"wake-up","owner":"tenant#moon#demo","wakeId":1,"hops":0}"#, "name its owner"),
        (r#"{"caretaker":"sweep"}"#, "name its owner"),
    ] {
        is_dead_lettered(body, cause);
    }
}

#[test]
fn deeply_nested_json_is_a_dead_letter_and_no_crash() {
    is_dead_lettered(&format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)), "not JSON");
}

#[test]
fn huge_json_is_a_dead_letter() {
    is_dead_lettered(&created(json!({ "image": "x".repeat(LONGEST) })), "bytes, more than");
}

#[test]
fn ids_outside_the_rule_are_dead_letters() {
    for id in [
        "",
        "..",
        "../etc",
        "a:b",
        "tenant#dev#x",
        "Demo",
        "dëmo",
        "demo\u{200b}",
        "demo ",
        "-demo",
        "acme-dev",
        "a--b",
        "abcdefghijklmnopqrstu",
        "ab",
    ] {
        is_dead_lettered(&created(json!({ "tenant": id })), "name its owner");
    }
    for id in [json!(7), json!(null), json!(["demo"]), json!({ "id": "demo" })] {
        is_dead_lettered(&created(json!({ "tenant": id })), "name its owner");
    }
    is_dead_lettered(&created(json!({ "environment": "moon" })), "name its owner");
}

#[test]
fn a_schema_of_another_number_is_a_dead_letter_to_be_redriven_once_newer_code_is_there() {
    for schema in [json!(2), json!(0), json!("1"), json!(null)] {
        is_dead_lettered(&created(json!({ "schema": schema })), "has schema");
    }
}

#[test]
fn a_version_that_is_no_number_is_a_dead_letter() {
    for version in [json!(-1), json!("1"), json!(1.5)] {
        is_dead_lettered(&created(json!({ "version": version })), "name its owner");
    }
}

// Invariant: what is none of ours is dropped without a word.

#[test]
fn events_of_others_are_ignored() {
    for kind in ["order-created", "tenant-ready", "", "TENANT-CREATED"] {
        let scenario = beside_another(&event(kind, json!({})));
        assert_eq!((scenario.simulator.dead_letters().len(), scenario.heard("demo").len()), (0, 0), "{kind}");
    }
}

#[test]
fn what_a_topic_tells_in_a_form_that_nobody_knows_is_ignored() {
    let topic = "arn:aws:sns:us-east-1:123456789012:caretaker-cache-events";
    for message in ["a sentence", "", "{", "[7]", "{}", r#"{"AlarmName":"x"}"#, r#"{"ElastiCache:":null}"#] {
        for topic in [topic, "", "?"] {
            let notification = json!({ "Type": "Notification", "TopicArn": topic, "Message": message });
            let scenario = beside_another(&notification.to_string());
            assert_eq!(scenario.simulator.dead_letters(), [], "{notification}");
        }
    }
    // It was meant to be an event of ours.
    is_dead_lettered(&json!({ "Type": "Notification", "Message": r#"{"detail-type":"tenant-created"}"# }).to_string(), "envelope");
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

// Invariant: an API that is down for ten minutes costs ten minutes, and no event.

fn outage(scenario: &Scenario, prefix: &str, minutes: i64) {
    let from = scenario.executor.now();
    let outages = vec![Outage { prefix: prefix.into(), from, until: from + SignedDuration::from_mins(minutes) }];
    scenario.simulator.set_faults(Faults { outages, ..Faults::default() });
}

/// Brings a scenario to the moment before a phase.
type Prepare = fn(&Scenario);

#[test]
fn any_api_may_be_down_for_ten_minutes_at_any_phase() {
    for prefix in ["rds.", "ecs.", "elasticfilesystem.", "secretsmanager.", "events.", "dynamodb.", ""] {
        let scenario = Scenario::default();
        // Longer than the longest wait between two tries.
        let phases: [(&str, Prepare); 3] =
            [("create", |s| s.want("trial", 1)), ("grow", |s| s.want("standard", 2)), ("delete", |s| s.delete(3))];
        for (version, (phase, act)) in (1..).zip(phases) {
            outage(&scenario, prefix, 10);
            let began = scenario.executor.now();
            act(&scenario);
            other_wants(&scenario, 1);
            scenario.rest();
            let what = format!("{prefix:?} down while it is to {phase}");
            scenario.assert_tidy();
            assert_eq!(scenario.last().version, version, "{what}: {:?}", scenario.heard("demo"));
            assert_ne!(scenario.last().kind, "tenant-failed", "{what}");
            assert!(scenario.executor.now().duration_since(began) < SignedDuration::from_hours(2), "{what}");
            assert_other_ready(&scenario, &what);
        }
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 1), "{prefix:?}");
        assert_eq!(scenario.done("rds.CreateDatabase").len(), 2, "{prefix:?}: one each");
    }
}

#[test]
fn an_outage_in_the_middle_of_a_creation_delays_it_only() {
    for prefix in ["rds.", "ecs.", "elasticfilesystem.", "secretsmanager.", "events.", "dynamodb.", ""] {
        for seconds in [1, 30, 400, 430, 460] {
            let scenario = Scenario::default();
            scenario.want("trial", 1);
            scenario.wait(seconds);
            outage(&scenario, prefix, 10);
            scenario.rest();
            // What only a schedule brings back: a wake-up that could not be sent, an answer that could not be announced.
            scenario.wait(900);
            scenario.sweep("demo");
            scenario.rest();
            let what = format!("{prefix:?} down after {seconds} s");
            scenario.assert_tidy();
            assert_eq!(scenario.phase("demo"), "Ready", "{what}");
            assert_eq!(
                scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 1").count(),
                1,
                "{what}: {:?}",
                scenario.heard("demo")
            );
        }
    }
}

#[test]
fn a_dead_letter_of_a_long_outage_is_kept_word_for_word_and_can_be_redriven() {
    let scenario = Scenario::default();
    outage(&scenario, "dynamodb.", 120);
    scenario.want("trial", 1);
    let sent = scenario.simulator.pending_messages()[0].1.clone();
    scenario.rest();
    let letters = scenario.simulator.dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].body.as_str(), letters[0].reason.as_str()), (sent.as_str(), "gave up"));
    assert!(letters[0].cause.as_deref().is_some_and(|cause| cause.contains("ServiceUnavailable")), "{letters:?}");
    scenario.wait(7200);
    scenario.simulator.send(sent, 0);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
}

// Invariant: throttling slows down, and fails nothing.

#[test]
fn many_tenants_at_once_are_throttled_and_all_come_to_be_ready() {
    const TENANTS: usize = 60;
    let scenario = Scenario::default();
    scenario.simulator.set_faults(Faults { throttles: true, ..Faults::default() });
    for n in 0..TENANTS {
        scenario.tell("tenant-created", json!({ "tenant": format!("t{n:02}"), "tier": "trial", "version": 1 }));
    }
    scenario.rest();
    for n in 0..TENANTS {
        let tenant = format!("t{n:02}");
        assert_eq!(
            (scenario.phase(&tenant).as_str(), scenario.heard(&tenant).last()),
            ("Ready", Some(&"tenant-ready 1".to_owned())),
            "{tenant}"
        );
    }
    assert_eq!((scenario.simulator.dead_letters().len(), scenario.counted()), (0, 60));
    assert_eq!(scenario.done("rds.CreateDatabase").len(), TENANTS);
    let throttled = scenario
        .simulator
        .log()
        .all()
        .iter()
        .filter(|entry| entry.outcome == scenarios::simulator::Outcome::Refused(Cause::Throttled))
        .count();
    assert!(throttled > 0, "the buckets were met");
}

#[test]
fn a_throttled_call_of_any_kind_delays_its_tenant_only() {
    let calm = Scenario::default();
    calm.want("trial", 1);
    calm.rest();
    for (operation, resource, occurrence) in calm.simulator.log().points() {
        let scenario = Scenario::default();
        scenario.simulator.strike(Aim::at(operation).of(&resource).occurrence(occurrence), Strike::Fail(Cause::Throttled));
        scenario.want("trial", 1);
        scenario.rest();
        scenario.wait(900);
        scenario.sweep("demo");
        scenario.rest();
        let what = format!("{operation} {resource} #{occurrence}");
        assert_eq!((scenario.phase("demo").as_str(), scenario.simulator.dead_letters().len()), ("Ready", 0), "{what}");
        assert_eq!(
            scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 1").count(),
            1,
            "{what}: {:?}",
            scenario.heard("demo")
        );
        scenario.assert_tidy();
    }
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
