//! The wrappers that events come in: bare from EventBridge, in an SQS record, in an SNS notification in an SQS record.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Longest event taken, bytes: EventBridge's own limit of an entry (256 KiB), which SNS shares.
pub const LONGEST: usize = 256 * 1024;

/// An EventBridge envelope, tolerant of what we do not use.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Envelope {
    /// The same on a redelivery.
    #[serde(default)]
    pub id: String,
    /// Who sent it.
    pub source: String,
    /// What it is.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// When, ISO.
    #[serde(default)]
    pub time: Option<jiff::Timestamp>,
    /// Of which account.
    #[serde(default)]
    pub account: Option<String>,
    /// From which region.
    #[serde(default)]
    pub region: Option<String>,
    /// ARNs.
    #[serde(default)]
    pub resources: Vec<String>,
    /// The content.
    #[serde(default)]
    pub detail: Value,
}

/// Why a text is no event.
#[derive(Debug, Error)]
pub enum BadWrapper {
    /// Over [`LONGEST`].
    #[error("the event has {0} bytes, more than {LONGEST}")]
    TooLong(usize),
    /// Not JSON.
    #[error("the event is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON, but neither an envelope nor one of our own messages.
    #[error("the event has no EventBridge envelope")]
    NoEnvelope(#[source] serde_json::Error),
}

/// A notification of SNS whose message is neither: services of AWS publish in forms of their own, or in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The ARN of the topic; empty if the notification has none.
    pub topic: String,
    /// What was published.
    pub message: String,
}

/// A message taken out of its wrappers.
#[derive(Debug, Clone, PartialEq)]
pub enum Unwrapped {
    /// An EventBridge event.
    Event(Envelope),
    /// What a service published to a topic.
    Notification(Notification),
    /// A message of our own, told by its key `caretaker`.
    Own(Value),
}

/// Takes `body` out of its wrappers.
///
/// # Errors
/// See [`BadWrapper`].
pub fn unwrap(body: &str) -> Result<Unwrapped, BadWrapper> {
    if body.len() > LONGEST {
        return Err(BadWrapper::TooLong(body.len()));
    }
    let value: Value = serde_json::from_str(body).map_err(BadWrapper::NotJson)?;
    if value.get("caretaker").is_some() {
        return Ok(Unwrapped::Own(value));
    }
    if let (Some("Notification"), Some(message)) = (value["Type"].as_str(), value["Message"].as_str()) {
        return unwrap(message).or_else(|error| published(value["TopicArn"].as_str().unwrap_or_default(), message, error));
    }
    serde_json::from_value(value).map(Unwrapped::Event).map_err(BadWrapper::NoEnvelope)
}

/// What was published in another form than ours. What has a detail-type was meant to be an event, and its fault is told.
fn published(topic: &str, message: &str, error: BadWrapper) -> Result<Unwrapped, BadWrapper> {
    if message.contains("\"detail-type\"") {
        return Err(error);
    }
    Ok(Unwrapped::Notification(Notification { topic: topic.to_owned(), message: message.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrapper_gives_the_same_event() {
        let bare =
            r#"{"id":"1","source":"caretaker.tenants","detail-type":"tenant-created","time":"2026-11-21T02:00:00Z","detail":{"a":1}}"#;
        let in_sns = serde_json::json!({"Type": "Notification", "MessageId": "m", "Message": bare}).to_string();
        assert_eq!(unwrap(bare).unwrap(), unwrap(&in_sns).unwrap());
    }

    fn notification(message: &str) -> String {
        serde_json::json!({"Type": "Notification", "TopicArn": "arn", "Message": message}).to_string()
    }

    #[test]
    fn what_services_publish_in_forms_of_their_own_is_handed_on() {
        for message in [r#"{"ElastiCache:SnapshotComplete":"a-001"}"#, "a sentence", "[]", "{"] {
            let expected = Notification { topic: "arn".to_owned(), message: message.to_owned() };
            assert_eq!(unwrap(&notification(message)).unwrap(), Unwrapped::Notification(expected));
        }
        // One of ours with a fault is not: its sender must hear of it.
        let check = |message: &str, expected: &str| assert!(unwrap(&notification(message)).unwrap_err().to_string().contains(expected));
        check(r#"{"detail-type":"tenant-created","detail":{}}"#, "no EventBridge envelope");
        check(r#"{"detail-type":"tenant-cre"#, "not JSON");
    }

    #[test]
    fn what_is_no_event_says_why() {
        let check = |body: &str, expected: &str| {
            let error = unwrap(body).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("{", "not JSON");
        check("[]", "no EventBridge envelope");
        check(r#"{"detail":{}}"#, "no EventBridge envelope");
        check(&" ".repeat(LONGEST + 1), "262145 bytes");
    }
}
