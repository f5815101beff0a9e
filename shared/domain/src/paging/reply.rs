//! What a receiver's reply means.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::channel::Channel;
use crate::failure::{CallError, Cause, Conduct};

/// Characters of what a receiver says of itself.
const SAID: usize = 200;
/// Characters of the longest word that is repeated: keys and tokens are longer.
const WORD: usize = 24;
/// Nobody is believed who asks for more.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// A receiver's reply by HTTP. Redirects are not followed: they are replies as others are.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The status.
    pub status: u16,
    /// The header `retry-after`, if there is one.
    pub retry_after: Option<&'a str>,
    /// The beginning of the body.
    pub body: &'a str,
}

/// Why there was no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Its name has no address at present.
    NoAddress,
    /// Nobody answers there, or the connection broke.
    Unreachable,
    /// Its certificate is not to be trusted.
    Untrusted,
    /// Not in time: whether it has arrived is not known.
    TimedOut,
    /// It may not be sent there (see [`super::address`]).
    Forbidden,
}

/// What has become of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The same may be taken later.
    Again {
        /// Not before that, if the receiver says so.
        after: Option<SignedDuration>,
        /// Why not now.
        why: Why,
    },
    /// The same is never taken.
    Never {
        /// Why not.
        why: Why,
    },
}

/// Why a delivery was not taken. Nothing of a message is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Too many at a time.
    Busy,
    /// The receiver has a fault of its own, with this status.
    Failing(u16),
    /// It sends us elsewhere, with this status.
    Redirected(u16),
    /// It refuses the message or knows no such receiver.
    Refused {
        /// The status.
        status: u16,
        /// What it says.
        said: String,
    },
    /// It says what it should not.
    Unexpected(u16),
    /// It says nothing.
    Silent(Fault),
    /// SNS has not taken it.
    NotPublished(Cause),
}

impl Outcome {
    /// Whether the receiver may have the message although it does not say so: the same is then told as a repeat.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Again { why: Why::Silent(Fault::TimedOut | Fault::Unreachable) | Why::Failing(_), .. })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => write!(f, "it takes no more at present"),
            Self::Failing(status) => write!(f, "it has a fault of its own (status {status})"),
            Self::Redirected(status) => write!(f, "it sends us elsewhere (status {status}), which is not followed"),
            Self::Refused { status, said } if said.is_empty() => write!(f, "it refuses the message (status {status})"),
            Self::Refused { status, said } => write!(f, "it refuses the message (status {status}): {said}"),
            Self::Unexpected(status) => write!(f, "it answers what it should not (status {status})"),
            Self::Silent(Fault::NoAddress) => write!(f, "its name has no address"),
            Self::Silent(Fault::Unreachable) => write!(f, "it cannot be reached"),
            Self::Silent(Fault::Untrusted) => write!(f, "its certificate is not to be trusted"),
            Self::Silent(Fault::TimedOut) => write!(f, "it has not answered in time"),
            Self::Silent(Fault::Forbidden) => write!(f, "nothing is sent to such an address"),
            Self::NotPublished(cause) => write!(f, "SNS has not taken it ({cause:?})"),
        }
    }
}

/// What `reply` of `channel` means.
///
/// PagerDuty: <https://developer.pagerduty.com/docs/events-api-v2/overview/>, response codes. Slack:
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>, handling errors: 200 with the body `ok`, words otherwise.
pub fn of(channel: Channel, reply: Reply<'_>, now: Timestamp) -> Outcome {
    let again = |why| Outcome::Again { after: reply.retry_after.and_then(|text| wait(text, now)), why };
    match reply.status {
        200..=299 if channel == Channel::Slack && reply.body.trim() != "ok" => again(Why::Unexpected(reply.status)),
        200..=299 => Outcome::Delivered,
        300..=399 => Outcome::Never { why: Why::Redirected(reply.status) },
        429 => again(Why::Busy),
        // A request that came too slowly or too early may be taken the next time.
        408 | 425 | 500..=599 => again(Why::Failing(reply.status)),
        400..=499 => Outcome::Never { why: Why::Refused { status: reply.status, said: said(channel, reply.body) } },
        status => again(Why::Unexpected(status)),
    }
}

/// What it means that there was no reply.
pub fn silence(fault: Fault) -> Outcome {
    match fault {
        Fault::Forbidden => Outcome::Never { why: Why::Silent(fault) },
        fault => Outcome::Again { after: None, why: Why::Silent(fault) },
    }
}

/// What a call of SNS's Publish means. A topic that is gone does not come back by itself.
pub fn published(result: Result<(), &CallError>) -> Outcome {
    match result.map_err(|error| error.cause) {
        Ok(()) => Outcome::Delivered,
        Err(Cause::Throttled) => Outcome::Again { after: None, why: Why::Busy },
        Err(cause) if cause == Cause::NotFound || cause.conduct() == Conduct::Terminal => Outcome::Never { why: Why::NotPublished(cause) },
        Err(cause) => Outcome::Again { after: None, why: Why::NotPublished(cause) },
    }
}

/// How long to wait by `retry-after`: seconds or a date (RFC 9110, section 10.2.3).
fn wait(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)),
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().duration_since(now),
    };
    Some(wait.clamp(SignedDuration::ZERO, LONGEST_WAIT))
}

/// What a receiver says, as far as it can be told: a webhook of somebody else might say the message itself, with its link.
fn said(channel: Channel, body: &str) -> String {
    match channel {
        Channel::Slack => body.trim().chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').take(SAID).collect(),
        Channel::PagerDuty => complaint(body),
        Channel::Email | Channel::Sms | Channel::Webhook | Channel::Dashboard => String::new(),
    }
}

/// PagerDuty's message and errors, without words as long as a key.
fn complaint(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let errors = body["errors"].as_array().into_iter().flatten();
    let texts = std::iter::once(&body["message"]).chain(errors).filter_map(|text| text.as_str());
    let words = texts.flat_map(str::split_whitespace).filter(|word| word.len() <= WORD && !word.contains(char::is_control));
    words.collect::<Vec<_>>().join(" ").chars().take(SAID).collect()
}

#[cfg(test)]
mod tests;
