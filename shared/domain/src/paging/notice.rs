//! A notice: what one recipient is told of one incident, whatever it is carried by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::incident::Severity;
use crate::ports::Confidential;
use crate::tenant::{EnvironmentName, Owner, TenantId};

/// Bytes of the longest dedup key: PagerDuty takes 255 characters (Events API v2, `dedup_key`), which 255 bytes never exceed.
pub const LONGEST_KEY: usize = 255;
/// What the keys of incidents begin with, before their ids.
const KEY_PREFIX: &str = "caretaker/";
/// What stands before the round in the key of an incident that has become worse. No id has it.
const ROUND: char = '/';
/// Hexadecimal digits that a key which was cut gets of the SHA-256 of the whole.
const KEY_HASH: usize = 16;

/// What one recipient is told of one incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Of this delivery: the same whenever it is sent again.
    pub delivery: String,
    /// What has become of the incident.
    pub what: What,
    /// The incident's id.
    pub incident: String,
    /// The incident's identity for those who keep their own.
    pub key: DedupKey,
    /// How much it matters.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// Since when.
    pub since: Timestamp,
    /// When this is told.
    pub now: Timestamp,
    /// Where; none if it concerns the account as a whole.
    pub environment: Option<EnvironmentName>,
    /// Whom it concerns, the most important first. May be many.
    pub tenants: Vec<Concerned>,
    /// Which services.
    pub services: Vec<String>,
    /// What is likely behind it.
    pub cause: Option<LikelyCause>,
    /// What it consists of.
    pub members: Members,
    /// What was seen.
    pub evidence: Vec<String>,
    /// What was tried.
    pub tried: Vec<String>,
    /// Why it was told late, or is told to nobody else.
    pub notes: Vec<String>,
    /// What remediation asks for, if it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Asked>,
    /// Where to look and answer.
    pub links: Links,
    /// Whether the same may have reached the recipient before: said wherever a repeat cannot be told by its key.
    pub is_repeat: bool,
    /// Who is told, by name.
    pub recipient: String,
}

/// What remediation asks for: enough to make a link by which the recipient approves of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Whose service.
    pub owner: Owner,
    /// The service's name.
    pub subject: String,
    /// The proposal's id.
    pub id: String,
    /// Of what is proposed.
    pub digest: String,
    /// Until when it can be approved of.
    pub expires: Timestamp,
}

/// What has become of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "turn")]
pub enum What {
    /// It has begun.
    Opened,
    /// More is known, or it has grown.
    Updated,
    /// It still is as it was when it was last told.
    Repeated,
    /// Nobody has taken it on in time.
    Escalated {
        /// The level that is told now; 1 is the first.
        level: u32,
    },
    /// It was silenced, and the silence is over.
    SilenceEnded {
        /// What has ended: a silence, a maintenance window, a mute rule.
        ended: String,
    },
    /// Somebody has taken it on.
    Acknowledged {
        /// Who.
        by: String,
    },
    /// It is over.
    Resolved,
    /// Nothing is wrong: for those who like to know.
    Noted,
}

impl What {
    /// Whether somebody is asked to do something.
    pub fn is_asking(&self) -> bool {
        !matches!(self, Self::Acknowledged { .. } | Self::Resolved | Self::Noted)
    }
}

/// A tenant that an incident concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    /// Who.
    pub id: TenantId,
    /// The size it has bought, where there are sizes.
    pub tier: Option<String>,
}

/// What is likely behind an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikelyCause {
    /// What.
    pub what: String,
    /// How it explains the rest.
    pub explains: String,
}

/// What an incident consists of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Vec<String>,
}

/// Where to look and answer. The two that carry a token are made anew whenever a notice is sent, and kept nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// What to do.
    pub runbook: Option<String>,
    /// What is seen.
    pub dashboard: Option<String>,
    /// Others, by name.
    pub others: BTreeMap<String, String>,
    /// By which the recipient takes the incident on.
    #[serde(skip)]
    pub acknowledge: Option<Confidential>,
    /// By which the recipient approves of a remedy.
    #[serde(skip)]
    pub approve: Option<Confidential>,
}

/// An incident's identity for those who keep their own: at most [`LONGEST_KEY`] bytes, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DedupKey(String);

impl DedupKey {
    /// The key of the incident `id` in its `round`.
    pub fn of_incident(id: &str, round: u32) -> Self {
        match round {
            0 => Self::of(&format!("{KEY_PREFIX}{id}")),
            round => Self::of(&format!("{KEY_PREFIX}{id}{ROUND}{round}")),
        }
    }

    /// The id of the incident that `key` is of; none: it is none of ours.
    pub fn incident(key: &str) -> Option<&str> {
        let id = key.strip_prefix(KEY_PREFIX)?;
        Some(id.split_once(ROUND).map_or(id, |(id, _)| id))
    }

    /// The key of `text`: itself if it is fit, else what can be kept of it and a hash of the whole.
    pub fn of(text: &str) -> Self {
        if text.len() <= LONGEST_KEY && !text.is_empty() && !text.contains(char::is_control) {
            return Self(text.to_owned());
        }
        let mut hash = hex::encode(Sha256::digest(text));
        hash.truncate(KEY_HASH);
        let mut key = String::new();
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            if key.len() + letter.len_utf8() > LONGEST_KEY - KEY_HASH - 1 {
                break;
            }
            key.push(letter);
        }
        Self(format!("{key}-{hash}"))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for DedupKey {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl From<DedupKey> for String {
    fn from(key: DedupKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests;
