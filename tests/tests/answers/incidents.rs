//! Incidents that are taken on by a link.

use super::*;

// Invariant: who takes on an incident by its link does so by the button alone, and only while nobody else has it.

/// The partition of what `dev` has of incidents.
const INCIDENTS: &str = "paging#dev";
/// Whoever names an alarm may write this.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

fn signal(key: &str, state: State, at: Timestamp) -> Signal {
    Signal {
        key: key.to_owned(),
        producer: Producer::Alarm,
        state,
        at,
        severity: None,
        about: About::Account,
        name: key.to_owned(),
        title: format!("{key}: {HOSTILE}"),
        cause: String::new(),
        evidence: Vec::new(),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    }
}

impl Desk {
    fn now(&self) -> Timestamp {
        self.simulator.executor().now()
    }

    /// The incident `id`, opened by the alarm `key`, beside those that are in `incidents` already.
    fn open(&self, incidents: &mut Incidents, key: &str, id: &str) {
        let before = incidents.clone();
        let subject = Subject { owner: Some(owner()), ..Subject::default() };
        let taken =
            incidents.take(signal(key, State::Firing, self.now()), subject, Severity::Warning, id, SignedDuration::ZERO, self.now());
        assert_eq!(taken.incident(), Some(id));
        self.write(&before, incidents);
    }

    /// Writes what has changed since it was `before`.
    fn write(&self, before: &Incidents, incidents: &mut Incidents) {
        self.simulator.write_ledger(&incidents.writes(before, INCIDENTS, self.now()));
        incidents.lines.clear();
        incidents.settled(before);
    }

    /// What the link in the message about the incident `id` says.
    fn acknowledging(&self, id: &str) -> Claims {
        Claims {
            purpose: Purpose::Acknowledge,
            owner: "environment#dev".parse().expect("an owner"),
            subject: INCIDENTS.to_owned(),
            id: id.to_owned(),
            digest: digest(id),
            recipient: "ada@example.com".to_owned(),
            expires: self.now() + SignedDuration::from_hours(24),
        }
    }
}

/// A desk with the incident `dev-1`, and the token of its link.
fn incident() -> (Desk, Incidents, String) {
    let (desk, mut incidents) = (desk(), Incidents::default());
    desk.open(&mut incidents, "slow", "dev-1");
    let token = sign(&desk.acknowledging("dev-1"), &keys("a"));
    (desk, incidents, token)
}

