//! What a link says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::remediation::proposal::Proposal;
use crate::tenant::Owner;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To approve of a remedy.
    Approve,
    /// To take on an incident.
    Acknowledge,
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// What it is for.
    pub purpose: Purpose,
    /// Whose the subject is.
    pub owner: Owner,
    /// The service or one-off task.
    pub subject: String,
    /// Of the proposal or incident.
    pub id: String,
    /// Of what was shown: a word for one thing is none for another.
    pub digest: String,
    /// Who answers by it.
    pub recipient: String,
    /// From then on it is of no use.
    pub expires: Timestamp,
}

impl Claims {
    /// Of a link by which `recipient` may approve of `proposal` for as long as it is open.
    pub fn approve(owner: &Owner, subject: &str, proposal: &Proposal, recipient: &str) -> Self {
        Self {
            purpose: Purpose::Approve,
            owner: owner.clone(),
            subject: subject.to_owned(),
            id: proposal.id.clone(),
            digest: proposal.digest(),
            recipient: recipient.to_owned(),
            expires: proposal.expires,
        }
    }
}
