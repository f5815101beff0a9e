use std::cell::RefCell;

use domain::failure::{CallError, Cause};
use domain::paging::render::webhook::signatures;
use domain::ports::{Call, Confidential, Reply};
use jiff::Timestamp;
use runtime::start::chain;
use serde_json::json;

use super::*;

/// A secret with the key of links and those that PagerDuty signs with, and a queue.
struct Post {
    secret: Option<String>,
    queue: RefCell<Vec<Value>>,
}

impl Cloud for Post {
    fn now(&self) -> Timestamp {
        "2026-11-21T02:20:00Z".parse().expect("a moment")
    }

    fn entropy(&self) -> u128 {
        0
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        match call {
            Call::GetSecretValue(_) => {
                let secret = self.secret.clone().ok_or_else(|| CallError::new("x", Cause::Unavailable, "an outage"))?;
                Ok(Reply::GetSecretValue(Confidential(secret)))
            }
            Call::SendAcknowledgement(request) => {
                self.queue.borrow_mut().push(serde_json::from_str(&request.body).expect("JSON"));
                Ok(Reply::SendAcknowledgement(()))
            }
            other => panic!("it calls {}", other.name()),
        }
    }
}

const NEW: &str = "new-secret-of-pagerduty";
const OLD: &str = "old-secret-of-pagerduty";

fn post() -> Post {
    let secret = json!({ "key": "k".repeat(64), "pagerduty": NEW, "pagerduty_previous": OLD });
    Post { secret: Some(secret.to_string()), queue: RefCell::default() }
}

/// As PagerDuty documents it.
fn body(kind: &str, key: &str, at: &str) -> String {
    json!({ "event": { "id": "5ac64822", "event_type": kind, "resource_type": "incident", "occurred_at": at,
        "agent": { "id": "PLH1HKV", "summary": "Ada Lovelace", "type": "user_reference" },
        "data": { "id": "PGR0VU2", "type": "incident", "status": "acknowledged", "incident_key": key, "title": "CRITICAL prod: it is slow" } } })
    .to_string()
}

fn acknowledged() -> String {
    body("incident.acknowledged", "caretaker/prod-0abc", "2026-11-21T02:19:00Z")
}

fn signed(body: &str, secret: &str) -> String {
    signatures(body.as_bytes(), &[Confidential(secret.to_owned())])
}

/// As a function URL hands it on.
fn request(body: &str, signatures: Option<&str>) -> Value {
    json!({ "version": "2.0", "rawPath": "/pagerduty", "rawQueryString": "", "headers": { "x-pagerduty-signature": signatures },
        "requestContext": { "requestId": "r", "http": { "method": "POST", "path": "/pagerduty" } }, "body": body, "isBase64Encoded": false })
}

/// What becomes of `event`: a word, or status and reason; and what paging is told.
async fn taken(post: &Post, event: &Value) -> (Result<&'static str, (u16, String)>, Vec<Value>) {
    assert!(is_one(event));
    let outcome = take(post, &Ring::new("answer-key".to_owned()), event).await;
    let outcome = outcome.map(|(word, _)| word).map_err(|problem| (problem.response().status_code, chain(&problem)));
    (outcome, post.queue.take())
}

#[tokio::test]
async fn what_pagerduty_tells_of_an_incident_of_ours_is_told_to_paging() {
    let check = async |kind: &str, word: &'static str, given_back: Option<bool>| {
        let body = body(kind, "caretaker/prod-0abc", "2026-11-21T02:19:00Z");
        let told = taken(&post(), &request(&body, Some(&signed(&body, NEW)))).await;
        let message = given_back.map(|given_back| {
            json!({ "caretaker": "acknowledgement", "desk": "paging#prod", "incident": "prod-0abc",
                "by": "Ada Lovelace by PagerDuty", "givenBack": given_back })
        });
        assert_eq!(told, (Ok(word), message.into_iter().collect()), "{kind}");
    };
    check("incident.acknowledged", "acknowledged", Some(false)).await;
    // Whoever ends it there has it; here it is over when its signals say so.
    check("incident.resolved", "acknowledged", Some(false)).await;
    check("incident.unacknowledged", "given-back", Some(true)).await;
    check("incident.reopened", "given-back", Some(true)).await;
    for kind in ["incident.triggered", "incident.escalated", "incident.annotated", "pagey.ping"] {
        check(kind, "ignored", None).await;
    }
}

