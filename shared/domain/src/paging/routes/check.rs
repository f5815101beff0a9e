//! Whether a file holds together, and drops nothing.

use super::fault::Fault;
use super::policy::Person;
use super::receiver::Receiver;
use super::{Routes, SCHEMA};
use crate::paging::schedule::Schedule;

mod flow;
mod names;
mod rules;
mod times;

/// What is refused: the key, and why.
type Checked = Result<(), (String, Fault)>;

/// What stands before a schedule's id among targets.
const SCHEDULE: &str = "schedule:";

/// What a policy or a route can name.
pub(super) enum Target<'a> {
    /// A receiver.
    Receiver(&'a Receiver),
    /// A person.
    Person(&'a Person),
    /// Whoever is on call.
    Schedule(&'a Schedule),
}

impl Routes {
    /// What `text` names.
    pub(super) fn target(&self, text: &str) -> Option<Target<'_>> {
        match text.strip_prefix(SCHEDULE) {
            Some(id) => self.schedules.iter().find(|schedule| schedule.id == id).map(Target::Schedule),
            None => self.receiver(text).map(Target::Receiver).or_else(|| self.person(text).map(Target::Person)),
        }
    }
}

/// The first fault, in the order in which a reader would want to know: what a thing is, what it refers to, where it leads.
pub(super) fn check(routes: &Routes) -> Checked {
    if routes.schema != SCHEMA {
        return refuse("schema", Fault::Schema(routes.schema));
    }
    names::check(routes)?;
    times::check(routes)?;
    rules::check(routes)?;
    flow::check(routes)
}

fn refuse(key: impl Into<String>, fault: Fault) -> Checked {
    Err((key.into(), fault))
}

/// Refuses `key` if `is_bad`.
fn unless(is_bad: bool, key: impl FnOnce() -> String, fault: impl FnOnce() -> Fault) -> Checked {
    if is_bad { Err((key(), fault())) } else { Ok(()) }
}
