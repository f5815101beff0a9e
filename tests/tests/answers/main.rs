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
use domain::remediation::attempt::Attempt;
use domain::remediation::cause::Cause;
use domain::remediation::diagnosis::Confidence;
use domain::remediation::fault::Fault;
use domain::remediation::memory::Memory;
use domain::remediation::proposal::Proposal;
use domain::remediation::remedy::Remedy;
use domain::remediation::story::digest;
use domain::tenant::Owner;
use domain::wake::Pace;
use jiff::{SignedDuration, Timestamp};
use runtime::decision::Decision;
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::simulator::{Aim, Simulator, Strike};
use serde_json::{Value, json};

mod incidents;
mod refusals;

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

fn code(token: &str) -> String {
    token.split('.').nth(1).expect("two parts").to_owned()
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
