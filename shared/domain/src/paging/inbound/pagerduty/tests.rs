use proptest::prelude::*;
use serde_json::json;

use super::super::super::render::webhook::signatures;
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn now() -> Timestamp {
    at("2026-11-21T02:20:00Z")
}

fn secrets(secrets: &[&str]) -> Vec<Confidential> {
    secrets.iter().map(|secret| Confidential((*secret).to_owned())).collect()
}

/// As PagerDuty documents it, at our time.
fn body(kind: &str, at: &str) -> Value {
    json!({ "event": {
        "id": "5ac64822-4adc-4fda-ade0-410becf0de4f",
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": at,
        "agent": { "html_url": "https://acme.pagerduty.com/users/PLH1HKV", "id": "PLH1HKV", "summary": "Tenex Engineer", "type": "user_reference" },
        "client": { "name": "PagerDuty" },
        "data": {
            "id": "PGR0VU2", "type": "incident", "number": 2, "status": "triggered",
            "incident_key": "prod/database/failover",
            "title": "CRITICAL prod: RDS failover [01KAN7Z3Q0000000000000000A]",
            "assignees": [{ "id": "PTUXL6G", "summary": "User 123", "type": "user_reference" }],
            "urgency": "high",
        }
    } })
}

fn told(body: &Value) -> Result<Event, Refusal> {
    read(body.to_string().as_bytes(), now())
}

#[test]
fn whoever_has_a_secret_is_believed() {
    let body = body("incident.acknowledged", "2026-11-21T02:19:00Z").to_string();
    let signed = |keys: &[&str]| signatures(body.as_bytes(), &secrets(keys));
    let check = |header: &str, known: &[&str], expected: Result<(), Refusal>| {
        assert_eq!(verify(header, body.as_bytes(), &secrets(known)), expected, "{header} {known:?}");
    };
    check(&signed(&["new"]), &["new"], Ok(()));
    // PagerDuty changes its secret, or we do.
    check(&signed(&["old", "new"]), &["new"], Ok(()));
    check(&signed(&["old"]), &["new", "old"], Ok(()));
    check(&signed(&["new"]).to_uppercase().replace("V1", "v1"), &["new"], Ok(()));
    check(&format!("v0=00, v2=ff , {}", signed(&["new"])), &["new"], Ok(()));
    check(&signed(&["other"]), &["new", "old"], Err(Refusal::Forged));
    check(&signed(&["new"]), &[], Err(Refusal::Forged));
    // No secret is not a secret.
    check(&signed(&[""]), &[""], Err(Refusal::Forged));
    check(&signed(&["new"])[..20], &["new"], Err(Refusal::Forged));
    check("v1=", &["new"], Err(Refusal::Forged));
    check("v1=zz", &["new"], Err(Refusal::Forged));
    check(&signed(&["new"]).replace("v1=", "v2="), &["new"], Err(Refusal::Unsigned));
    check("", &["new"], Err(Refusal::Unsigned));
    check(&format!("{}{}", "v1=00,".repeat(8), signed(&["new"])), &["new"], Err(Refusal::Forged));
}

