//! Answers by a link: the shipped `answer-link`, called as a function URL calls it.

use std::collections::BTreeMap;
use std::rc::Rc;

use answer_link::handler::handle;
use answer_link::keys::Ring;
use answer_link::reply::Response;
use domain::answering::claims::{Claims, Purpose};
use domain::answering::keys::Keys;
use domain::answering::token::sign;
use domain::failure::Cause as CallCause;
use domain::incident::Severity;
use domain::ledger::{Condition, Item, Write};
use domain::paging::desk::Desk as Incidents;
use domain::paging::incident::Stage;
use domain::paging::signal::{About, Producer, Signal, State};
use domain::paging::subject::Subject;
use domain::ports::{Confidential, CreateSecret, DeleteSecret};
use domain::remediation::attempt::{Attempt, Pace};
use domain::remediation::cause::Cause;
use domain::remediation::diagnosis::Confidence;
use domain::remediation::fault::Fault;
use domain::remediation::memory::Memory;
use domain::remediation::proposal::Proposal;
use domain::remediation::remedy::Remedy;
use domain::remediation::story::digest;
use domain::tenant::Owner;
use jiff::{SignedDuration, Timestamp};
use runtime::decision::Decision;
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::simulator::{Aim, Simulator, Strike};
use serde_json::{Value, json};

const SECRET: &str = "answer-key";
const SUBJECT: &str = "mate-demo-dev-django";

/// A cloud with the secret of the keys and a subject that something is proposed for, and one process of the function.
struct Desk {
    simulator: Simulator,
    ring: Rc<Ring>,
    proposal: Proposal,
}

fn owner() -> Owner {
    "tenant#dev#demo".parse().expect("an owner")
}

/// The text of a secret with the key of this letter.
fn secret(letter: &str) -> String {
    json!({ "key": letter.repeat(64) }).to_string()
}

fn keys(letter: &str) -> Keys {
    Keys::read(&secret(letter)).expect("a key")
}

fn desk() -> Desk {
    let simulator = Simulator::new(&Executor::new(InOrder), 1);
    let fault = Fault { cause: Cause::OutOfMemory, confidence: Confidence::Certain, evidence: vec!["<b>137</b>".to_owned()] };
    let proposal = Proposal::new("01J", Remedy::ForceDeployment, fault, simulator.executor().now());
    let desk = Desk { simulator, ring: Rc::new(Ring::new(SECRET.to_owned())), proposal };
    desk.put_secret("a");
    desk.remember(&Memory { proposal: Some(desk.proposal.clone()), ..Memory::default() });
    desk
}

impl Desk {
    fn put_secret(&self, letter: &str) {
        let (token, value) = (letter.repeat(32), Confidential(secret(letter)));
        let create = CreateSecret { name: SECRET.to_owned(), token, value, key: None, tags: BTreeMap::new() };
        self.simulator.by_hand(create).expect("it is taken");
    }

    fn drop_secret(&self) {
        self.simulator.by_hand(DeleteSecret { id: SECRET.to_owned(), recovery_days: None }).expect("it goes");
    }

    fn remember(&self, memory: &Memory) {
        let item = Item::new(&Memory::partition(&owner()), SUBJECT, memory);
        self.simulator.write_ledger(&[Write::Put(item, Condition::Always)]);
    }

    fn wait(&self, seconds: i64) {
        self.simulator.executor().run_for(SignedDuration::from_secs(seconds));
    }

    /// What the link in the message says.
    fn claims(&self) -> Claims {
        Claims::approve(&owner(), SUBJECT, &self.proposal, "ada@example.com")
    }

    fn token(&self) -> String {
        sign(&self.claims(), &keys("a"))
    }

