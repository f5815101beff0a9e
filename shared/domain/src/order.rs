//! What an event asks for, once it has been read off the wire.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::plan::Fate;
use crate::tenant::{Incarnation, Owner};

/// When changes that interrupt are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Apply {
    /// At once.
    Now,
    /// In the maintenance window.
    Window,
}

/// What a tenant is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specification {
    /// The blueprint's name.
    pub blueprint: String,
    /// The size bought, where the blueprint has sizes.
    pub tier: Option<String>,
    /// The tag of the first image.
    pub image: Option<String>,
    /// None: now, in production in the window.
    pub apply: Option<Apply>,
    /// Options bought, such as `hipaa`.
    #[serde(default)]
    pub options: BTreeSet<String>,
    /// What is changed on AWS by others is reported and left alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observe_only: bool,
}

/// What an owner should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// It stands as specified.
    Stands(Specification),
    /// It is gone.
    Gone(Fate),
}

impl Wish {
    /// Tells contents apart: SHA-256 over the wish alone, so that the moment and the id of the request do not count.
    pub fn content_hash(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_else(|error| unreachable!("a wish always serializes: {error}"));
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

/// An event that asks for a state of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishOrder {
    /// Of whom.
    pub owner: Owner,
    /// Rises with each intent.
    pub version: u64,
    /// What it should be.
    pub wish: Wish,
    /// Only say what would be done.
    pub dry_run: bool,
    /// The event's id, for its answer.
    pub event_id: String,
}

/// What only the operators' role may order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivilegedOrder {
    /// Of whom.
    pub owner: Owner,
    /// What.
    pub action: Action,
    /// The version of the intent that the operator looked at; of the new intent for `destroy-data`.
    pub version: u64,
    /// The life it concerns.
    pub incarnation: Option<Incarnation>,
    /// When the event was sent: an older one never undoes a newer one.
    pub at: Timestamp,
    /// The event's id.
    pub event_id: String,
}

/// A privileged action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Delete the life named, and its data with it.
    DestroyData,
    /// Take over what stands under our name: the thing of this ARN, or all of the former life named by the order.
    Adopt {
        /// The ARN; none: of the former life.
        resource: Option<String>,
    },
    /// Change nothing until resumed.
    Pause,
    /// Go on.
    Resume,
    /// Try again what has failed, make again what has vanished.
    Retry,
}

/// Any event that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// tenant-created, -updated, -deleted
    Wish(WishOrder),
    /// tenant-privileged
    Privileged(PrivilegedOrder),
}

impl Order {
    /// Of whom.
    pub fn owner(&self) -> &Owner {
        match self {
            Self::Wish(order) => &order.owner,
            Self::Privileged(order) => &order.owner,
        }
    }

    /// The version that it names.
    pub fn version(&self) -> u64 {
        match self {
            Self::Wish(order) => order.version,
            Self::Privileged(order) => order.version,
        }
    }

    /// The id of the event that it came by.
    pub fn event_id(&self) -> &str {
        match self {
            Self::Wish(order) => &order.event_id,
            Self::Privileged(order) => &order.event_id,
        }
    }
}
