//! The calls that only the operators' tool makes: an order put on the bus, dead letters listed and redriven, a look at what the pager needs.
//!
//! They are no part of the port: no function makes them, and the tool has no other right to change AWS.

mod checkup;

use std::collections::{BTreeMap, BTreeSet};

pub use aws_config::SdkConfig;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{CallError, Cause};
use jiff::Timestamp;

pub use self::checkup::Subscription;

/// The `source` of tenant events; the rules of the bus match it.
pub const SOURCE: &str = "caretaker.tenants";

/// Messages in a call of SQS at most (API reference, ReceiveMessage and ChangeMessageVisibilityBatch).
const MESSAGES_IN_A_CALL: i32 = 10;
/// Seconds that a letter is held while it is looked at; long enough to page through a queue, short if the tool dies meanwhile.
const HOLD_SECONDS: i32 = 60;
/// Long polling asks all of SQS's servers and not a sample of them, so that an empty reply means an empty queue.
const WAIT_SECONDS: i32 = 1;

/// AWS's services as the operators' tool uses them.
#[derive(Debug, Clone)]
pub struct Operator {
    eventbridge: aws_sdk_eventbridge::Client,
    lambda: aws_sdk_lambda::Client,
    secretsmanager: aws_sdk_secretsmanager::Client,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
}

/// A message that could not be handled or handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// SQS's id.
    pub id: String,
    /// The right to delete it, as long as it is held.
    pub receipt: String,
    /// As it was first sent.
    pub body: String,
    /// In a word; none: SQS itself gave up after too many receives.
    pub reason: Option<String>,
    /// In a sentence.
    pub cause: Option<String>,
    /// When it became a dead letter, or was first sent if SQS moved it (SQS keeps that time on standard queues).
    pub sent_at: Option<Timestamp>,
    /// How often it has been received, looks included.
    pub receives: u32,
}

impl Operator {
    /// Clients for all of them. None connects before its first call.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            eventbridge: aws_sdk_eventbridge::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            secretsmanager: aws_sdk_secretsmanager::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
        }
    }

    /// Puts an order on `bus`, with EventBridge's own time; the reply is the id that EventBridge gives the event.
    ///
    /// # Errors
    /// The call failed, or its one entry did.
    pub async fn put_order(&self, bus: &str, detail_type: &str, detail: &str) -> Result<String, CallError> {
        const NAME: &str = "events.PutEvents";
        let entry = PutEventsRequestEntry::builder().event_bus_name(bus).source(SOURCE).detail_type(detail_type).detail(detail);
        let output = self.eventbridge.put_events().entries(entry.build()).send().await.map_err(|error| failure(NAME, &error))?;
        let refused = |code: &str, why: &str| CallError::new(NAME, of_code(code, 400), format!("{code}: {why}"));
        match output.entries() {
            [entry] => match (entry.event_id(), entry.error_code()) {
                (Some(id), None) => Ok(id.to_owned()),
                (_, code) => Err(refused(code.unwrap_or("(no code)"), entry.error_message().unwrap_or("(no message)"))),
            },
            entries => Err(refused("(no code)", &format!("one entry was put, {} were answered", entries.len()))),
        }
    }

    /// The URL of the queue of this name.
    ///
    /// # Errors
    /// `NotFound`: there is no such queue; else why AWS did not say.
    pub async fn queue_url(&self, name: &str) -> Result<String, CallError> {
        const NAME: &str = "sqs.GetQueueUrl";
        let output = self.sqs.get_queue_url().queue_name(name).send().await.map_err(|error| failure(NAME, &error))?;
        output.queue_url.ok_or_else(|| CallError::new(NAME, Cause::Unavailable, "the reply names no URL"))
    }

    /// Takes all letters of the queue `url` and holds them for a minute: give back what is not redriven.
    ///
    /// # Errors
    /// Why AWS did not answer; what was taken till then comes back by itself.
    pub async fn take_dead_letters(&self, url: &str) -> Result<Vec<DeadLetter>, CallError> {
        let (mut letters, mut seen) = (Vec::new(), BTreeSet::new());
        loop {
            let page = self.receive(url).await?;
            let fresh: Vec<_> = page.into_iter().map(letter).filter(|letter| seen.insert(letter.id.clone())).collect();
            // Empty, or the first ones come round again.
            if fresh.is_empty() {
                return Ok(letters);
            }
            letters.extend(fresh);
        }
    }

    async fn receive(&self, url: &str) -> Result<Vec<Message>, CallError> {
        let receive = self.sqs.receive_message().queue_url(url).max_number_of_messages(MESSAGES_IN_A_CALL);
        let receive = receive.visibility_timeout(HOLD_SECONDS).wait_time_seconds(WAIT_SECONDS).message_attribute_names("All");
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
        let output = receive.send().await.map_err(|error| failure("sqs.ReceiveMessage", &error))?;
        Ok(output.messages.unwrap_or_default())
    }

    /// Lets letters be seen again at once.
    ///
    /// # Errors
    /// Why AWS did not do it; they come back within a minute all the same.
    pub async fn give_back(&self, url: &str, letters: &[&DeadLetter]) -> Result<(), CallError> {
        const NAME: &str = "sqs.ChangeMessageVisibilityBatch";
        for chunk in letters.chunks(MESSAGES_IN_A_CALL.unsigned_abs() as usize) {
            let mut change = self.sqs.change_message_visibility_batch().queue_url(url);
            for (n, letter) in chunk.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(n.to_string()).receipt_handle(&letter.receipt);
                let entry = entry.visibility_timeout(0).build();
                change = change.entries(entry.map_err(|error| CallError::new(NAME, Cause::InvalidRequest, error.to_string()))?);
            }
            change.send().await.map_err(|error| failure(NAME, &error))?;
        }
        Ok(())
    }

    /// Sends `letter` to the queue `to` and then deletes it from `from`: if this dies between, it stands in both and nothing is lost, and a repeat does no harm.
    ///
    /// # Errors
    /// Why AWS did not do it; the letter is still there.
    pub async fn redrive(&self, letter: &DeadLetter, from: &str, to: &str) -> Result<(), CallError> {
        let send = self.sqs.send_message().queue_url(to).message_body(&letter.body);
        send.send().await.map_err(|error| failure("sqs.SendMessage", &error))?;
        let delete = self.sqs.delete_message().queue_url(from).receipt_handle(&letter.receipt);
        delete.send().await.map(|_| ()).map_err(|error| failure("sqs.DeleteMessage", &error))
    }
}

