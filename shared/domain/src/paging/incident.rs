//! An incident: the signals of one fault, from the first of them until somebody has it and it is over.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::routes::{Decision, Level};
use super::subject::Expected;
use crate::incident::Severity;

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Its id; receivers tell it by this from first to last.
    pub id: String,
    /// When its first signal came.
    pub opened_at: Timestamp,
    /// When the newest signal joined it.
    pub joined_at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// The worst of its signals so far.
    pub severity: Severity,
    /// When it is looked at next.
    pub due: Timestamp,
    /// What was told of it last; none: nobody was told.
    pub told: Option<Told>,
    /// How often it was told anew since it had become worse: who has acknowledged it may be asleep by then, and PagerDuty pages nobody for
    /// a key that is acknowledged.
    #[serde(default)]
    pub round: u32,
    /// Why nobody is told at present.
    pub quiet: Option<Quiet>,
}

/// How far an incident is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has it yet.
    Open,
    /// Somebody has it.
    Acknowledged {
        /// Who.
        by: String,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    Resolved {
        /// Since when.
        at: Timestamp,
    },
    /// Another incident has taken in its signals.
    Merged {
        /// Which.
        into: String,
        /// When.
        at: Timestamp,
    },
}

/// What was told of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// When it was told first: waits of levels count from then.
    pub since: Timestamp,
    /// When it was told last.
    pub at: Timestamp,
    /// The level that was told last, from 0.
    pub level: usize,
    /// How bad it was.
    pub severity: Severity,
    /// Its sources that were at fault.
    pub members: BTreeSet<String>,
    /// All who were told.
    pub receivers: BTreeSet<String>,
}

/// Why nobody is told of an incident that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quiet {
    /// Signals of the same fault are waited for.
    Gathering,
    /// AWS itself mutes all of its alarms; its words.
    ByAws(String),
    /// It belongs to what Caretaker does.
    Expected(Expected),
    /// The base that the tenant stands on is down.
    BaseDown,
    /// A silence, a window of maintenance or a written rule; its words.
    Muted(String),
    /// Caretaker repairs it, and has so long for it.
    Repaired,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It is there.
    Opened,
    /// It is worse than was told.
    Worse,
    /// It goes on under another key, since it is worse: for those who keep incidents of their own.
    Superseded,
    /// Nobody has taken it on: the next level is told.
    Escalated,
    /// More belongs to it than was told.
    Grown,
    /// It is still there, and what kept it quiet has ended.
    Unsilenced,
    /// It is still there.
    Repeated,
    /// Somebody has taken it on.
    Acknowledged,
    /// It is over.
    Resolved,
    /// Another incident has taken it in.
    Merged,
    /// It is over, and nobody was needed: it was repaired.
    Saved,
    /// It has happened, for those who like to know.
    Noted,
}

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which incident.
    pub incident: String,
    /// What.
    pub what: What,
    /// To whom: receivers' ids.
    pub to: BTreeSet<String>,
    /// At which level.
    pub level: usize,
}

impl Incident {
    /// Opened by a signal at `now`, to be looked at when `due`.
    pub fn open(id: String, severity: Severity, due: Timestamp, now: Timestamp) -> Self {
        Self { id, opened_at: now, joined_at: now, stage: Stage::Open, severity, due, told: None, round: 0, quiet: Some(Quiet::Gathering) }
    }

    /// Whether it is neither over nor another's.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Acknowledged { .. })
    }

    /// Tells `what` to the receivers of `level`, and notes that.
    pub(super) fn tell(&mut self, what: What, level: usize, members: &BTreeSet<String>, decision: &Decision, now: Timestamp) -> Notice {
        let to = decision.levels.get(level).map(Level::receivers).unwrap_or_default();
        let before = self.told.take();
        let since = before.as_ref().filter(|_| !matches!(what, What::Opened | What::Worse)).map_or(now, |told| told.since);
        let receivers = before.map(|told| told.receivers).unwrap_or_default().union(&to).cloned().collect();
        self.told = Some(Told { since, at: now, level, severity: self.severity, members: members.clone(), receivers });
        self.quiet = None;
        Notice { incident: self.id.clone(), what, to, level }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gathering => f.write_str("other signals of the same fault are waited for"),
            Self::ByAws(words) => write!(f, "CloudWatch mutes it: {words}"),
            Self::Expected(why) => write!(f, "it is expected: {why}"),
            Self::BaseDown => f.write_str("the environment that it stands on is down, and that is told"),
            Self::Muted(words) => f.write_str(words),
            Self::Repaired => f.write_str("Caretaker repairs it"),
        }
    }
}

impl What {
    /// In a few words, for the timeline.
    pub fn words(self) -> &'static str {
        match self {
            Self::Opened => "told first",
            Self::Worse => "told anew: it is worse",
            Self::Superseded => "goes on under another key",
            Self::Escalated => "told to the next level: nobody has taken it on",
            Self::Grown => "told again: more belongs to it",
            Self::Unsilenced => "told again: what kept it quiet has ended",
            Self::Repeated => "told again: it is still so",
            Self::Acknowledged => "told that somebody has it",
            Self::Resolved => "told that it is over",
            Self::Merged => "told that another incident has taken it in",
            Self::Saved => "told that it was repaired and nobody is needed",
            Self::Noted => "told for information",
        }
    }
}