    /// What comes of a request; none of what is said may have `secret` in it.
    fn ask(&self, event: Value, secret: &str) -> (Response, Decision) {
        let (cloud, ring) = (self.simulator.invoke(SignedDuration::from_secs(30)), Rc::clone(&self.ring));
        let task = self.simulator.executor().spawn(async move { handle(&cloud, &ring, &event).await });
        assert!(self.simulator.executor().run_until(|| task.end().is_some()), "it never ended");
        let (response, decision) = task.take().expect("it was not crashed");
        let logged = serde_json::to_string(&decision).expect("it serializes");
        assert!(secret.is_empty() || !logged.contains(secret), "{logged}");
        (response, decision)
    }

    fn get(&self, token: &str) -> (Response, Decision) {
        self.ask(request("GET", &format!("t={token}"), None), token)
    }

    fn post(&self, token: &str) -> (Response, Decision) {
        self.ask(request("POST", "", Some(&format!("t={token}"))), token)
    }

    /// All that was changed so far, by operation.
    fn changes(&self) -> Vec<&'static str> {
        self.simulator.log().all().iter().filter(|entry| entry.mutating).map(|entry| entry.operation).collect()
    }

    fn reads_of_the_secret(&self) -> usize {
        self.simulator.log().all().iter().filter(|entry| entry.operation == "secretsmanager.GetSecretValue").count()
    }

    /// The bodies on the queue.
    fn sent(&self) -> Vec<Value> {
        let bodies = self.simulator.reminders();
        bodies.iter().map(|body| serde_json::from_str(body).expect("it is JSON")).collect()
    }
}

fn request(method: &str, query: &str, body: Option<&str>) -> Value {
    json!({ "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": query, "headers": {}, "body": body,
        "requestContext": { "requestId": "r-1", "http": { "method": method, "path": "/", "sourceIp": "192.0.2.1" } },
        "isBase64Encoded": false })
}

// Invariant: to look changes nothing, however often somebody looks.

