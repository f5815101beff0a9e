use proptest::prelude::*;
use serde_json::{Value, json};

use super::testing::{heard, said};
use super::*;
use crate::incident::Severity;
use crate::paging::told::testing::{damage, damaged, example, message};

macro_rules! events {
    ($name:literal) => {
        include_str!(concat!("../../../../../events/", $name, ".json"))
    };
}

const DB: &str = "arn:aws:rds:us-east-1:123456789012:db:mate-demo-dev";
const FILES: &str = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0123456789abcdef0";
const SERVICE: &str = "arn:aws:ecs:us-east-1:123456789012:service/mate-dev/mate-demo-dev-django";

/// With `other` at `place` of the detail.
fn with(text: &str, place: &str, other: Value) -> Value {
    let mut value = example(text);
    value["detail"][place] = other;
    value
}

#[test]
fn every_event_becomes_a_signal() {
    let check = |value: Value, state, severity, about: Option<&str>, title: &str| {
        let signal = said(&value).expect("a signal");
        let expected = about.map_or(About::Account, |arn| About::Arn(arn.to_owned()));
        assert_eq!((signal.state, signal.severity, &signal.about, signal.title.as_str()), (state, severity, &expected, title));
        assert!(!signal.cause.is_empty());
    };
    let (info, warning, critical) = (Some(Severity::Info), Some(Severity::Warning), Some(Severity::Critical));
    check(example(events!("rds-failover-started")), State::Firing, critical, Some(DB), "Database mate-demo-dev: fails over");
    check(example(events!("rds-failover-completed")), State::Over, None, Some(DB), "Database mate-demo-dev: the failover is complete");
    check(example(events!("rds-deleted")), State::Firing, critical, Some(DB), "Database mate-demo-dev: was deleted");
    let title = "AWS Health: RDS in us-east-1: operational issue";
    check(example(events!("health-issue")), State::Firing, critical, Some(DB), title);
    let title = "AWS Health: ECS in us-east-1: task patching retirement";
    check(example(events!("health-retirement")), State::Firing, warning, None, title);
    let title = "mate-demo-dev-django: a deployment is complete";
    check(example(events!("deployment-completed")), State::Note, info, Some(SERVICE), title);
    let title = "mate-demo-dev-django: ECS goes back to ecs-svc/9876543210987654321";
    check(example(events!("deployment-rolling-back")), State::Note, warning, Some(SERVICE), title);
    let title = "service/mate-dev/mate-demo-dev-django: scaled from 5 to 8, its maximum";
    check(example(events!("scaling-activity")), State::Note, info, Some(SERVICE), title);
    let title = "service/mate-dev/mate-demo-dev-django: could not be scaled from 5 to 8";
    check(with(events!("scaling-activity"), "statusCode", json!("Failed")), State::Note, warning, Some(SERVICE), title);
    let title = "A backup of EFS fs-0123456789abcdef0 is complete";
    check(example(events!("backup-completed")), State::Note, info, Some(FILES), title);
    let title = "A backup of EFS fs-0123456789abcdef0 has failed";
    check(example(events!("backup-failed")), State::Note, warning, Some(FILES), title);
    let title = "A backup of EFS fs-0123456789abcdef0 is complete, with issues";
    check(with(events!("backup-failed"), "state", json!("COMPLETED")), State::Note, warning, Some(FILES), title);
    check(example(events!("copy-completed")), State::Note, info, Some(FILES), "A copy of EFS fs-0123456789abcdef0 is complete");
    check(example(events!("restore-failed")), State::Note, warning, None, "A restore of EFS has failed");
    let title = "Unusual costs of Amazon Elastic Container Service: 1001 USD more than expected";
    check(example(events!("cost-anomaly")), State::Note, warning, None, title);
}

