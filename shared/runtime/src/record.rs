//! What becomes of a record of a queue: done, back after a while, or among the dead letters with its reason.

use std::time::Duration;

use domain::failure::backoff;
use domain::ports::{ChangeVisibility, Cloud, SendDeadLetter, send};

use crate::batch::Message;
use crate::decision::Decision;

/// After so many receives a record is dead-lettered, with its reason; the queue itself would do it without one.
pub const MOST_RECEIVES: u32 = 5;

/// First and longest wait of a record that comes back: 60 + 120 + 240 + 480 s ride out an outage of ten minutes.
const FIRST_RETURN: Duration = Duration::from_secs(60);

const LONGEST_RETURN: Duration = Duration::from_secs(900);

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Handled {
    /// It is done with.
    Done(Decision),
    /// It comes back, after the time that was set on it.
    Again(Decision),
}

impl Handled {
    /// What was decided.
    pub fn decision(&self) -> &Decision {
        match self {
            Self::Done(decision) | Self::Again(decision) => decision,
        }
    }
}

/// A record that can never succeed goes to the dead letters at once, with why. `decide` makes a decision of a word and a sentence.
pub async fn dead_letter(
    cloud: &impl Cloud,
    record: &Message,
    reason: &str,
    cause: &str,
    decide: impl Fn(&'static str, String) -> Decision,
) -> Handled {
    let letter = SendDeadLetter { body: record.body.clone(), reason: reason.to_owned(), cause: cause.to_owned() };
    let decision = decide("dead-lettered", format!("{reason}: {cause}"));
    if record.receipt.is_none() {
        // A bare event has a caller that hears of it.
        return Handled::Done(decision);
    }
    match send(cloud, letter).await {
        Ok(()) => Handled::Done(decision),
        Err(_) => Handled::Again(decision),
    }
}

/// What may succeed later comes back after a while; the last time it goes to the dead letters.
pub async fn give_back(cloud: &impl Cloud, record: &Message, cause: String, decide: impl Fn(&'static str, String) -> Decision) -> Handled {
    if record.receives >= MOST_RECEIVES {
        return dead_letter(cloud, record, "gave up", &cause, decide).await;
    }
    if let Some(receipt) = &record.receipt {
        let wait = backoff(record.receives.saturating_sub(1), FIRST_RETURN, LONGEST_RETURN);
        let change = ChangeVisibility { receipt: receipt.clone(), seconds: u16::try_from(wait.as_secs()).unwrap_or(900) };
        if let Err(error) = send(cloud, change).await {
            tracing::warn!(error = %error, "the record comes back after the queue's own visibility time-out");
        }
    }
    Handled::Again(decide("retried", cause))
}
