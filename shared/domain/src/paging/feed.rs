//! What other services say, as signals: databases, caches, AWS Health, deployments, scaling, backups, costs.
//!
//! What cannot be over by itself, or needs nobody, is a note. What begins and ends by AWS's own word fires and is over under one key.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use thiserror::Error;

use super::signal::{About, Producer, Signal, State};
use super::told::text;

pub mod backup;
pub mod cache;
pub mod caretaker;
pub mod cost;
pub mod database;
pub mod deployment;
pub mod health;
pub mod scaling;

/// An event of EventBridge, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What it is.
    pub detail_type: &'a str,
    /// Who sent it.
    pub source: &'a str,
    /// Of which account.
    pub account: Option<&'a str>,
    /// From which Region.
    pub region: Option<&'a str>,
    /// ARNs.
    pub resources: &'a [String],
    /// When.
    pub time: Option<Timestamp>,
    /// The content.
    pub detail: &'a Value,
}

/// What becomes of an event that says something.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It counts at once.
    Now(Signal),
    /// It is a copy from another Region. It counts after so long, unless a signal of its key and moment, or of a later one, has come.
    Unless(Signal, SignedDuration),
}

/// Why an event says nothing to people.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Ignored {
    /// Nothing here reads it.
    #[error("nothing here reads {detail_type:?} of {source_name:?}")]
    Foreign {
        /// What it is.
        detail_type: String,
        /// Who sent it.
        source_name: String,
    },
    /// It has no form that is known.
    #[error("it is no event or message of {0} in a form that is known")]
    Form(&'static str),
    /// What every such event has is not there, or is of another type.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// It is a kind of which nobody said that people should hear.
    #[error("{0} is not in the table of what people hear")]
    NotInTable(String),
    /// It goes on, and its end will be told.
    #[error("{0} only tells how far something is")]
    Progress(String),
    /// Remediation looks at failed deployments, and says what people must hear.
    #[error("remediation looks at failed deployments")]
    Remediation,
    /// Each page of a message tells the same, with other entities.
    #[error("page {0} tells what the first page does")]
    FurtherPage(u64),
}

/// What `event` says.
///
/// # Errors
/// Nothing that people hear.
pub fn read(event: &Event<'_>) -> Result<Heard, Ignored> {
    let signal = match (event.source, event.detail_type) {
        ("aws.health", "AWS Health Event" | "AWS Health Abuse Event") => return health::read(event),
        ("aws.rds", _) => database::read(event),
        ("aws.ecs", "ECS Deployment State Change") => deployment::read(event),
        ("aws.application-autoscaling", _) => scaling::read(event),
        ("aws.backup", _) => backup::read(event),
        ("aws.ce", "Anomaly Detected") => cost::read(event),
        _ => Err(event.foreign()),
    };
    signal.map(Heard::Now)
}

impl Event<'_> {
    fn foreign(&self) -> Ignored {
        Ignored::Foreign { detail_type: word(self.detail_type), source_name: word(self.source) }
    }

    fn when(&self) -> Result<Timestamp, Ignored> {
        self.time.ok_or(Ignored::Missing("time"))
    }
}

/// What is said besides the words: nothing more than these is certain of every signal.
struct Core<'a> {
    producer: Producer,
    key: String,
    state: State,
    at: Timestamp,
    about: About,
    name: &'a str,
}

impl Core<'_> {
    /// With a title and a cause, fit to show.
    fn signal(self, title: &str, cause: &str) -> Signal {
        let (title, cause) = (text::line(title, text::TITLE), text::prose(cause, text::CAUSE));
        Signal {
            key: self.key,
            producer: self.producer,
            state: self.state,
            at: self.at,
            severity: None,
            about: self.about,
            name: self.name.to_owned(),
            cause: if cause.is_empty() { title.clone() } else { cause },
            title,
            evidence: Vec::new(),
            tried: Vec::new(),
            links: [].into(),
            muted: None,
        }
    }
}

/// A word of AWS that is not known here, fit to quote.
fn word(text: &str) -> String {
    text::line(text, text::WORD)
}

/// Lines of evidence, fit to show.
fn lines(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().map(|one| text::line(&one, text::EVIDENCE)).filter(|one| !one.is_empty()).take(text::LINES).collect()
}

/// `arn`, if it looks like one and may be a key.
fn arn(text: &str) -> Option<&str> {
    // The longest ARNs that AWS allows have 2,048 characters (IAM reference, quotas).
    (text.starts_with("arn:") && text.len() <= 2048 && !text.chars().any(char::is_control)).then_some(text)
}

/// The last part of an ARN: its thing's own name.
fn name_of(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
