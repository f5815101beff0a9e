//! Why nobody is told although something fires, where a person has said so: silences, maintenance windows, written rules.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What keeps a message back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Muted {
    /// A silence.
    Silence {
        /// Its id.
        id: String,
        /// Who wants it so.
        by: String,
        /// Until when.
        until: Timestamp,
    },
    /// A maintenance window.
    Maintenance {
        /// Its id.
        id: String,
        /// What is done.
        reason: String,
        /// Until when, if windows do not follow each other for weeks.
        until: Option<Timestamp>,
    },
    /// A written rule, as long as its source fires.
    Rule {
        /// The rule's id.
        id: String,
        /// What fires instead, by its key.
        source: String,
    },
}

impl Muted {
    /// Until when, if that is known.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Silence { until, .. } => Some(*until),
            Self::Maintenance { until, .. } => *until,
            Self::Rule { .. } => None,
        }
    }
}

impl fmt::Display for Muted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence { id, by, until } => write!(f, "silenced by {by} until {until} (silence {id})"),
            Self::Maintenance { id, reason, until: Some(until) } => write!(f, "in maintenance until {until}: {reason} (window {id})"),
            Self::Maintenance { id, reason, until: None } => write!(f, "in maintenance: {reason} (window {id})"),
            Self::Rule { id, source } => write!(f, "muted while {source} fires (rule {id})"),
        }
    }
}
