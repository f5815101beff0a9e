//! Caretaker's own messages on its queues.

use domain::paging::signal::Signal;
use domain::tenant::Owner;
use serde::{Deserialize, Serialize};

/// The message that brings an owner back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WakeUp {
    /// Whom.
    pub owner: Owner,
    /// Which: the epoch of the pass that set it.
    pub wake_id: u64,
    /// How many the chain has had, for those who look at the queue.
    pub hops: u32,
}

impl WakeUp {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("wake-up", self)
    }
}

/// A look by schedule, sent by `sweep-tenants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// At whom.
    pub owner: Owner,
}

impl Sweep {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("sweep", self)
    }
}

/// A look at all of an owner at once, asked for by `remediate-task`: something is missing, or an override was laid or cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// At whom.
    pub owner: Owner,
}

impl Inspection {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("inspection", self)
    }
}

/// A look by schedule at several owners together, sent by `sweep-tenants`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// At whom.
    pub owners: Vec<Owner>,
}

impl Round {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("round", self)
    }
}

/// A reminder of `remediate-task` to itself: the effect of an act is to be looked at, or a wait is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Whose service or task.
    pub owner: Owner,
    /// Its name on AWS.
    pub subject: String,
    /// The id of the attempt, or of the wait.
    pub id: String,
}

impl Reminder {
    /// As the body of the message that has an act's effect looked at.
    pub fn of_effect(&self) -> String {
        body("effect", self)
    }

    /// As the body of the message at the end of a wait.
    pub fn of_wait(&self) -> String {
        body("wait", self)
    }
}

/// A person has approved of a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Whose service or task.
    pub owner: Owner,
    /// The proposal's id.
    pub id: String,
    /// The digest of what was shown; none: it was read in the ledger.
    #[serde(default)]
    pub digest: Option<String>,
    /// Who.
    pub by: String,
}

impl Approval {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("approval", self)
    }
}

/// A look of `page-oncall` at a desk: something on it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The desk's partition.
    pub desk: String,
}

impl Look {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("look", self)
    }
}

/// A beat of the pager, on its way by the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {}

impl Pulse {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("pulse", self)
    }
}

/// Something waits for a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// The receiver's id in the routes.
    pub receiver: String,
}

impl Deliver {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("deliver", self)
    }
}

/// A copy of a signal, heeded if nothing else has said it by now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Later {
    /// What it says.
    pub signal: Signal,
}

impl Later {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("signal", self)
    }
}

/// A person has taken on an incident, or gives it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    /// The desk's partition.
    pub desk: String,
    /// The incident's id.
    pub incident: String,
    /// Who.
    pub by: String,
    /// Whether it is given back.
    #[serde(default)]
    pub given_back: bool,
}

impl Acknowledgement {
    /// As the body of a message.
    pub fn body(&self) -> String {
        body("acknowledgement", self)
    }
}

fn body(kind: &str, content: &impl Serialize) -> String {
    let mut value = serde_json::to_value(content).unwrap_or_default();
    value["caretaker"] = kind.into();
    value.to_string()
}
