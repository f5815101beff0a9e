//! Routes: who is told of an incident, how, when, and who next. They come from a file that is checked before it counts.
//!
//! ```toml
//! schema = 1
//!
//! [[receiver]]
//! id = "pagerduty"
//! kind = "pagerduty"
//! secret = "pagerduty"             # the name of a key in the secret, never what it holds
//!
//! [[policy]]
//! id = "at-once"
//! [[policy.level]]
//! to = ["pagerduty"]
//! [[policy.level]]
//! after_minutes = 15               # nobody has acknowledged it
//! to = ["pagerduty", "schedule:second"]
//!
//! [[route]]
//! id = "critical"
//! match = { severity = "critical" }
//! policy = "at-once"
//! ```

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

mod check;
mod decide;
mod decision;
mod fault;
mod inhibit;
mod listed;
mod policy;
mod receiver;
mod route;
mod schema;

pub use decision::{Decision, Level, PassedOver, Recipient, Taken};
pub use fault::Fault;
pub use inhibit::{Inhibit, Source};
pub use listed::Listed;
pub use policy::{Person, Policy, Step};
pub use receiver::{Means, Receiver};
pub use route::{Outside, Route};
pub use schema::schema;

use super::labels::Labels;
use super::muted::Muted;
use super::schedule::Schedule;
use super::silence::Silence;
use super::window::Window;

/// The schema that this code reads.
pub const SCHEMA: u32 = 1;

/// A routing file as read; [`Routes::load`] checks it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// [`SCHEMA`]
    schema: u32,
    /// Where messages can go.
    #[serde(default, rename = "receiver")]
    receivers: Vec<Receiver>,
    /// Who can be told.
    #[serde(default, rename = "person")]
    people: Vec<Person>,
    /// Who takes turns.
    #[serde(default, rename = "schedule")]
    schedules: Vec<Schedule>,
    /// Who is told first, and who next.
    #[serde(default, rename = "policy")]
    policies: Vec<Policy>,
    /// What goes where: the first that matches counts, unless it says `continue`.
    #[serde(default, rename = "route")]
    routes: Vec<Route>,
    /// What is not told while something else fires.
    #[serde(default)]
    inhibit: Vec<Inhibit>,
    /// When what happens is expected.
    #[serde(default)]
    maintenance: Vec<Window>,
    /// Alarms that are not ours, and that somebody is to hear of all the same.
    #[serde(default)]
    foreign: Vec<Listed>,
    /// Alarms that are ours and no owner's alone: an environment's, or the fleet's.
    #[serde(default)]
    shared: Vec<Listed>,
}

/// Why a routing file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("routing file {file} is refused at {key}: {fault}")]
pub struct BadRoutes {
    /// The file.
    pub file: String,
    /// The key, or the line.
    pub key: String,
    /// What is wrong with it.
    #[source]
    pub fault: Fault,
}

impl Routes {
    /// Reads and checks a routing file.
    ///
    /// # Errors
    /// The first fault, with file, key and reason. What a secret seems to be is never repeated.
    pub fn load(file: &str, text: &str) -> Result<Self, BadRoutes> {
        let refuse = |key: String, fault: Fault| BadRoutes { file: file.to_owned(), key, fault };
        let routes: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            refuse(format!("line {line}"), Fault::syntax(error.message()))
        })?;
        check::check(&routes).map_err(|(key, fault)| refuse(key, fault))?;
        Ok(routes)
    }

    /// The receiver of this id.
    pub fn receiver(&self, id: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.id == id)
    }

    /// Where messages can go, in the file's order.
    pub fn receivers(&self) -> &[Receiver] {
        &self.receivers
    }

    /// The person of this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The entry that takes in an alarm that is not ours.
    pub fn foreign(&self, name: &str, arn: &str) -> Option<&Listed> {
        self.foreign.iter().find(|listed| listed.is(name, arn))
    }

    /// The entry that knows an alarm of ours that is no owner's alone.
    pub fn shared(&self, name: &str, arn: &str) -> Option<&Listed> {
        self.shared.iter().find(|listed| listed.is(name, arn))
    }

    /// Whether there are written rules by which one incident mutes another.
    pub fn has_rules(&self) -> bool {
        !self.inhibit.is_empty()
    }

    /// All that keeps a message about `labels` back at `now`, while `sources` stand as they do; nothing: it goes out.
    pub fn muted(&self, labels: &Labels, silences: &[Silence], sources: &[Source<'_>], now: Timestamp) -> Vec<Muted> {
        let silences = silences.iter().filter(|silence| silence.mutes(labels, now)).map(|silence| Muted::Silence {
            id: silence.id.clone(),
            by: silence.by.clone(),
            until: silence.ends,
        });
        let windows = self
            .maintenance
            .iter()
            .filter(|window| window.matchers.matches(labels) && window.is_on(now))
            .map(|window| Muted::Maintenance { id: window.id.clone(), reason: window.reason.clone(), until: window.until(now) });
        let rules = self.inhibit.iter().filter_map(|rule| {
            rule.source_of(labels, sources).map(|source| Muted::Rule { id: rule.id.clone(), source: source.key.to_owned() })
        });
        silences.chain(windows).chain(rules).collect()
    }
}

#[cfg(test)]
mod tests;
