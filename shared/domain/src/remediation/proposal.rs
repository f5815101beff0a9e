//! A remedy that waits for a person's word.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::Fault;
use super::remedy::Remedy;

/// What would be done if somebody approved of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Its id; the attempt that it becomes has the same.
    pub id: String,
    /// What would be done.
    pub remedy: Remedy,
    /// Against what.
    pub fault: Fault,
    /// When it was asked for.
    pub at: Timestamp,
    /// Afterwards nobody's word counts: the fault is another by then, or gone.
    pub expires: Timestamp,
}

/// A proposal stands for so long.
const STANDS: SignedDuration = SignedDuration::from_hours(4);

impl Proposal {
    /// Of `remedy` against `fault`.
    pub fn new(id: &str, remedy: Remedy, fault: Fault, now: Timestamp) -> Self {
        Self { id: id.to_owned(), remedy, fault, at: now, expires: now + STANDS }
    }

    /// Whether it can still be approved.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires
    }

    /// SHA-256 of the remedy: who approves of one that was shown does not approve of another.
    pub fn digest(&self) -> String {
        let text = serde_json::to_string(&self.remedy).unwrap_or_else(|error| unreachable!("a remedy always serializes: {error}"));
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}
