//! A batch of SQS records, taken one by one: one that fails comes back alone.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use serde_json::Value;

use crate::record::Handled;

/// One message to be handled: an SQS record, or a bare event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// JSON text.
    pub body: String,
    /// For ChangeMessageVisibility; none: a bare event.
    pub receipt: Option<String>,
    /// How often it has been received, this time included.
    pub receives: u32,
}

/// An event as Lambda hands it over.
#[derive(Debug)]
pub enum Arrival {
    /// Records, each with its message id.
    Batch(Vec<(String, Message)>),
    /// Anything else.
    Bare(Message),
}

impl Arrival {
    /// Tells a batch of SQS records from a bare event.
    pub fn read(event: Value) -> Self {
        let is_sqs = event.pointer("/Records/0/eventSource").and_then(Value::as_str) == Some("aws:sqs");
        let parsed = if is_sqs { serde_json::from_value::<SqsEvent>(event.clone()).ok() } else { None };
        match parsed {
            Some(batch) => Self::Batch(batch.records.into_iter().map(message).collect()),
            None => Self::Bare(Message { body: event.to_string(), receipt: None, receives: 1 }),
        }
    }
}

/// What Lambda is answered: to a batch the records that come back, to a bare event its decision. All decisions are logged.
///
/// # Errors
/// Never: what is answered always serializes.
pub async fn answer(event: Value, handle: impl AsyncFnOnce(&[Message]) -> Vec<Handled>) -> Result<Value, serde_json::Error> {
    let (ids, records): (Vec<_>, Vec<_>) = match Arrival::read(event) {
        Arrival::Batch(records) => records.into_iter().unzip(),
        Arrival::Bare(message) => (Vec::new(), vec![message]),
    };
    let handled = handle(&records).await;
    handled.iter().for_each(|handled| handled.decision().log());
    if ids.is_empty() {
        return serde_json::to_value(handled.first().map(Handled::decision));
    }
    let again = ids.into_iter().zip(&handled).filter(|(_, handled)| matches!(handled, Handled::Again(_)));
    serde_json::to_value(failures(again.map(|(id, _)| id).collect()))
}

fn message(record: SqsMessage) -> (String, Message) {
    let receives = record.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    let message = Message { body: record.body.unwrap_or_default(), receipt: record.receipt_handle, receives };
    (record.message_id.unwrap_or_default(), message)
}

/// The answer that has the records of these message ids come back.
pub fn failures(ids: Vec<String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = ids.into_iter().map(failure).collect();
    response
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
