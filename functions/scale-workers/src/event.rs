//! Wire to domain: the sample that a message carries.

use domain::scaling::sample::{SCHEMA, Sample};
use runtime::wire::{BadWrapper, Unwrapped, unwrap};
use serde_json::Value;
use thiserror::Error;

/// Why a message cannot be handled, ever.
#[derive(Debug, Error)]
pub enum BadSample {
    /// It is nothing that could hold a sample.
    #[error("the message is no sample")]
    Wrapper(#[from] BadWrapper),
    /// A schema that this code does not know; redrive it once newer code is deployed.
    #[error("the sample has schema {0}, this code reads {SCHEMA}")]
    Schema(Value),
    /// A field is missing or wrong, a negative depth for one.
    #[error("the sample cannot be read")]
    Malformed(#[source] serde_json::Error),
}

/// The sample in `body`: bare, or as the detail of an event, which SNS may have handed on.
///
/// # Errors
/// See [`BadSample`].
pub fn read(body: &str) -> Result<Sample, BadSample> {
    let value = match serde_json::from_str::<Value>(body) {
        Ok(value) if value.get("sampleId").is_some() => value,
        _ => match unwrap(body)? {
            Unwrapped::Event(envelope) => envelope.detail,
            Unwrapped::Own(value) => value,
            Unwrapped::Notification(notification) => serde_json::from_str(&notification.message).map_err(BadSample::Malformed)?,
        },
    };
    let schema = &value["schema"];
    if schema.as_u64() != Some(SCHEMA) {
        return Err(BadSample::Schema(schema.clone()));
    }
    serde_json::from_value(value).map_err(BadSample::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        json!({ "schema": 1, "sampleId": "s", "tenant": "demo", "environment": "dev", "queue": "celery", "ready": 3, "unacked": 0,
            "scheduled": 0, "workers": null, "oldestAgeSeconds": null, "observedAt": "2026-11-21T02:00:00Z", "source": "sample-queues" })
    }

    #[test]
    fn a_sample_is_read_out_of_every_wrapper() {
        let bare = sample().to_string();
        let event = json!({ "id": "e", "source": "x", "detail-type": "queue-depth", "detail": sample() }).to_string();
        let notified = |text: &str| json!({ "Type": "Notification", "TopicArn": "t", "Message": text }).to_string();
        for body in [bare.clone(), event.clone(), notified(&bare), notified(&event)] {
            assert_eq!(read(&body).expect("it is one").depth.ready, Some(3));
        }
    }

    #[test]
    fn the_example_is_a_sample() {
        let example = read(include_str!("../../../events/queue-depth.json")).expect("it is one");
        assert_eq!((example.depth.queue.as_str(), example.depth.backlog()), ("celery", Some(244)));
    }

    #[test]
    fn what_is_no_sample_says_why() {
        let check = |change: Value, expected: &str| {
            let mut sample = sample();
            sample.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            let error = runtime::start::chain(&read(&sample.to_string()).expect_err("it is none"));
            assert!(error.contains(expected), "{error}");
        };
        check(json!({ "ready": -1 }), "integer `-1`");
        check(json!({ "ready": 1e300 }), "floating point");
        check(json!({ "schema": 2 }), "schema 2");
        check(json!({ "tenant": "a/../b" }), "tenant id");
        check(json!({ "observedAt": "yesterday" }), "as year");
        assert!(runtime::start::chain(&read("{").expect_err("it is none")).contains("not JSON"));
    }
}
