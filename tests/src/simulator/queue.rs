//! The tenant queue and its dead letters: SQS, standard.

use std::collections::BTreeMap;

use domain::failure::Cause;
use jiff::{SignedDuration, Timestamp};

use super::turn::{Answer, Refused};

/// What template.yaml gives the tenant queue: 6 × the function's 60 s.
pub const VISIBILITY: SignedDuration = SignedDuration::from_secs(360);
/// What template.yaml gives it: after so many receives a message is a dead letter.
pub const MOST_RECEIVES: u32 = 5;
/// SQS: `DelaySeconds` at most.
const LONGEST_DELAY: u16 = 900;
/// SQS: `VisibilityTimeout` at most.
const LONGEST_VISIBILITY: u16 = 43_200;
/// SQS: a message's most bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A message that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: u64,
    /// Its body.
    pub body: String,
    /// Of this receive.
    pub receipt: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// A message that nobody will look at by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its body.
    pub body: String,
    /// Why, as the sender says; `maxReceiveCount` if SQS has moved it.
    pub reason: String,
    /// The failure's class, if the sender says it.
    pub cause: Option<String>,
}

#[derive(Debug, Clone)]
struct Message {
    body: String,
    visible_at: Timestamp,
    receive_count: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    messages: BTreeMap<u64, Message>,
    count: u64,
    pub(super) dead: Vec<DeadLetter>,
}

fn refused(message: &str) -> Refused {
    Refused::new(Cause::InvalidRequest, format!("InvalidParameterValue: {message}"))
}

impl Queue {
    /// The moment at which it can be received.
    pub(super) fn send(&mut self, body: String, delay: u16, now: Timestamp) -> Answer<Timestamp> {
        if delay > LONGEST_DELAY {
            return Err(refused("Value for parameter DelaySeconds is invalid. Reason: must be >= 0 and <= 900."));
        }
        if body.is_empty() || body.len() > MOST_BYTES {
            return Err(refused("One or more parameters are invalid. Reason: Message must be longer than 0 and at most 1048576 bytes."));
        }
        self.count += 1;
        let visible_at = now + SignedDuration::from_secs(i64::from(delay));
        self.messages.insert(self.count, Message { body, visible_at, receive_count: 0 });
        Ok(visible_at)
    }

    /// The moment at which the message comes back.
    pub(super) fn change_visibility(&mut self, receipt: &str, seconds: u16, now: Timestamp) -> Answer<Timestamp> {
        if seconds > LONGEST_VISIBILITY {
            return Err(refused("Value for parameter VisibilityTimeout is invalid. Reason: must be >= 0 and <= 43200."));
        }
        let current = |(id, message): &(&u64, &mut Message)| format!("{id}/{}", message.receive_count) == receipt;
        let Some((_, message)) = self.messages.iter_mut().find(current) else {
            return Err(refused(
                "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
            ));
        };
        message.visible_at = now + SignedDuration::from_secs(i64::from(seconds));
        Ok(message.visible_at)
    }

    /// Receives the message that has been visible for longest. One that was received too often becomes a dead letter instead.
    /// `twice`: at least once is what SQS promises; the message stays visible and comes again.
    pub(super) fn receive(&mut self, now: Timestamp, twice: bool) -> Option<Received> {
        loop {
            let visible = self.messages.iter_mut().filter(|(_, message)| message.visible_at <= now);
            let (id, message) = visible.min_by_key(|(id, message)| (message.visible_at, **id))?;
            let id = *id;
            if message.receive_count < MOST_RECEIVES {
                message.receive_count += 1;
                message.visible_at = if twice { now + SignedDuration::from_secs(1) } else { now + VISIBILITY };
                let receipt = format!("{id}/{}", message.receive_count);
                return Some(Received { id, body: message.body.clone(), receipt, receive_count: message.receive_count });
            }
            let body = std::mem::take(&mut message.body);
            self.messages.remove(&id);
            self.dead.push(DeadLetter { body, reason: "maxReceiveCount".to_owned(), cause: None });
        }
    }

    /// After success. A message that is on its way a second time goes as well.
    pub(super) fn delete(&mut self, id: u64) {
        self.messages.remove(&id);
    }

    /// When the next message can be received.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.messages.values().map(|message| message.visible_at).min()
    }

    /// The bodies of all messages, with the moment from which each is visible.
    pub(super) fn pending(&self) -> Vec<(Timestamp, String)> {
        let mut pending: Vec<_> = self.messages.values().map(|message| (message.visible_at, message.body.clone())).collect();
        pending.sort();
        pending
    }
}
