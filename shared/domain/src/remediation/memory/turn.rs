//! What becomes of a fault.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::attempt::Attempt;
use super::super::brake::Tripped;
use super::super::conduct::Why;
use super::super::fault::Fault;
use super::super::proposal::Proposal;
use super::super::remedy::Remedy;
use crate::incident::Severity;

/// What becomes of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It was heard of before, or something newer of its task was.
    Repeated,
    /// Nothing has failed.
    Ignored,
    /// ECS sees to it.
    Left,
    /// It is told.
    Told(Severity),
    /// It was told before, and is not over.
    ToldBefore,
    /// An act for this subject is under way.
    Busy(String),
    /// It waits.
    Waits(Waiting),
    /// A fault of the subject waits already.
    Waited,
    /// Its wait is over, and so is the fault.
    Over,
    /// Nothing is done, since it is no fault of this subject alone; whether that was told already.
    Braked(Tripped, bool),
    /// A person is asked.
    Proposed(Proposal),
    /// It would be done if it were not only to be observed.
    Observed(Remedy),
    /// It is done.
    Claimed(Attempt),
    /// A person must look.
    Escalated(Why),
}

/// A fault that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// By which the message at its end names it.
    pub id: String,
    /// What waits.
    pub fault: Fault,
    /// The image that has failed, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// For what.
    pub pause: Pause,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What a fault waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Until it is known how many others have it.
    Others,
    /// Until there is room in the budgets.
    Budget,
}

/// A wait whose message has not come for so long has lost it.
const LOST: SignedDuration = SignedDuration::from_mins(5);

impl Waiting {
    /// Whether its message must be lost.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        now.duration_since(self.until) >= LOST
    }
}

impl Turn {
    /// In a word, for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::Ignored => "ignored",
            Self::Left => "left",
            Self::Told(_) => "told",
            Self::ToldBefore => "told-before",
            Self::Busy(_) => "busy",
            Self::Waits(_) | Self::Waited => "waits",
            Self::Over => "over",
            Self::Braked(..) => "braked",
            Self::Proposed(_) => "proposed",
            Self::Observed(_) => "observed",
            Self::Claimed(_) => "acted",
            Self::Escalated(_) => "escalated",
        }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated => f.write_str("it was heard of before"),
            Self::Ignored => f.write_str("nothing has failed"),
            Self::Left => f.write_str("ECS sees to it"),
            Self::Told(_) => f.write_str("it is told, and nothing is done"),
            Self::ToldBefore => f.write_str("it was told before, and is not over"),
            Self::Busy(id) => write!(f, "attempt {id} is under way"),
            Self::Waits(Waiting { pause: Pause::Others, .. }) => f.write_str("it waits until it is known how many others have it"),
            Self::Waits(Waiting { pause: Pause::Budget, until, .. }) => {
                write!(f, "as much as may be is being repaired; room from {until} on")
            }
            Self::Waited => f.write_str("a fault of it waits already"),
            Self::Over => f.write_str("it is over"),
            Self::Braked(tripped, _) => write!(f, "nothing is repaired: {tripped}"),
            Self::Proposed(proposal) => write!(f, "a person is asked whether to {}", proposal.remedy),
            Self::Observed(remedy) => write!(f, "it is only observed; else Caretaker would {remedy}"),
            Self::Claimed(attempt) => attempt.remedy.fmt(f),
            Self::Escalated(why) => write!(f, "a person must look: {why}"),
        }
    }
}