#[test]
fn whoever_opens_the_link_is_asked_and_nothing_is_changed() {
    let desk = desk();
    for _ in 0..3 {
        let (response, decision) = desk.get(&desk.token());
        assert_eq!((response.status_code, decision.decision), (200, "asked"), "{decision:?}");
        assert!(response.body.contains("May Caretaker start its tasks anew?"), "{}", response.body);
        assert!(response.body.contains(&format!(r#"name="t" value="{}""#, desk.token())), "{}", response.body);
        assert!(response.body.contains("&#60;b&#62;137") && !response.body.contains("<b>"), "{}", response.body);
        assert!(response.headers["content-security-policy"].starts_with("default-src 'none'; style-src 'sha256-"), "{response:?}");
        assert_eq!((decision.tenant.as_deref(), decision.subject.as_str()), (Some("demo"), SUBJECT));
    }
    assert_eq!(desk.changes(), [""; 0]);
    assert_eq!(desk.reads_of_the_secret(), 1);
}

// Invariant: the button sends one message, which says what was shown and whose word it is.

#[test]
fn the_button_sends_one_message() {
    let desk = desk();
    let (response, decision) = desk.post(&desk.token());
    assert_eq!((response.status_code, decision.decision), (200, "approved"), "{decision:?}");
    assert!(response.body.contains("Approved") && !response.body.contains("<form"), "{}", response.body);
    assert_eq!(desk.changes(), ["sqs.SendReminder"]);
    let expected = json!({ "caretaker": "approval", "owner": "tenant#dev#demo", "id": "01J", "digest": desk.proposal.digest(), "by": "ada@example.com" });
    assert_eq!(desk.sent(), [expected]);
    assert_eq!(decision.inputs["by"], "ada@example.com");
}

// Invariant: every no has a reason, changes nothing, and tells the token to no log.

#[test]
fn what_is_not_asked_for_as_it_should_be_is_refused() {
    let desk = desk();
    let query = format!("t={}", desk.token());
    let check = |event: Value, status: u16, expected: &str| {
        let (response, decision) = desk.ask(event, &desk.token());
        assert_eq!((response.status_code, decision.decision), (status, "refused"), "{decision:?}");
        assert!(decision.reason.contains(expected), "{decision:?}");
    };
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        check(request(method, &query, Some(&query)), 405, "neither GET nor POST");
    }
    check(request("GET", "", None), 400, "no token");
    check(request("GET", "", Some(&query)), 400, "no token");
    // The token of the link is not that of the button.
    check(request("POST", &query, None), 400, "no token");
    check(request("POST", "", Some(&"t".repeat(9_000))), 413, "more than 4096 bytes");
    check(request("GET", &format!("t={}", "a".repeat(3_000)), None), 400, "more than 2048 bytes");
    check(json!({ "Records": [] }), 400, "no request of a function URL");
    assert_eq!(desk.changes(), [""; 0]);
}

#[test]
fn what_is_not_believed_is_refused() {
    let desk = desk();
    let forged = |change: Claims| format!("{}.{}", sign(&change, &keys("a")).split('.').next().expect("a part"), code(&desk.token()));
    let check = |token: String, status: u16, expected: &str| {
        for (response, decision) in [desk.get(&token), desk.post(&token)] {
            assert_eq!((response.status_code, decision.decision), (status, "refused"), "{decision:?}");
            assert!(decision.reason.contains(expected), "{decision:?}");
            assert!(!response.body.contains("<form"), "{}", response.body);
        }
    };
    check("a.b".to_owned(), 400, "it is no token");
    check(desk.token()[..99].to_owned(), 400, "it is no token");
    check(forged(Claims { recipient: "eve@example.com".to_owned(), ..desk.claims() }), 403, "signature is wrong");
    check(forged(Claims { expires: desk.proposal.expires + SignedDuration::from_hours(1), ..desk.claims() }), 403, "signature is wrong");
    check(sign(&desk.claims(), &keys("b")), 403, "a key that is not known");
    let past = sign(&Claims { expires: desk.simulator.executor().now(), ..desk.claims() }, &keys("a"));
    check(past, 410, "the token expired at 2026-11-21T02:00:00Z");
    assert_eq!(desk.changes(), [""; 0]);
}

/// The part of a token after its dot.
fn code(token: &str) -> String {
    token.split('.').nth(1).expect("two parts").to_owned()
}

#[test]
fn what_is_over_is_said_to_be() {
    let check = |change: &dyn Fn(&mut Memory), claims: &dyn Fn(&mut Claims), expected: &str| {
        let desk = desk();
        let mut memory = Memory { proposal: Some(desk.proposal.clone()), ..Memory::default() };
        change(&mut memory);
        desk.remember(&memory);
        let mut said = desk.claims();
        claims(&mut said);
        let token = sign(&said, &keys("a"));
        for (response, decision) in [desk.get(&token), desk.post(&token)] {
            assert_eq!((response.status_code, decision.decision), (410, "over"), "{decision:?}");
            assert!(decision.reason.contains(expected) && response.body.contains("This is over"), "{decision:?}");
        }
        assert_eq!(desk.changes(), [""; 0]);
    };
    check(&|memory| memory.proposal = None, &|_| {}, "not proposed any more");
    check(&|memory| memory.proposal.as_mut().expect("one").id = "01K".to_owned(), &|_| {}, "not proposed any more");
    check(&|memory| memory.proposal.as_mut().expect("one").remedy = Remedy::WakeReconciler, &|_| {}, "has changed since");
    check(&|_| {}, &|claims| claims.digest = "0".repeat(64), "has changed since");
    // A right to approve is none to acknowledge.
    check(&|_| {}, &|claims| claims.purpose = Purpose::Acknowledge, "has changed since");
    // A subject of which nothing is known, and an owner.
    check(&|_| {}, &|claims| claims.subject = "mate-demo-dev-celery".to_owned(), "not proposed any more");
    check(&|_| {}, &|claims| claims.owner = "tenant#dev#other".parse().expect("an owner"), "not proposed any more");
    let ended = |memory: &mut Memory| {
        let proposal = memory.proposal.as_mut().expect("one");
        proposal.expires = proposal.at;
    };
    check(&ended, &|_| {}, "could be approved of until 2026-11-21T02:00:00Z");
    let approved = |memory: &mut Memory| {
        let Proposal { id, remedy, fault, at, .. } = memory.proposal.take().expect("one");
        let attempt = Attempt::claim(&id, remedy, fault, Pace::AWS, at);
        memory.attempts.push(Attempt { by: Some("bob@example.com".to_owned()), ..attempt });
    };
    check(&approved, &|_| {}, "by bob@example.com");
}

#[test]
fn a_link_is_of_no_use_after_its_proposal() {
    let desk = desk();
    desk.wait(4 * 3_600 - 1);
    assert_eq!(desk.get(&desk.token()).0.status_code, 200);
    desk.wait(1);
    assert_eq!(desk.post(&desk.token()).0.status_code, 410);
    assert_eq!(desk.changes(), [""; 0]);
}

// Invariant: keys are read once, and anew when a link names one that is not known, once a minute at most.

#[test]
fn a_key_that_is_new_is_known_within_a_minute_and_the_one_before_is_not_any_more() {
    let desk = desk();
    let (old, new) = (desk.token(), sign(&desk.claims(), &keys("b")));
    assert_eq!(desk.get(&old).0.status_code, 200);
    desk.drop_secret();
    desk.put_secret("b");
    for _ in 0..5 {
        assert_eq!(desk.get(&new).0.status_code, 403);
    }
    assert_eq!(desk.reads_of_the_secret(), 1);
    desk.wait(60);
    for _ in 0..5 {
        assert_eq!(desk.get(&new).0.status_code, 200);
        assert_eq!(desk.get(&old).0.status_code, 403);
    }
    assert_eq!(desk.reads_of_the_secret(), 2);
}

// Invariant: what AWS does not answer is no answer: it is said so, and can be tried again.

#[test]
fn whoever_meets_an_outage_may_try_again() {
    for operation in ["secretsmanager.GetSecretValue", "dynamodb.ReadItem", "sqs.SendReminder"] {
        let desk = desk();
        desk.simulator.strike(Aim::at(operation), Strike::Fail(CallCause::Unavailable));
        let (response, decision) = desk.post(&desk.token());
        assert_eq!((response.status_code, decision.decision), (503, "failed"), "{decision:?}");
        assert!(decision.reason.contains(operation) && response.body.contains("try again"), "{decision:?}");
        assert!(desk.sent().is_empty());
        assert_eq!(desk.post(&desk.token()).0.status_code, 200);
        assert_eq!(desk.sent().len(), 1);
    }
}

#[test]
fn a_secret_without_a_key_has_nobody_believed() {
    let desk = desk();
    desk.drop_secret();
    let create = CreateSecret {
        name: SECRET.to_owned(),
        token: "c".repeat(32),
        value: Confidential(r#"{"key":"short"}"#.to_owned()),
        key: None,
        tags: BTreeMap::new(),
    };
    desk.simulator.by_hand(create).expect("it is taken");
    let (response, decision) = desk.post(&desk.token());
    assert_eq!((response.status_code, decision.decision), (503, "failed"));
    assert!(decision.reason.contains("5 bytes, fewer than 32") && !decision.reason.contains("short\""), "{decision:?}");
}

#[test]
fn memory_of_newer_code_is_left_alone() {
    let desk = desk();
    let mut item = Item::new(&Memory::partition(&owner()), SUBJECT, &Memory::default());
    item.attributes.insert("schema".to_owned(), json!(2));
    desk.simulator.write_ledger(&[Write::Put(item, Condition::Always)]);
    let (response, decision) = desk.post(&desk.token());
    assert_eq!((response.status_code, decision.decision), (503, "failed"));
    assert!(decision.reason.contains("schema 2"), "{decision:?}");
    assert_eq!(desk.changes(), [""; 0]);
}

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
