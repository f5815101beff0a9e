//! What becomes of an incident: who is told, when, and who next.

use std::collections::BTreeSet;
use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::route::Outside;
use crate::paging::channel::Channel;

/// What the routes say of some labels at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The routes that take it; those after the first since the one before says `continue`.
    pub taken: Vec<Taken>,
    /// The routes before the last of those, and why each was passed over.
    pub passed: Vec<PassedOver>,
    /// Who is told, by the time since the start. Each has somebody who is told by more than SMS.
    pub levels: Vec<Level>,
    /// Before the first message.
    pub group_wait: SignedDuration,
    /// Between two messages, when more joins.
    pub group_interval: SignedDuration,
    /// Until a message is repeated.
    pub repeat: SignedDuration,
    /// Why it is so, in a sentence.
    pub why: String,
}

/// A route that takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// Its id.
    pub route: String,
    /// The policy by which it tells.
    pub policy: Option<String>,
}

/// A route that does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PassedOver {
    /// Its id.
    pub route: String,
    /// Why.
    pub why: Outside,
}

/// Those who are told at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// How long after the start, if nobody has acknowledged it by then.
    pub wait: SignedDuration,
    /// Who.
    pub to: Vec<Recipient>,
}

/// One who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// By this receiver.
    pub receiver: String,
    /// Its channel.
    pub channel: Channel,
    /// Who reads it, if it is one person's.
    pub person: Option<String>,
    /// The receivers that are tried if that one cannot be reached, in their order.
    pub fallbacks: Vec<String>,
    /// Whether they are told of the end.
    pub wants_resolved: bool,
    /// How they came to be told.
    pub why: String,
}

impl Decision {
    /// Whether anybody is told of the end.
    pub fn wants_resolved(&self) -> bool {
        self.levels.iter().flat_map(|level| &level.to).any(|recipient| recipient.wants_resolved)
    }
}

impl Level {
    /// The ids of the receivers.
    pub fn receivers(&self) -> BTreeSet<String> {
        self.to.iter().map(|recipient| recipient.receiver.clone()).collect()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who: Vec<_> = self.to.iter().map(Recipient::to_string).collect();
        match self.wait.as_mins() {
            0 => write!(f, "{} at once", who.join(", ")),
            minutes => write!(f, "{} after {minutes} min", who.join(", ")),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.person {
            Some(person) => write!(f, "{person} by {}", self.receiver),
            None => f.write_str(&self.receiver),
        }
    }
}
