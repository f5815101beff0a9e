use proptest::prelude::*;
use serde_json::{Value, json};

use super::ours::{Disregarded, disregard, severity_of_name};
use super::*;
use crate::incident::Severity;
use crate::paging::signal::{About, Producer, State};
use crate::paging::told::testing::{damage, damaged, example, message};

macro_rules! events {
    ($name:literal) => {
        include_str!(concat!("../../../../../events/", $name, ".json"))
    };
}

const EVENT: &str = events!("alarm-metric-event");
const DIRECT: &str = events!("alarm-metric-direct");
const HYBRID: &str = events!("alarm-metric-hybrid");
const SNS: &str = events!("alarm-metric-sns");
const MATH: &str = events!("alarm-math-event");
const RELEASED: &str = events!("alarm-composite-released-direct");
const SUPPRESSED: &str = events!("alarm-composite-suppressed-event");
const COMPOSITE_SNS: &str = events!("alarm-composite-sns");

fn read(value: &Value) -> AlarmChange {
    AlarmChange::read(value).expect("a change")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

#[test]
fn every_form_tells_what_happens() {
    let check = |value: Value, state, moment: &str, title: &str| {
        let signal = read(&value).signal();
        assert_eq!((signal.state, signal.at, signal.title.as_str()), (state, at(moment), title));
        assert_eq!(signal.producer, Producer::Alarm);
        assert!(!signal.cause.is_empty());
    };
    // EventBridge does not tell how a metric is compared.
    let connections = "mate-demo-dev-database-connections: DatabaseConnections is beyond 90";
    check(example(EVENT), State::Firing, "2026-11-21T02:01:12.408Z", connections);
    check(example(DIRECT), State::Firing, "2026-11-21T02:01:12.408Z", connections);
    check(example(HYBRID), State::Firing, "2026-11-21T02:01:12.408Z", connections);
    let connections = "mate-demo-dev-database-connections: DatabaseConnections is above 90";
    check(message(SNS), State::Firing, "2026-11-21T02:01:12.408Z", connections);
    check(example(MATH), State::Firing, "2026-11-21T03:20:48.554Z", "mate-dev-backup-age: Backups made is beyond 99");
    let backlog = "mate-demo-dev-backlog-per-task: Backlog per task is at or above 40";
    check(message(events!("alarm-math-sns")), State::Firing, "2026-11-21T02:11:02.123Z", backlog);
    let latency = "mate-demo-dev latency (expected): TargetResponseTime is beyond what is expected";
    check(example(events!("alarm-anomaly-event")), State::Firing, "2026-11-21T02:10:04.653Z", latency);
    let latency = "mate-demo-dev latency (expected): TargetResponseTime is above what is expected";
    check(message(events!("alarm-anomaly-sns")), State::Firing, "2026-11-21T02:10:04.653Z", latency);
    let unwell = "mate-dev-unwell: mate-demo-dev-database-connections and 1 more are on";
    check(example(events!("alarm-composite-event")), State::Firing, "2026-11-21T02:01:12.512Z", unwell);
    let unwell = "mate-dev-unwell: mate-demo-dev-database-connections is on";
    check(message(COMPOSITE_SNS), State::Firing, "2026-11-21T02:01:12.512Z", unwell);
    // One of logs has no trigger.
    let logs = "mate-demo-dev-log-errors-warning: the alarm is on";
    check(message(events!("alarm-log-sns")), State::Firing, "2026-11-21T02:15:30Z", logs);
    let deleted = "mate-demo-dev-database-connections: the alarm was deleted";
    check(example(events!("alarm-deleted")), State::Over, "2026-11-21T04:07:13Z", deleted);
}

#[test]
fn one_fact_is_the_same_by_four_roads() {
    let roads = [example(EVENT), example(DIRECT), example(HYBRID), message(SNS)].map(|value| read(&value));
    for road in &roads {
        let (one, first) = (road.signal(), roads[0].signal());
        assert_eq!((&one.key, one.state, one.at, &one.about, &one.cause), (&first.key, first.state, first.at, &first.about, &first.cause));
        assert_eq!((&road.region, &road.account, &road.previous), (&roads[0].region, &roads[0].account, &Some(AlarmState::Ok)));
        assert_eq!(road.measure.queries[0].dimensions, roads[0].measure.queries[0].dimensions);
        assert_eq!((road.measure.threshold, road.measure.queries[0].period), (Some(90.0), Some(60)));
    }
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mate-demo-dev-database-connections";
    assert_eq!((roads[2].signal().key, roads[2].signal().about), (format!("alarm/{arn}"), About::Arn(arn.to_owned())));
    // The topic tells a Region's name for people.
    assert_eq!((roads[3].region.as_str(), roads[3].account.as_str()), ("us-east-1", "123456789012"));
}

#[test]
fn a_signal_tells_what_was_seen() {
    let signal = read(&example(EVENT)).signal();
    assert_eq!(signal.cause, "The database's connections are nearly used up");
    assert_eq!(signal.severity, Some(Severity::Critical));
    assert!(signal.evidence[0].starts_with("Threshold Crossed: 5 out of the last 5 datapoints"));
    assert_eq!(signal.evidence[1], "Datapoints: 92, 95, 95, 96, 97, held against 90.");
    assert_eq!(signal.evidence[2], "Maximum of DatabaseConnections (AWS/RDS) of DBInstanceIdentifier=mate-demo-dev, over 60 s");
    // No description: CloudWatch's reason stands for it, and is not told twice.
    let signal = read(&message(events!("alarm-math-sns"))).signal();
    assert!(signal.cause.starts_with("Threshold Crossed"));
    assert!(!signal.evidence.contains(&signal.cause));
    assert_eq!(signal.evidence[0], "e1: backlog / running");
    let signal = read(&message(events!("alarm-log-sns"))).signal();
    assert_eq!(signal.evidence[1], "Datapoints: 142, 135, held against 100.");
    let signal = read(&example(events!("alarm-composite-event"))).signal();
    assert_eq!(signal.evidence[0], "mate-demo-dev-database-connections is ALARM since 2026-11-21T02:01:12.408Z.");
    assert!(signal.evidence[2].starts_with("Its rule: ALARM(\"mate-demo-dev-database-connections\") OR"));
    // A day is more than 16 bits of seconds.
    assert_eq!(read(&example(MATH)).measure.queries[1].period, Some(86_400));
}

#[test]
fn what_cloudwatch_suppresses_says_so() {
    let check = |value: &Value, expected: Option<&str>| assert_eq!(read(value).signal().muted.as_deref(), expected);
    check(&example(EVENT), None);
    check(&example(SUPPRESSED), Some("CloudWatch waits whether another alarm suppresses it: mate-dev-maintenance"));
    check(&example(MATH), Some("a mute rule of CloudWatch is on until 2026-11-21T05:00:00Z: night-work"));
    check(&example(RELEASED), None);
    let with = |mut value: Value, place: &str, other: Value| {
        *value.pointer_mut(place).expect("a place") = other;
        value
    };
    let by = "/detail/state/actionsSuppressedBy";
    check(&with(example(SUPPRESSED), by, json!("Alarm")), Some("another alarm suppresses it: mate-dev-maintenance"));
    check(&with(example(SUPPRESSED), by, json!("Whim")), Some("CloudWatch suppresses it (Whim): mate-dev-maintenance"));
    // A rule that has ended mutes nothing.
    check(&with(example(MATH), "/detail/muteDetail/muteWindowEnd", json!("2026-11-21T03:00:00.000+0000")), None);
    // One without an end does.
    check(&with(example(MATH), "/detail/muteDetail/muteWindowEnd", json!(7)), Some("a mute rule of CloudWatch is on: night-work"));
    let mut sns = message(COMPOSITE_SNS);
    sns["ActionsSuppressedBy"] = json!("ExtensionPeriod");
    check(&sns, Some("another alarm has suppressed it until a moment ago"));
}

#[test]
fn an_alarm_that_is_released_is_told_like_any_other() {
    let (before, after) = (read(&example(SUPPRESSED)).signal(), read(&example(RELEASED)).signal());
    assert_eq!((&before.key, before.state), (&after.key, after.state));
    assert!(before.muted.is_some() && after.muted.is_none() && after.at > before.at);
    assert!(after.evidence.contains(&"It was ALARM before; its actions were suppressed until now.".to_owned()));
}

#[test]
fn states_say_whether_it_fires() {
    let check = |word: &str, expected, title: &str| {
        let mut value = message(SNS);
        value["NewStateValue"] = json!(word);
        let signal = read(&value).signal();
        assert_eq!((signal.state, signal.title.split_once(": ").expect("a colon").1), (expected, title));
    };
    check("OK", State::Over, "back to OK");
    check("ALARM", State::Firing, "DatabaseConnections is above 90");
    // To lack data ends nothing.
    check("INSUFFICIENT_DATA", State::Unknown, "not enough data to tell");
    check("RECOVERING", State::Unknown, "in the state RECOVERING, which is not known here");
}

#[test]
fn what_is_no_change_of_an_alarm_says_why() {
    let check = |value: Value, expected: NotAnAlarm| assert_eq!(AlarmChange::read(&value), Err(expected));
    check(json!(3), NotAnAlarm::Form);
    check(json!({}), NotAnAlarm::Form);
    check(example(events!("tenant-created")), NotAnAlarm::Missing("ARN"));
    check(example(events!("rds-failover-started")), NotAnAlarm::Arn("arn:aws:rds:us-east-1:123456789012:db:mate-demo-dev".into()));
    check(example(events!("alarm-contributor-event")), NotAnAlarm::Contributor { name: "mate-dev-tables".into() });
    let without = |mut value: Value, name: &str| {
        value.as_object_mut().expect("an object").remove(name);
        value
    };
    check(without(message(SNS), "AlarmArn"), NotAnAlarm::Missing("ARN"));
    check(without(message(SNS), "StateChangeTime"), NotAnAlarm::Missing("time"));
    // The first series of many that is over must not end the alarm.
    let mut value = message(SNS);
    value["AlarmContributorId"] = json!("6d442278dba546f6");
    check(value, NotAnAlarm::Contributor { name: "mate-demo-dev-database-connections".into() });
    let mut value = example(events!("alarm-deleted"));
    value["detail"]["operation"] = json!("update");
    check(value, NotAnAlarm::Configured { operation: "update".into() });
    assert_eq!(AlarmChange::from_notification(&json!("a sentence")), Err(NotAnAlarm::Form));
    assert_eq!(AlarmChange::from_direct(&example(EVENT)), Err(NotAnAlarm::Form));
}

#[test]
fn alarms_of_auto_scaling_are_left_alone() {
    let check = |value: &Value, expected| assert_eq!(disregard(&read(value)), expected);
    check(&example(EVENT), None);
    check(&message(SNS), None);
    check(&example(events!("alarm-target-tracking-event")), Some(Disregarded::TargetTracking));
    let policy = "arn:aws:autoscaling:us-east-1:1:scalingPolicy:x:resource/ecs/service/c/s:policyName/p";
    let with = |actions: Value| {
        let mut value = message(SNS);
        value["OKActions"] = json!([]);
        value["AlarmActions"] = actions;
        value
    };
    check(&with(json!([policy])), Some(Disregarded::ScalingOnly));
    check(&with(json!([policy, "arn:aws-cn:application-autoscaling:cn-north-1:1:x"])), Some(Disregarded::ScalingOnly));
    check(&with(json!([policy, "arn:aws:sns:us-east-1:1:topic"])), None);
    check(&with(json!([])), None);
}

#[test]
fn a_severity_is_read_from_tags_and_names() {
    let check = |tags: Value, expected| {
        let mut value = example(EVENT);
        value["detail"]["alarmTags"] = tags;
        assert_eq!(read(&value).signal().severity, expected);
    };
    check(json!({ "caretaker:severity": "warning" }), Some(Severity::Warning));
    check(json!([{ "key": "caretaker:severity", "value": "Info" }]), Some(Severity::Info));
    check(json!({ "caretaker:severity": "catastrophic" }), None);
    check(json!("critical"), None);
    let check = |name, expected| assert_eq!(severity_of_name(name), expected, "{name}");
    check("mate-demo-dev-database-critical", Some(Severity::Critical));
    check("mate/demo/Warning", Some(Severity::Warning));
    check("mate_demo_info", Some(Severity::Info));
    check("critical", None);
    check("mate-critical-path", None);
    check("mate-uncritical", None);
}

#[test]
fn hostile_texts_are_cut_and_hold_nothing_unseen() {
    let hostile = "\u{1b}]0;x\u{7}\u{202e}<img src=x onerror=alert(1)> *bold* <!channel> é日本\n".repeat(2_000);
    let mut value = message(SNS);
    for name in ["AlarmDescription", "NewStateReason"] {
        value[name] = json!(hostile);
    }
    value["Trigger"]["MetricName"] = json!(hostile);
    value["Trigger"]["Dimensions"] = json!(vec![json!({ "name": hostile, "value": hostile }); 500]);
    let signal = read(&value).signal();
    let texts = [&signal.title, &signal.cause].into_iter().chain(&signal.evidence);
    assert!(texts.clone().all(|text| text.chars().count() <= 1024 && text.chars().all(|one| one == '\n' || !one.is_control())));
    assert!(signal.title.chars().count() <= 200 && signal.cause.contains("日本") && !signal.cause.contains('\u{202e}'));
    assert!(serde_json::to_string(&signal).expect("JSON").len() < 16_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn a_damaged_member_never_panics(damage in damage(), form in 0_usize..5) {
        let whole = match form {
            0 => example(EVENT),
            1 => example(MATH),
            2 => example(RELEASED),
            3 => message(SNS),
            _ => message(COMPOSITE_SNS),
        };
        if let Ok(change) = AlarmChange::read(&damaged(whole, &damage)) {
            let signal = change.signal();
            prop_assert!(signal.key.starts_with("alarm/arn:") && !signal.title.is_empty() && !signal.cause.is_empty());
            prop_assert!(signal.title.chars().count() <= 200);
            let _ = disregard(&change);
        }
    }
}