#[test]
fn the_signature_is_of_the_body_byte_by_byte() {
    let signed = signatures(br#"{"event":1}"#, &secrets(&["new"]));
    assert_eq!(verify(&signed, br#"{"event":1}"#, &secrets(&["new"])), Ok(()));
    assert_eq!(verify(&signed, br#"{"event": 1}"#, &secrets(&["new"])), Err(Refusal::Forged));
    let long = vec![b' '; LONGEST + 1];
    assert_eq!(verify(&signatures(&long, &secrets(&["new"])), &long, &secrets(&["new"])), Err(Refusal::TooLong));
    assert_eq!(verify(&signatures(&long[1..], &secrets(&["new"])), &long[1..], &secrets(&["new"])), Ok(()));
}

#[test]
fn an_event_says_what_of_which_incident_by_whom() {
    let event = told(&body("incident.acknowledged", "2026-11-21T02:19:00.123Z")).expect("an event");
    let incident = Incident {
        key: Some("prod/database/failover".into()),
        id: Some("01KAN7Z3Q0000000000000000A".into()),
        theirs: Some("PGR0VU2".into()),
    };
    let expected = Event {
        id: "5ac64822-4adc-4fda-ade0-410becf0de4f".into(),
        at: at("2026-11-21T02:19:00.123Z"),
        what: What::Acknowledged,
        incident,
        agent: Some("Tenex Engineer".into()),
    };
    assert_eq!(event, expected);
}

#[test]
fn types_that_change_nothing_are_ignored_with_a_reason() {
    let check = |kind: &str, expected| assert_eq!(told(&body(kind, "2026-11-21T02:19:00Z")).expect("an event").what, expected);
    check("incident.acknowledged", What::Acknowledged);
    check("incident.unacknowledged", What::Unacknowledged);
    check("incident.resolved", What::Resolved);
    check("incident.reopened", What::Reopened);
    for kind in ["incident.reassigned", "incident.escalated", "incident.delegated"] {
        check(kind, What::Reassigned { to: vec!["User 123".into()] });
    }
    check("incident.triggered", What::Ignored(Reason::Ours));
    for kind in ["incident.annotated", "incident.priority_updated", "service.updated", "incident.new_in_2030"] {
        check(kind, What::Ignored(Reason::Type(kind.into())));
    }
}

#[test]
fn a_ping_is_an_event_of_no_incident() {
    let ping = json!({ "event": {
        "id": "01BRB6ZP4M6T8ZG4X6BP63ZB9O", "event_type": "pagey.ping", "resource_type": "pagey", "occurred_at": "2026-11-21T02:20:00Z",
        "agent": null, "client": null, "data": { "message": "Hello from your friend Pagey!", "type": "ping" },
    } });
    let event = told(&ping).expect("a ping");
    assert_eq!((event.what, event.incident, event.agent), (What::Ping, Incident::default(), None));
}

#[test]
fn what_is_too_old_or_still_to_come_is_refused() {
    let check = |moment: &str, expected: fn(Timestamp) -> Option<Refusal>| {
        assert_eq!(told(&body("incident.resolved", moment)).err(), expected(at(moment)), "{moment}");
    };
    check("2026-11-21T02:20:00Z", |_| None);
    check("2026-11-21T01:55:00Z", |_| None);
    check("2026-11-21T01:54:59Z", |at| Some(Refusal::Late { at }));
    check("2026-11-21T02:25:00Z", |_| None);
    check("2026-11-21T02:25:01Z", |at| Some(Refusal::Early { at }));
}

#[test]
fn what_is_no_event_is_refused() {
    let check = |body: &str| assert_eq!(read(body.as_bytes(), now()), Err(Refusal::Malformed), "{body}");
    check("");
    check("[]");
    check("{}");
    check(r#"{"event":{"id":1,"event_type":"pagey.ping","occurred_at":"2026-11-21T02:20:00Z"}}"#);
    check(r#"{"event":{"id":"a","event_type":"pagey.ping","occurred_at":"yesterday"}}"#);
    check(r#"{"event":{"id":"a","event_type":"","occurred_at":"2026-11-21T02:20:00Z"}}"#);
    check(r#"{"messages":[{"event":"incident.acknowledge"}]}"#);
    assert_eq!(read(b"\xff\xfe", now()), Err(Refusal::Malformed));
}

#[test]
fn an_incident_is_known_by_its_key_or_by_the_end_of_its_title() {
    let check = |data: Value, key: Option<&str>, id: Option<&str>| {
        let found = incident(&data);
        assert_eq!((found.key.as_deref(), found.id.as_deref()), (key, id), "{data}");
    };
    check(json!({ "incident_key": null, "title": "x [01J]" }), None, Some("01J"));
    check(json!({ "incident_key": "", "title": "x [a] y" }), None, None);
    check(json!({ "incident_key": "k", "title": "" }), Some("k"), None);
    check(json!({ "title": "[a b]" }), None, None);
    check(json!({ "title": "[]" }), None, None);
    check(json!({ "title": ["x"] }), None, None);
    // A note on an incident.
    check(json!({ "incident": { "id": "P", "summary": "x [01J]" }, "content": "y [02J]" }), None, Some("01J"));
    check(json!(null), None, None);
}

proptest! {
    #[test]
    fn nothing_that_is_sent_makes_it_fail(header in ".{0,200}", body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify(&header, &body, &secrets(&["new"])).is_err());
        let _ = read(&body, now());
    }
}