#[tokio::test]
async fn the_incident_is_known_by_its_key_or_by_the_end_of_its_title() {
    let check = async |key: Value, title: &str, expected: Option<&str>| {
        let mut body: Value = serde_json::from_str(&acknowledged()).expect("JSON");
        body["event"]["data"]["incident_key"] = key;
        body["event"]["data"]["title"] = json!(title);
        let body = body.to_string();
        let (outcome, sent) = taken(&post(), &request(&body, Some(&signed(&body, NEW)))).await;
        assert_eq!(outcome, Ok(if expected.is_some() { "acknowledged" } else { "ignored" }), "{title}");
        assert_eq!(sent.first().map(|message| message["incident"].as_str().expect("an id")), expected, "{title}");
    };
    check(json!("caretaker/dev-0abc"), "x [dev-0xyz]", Some("dev-0abc")).await;
    check(json!(null), "CRITICAL dev: it is slow [dev-0abc]", Some("dev-0abc")).await;
    // Another integration's key.
    check(json!("prod/database"), "the shop is slow", None).await;
    check(json!(null), "the shop is slow", None).await;
}

#[tokio::test]
async fn both_secrets_count_while_one_is_changed_and_the_body_may_come_in_base64() {
    let body = acknowledged();
    for secret in [NEW, OLD] {
        assert_eq!(taken(&post(), &request(&body, Some(&signed(&body, secret)))).await.0, Ok("acknowledged"));
    }
    let both = format!("{},{}", signed(&body, "another"), signed(&body, NEW));
    assert_eq!(taken(&post(), &request(&body, Some(&both))).await.0, Ok("acknowledged"));
    let mut encoded = request(&STANDARD.encode(&body), Some(&signed(&body, NEW)));
    encoded["isBase64Encoded"] = json!(true);
    assert_eq!(taken(&post(), &encoded).await.0, Ok("acknowledged"));
}

#[tokio::test]
async fn what_is_not_believed_tells_paging_nothing() {
    let check = async |event: Value, status: u16, expected: &str| {
        let (outcome, sent) = taken(&post(), &event).await;
        let (got, reason) = outcome.expect_err("it is refused");
        assert!(got == status && reason.contains(expected), "{got} {reason}");
        assert!(!reason.contains("secret-of-pagerduty") && sent.is_empty(), "{reason}");
    };
    let body = acknowledged();
    check(request(&body, None), 401, "it is not signed").await;
    check(request(&body, Some("")), 401, "it is not signed").await;
    check(request(&body, Some(&signed(&body, "another"))), 401, "its signature is wrong").await;
    check(request(&body.replace("prod-0abc", "prod-0xyz"), Some(&signed(&body, NEW))), 401, "its signature is wrong").await;
    // The signature is of the bytes, and one blank more is another body.
    check(request(&format!("{body} "), Some(&signed(&body, NEW))), 401, "its signature is wrong").await;
    let late = self::body("incident.acknowledged", "caretaker/prod-0abc", "2026-11-21T01:54:59Z");
    check(request(&late, Some(&signed(&late, NEW))), 401, "too long ago").await;
    let early = self::body("incident.acknowledged", "caretaker/prod-0abc", "2026-11-21T02:25:01Z");
    check(request(&early, Some(&signed(&early, NEW))), 401, "still to come").await;
    let long = " ".repeat(pagerduty::LONGEST + 1);
    check(request(&long, Some(&signed(&long, NEW))), 413, "more than 65536 bytes").await;
    check(request(&" ".repeat(2 * pagerduty::LONGEST), Some("v1=00")), 413, "more than 65536 bytes").await;
    check(request("{}", Some(&signed("{}", NEW))), 400, "no event of PagerDuty").await;
    let mut encoded = request("%%%", Some(&signed("%%%", NEW)));
    encoded["isBase64Encoded"] = json!(true);
    check(encoded, 400, "no event of PagerDuty").await;
}

#[tokio::test]
async fn without_a_secret_nobody_is_believed() {
    let body = acknowledged();
    for secret in [json!({ "key": "k".repeat(64) }), json!({ "pagerduty": "" }), json!([]), json!("x")] {
        let post = Post { secret: Some(secret.to_string()), queue: RefCell::default() };
        for signature in [signed(&body, ""), signed(&body, NEW)] {
            let (outcome, sent) = taken(&post, &request(&body, Some(&signature))).await;
            assert_eq!((outcome.map_err(|(status, _)| status), sent), (Err(401), vec![]), "{secret}");
        }
    }
    let post = Post { secret: None, queue: RefCell::default() };
    let (outcome, sent) = taken(&post, &request(&body, Some(&signed(&body, NEW)))).await;
    assert_eq!((outcome.map_err(|(status, _)| status), sent), (Err(503), vec![]));
}

#[test]
fn only_a_post_to_its_path_is_one() {
    let check = |change: &dyn Fn(&mut Value), expected: bool| {
        let mut event = request("{}", None);
        change(&mut event);
        assert_eq!(is_one(&event), expected, "{event}");
    };
    check(&|_| {}, true);
    check(&|event| event["rawPath"] = json!("/"), false);
    check(&|event| event["rawPath"] = json!("/pagerduty/"), false);
    check(&|event| event["requestContext"]["http"]["method"] = json!("GET"), false);
    check(&|event| *event = json!({ "Records": [] }), false);
}
