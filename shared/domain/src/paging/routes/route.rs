//! What goes where.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::incident::Severity;
use crate::paging::labels::{Label, Labels};
use crate::paging::matcher::{Matchers, Mismatch};
use crate::scaling::schedule::Hours;

/// Some incidents, and what becomes of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Unique in the file.
    pub id: String,
    /// Which incidents; none: all.
    #[serde(default, rename = "match")]
    pub matchers: Matchers,
    /// On these hours alone; none: always.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// By this policy.
    #[serde(default)]
    pub policy: Option<String>,
    /// To these receivers, people and `schedule:ID`, at once; in place of a policy.
    #[serde(default)]
    pub to: Vec<String>,
    /// Before the first message, to wait for what belongs to it.
    #[serde(default = "group_wait")]
    pub group_wait_seconds: u32,
    /// Between two messages of one incident, when more joins it.
    #[serde(default = "group_interval")]
    pub group_interval_seconds: u32,
    /// Until a message is repeated while nothing has changed.
    #[serde(default = "repeat")]
    pub repeat_minutes: u32,
    /// Whether its end is told.
    #[serde(default = "yes")]
    pub send_resolved: bool,
    /// Whether the routes after it are asked as well.
    #[serde(default, rename = "continue")]
    pub goes_on: bool,
}

/// Why a route was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// A label is not as it must be.
    Label(Mismatch),
    /// It is not its time.
    Hours,
}

impl Route {
    /// Why it does not take what has these `labels` at `now`; none: it takes it.
    pub fn outside(&self, labels: &Labels, now: Timestamp) -> Option<Outside> {
        match self.matchers.mismatch(labels) {
            Some(mismatch) => Some(Outside::Label(mismatch)),
            None if self.hours.is_empty() || self.hours.iter().any(|hours| hours.is_on(now)) => None,
            None => Some(Outside::Hours),
        }
    }

    /// Whether it may take something of `severity`.
    pub(super) fn may_take(&self, severity: Severity) -> bool {
        self.matchers.get(Label::Severity).is_none_or(|matcher| matcher.matches(severity.word()))
    }

    /// Whether it takes all of `severity`, at any time.
    pub(super) fn takes_all(&self, severity: Severity) -> bool {
        self.may_take(severity) && self.hours.is_empty() && !self.matchers.ask_beside(Label::Severity)
    }
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(mismatch) => mismatch.fmt(f),
            Self::Hours => f.write_str("it is not its time"),
        }
    }
}

fn group_wait() -> u32 {
    20
}

/// As Alertmanager has it.
fn group_interval() -> u32 {
    300
}

/// As Alertmanager has it: four hours.
fn repeat() -> u32 {
    240
}

fn yes() -> bool {
    true
}