#[test]
fn whoever_opens_the_link_of_an_incident_sees_it_as_text_and_changes_nothing() {
    let (desk, _, token) = incident();
    for _ in 0..3 {
        let (response, decision) = desk.get(&token);
        assert_eq!((response.status_code, decision.decision), (200, "asked"), "{decision:?}");
        assert!(response.body.contains("<h1>slow: &#60;script&#62;alert(1)&#60;/script&#62;"), "{}", response.body);
        assert!(response.body.contains("UTC: warning: slow: &#60;script&#62;"), "its timeline: {}", response.body);
        assert!(!response.body.contains("<script") && !response.body.contains("<img"), "{}", response.body);
        assert!(response.body.contains(&format!(r#"name="t" value="{token}""#)), "{}", response.body);
        assert!(response.headers["content-security-policy"].starts_with("default-src 'none'; style-src 'sha256-"), "{response:?}");
        assert_eq!(response.headers["referrer-policy"], "no-referrer");
        assert_eq!((decision.environment.as_deref(), decision.inputs["id"].as_str()), (Some("dev"), Some("dev-1")));
    }
    assert_eq!((desk.changes(), desk.sent()), (vec![], vec![]));
}

#[test]
fn the_button_of_an_incident_sends_one_message() {
    let (desk, _, token) = incident();
    let (response, decision) = desk.post(&token);
    assert_eq!((response.status_code, decision.decision), (200, "acknowledged"), "{decision:?}");
    assert!(response.body.contains("You have incident dev-1") && !response.body.contains("<form"), "{}", response.body);
    assert_eq!(desk.changes(), ["sqs.SendAcknowledgement"]);
    let expected =
        json!({ "caretaker": "acknowledgement", "desk": INCIDENTS, "incident": "dev-1", "by": "ada@example.com", "givenBack": false });
    assert_eq!(desk.sent(), [expected]);
}

#[test]
fn a_link_of_an_incident_that_is_not_believed_is_refused() {
    let (desk, _, token) = incident();
    let claims = desk.acknowledging("dev-1");
    let check = |token: &str, status: u16, word: &str, expected: &str| {
        for (response, decision) in [desk.get(token), desk.post(token)] {
            assert_eq!((response.status_code, decision.decision), (status, word), "{decision:?}");
            assert!(decision.reason.contains(expected) && !response.body.contains("<form"), "{decision:?}");
        }
    };
    let forged = sign(&Claims { recipient: "eve@example.com".to_owned(), ..claims.clone() }, &keys("a"));
    let forged = format!("{}.{}", forged.split('.').next().expect("a part"), code(&token));
    check(&forged, 403, "refused", "signature is wrong");
    check(&sign(&claims, &keys("b")), 403, "refused", "a key that is not known");
    check(&sign(&Claims { expires: desk.now(), ..claims.clone() }, &keys("a")), 410, "refused", "the token expired");
    // A right to one is none to another.
    check(&sign(&Claims { id: "dev-2".to_owned(), ..claims.clone() }, &keys("a")), 410, "over", "has changed since");
    check(&sign(&Claims { purpose: Purpose::Approve, ..claims }, &keys("a")), 410, "over", "not proposed any more");
    assert_eq!(desk.changes(), [""; 0]);
}

#[test]
fn an_incident_that_somebody_has_or_that_is_over_cannot_be_taken_on() {
    let check = |change: &dyn Fn(&mut Incidents, Timestamp), expected: &str| {
        let (desk, mut incidents, token) = incident();
        let before = incidents.clone();
        change(&mut incidents, desk.now());
        desk.write(&before, &mut incidents);
        for (response, decision) in [desk.get(&token), desk.post(&token)] {
            assert_eq!((response.status_code, decision.decision), (410, "over"), "{decision:?}");
            assert!(decision.reason.contains(expected) && response.body.contains("This is over"), "{decision:?}");
            assert!(!response.body.contains("<form"), "{}", response.body);
        }
        assert_eq!(desk.changes(), [""; 0]);
    };
    check(&|incidents, now| incidents.acknowledge("dev-1", "bob@example.com", now).expect("it is open"), "bob@example.com has it since");
    // What is resolved leaves the desk.
    let resolved = |incidents: &mut Incidents, now| incidents.incidents.get_mut("dev-1").expect("one").stage = Stage::Resolved { at: now };
    check(&resolved, "no such incident is open");
}

#[test]
fn the_link_of_an_incident_that_was_taken_in_leads_to_the_one_that_has_it() {
    let (desk, mut incidents, token) = incident();
    desk.open(&mut incidents, "cause", "dev-2");
    let before = incidents.clone();
    incidents.incidents.get_mut("dev-1").expect("one").stage = Stage::Merged { into: "dev-2".to_owned(), at: desk.now() };
    desk.write(&before, &mut incidents);
    let (response, _) = desk.get(&token);
    assert!(response.status_code == 200 && response.body.contains("<h1>cause: "), "{}", response.body);
    assert_eq!(desk.post(&token).1.decision, "acknowledged");
    assert_eq!(desk.sent()[0]["incident"], "dev-1", "paging finds the other by it");
}

#[test]
fn whoever_takes_on_an_incident_during_an_outage_may_try_again() {
    for operation in ["secretsmanager.GetSecretValue", "dynamodb.ReadItems", "sqs.SendAcknowledgement"] {
        let (desk, _, token) = incident();
        desk.simulator.strike(Aim::at(operation), Strike::Fail(CallCause::Unavailable));
        let (response, decision) = desk.post(&token);
        assert_eq!((response.status_code, decision.decision), (503, "failed"), "{decision:?}");
        assert!(desk.sent().is_empty());
        assert_eq!(desk.post(&token).0.status_code, 200);
        assert_eq!(desk.sent().len(), 1);
    }
}
