//! What ElastiCache publishes, and of which replication group: its messages name a node or a group, and no ARN.

use serde_json::Value;
use thiserror::Error;

use crate::wire::Notification;

/// An event of ElastiCache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheEvent {
    /// Its name without `ElastiCache:`, such as `FailoverComplete`; of an older message the kind of its source.
    pub name: String,
    /// The ARN of the replication group.
    pub group: String,
}

/// Why a notification tells of no replication group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotOfACache {
    /// It is no message of ElastiCache, or of a form that we do not know.
    #[error("the notification of {topic:?} has none of the forms that we know")]
    Form {
        /// The topic's ARN.
        topic: String,
    },
    /// Its topic is none.
    #[error("the notification of {topic:?} does not say of which account and region it is")]
    Place {
        /// What stood for the topic's ARN.
        topic: String,
    },
}

impl CacheEvent {
    /// Whether only a beginning is told, and its end will be as well.
    pub fn is_beginning(&self) -> bool {
        self.name.ends_with("Started")
    }
}

/// Reads a notification of ElastiCache.
///
/// # Errors
/// See [`NotOfACache`].
pub fn read(notification: &Notification) -> Result<CacheEvent, NotOfACache> {
    let topic = || notification.topic.clone();
    let message: Value = serde_json::from_str(&notification.message).unwrap_or_default();
    let (name, id) = told(&message).ok_or_else(|| NotOfACache::Form { topic: topic() })?;
    let of_id = if is_of_group(name) { id } else { group_of(id) };
    let group = message["Replication Group ID"].as_str().unwrap_or(of_id);
    let group = beside(&notification.topic, group).ok_or_else(|| NotOfACache::Place { topic: topic() })?;
    Ok(CacheEvent { name: name.to_owned(), group })
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
