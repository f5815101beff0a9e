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

/// A message taken out of its wrappers.
#[derive(Debug, Clone, PartialEq)]
pub enum Unwrapped {
    /// An EventBridge event.
    Event(Envelope),
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
        return unwrap(message);
    }
    serde_json::from_value(value).map(Unwrapped::Event).map_err(BadWrapper::NoEnvelope)
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
