//! A notice in the form that each channel takes, within its limits.
//!
//! What others have written (titles, causes, evidence) is foreign: it is shown as it is or not at all, and means nothing to any channel.
//! All channels tell the same in the same order, so that the first line suffices at night: what, since when, whom it concerns, the likely
//! cause, what was tried, where to look and answer, and then the rest.

use crate::ports::Confidential;

pub mod email;
pub mod pagerduty;
pub mod slack;
pub mod sms;
mod story;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod text;
pub mod webhook;

/// What is posted. The body has a key or a link of the recipient's in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The headers, by name in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it is sent, byte by byte: a signature covers it.
    pub body: Confidential,
}

/// What is published to a topic with subscriptions by email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Plain ASCII in one line.
    pub subject: String,
    /// Plain text.
    pub body: Confidential,
}

impl Post {
    fn json(body: &impl serde::Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_else(|error| unreachable!("texts always serialize: {error}"));
        Self { headers: vec![("content-type", "application/json; charset=utf-8".to_owned())], body: Confidential(body) }
    }
}
