//! What CloudWatch says of an alarm, by whichever of its roads: EventBridge, an invocation of a function, or a topic.
//!
//! Each road has a form of its own, and some forms lack what others tell; see [`AlarmChange::read`]. What is the same by all of them is
//! the alarm's ARN, its state, and since when: so these three are what a signal is known by.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use thiserror::Error;

use super::told::text;

mod arn;
mod event;
mod measure;
mod notification;
pub mod ours;
mod signal;
mod suppressed;

pub use measure::{Measure, Query};
pub use suppressed::Suppressed;

/// A change of an alarm. What was not told is none, or empty. Texts are as they came, but for their length.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmChange {
    /// The alarm's ARN, without stray blanks.
    pub arn: String,
    /// Its name, as the ARN has it.
    pub name: String,
    /// Its account, as the ARN has it.
    pub account: String,
    /// Its Region, as the ARN has it: SNS tells a name for people.
    pub region: String,
    /// How it stands.
    pub state: AlarmState,
    /// How it stood before.
    pub previous: Option<AlarmState>,
    /// Whether its actions were suppressed before. If they are no longer, the same state is told anew.
    pub was_suppressed: bool,
    /// Since when, to the millisecond. Of an alarm that was deleted: when it was.
    pub at: Timestamp,
    /// Whether it is no more.
    pub is_deleted: bool,
    /// Why it changed, in CloudWatch's words.
    pub reason: String,
    /// What it means, in the words of whoever made it.
    pub description: Option<String>,
    /// What it looks at. A composite alarm, or one of logs, looks at no metric.
    pub measure: Measure,
    /// What it has seen, as CloudWatch orders it: at most [`DATAPOINTS`].
    pub datapoints: Vec<f64>,
    /// The rule of a composite alarm.
    pub rule: Option<String>,
    /// The alarms that made a composite one change.
    pub children: Vec<Child>,
    /// What happens upon its changes, by ARN, all states together. EventBridge does not tell.
    pub actions: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Why CloudWatch tells nobody at present.
    pub suppressed: Option<Suppressed>,
}

/// How an alarm stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlarmState {
    /// Within its threshold.
    Ok,
    /// Beyond it.
    Alarm,
    /// It cannot tell.
    InsufficientData,
    /// A word that this code does not know.
    Other(String),
}

/// An alarm that made a composite one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its ARN, or what stood for it.
    pub arn: String,
    /// How it stands.
    pub state: Option<AlarmState>,
    /// Since when.
    pub at: Option<Timestamp>,
}

/// So many datapoints are kept.
pub const DATAPOINTS: usize = 5;
/// So many children are kept: a composite alarm may have 100 (CloudWatch user guide, "Create a composite alarm").
pub const CHILDREN: usize = 100;

/// Why what was told is no change of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAnAlarm {
    /// It is something else.
    #[error("it has none of the forms in which CloudWatch tells of alarms")]
    Form,
    /// What every alarm has is not there, or is of another type.
    #[error("the alarm has no {0}")]
    Missing(&'static str),
    /// What should be the ARN is none.
    #[error("{0:?} is no alarm's ARN")]
    Arn(String),
    /// It was made, or is made otherwise; its state is told apart.
    #[error("the alarm was configured ({operation}), and its state is told apart")]
    Configured {
        /// `create`, `update`, or what CloudWatch calls it.
        operation: String,
    },
    /// One of the series that an alarm of many watches. The alarm's own state is told apart, and would be ended by the first of them.
    #[error("one series of the alarm {name:?} changed, and the alarm's own state is told apart")]
    Contributor {
        /// The alarm's name.
        name: String,
    },
}

impl AlarmChange {
    /// Of the alarm `arn`, with nothing told but when.
    fn of(arn: arn::AlarmArn, at: Timestamp) -> Self {
        Self {
            arn: arn.whole,
            name: arn.name,
            account: arn.account,
            region: arn.region,
            state: AlarmState::InsufficientData,
            previous: None,
            was_suppressed: false,
            at,
            is_deleted: false,
            reason: String::new(),
            description: None,
            measure: Measure::default(),
            datapoints: Vec::new(),
            rule: None,
            children: Vec::new(),
            actions: Vec::new(),
            tags: BTreeMap::new(),
            suppressed: None,
        }
    }
}

impl AlarmState {
    fn read(word: &str) -> Self {
        match word.trim().to_ascii_uppercase().as_str() {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            _ => Self::Other(text::line(word, text::WORD)),
        }
    }
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Other(word) => word,
        })
    }
}

impl Child {
    /// Its name, as its ARN has it.
    pub fn name(&self) -> &str {
        self.arn.split_once(":alarm:").map_or(&self.arn, |(_, name)| name)
    }
}

#[cfg(test)]
mod tests;
