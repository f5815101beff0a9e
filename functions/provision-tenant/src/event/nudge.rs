//! AWS's own events: what happened is looked up, not believed.

use runtime::wire::{Envelope, Notification};
use serde_json::Value;

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
    let message: Value = serde_json::from_str(&notification.message).unwrap_or_default();
    let ignored = |why: &str| Message::Ignored(format!("the notification of {:?} {why}", notification.topic));
    let Some((event, id)) = told(&message) else {
        return ignored("has none of the forms that we know");
    };
    if event.ends_with("Started") {
        return ignored("tells only of a beginning");
    }
    let of_id = if is_of_group(event) { id } else { group_of(id) };
    let group = message["Replication Group ID"].as_str().unwrap_or(of_id);
    beside(&notification.topic, group).map_or_else(|| ignored("does not say of which account and region it is"), Message::Nudge)
}

/// The event's name, and the id of what it is about: `{"ElastiCache:SnapshotComplete": "name-001"}`, other keys aside. Older
/// messages have a sentence, and what it is about apart (ElastiCache user guide, "Event Notifications and Amazon SNS").
fn told(message: &Value) -> Option<(&str, &str)> {
    let fields = message.as_object()?;
    let named = fields.iter().find_map(|(key, id)| Some((key.strip_prefix("ElastiCache:")?, id.as_str()?)));
    let of_old = || match message["SourceType"].as_str()? {
        kind @ ("cache-cluster" | "replication-group") => Some((kind, message["SourceIdentifier"].as_str()?)),
        _ => None,
    };
    named.or_else(of_old).filter(|(_, id)| !id.is_empty())
}

/// Whether its id is the group's own; most others have a node's (same source).
fn is_of_group(event: &str) -> bool {
    ["CreateReplicationGroup", "ReplicationGroupScaling", "replication-group"].iter().any(|name| event.starts_with(name))
}

/// The group of the node `name-001`.
fn group_of(node: &str) -> &str {
    match node.rsplit_once('-') {
        Some((group, number)) if number.len() == 3 && number.bytes().all(|digit| digit.is_ascii_digit()) => group,
        _ => node,
    }
}

/// The ARN of the group of this name in the topic's account and region: ElastiCache tells no other topic.
fn beside(topic: &str, name: &str) -> Option<String> {
    match topic.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", partition, "sns", region, account, _] => {
            Some(format!("arn:{partition}:elasticache:{region}:{account}:replicationgroup:{name}"))
        }
        _ => None,
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
