//! Caretaker's own messages on the tenant queue.

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

fn body(kind: &str, content: &impl Serialize) -> String {
    let mut value = serde_json::to_value(content).unwrap_or_default();
    value["caretaker"] = kind.into();
    value.to_string()
}
