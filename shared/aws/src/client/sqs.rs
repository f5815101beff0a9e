//! The function's queue and its dead letters; and how many messages other queues have.

use aws_sdk_sqs::types::{BatchResultErrorEntry, MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry};
use domain::failure::{CallError, Cause};
use domain::ports::{
    Call, ChangeVisibility, CountMessages, FindQueue, MessageCounts, Reply, SendAcknowledgement, SendDeadLetter, SendMessage, SendMessages,
    SendReminder, WakeOwner,
};

use super::failure::failure;
use super::{AwsCloud, unknown};

/// Longest value of a dead letter's attribute that we write, characters: reasons are for people.
const LONGEST_ATTRIBUTE: usize = 1_000;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    match call {
        Call::SendMessage(SendMessage { body, delay_seconds }) => {
            let send = cloud.sqs.send_message().queue_url(&cloud.settings.queue_url).message_body(body);
            send.delay_seconds(i32::from(delay_seconds)).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::SendMessage(()))
        }
        Call::SendReminder(SendReminder { body, delay_seconds }) => {
            let send = cloud.sqs.send_message().queue_url(&cloud.settings.queue_url).message_body(body);
            send.delay_seconds(i32::from(delay_seconds)).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::SendReminder(()))
        }
        Call::WakeOwner(WakeOwner { body }) => {
            let send = cloud.sqs.send_message().queue_url(&cloud.settings.tenant_queue_url).message_body(body);
            send.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::WakeOwner(()))
        }
        Call::SendAcknowledgement(SendAcknowledgement { body }) => {
            let send = cloud.sqs.send_message().queue_url(&cloud.settings.paging_queue_url).message_body(body);
            send.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::SendAcknowledgement(()))
        }
        Call::SendMessages(SendMessages { bodies }) => send_messages(cloud, name, bodies).await.map(Reply::SendMessages),
        Call::SendDeadLetter(SendDeadLetter { body, reason, cause }) => {
            let send = cloud.sqs.send_message().queue_url(&cloud.settings.dlq_url).message_body(body);
            let send = send.message_attributes("reason", text(name, &reason)?).message_attributes("cause", text(name, &cause)?);
            send.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::SendDeadLetter(()))
        }
        Call::ChangeVisibility(ChangeVisibility { receipt, seconds }) => {
            let change = cloud.sqs.change_message_visibility().queue_url(&cloud.settings.queue_url).receipt_handle(receipt);
            change.visibility_timeout(i32::from(seconds)).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ChangeVisibility(()))
        }
        Call::FindQueue(FindQueue { name: queue }) => {
            let found = cloud.sqs.get_queue_url().queue_name(queue).send().await.map_err(|error| failure(name, &error));
            match found {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::FindQueue(None)),
                found => Ok(Reply::FindQueue(found?.queue_url)),
            }
        }
        Call::CountMessages(CountMessages { url }) => count(cloud, name, url).await.map(Reply::CountMessages),
        _ => Err(unknown(name)),
    }
}

/// An attribute that is missing is not zero.
async fn count(cloud: &AwsCloud, name: &str, url: String) -> Result<MessageCounts, CallError> {
    let visible = QueueAttributeName::ApproximateNumberOfMessages;
    let in_flight = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
    let delayed = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
    let names = [&visible, &in_flight, &delayed].map(Clone::clone).to_vec();
    let output = cloud.sqs.get_queue_attributes().queue_url(url).set_attribute_names(Some(names)).send().await;
    let output = output.map_err(|error| failure(name, &error))?;
    let count = |attribute: &QueueAttributeName| {
        let text = output.attributes().and_then(|attributes| attributes.get(attribute));
        let count = text.and_then(|text| text.parse().ok());
        count.ok_or_else(|| CallError::new(name, Cause::Unavailable, format!("the reply has no {attribute}")))
    };
    Ok(MessageCounts { visible: count(&visible)?, in_flight: count(&in_flight)?, delayed: count(&delayed)? })
}

/// The call succeeds even where entries failed: each tells for itself.
async fn send_messages(cloud: &AwsCloud, name: &str, bodies: Vec<String>) -> Result<Vec<Result<(), String>>, CallError> {
    let entry = |(n, body): (usize, String)| SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body(body).build();
    let count = bodies.len();
    let entries = bodies.into_iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>();
    let entries = entries.map_err(|error| CallError::new(name, Cause::InvalidRequest, error.to_string()))?;
    let send = cloud.sqs.send_message_batch().queue_url(&cloud.settings.queue_url).set_entries(Some(entries));
    let output = send.send().await.map_err(|error| failure(name, &error))?;
    let failed = |n: usize| output.failed().iter().find(|failed| failed.id() == n.to_string());
    let why = |failed: &BatchResultErrorEntry| format!("{}: {}", failed.code(), failed.message().unwrap_or_default());
    Ok((0..count).map(|n| failed(n).map_or(Ok(()), |failed| Err(why(failed)))).collect())
}

/// An attribute that SQS takes: not empty, of the characters of XML 1.0 (API reference, SendMessage). A cause may quote any input.
fn text(name: &str, value: &str) -> Result<MessageAttributeValue, CallError> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let cut: String = value.chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).take(LONGEST_ATTRIBUTE).collect();
    let cut = if cut.is_empty() { "(none)".to_owned() } else { cut };
    let attribute = MessageAttributeValue::builder().data_type("String").string_value(cut).build();
    attribute.map_err(|error| CallError::new(name, Cause::InvalidRequest, error.to_string()))
}