/// The names under which those who dead-letter say why: Caretaker, EventBridge, Lambda (their user guides, "dead-letter queues").
const REASONS: [&str; 3] = ["reason", "ERROR_CODE", "ErrorCode"];
/// See [`REASONS`].
const CAUSES: [&str; 3] = ["cause", "ERROR_MESSAGE", "ErrorMessage"];

fn letter(message: Message) -> DeadLetter {
    let said: BTreeMap<String, String> =
        message.message_attributes.unwrap_or_default().into_iter().filter_map(|(name, value)| Some((name, value.string_value?))).collect();
    let first = |names: [&str; 3]| names.into_iter().find_map(|name| said.get(name).cloned());
    let attributes = message.attributes.unwrap_or_default();
    let number = |name: MessageSystemAttributeName| attributes.get(&name).and_then(|text| text.parse::<i64>().ok());
    DeadLetter {
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        reason: first(REASONS),
        cause: first(CAUSES),
        sent_at: number(MessageSystemAttributeName::SentTimestamp).and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        receives: number(MessageSystemAttributeName::ApproximateReceiveCount).and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
    }
}

fn failure<E: ProvideErrorMetadata + std::error::Error + 'static>(operation: &str, error: &SdkError<E, HttpResponse>) -> CallError {
    match error {
        SdkError::ServiceError(service) => {
            let (code, message) = (service.err().code().unwrap_or("(no code)"), service.err().message().unwrap_or("(no message)"));
            CallError::new(operation, of_code(code, service.raw().status().as_u16()), format!("{code}: {message}"))
        }
        SdkError::TimeoutError(_) => CallError::new(operation, Cause::TimedOut, "no answer in time"),
        SdkError::ConstructionFailure(_) => CallError::new(operation, Cause::InvalidRequest, causes(error)),
        _ => CallError::new(operation, Cause::Unavailable, causes(error)),
    }
}

/// The SDK's own words for what it could not send are in the causes: no region, no credentials, connection refused.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn of_code(code: &str, status: u16) -> Cause {
    match code {
        _ if code.contains("NonExistentQueue") || code.contains("QueueDoesNotExist") || code.contains("ResourceNotFound") => {
            Cause::NotFound
        }
        _ if code.contains("AccessDenied")
            || code.contains("NotAuthorized")
            || code.contains("AuthorizationError")
            || code.contains("ExpiredToken") =>
        {
            Cause::Denied
        }
        _ if code.contains("Throttl") => Cause::Throttled,
        _ if status >= 500 || code == "InternalFailure" || code == "InternalException" => Cause::Unavailable,
        _ => Cause::InvalidRequest,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::MessageAttributeValue;

    use super::*;

    fn message(attributes: &[(&str, &str)]) -> Message {
        let value = |text: &str| MessageAttributeValue::builder().data_type("String").string_value(text).build().unwrap();
        let message = Message::builder().message_id("m").receipt_handle("r").body("{}");
        let message = message.attributes(MessageSystemAttributeName::SentTimestamp, "1795226400000");
        let message = message.attributes(MessageSystemAttributeName::ApproximateReceiveCount, "3");
        attributes.iter().fold(message, |message, (name, text)| message.message_attributes(*name, value(text))).build()
    }

    #[test]
    fn a_dead_letter_says_why_whoever_wrote_it() {
        let check = |attributes: &[(&str, &str)], reason: Option<&str>, cause: Option<&str>| {
            let letter = letter(message(attributes));
            assert_eq!((letter.reason.as_deref(), letter.cause.as_deref()), (reason, cause), "{attributes:?}");
        };
        check(&[("reason", "malformed"), ("cause", "no JSON")], Some("malformed"), Some("no JSON")); // Caretaker
        check(&[("ERROR_CODE", "NO_PERMISSIONS"), ("ERROR_MESSAGE", "denied")], Some("NO_PERMISSIONS"), Some("denied")); // EventBridge
        check(&[("ErrorCode", "200"), ("ErrorMessage", "timed out")], Some("200"), Some("timed out")); // Lambda
        check(&[], None, None); // SQS itself, after too many receives
    }

    #[test]
    fn a_dead_letter_keeps_its_time_and_count() {
        let letter = letter(message(&[]));
        assert_eq!((letter.sent_at, letter.receives), (Some("2026-11-21T02:00:00Z".parse().unwrap()), 3));
    }

    #[test]
    fn codes_call_for_the_right_conduct() {
        let check = |code: &str, status, expected| assert_eq!(of_code(code, status), expected, "{code}");
        check("AWS.SimpleQueueService.NonExistentQueue", 400, Cause::NotFound);
        check("QueueDoesNotExist", 400, Cause::NotFound);
        check("AccessDeniedException", 400, Cause::Denied);
        // SNS says it so.
        check("AuthorizationErrorException", 403, Cause::Denied);
        check("ThrottlingException", 400, Cause::Throttled);
        check("InternalException", 500, Cause::Unavailable);
        check("MalformedDetail", 400, Cause::InvalidRequest);
    }
}