#[test]
fn what_nobody_hears_says_why() {
    let check = |value: Value, expected: Ignored| assert_eq!(said(&value), Err(expected));
    check(with(events!("rds-deleted"), "EventID", json!("RDS-EVENT-0001")), Ignored::Progress("RDS-EVENT-0001".into()));
    check(with(events!("rds-deleted"), "EventID", json!("RDS-EVENT-9999")), Ignored::NotInTable("RDS-EVENT-9999".into()));
    check(with(events!("rds-deleted"), "EventID", json!("EVENT")), Ignored::NotInTable("EVENT".into()));
    check(with(events!("rds-deleted"), "EventID", json!(3)), Ignored::Missing("EventID"));
    check(with(events!("rds-deleted"), "SourceArn", json!("demo")), Ignored::Missing("ARN of what it is about"));
    let begun = with(events!("deployment-rolling-back"), "reason", json!("ECS deployment ecs-svc/1 in progress."));
    check(begun, Ignored::Progress("a deployment that begins".into()));
    check(with(events!("deployment-completed"), "eventName", json!("SERVICE_DEPLOYMENT_FAILED")), Ignored::Remediation);
    check(with(events!("deployment-completed"), "eventName", json!("NEW")), Ignored::NotInTable("NEW".into()));
    check(with(events!("backup-completed"), "state", json!("RUNNING")), Ignored::Progress("a job that is RUNNING".into()));
    check(
        with(events!("scaling-activity"), "statusCode", json!("InProgress")),
        Ignored::Progress("a scaling activity that goes on".into()),
    );
    check(with(events!("health-issue"), "page", json!("2")), Ignored::FurtherPage(2));
    check(with(events!("health-issue"), "eventArn", json!(null)), Ignored::Missing("eventArn"));
    check(with(events!("cost-anomaly"), "anomalyId", json!([])), Ignored::Form("Cost Anomaly Detection"));
    let foreign = Ignored::Foreign { detail_type: "tenant-created".into(), source_name: "caretaker.tenants".into() };
    check(example(events!("tenant-created")), foreign);
}

#[test]
fn a_failover_ends_what_it_began() {
    let (begun, ended) = (said(&example(events!("rds-failover-started"))), said(&example(events!("rds-failover-completed"))));
    let (begun, ended) = (begun.expect("a signal"), ended.expect("a signal"));
    assert_eq!((&begun.key, &begun.key), (&ended.key, &format!("database/{DB}/failover")));
    assert!(begun.at < ended.at);
    let complete = said(&with(events!("rds-failover-completed"), "EventID", json!("RDS-EVENT-0015"))).expect("a signal");
    assert_eq!((complete.key, complete.state), (ended.key, State::Over));
}

#[test]
fn a_topic_tells_of_databases_as_the_bus_does() {
    let told = database::from_notification(&message(events!("rds-storage-sns"))).expect("a signal");
    assert_eq!((told.key, told.state, told.severity), (format!("database/{DB}/storage"), State::Firing, Some(Severity::Warning)));
    assert_eq!(told.at, "2026-11-21T02:40:45.250Z".parse::<Timestamp>().expect("a moment"));
    assert!(told.cause.starts_with("The free storage capacity for DB Instance: mate-demo-dev is low"));
    // The first message to a topic is plain text.
    assert_eq!(database::from_notification(&json!("RDS will attempt to send notifications")), Err(Ignored::Form("RDS")));
    let mut without = message(events!("rds-storage-sns"));
    without["Source ARN"] = json!(null);
    assert_eq!(database::from_notification(&without), Err(Ignored::Missing("ARN of what it is about")));
}

#[test]
fn a_failover_of_a_cache_is_told_by_its_name() {
    let told = message(events!("elasticache-failover-sns"));
    let name = told.as_object().and_then(|fields| fields.keys().next()).expect("a name");
    let group = "arn:aws:elasticache:us-east-1:123456789012:replicationgroup:mate-demo-dev";
    let signal = cache::read(name, group, Timestamp::UNIX_EPOCH).expect("a signal");
    assert_eq!((signal.key, signal.severity), (format!("cache/{group}/failover"), Some(Severity::Warning)));
    assert_eq!(signal.title, "Cache mate-demo-dev: failed over, and what was written last may be lost");
}

#[test]
fn health_closes_what_it_opened() {
    let (open, closed) = (said(&example(events!("health-issue"))), said(&with(events!("health-issue"), "statusCode", json!("closed"))));
    let (open, closed) = (open.expect("a signal"), closed.expect("a signal"));
    assert_eq!((open.key.as_str(), closed.state), (closed.key.as_str(), State::Over));
    assert!(open.key.starts_with("health/arn:aws:health:us-east-1::event/RDS/"));
    // RFC 1123, not ISO.
    assert_eq!(open.at, "2026-11-21T02:02:51Z".parse::<Timestamp>().expect("a moment"));
    assert_eq!(open.evidence, ["Begins 2026-11-21T01:50:00Z.".to_owned(), format!("{DB}: impaired")]);
}

#[test]
fn the_severity_of_health_is_its_categorys() {
    let check = |fields: Value, state, severity| {
        let mut value = example(events!("health-issue"));
        fields.as_object().expect("an object").iter().for_each(|(name, field)| value["detail"][name] = field.clone());
        let signal = said(&value).expect("a signal");
        assert_eq!((signal.state, signal.severity), (state, Some(severity)), "{fields}");
    };
    check(json!({}), State::Firing, Severity::Critical);
    check(json!({ "eventScopeCode": "PUBLIC" }), State::Firing, Severity::Warning);
    check(json!({ "eventTypeCategory": "investigation" }), State::Firing, Severity::Warning);
    check(json!({ "eventTypeCategory": "accountNotification" }), State::Note, Severity::Info);
    check(json!({ "eventTypeCategory": "scheduledChange", "statusCode": "upcoming" }), State::Firing, Severity::Warning);
    check(json!({ "eventTypeCategory": "scheduledChange", "actionability": "INFORMATIONAL" }), State::Note, Severity::Info);
    check(json!({ "eventTypeCategory": "prophecy" }), State::Firing, Severity::Warning);
    check(json!({ "eventTypeCategory": "accountNotification", "statusCode": "closed" }), State::Over, Severity::Info);
}

