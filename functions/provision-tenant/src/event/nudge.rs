//! AWS's own events: what happened is looked up, not believed.

use runtime::cache;
use runtime::wire::{Envelope, Notification};

use super::Message;

/// The resource that an event of AWS concerns.
pub(super) fn read(envelope: &Envelope) -> Message {
    if let Some(image) = pushed(envelope) {
        return Message::Nudge(image);
    }
    // A task is waited for as its revision.
    let of_task = envelope.detail["taskDefinitionArn"].as_str().filter(|_| envelope.detail_type == "ECS Task State Change");
    let arn = of_task.or(envelope.detail["SourceArn"].as_str()).or_else(|| envelope.resources.first().map(String::as_str));
    arn.map_or_else(|| Message::Ignored("the AWS event names no resource".into()), |arn| Message::Nudge(arn.to_owned()))
}

/// The image that a push to ECR has brought, under the name by which tasks refer to it.
fn pushed(envelope: &Envelope) -> Option<String> {
    let detail = &envelope.detail;
    let text = |key: &str| detail[key].as_str().filter(|text| !text.is_empty());
    if envelope.source != "aws.ecr" || text("action-type") != Some("PUSH") || text("result") != Some("SUCCESS") {
        return None;
    }
    let (account, region) = (envelope.account.as_deref()?, envelope.region.as_deref()?);
    Some(format!("{account}.dkr.ecr.{region}.amazonaws.com/{}:{}", text("repository-name")?, text("image-tag")?))
}

/// The replication group that a notification of ElastiCache concerns.
pub(super) fn notified(notification: &Notification) -> Message {
    match cache::read(notification) {
        Ok(event) if event.is_beginning() => {
            Message::Ignored(format!("the notification of {:?} tells only of a beginning", notification.topic))
        }
        Ok(event) => Message::Nudge(event.group),
        Err(unknown) => Message::Ignored(unknown.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:caretaker-cache-events";

    fn of(topic: &str, message: &str) -> Message {
        notified(&Notification { topic: topic.to_owned(), message: message.to_owned() })
    }

    #[test]
    fn a_notification_of_elasticache_leads_to_the_replication_group() {
        let check = |message: &str, group: &str| {
            let arn = format!("arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:{group}");
            assert_eq!(of(TOPIC, message), Message::Nudge(arn), "{message}");
        };
        check(r#"{"ElastiCache:CacheClusterProvisioningComplete":"mate-acme-dev-001"}"#, "mate-acme-dev"); // a node
        check(r#"{"ElastiCache:CreateReplicationGroupComplete":"mate-acme-dev"}"#, "mate-acme-dev"); // the group itself
        check(r#"{"ElastiCache:CreateReplicationGroupComplete":"mate-001"}"#, "mate-001"); // one that is called so
        check(r#"{"ElastiCache:ReplicationGroupScalingComplete":"mate-001"}"#, "mate-001");
        check(r#"{"Cache Cluster ID":"mate-acme-dev-001","ElastiCache:FailoverComplete":"mate-acme-dev"}"#, "mate-acme-dev"); // no number
        check(r#"{"Replication Group ID":"mate-001","ElastiCache:ServiceUpdateAvailable":"mate-001"}"#, "mate-001"); // says of which
        check(r#"{"ElastiCache:SnapshotComplete":"mate-acme-0012"}"#, "mate-acme-0012");
        check(r#"{"ElastiCache:DeleteCacheClusterComplete":"mate-acme-dev-002","Other":[]}"#, "mate-acme-dev");
        let of_old = |kind: &str, id: &str| {
            format!(r#"{{"Date":"2026-11-21T02:00:00Z","Message":"x","SourceIdentifier":"{id}","SourceType":"{kind}"}}"#)
        };
        check(&of_old("cache-cluster", "mate-acme-dev-001"), "mate-acme-dev");
        check(&of_old("replication-group", "mate-001"), "mate-001");
    }

    #[test]
    fn what_is_not_known_of_it_is_ignored_with_the_reason() {
        let check = |topic: &str, message: &str, expected: &str| match of(topic, message) {
            Message::Ignored(reason) => assert!(reason.contains(expected), "{reason}"),
            other => panic!("{message}: {other:?}"),
        };
        let known = r#"{"ElastiCache:SnapshotComplete":"mate-acme-dev-001"}"#;
        check(TOPIC, "ElastiCache can publish to this topic.", "none of the forms");
        check(TOPIC, "{", "none of the forms");
        check(TOPIC, "[]", "none of the forms");
        check(TOPIC, r#"{"ElastiCache:SnapshotComplete":7}"#, "none of the forms");
        check(TOPIC, r#"{"ElastiCache:SnapshotComplete":""}"#, "none of the forms");
        check(TOPIC, r#"{"AlarmName":"x"}"#, "none of the forms");
        check(TOPIC, r#"{"SourceIdentifier":"default.redis7","SourceType":"cache-parameter-group"}"#, "none of the forms");
        check(TOPIC, r#"{"ElastiCache:ReplicationGroupIncreaseReplicaCountStarted":"mate-acme-dev-002"}"#, "only of a beginning");
        check("", known, "which account");
        check("arn:aws:sqs:eu-west-1:123456789012:queue", known, "which account");
    }
}
