use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::paging::signal::State;
use runtime::batch::Arrival;
use runtime::own::Later;
use runtime::start::chain;
use serde_json::json;

use super::*;

mod refusals;

const ARN: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mate-demo-dev-database-connections";

/// Each example that is for people, and what it leads to.
const EXAMPLES: [(&str, &str); 34] = [
    ("alarm-anomaly-event", "Alarm Firing"),
    ("alarm-anomaly-sns", "Alarm Firing"),
    ("alarm-composite-event", "Alarm Firing"),
    ("alarm-composite-released-direct", "Alarm Firing"),
    ("alarm-composite-sns", "Alarm Firing"),
    ("alarm-composite-suppressed-event", "Alarm Firing, muted"),
    ("alarm-contributor-event", "ignored: nothing here reads \"CloudWatch Alarm Contributor State Change\" of \"aws.cloudwatch\""),
    ("alarm-deleted", "Alarm Over"),
    ("alarm-log-sns", "Alarm Firing"),
    ("alarm-math-event", "Alarm Firing, muted"),
    ("alarm-math-sns", "Alarm Firing"),
    ("alarm-metric-direct", "Alarm Firing"),
    ("alarm-metric-event", "Alarm Firing"),
    ("alarm-metric-hybrid", "Alarm Firing"),
    ("alarm-metric-sns", "Alarm Firing"),
    ("alarm-target-tracking-event", "ignored: it is an alarm of target tracking, which Auto Scaling makes for itself"),
    ("backup-completed", "Backup Note"),
    ("backup-failed", "Backup Note"),
    ("copy-completed", "Backup Note"),
    ("cost-anomaly", "Cost Note"),
    ("cost-anomaly-sns", "Cost Note"),
    ("deployment-completed", "Deployment Note"),
    ("deployment-rolling-back", "Deployment Note"),
    ("elasticache-failover-sns", "Cache Note"),
    // That a group was made ends that it could not be.
    ("elasticache-notification", "Cache Over"),
    // The copy of another Region counts if the event itself has not come within ten minutes.
    ("health-copy", "Health Firing, unless told within 600 s"),
    ("health-issue", "Health Firing"),
    ("health-retirement", "Health Firing"),
    ("rds-deleted", "Database Firing"),
    ("rds-failover-completed", "Database Over"),
    ("rds-failover-started", "Database Firing"),
    ("rds-storage-sns", "Database Firing"),
    ("restore-failed", "Backup Note"),
    ("scaling-activity", "Scaling Note"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

fn example(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.json"))).expect("an example")
}

fn now() -> Timestamp {
    "2026-11-21T02:30:00Z".parse().expect("a moment")
}

/// What `body` leads to, in a few words.
fn words(body: &str) -> String {
    match read(body, now()) {
        Ok(Message::Signal(signal)) => said(&signal),
        Ok(Message::Unless(signal, wait)) => format!("{}, unless told within {} s", said(&signal), wait.as_secs()),
        Ok(Message::Ignored(why)) => format!("ignored: {why}"),
        Ok(other) => format!("{other:?}"),
        Err(error) => format!("refused: {}", chain(&error)),
    }
}

fn said(signal: &Signal) -> String {
    let muted = if signal.muted.is_some() { ", muted" } else { "" };
    format!("{:?} {:?}{muted}", signal.producer, signal.state)
}

fn signal(body: &str) -> Signal {
    match read(body, now()) {
        Ok(Message::Signal(signal)) => *signal,
        other => panic!("{body}: {other:?}"),
    }
}

fn event(source: &str, kind: &str, detail: Value) -> String {
    json!({ "id": "e", "source": source, "detail-type": kind, "account": "1", "region": "us-east-1", "time": "2026-11-21T02:00:40Z",
        "resources": [ARN], "detail": detail })
    .to_string()
}

#[test]
fn every_example_leads_where_it_should() {
    for (name, expected) in EXAMPLES {
        assert_eq!(words(&example(name)), expected, "{name}");
    }
}

#[test]
fn the_examples_of_other_functions_tell_people_nothing() {
    let ours: BTreeSet<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"));
        if let Some(name) = name.filter(|name| !ours.contains(name)) {
            let read = read(&example(name), now());
            assert!(!matches!(read, Ok(Message::Signal(_) | Message::Unless(..))), "{name} is missing above: {read:?}");
        }
    }
}

/// The body that the function's handler gets of what Lambda hands over.
fn body(event: Value) -> String {
    match Arrival::read(event) {
        Arrival::Batch(records) => records[0].1.body.clone(),
        Arrival::Bare(message) => message.body,
    }
}

fn in_queue(body: &str) -> Value {
    json!({ "Records": [{ "messageId": "m", "receiptHandle": "r", "body": body, "attributes": { "ApproximateReceiveCount": "1" },
        "messageAttributes": {}, "md5OfBody": "0", "eventSource": "aws:sqs", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:caretaker-paging" }] })
}

/// As SNS calls a function that is subscribed itself.
fn straight(notification: &Value) -> Value {
    json!({ "Records": [{ "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn", "Sns": notification }] })
}

#[test]
fn an_alarm_is_the_same_by_every_road() {
    let (bare, direct, hybrid) = (example("alarm-metric-event"), example("alarm-metric-direct"), example("alarm-metric-hybrid"));
    let notified = example("alarm-metric-sns");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let event_in_topic = json!({ "Type": "Notification", "TopicArn": "arn", "Message": bare }).to_string();
    let roads = [
        ("bare, by EventBridge", value(&bare)),
        ("by EventBridge, in a queue", in_queue(&bare)),
        ("by EventBridge, in a topic, in a queue", in_queue(&event_in_topic)),
        ("by a topic, in a queue", in_queue(&notified)),
        ("by a topic, bare", value(&notified)),
        ("by a topic that calls the function", straight(&value(&notified))),
        ("by the alarm itself", value(&direct)),
        ("by the alarm itself, in a queue", in_queue(&direct)),
        ("by a topic, in a queue, as the example has it", value(&example("alarm-metric-sqs"))),
        ("as in examples that are about", value(&hybrid)),
    ];
    for (road, event) in roads {
        let signal = signal(&body(event));
        assert_eq!((signal.key, signal.state), (format!("alarm/{ARN}"), State::Firing), "{road}");
        assert_eq!(signal.at.to_string(), "2026-11-21T02:01:12.408Z", "{road}");
    }
}

#[test]
fn what_caretaker_says_is_a_signal_where_somebody_is_needed() {
    let check =
        |source: &str, kind: &str, detail: Value, expected: &str| assert_eq!(words(&event(source, kind, detail)), expected, "{kind}");
    let incident = json!({ "schema": 1, "dedupKey": "dev/demo/celery/out-of-memory", "environment": "dev", "tenant": "demo",
        "service": "celery", "severity": "warning", "title": "t" });
    for (turn, expected) in [("opened", "Firing"), ("updated", "Firing"), ("resolved", "Over")] {
        check("caretaker.incidents", &format!("incident-{turn}"), incident.clone(), &format!("Caretaker {expected}"));
    }
    let answer = json!({ "environment": "dev", "tenant": "demo", "at": "2026-11-21T02:00:40Z" });
    check("caretaker.answers", "tenant-failed", answer.clone(), "Caretaker Firing");
    check("caretaker.answers", "tenant-ready", answer.clone(), "Caretaker Over");
    check("caretaker.answers", "tenant-planned", answer, "ignored: tenant-planned needs nobody");
}

#[test]
fn messages_of_our_own_are_read() {
    let check = |body: &str, expected: Message| assert_eq!(read(body, now()).expect("it is one"), expected);
    check(&Look { desk: "paging#dev".into() }.body(), Message::Look(Look { desk: "paging#dev".into() }));
    check(&Deliver { receiver: "slack".into() }.body(), Message::Deliver(Deliver { receiver: "slack".into() }));
    let answer = |given_back| Acknowledgement { desk: "paging#dev".into(), incident: "dev-1".into(), by: "ada".into(), given_back };
    for given_back in [false, true] {
        check(&answer(given_back).body(), Message::Acknowledgement(answer(given_back)));
    }
    check(r#"{"caretaker":"acknowledgement","desk":"paging#dev","incident":"dev-1","by":"ada"}"#, Message::Acknowledgement(answer(false)));
    let copy = signal(&example("health-issue"));
    check(&Later { signal: copy.clone() }.body(), Message::Signal(Box::new(copy)));
    // As the schedule has it.
    check(r#"{"caretaker":"beat"}"#, Message::Beat);
    check(r#"{"caretaker":"dance"}"#, Message::Ignored(r#"message Some("dance") is none of ours"#.into()));
    check(r#"{"caretaker":7}"#, Message::Ignored("message None is none of ours".into()));
}

#[test]
fn orders_of_people_are_told_apart() {
    let order = |more: Value| {
        let mut detail = json!({ "schema": 1, "environment": "dev" });
        detail.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        event("caretaker.tenants", "tenant-privileged", detail)
    };
    let taken = |by: &str, given_back| {
        let (desk, incident) = ("paging#dev".to_owned(), "dev-0abc".to_owned());
        Message::Acknowledgement(Acknowledgement { desk, incident, by: by.to_owned(), given_back })
    };
    let check = |more: Value, expected: Message| assert_eq!(read(&order(more), now()).expect("an order"), expected);
    check(json!({ "action": "acknowledge", "incident": "dev-0abc", "by": "ada" }), taken("ada", false));
    check(json!({ "action": "acknowledge", "incident": "dev-0abc" }), taken("an operator", false));
    check(json!({ "action": "give-back", "incident": "dev-0abc", "by": "ada" }), taken("ada", true));
    let dev: EnvironmentName = "dev".parse().expect("a name");
    check(json!({ "action": "unsilence", "silence": "s1" }), Message::Unsilence(dev.clone(), "s1".into()));
    let silence = json!({ "id": "s1", "matchers": { "tenant": "demo" }, "starts": "2026-11-21T02:00:00Z", "ends": "2026-11-21T03:00:00Z",
        "by": "ada", "reason": "a test" });
    let expected: Silence = serde_json::from_value(silence.clone()).expect("a silence");
    check(json!({ "action": "silence", "silence": silence }), Message::Silence(dev, Box::new(expected)));

    let ignored = |more: Value| assert!(words(&order(more.clone())).starts_with("ignored: the order"), "{more}");
    // What it is about is not said, or is another function's.
    for action in ["acknowledge", "give-back", "silence", "unsilence", "pause", "approve"] {
        ignored(json!({ "action": action }));
    }
    ignored(json!({ "action": "unsilence", "silence": { "id": "s1" } }));
}

#[test]
fn the_examples_of_peoples_orders_are_read() {
    assert!(matches!(read(&example("paging-acknowledge"), now()), Ok(Message::Acknowledgement(answer)) if answer.desk == "paging#prod"));
    assert!(matches!(read(&example("paging-silence"), now()), Ok(Message::Silence(..))));
    assert_eq!(read(&example("paging-beat"), now()).expect("a beat"), Message::Beat);
}