#[test]
fn a_copy_waits_for_what_it_is_a_copy_of() {
    let copy = heard(&example(events!("health-copy"))).expect("it is heard");
    let Heard::Unless(copy, wait) = copy else { panic!("a copy") };
    let primary = said(&with(events!("health-copy"), "backupEvent", json!("false"))).expect("a signal");
    assert_eq!(wait, SignedDuration::from_mins(10));
    assert_eq!((copy.key, copy.at), (primary.key, primary.at));
}

#[test]
fn many_entities_are_counted() {
    let entities: Vec<_> = (0..100).map(|number| json!({ "entityValue": format!("arn:aws:x:{number}"), "status": "PENDING" })).collect();
    let signal = said(&with(events!("health-retirement"), "affectedEntities", json!(entities))).expect("a signal");
    assert_eq!((signal.about, signal.evidence.len()), (About::Account, 10));
    assert_eq!(signal.evidence[9], "92 more are affected.");
}

#[test]
fn costs_are_told_alike_by_bus_and_topic() {
    let bus = said(&example(events!("cost-anomaly"))).expect("a signal");
    let topic = cost::from_notification(&message(events!("cost-anomaly-sns")), bus.at).expect("a signal");
    assert_eq!(Signal { cause: bus.cause.clone(), ..topic }, bus);
    assert!(bus.links["anomaly"].starts_with("https://console.aws.amazon.com/cost-management/"));
    let check = |impact: Value, expected| {
        let signal = said(&with(events!("cost-anomaly"), "impact", impact)).expect("a signal");
        assert_eq!(signal.severity, Some(expected));
    };
    check(json!({ "totalImpact": 99.9, "totalImpactPercentage": 500 }), Severity::Info);
    check(json!({ "totalImpact": 5000, "totalImpactPercentage": 12 }), Severity::Info);
    check(json!({ "totalImpact": 100 }), Severity::Warning);
    check(json!("much"), Severity::Info);
    // Nobody is led elsewhere.
    for link in ["https://console.aws.amazon.com.evil.example/", "javascript:alert(1)", "https://console.aws.amazon.com/a b"] {
        assert!(said(&with(events!("cost-anomaly"), "anomalyDetailsLink", json!(link))).expect("a signal").links.is_empty());
    }
}

#[test]
fn a_service_is_found_without_resources() {
    let check = |region: &str, namespace: &str, expected: About| {
        let mut value = with(events!("scaling-activity"), "serviceNamespace", json!(namespace));
        value["region"] = json!(region);
        assert_eq!(said(&value).expect("a signal").about, expected);
    };
    let arn = |partition: &str, region: &str| {
        About::Arn(format!("arn:{partition}:ecs:{region}:123456789012:service/mate-dev/mate-demo-dev-django"))
    };
    check("eu-west-1", "ecs", arn("aws", "eu-west-1"));
    check("us-gov-west-1", "ecs", arn("aws-us-gov", "us-gov-west-1"));
    check("cn-north-1", "ecs", arn("aws-cn", "cn-north-1"));
    check("eu-west-1", "dynamodb", About::Account);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn a_damaged_member_never_panics(damage in damage(), form in 0_usize..8) {
        let whole = example(match form {
            0 => events!("rds-failover-started"),
            1 => events!("health-retirement"),
            2 => events!("deployment-rolling-back"),
            3 => events!("scaling-activity"),
            4 => events!("backup-completed"),
            5 => events!("restore-failed"),
            6 => events!("copy-completed"),
            _ => events!("cost-anomaly"),
        });
        let value = damaged(whole, &damage);
        if let Ok(signal) = said(&value) {
            prop_assert!(!signal.key.is_empty() && !signal.title.is_empty() && signal.title.chars().count() <= 200);
            prop_assert!(signal.key.len() <= 4096);
        }
    }

    #[test]
    fn a_damaged_message_never_panics(damage in damage()) {
        let at = Timestamp::UNIX_EPOCH;
        let _ = database::from_notification(&damaged(message(events!("rds-storage-sns")), &damage));
        let _ = cost::from_notification(&damaged(message(events!("cost-anomaly-sns")), &damage), at);
    }
}
