//! The desk of an environment: all that was heard of it lately, and the incidents that are open.
//!
//! Signals that may be of one fault are one incident, in whichever order they come. What comes later and explains what is open already takes
//! it over: the same incident, with a new root, and no new page.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::heard::Heard;
use super::incident::{Incident, Notice, Stage, What};
use crate::wake::LONGEST_DELAY;

mod answer;
mod items;
mod judge;
mod look;
mod relate;
mod take;

pub use answer::{NotHeld, Over};
pub use items::{SILENCE, desk_of, incident_key, partition, past, silences, timeline, told_instead, waits};
pub use judge::{Judgement, Standing};
pub use take::Taken;

/// An environment's incidents, and all that belongs to them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    /// Rises with each change; who has read an older one may not write.
    pub revision: u64,
    /// What was heard last of each source, by [`source`].
    pub heard: BTreeMap<String, Heard>,
    /// The open incidents, by id.
    pub incidents: BTreeMap<String, Incident>,
    /// Receivers that were told of an incident instead of one that could not be reached.
    pub instead: BTreeSet<(String, String)>,
    /// What has happened since it was read, for the incidents' timelines.
    pub lines: Vec<Line>,
    /// What is to be told of it.
    pub notices: Vec<Notice>,
    /// When a message that looks at it is to come.
    pub wake_at: Option<Timestamp>,
    /// How many incidents were taken into others since it was read.
    merged: usize,
}

/// A line of an incident's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Of which incident.
    pub incident: String,
    /// When.
    pub at: Timestamp,
    /// What has happened.
    pub text: String,
}

/// Signals that come so close together may be of one fault.
pub const TOGETHER: SignedDuration = SignedDuration::from_mins(5);

impl Desk {
    /// Tells `what` to all who were told of the incident `id`, those among them who were told in another's stead.
    pub(super) fn tell_all(&mut self, id: &str, what: What) {
        let Some(told) = self.incidents.get(id).and_then(|incident| incident.told.as_ref()) else { return };
        let instead = self.instead.iter().filter(|(of, _)| of == id).map(|(_, receiver)| receiver.clone());
        let to = told.receivers.iter().cloned().chain(instead).collect();
        self.notices.push(Notice { incident: id.to_owned(), what, to, level: told.level });
    }

    pub(super) fn say(&mut self, incident: &str, at: Timestamp, text: String) {
        self.lines.push(Line { incident: incident.to_owned(), at, text });
    }

    pub(super) fn look_soon(&mut self, id: &str, now: Timestamp) {
        if let Some(incident) = self.incidents.get_mut(id) {
            incident.due = incident.due.min(now);
        }
    }

    /// The open incident that is due longest at `now`.
    pub fn due(&self, now: Timestamp) -> Option<String> {
        let due = self.incidents.values().filter(|incident| incident.is_open() && incident.due <= now);
        due.min_by_key(|incident| (incident.due, incident.id.clone())).map(|incident| incident.id.clone())
    }

    /// When the message that looks at the desk is to come, if one must be sent: none that is on its way comes as soon.
    pub fn next_wake(&mut self, now: Timestamp) -> Option<Timestamp> {
        let due = self.incidents.values().filter(|incident| incident.is_open()).map(|incident| incident.due).min()?;
        // A later one than SQS can wait for comes early, and is sent on.
        let at = due.clamp(now, now + LONGEST_DELAY);
        if self.wake_at.is_some_and(|known| known > now && known <= at) {
            return None;
        }
        self.wake_at = Some(at);
        self.wake_at
    }

    /// What was quiet is looked at now: why it was has changed.
    pub fn look_at_quiet(&mut self, now: Timestamp) {
        self.incidents
            .values_mut()
            .filter(|incident| incident.is_open() && incident.quiet.is_some())
            .for_each(|incident| incident.due = incident.due.min(now));
    }

    /// Ends the incident `id`, of which nothing is known any more.
    pub fn forget(&mut self, id: &str) {
        self.incidents.remove(id);
    }

    /// What has changed since it was `before` is written.
    pub fn settled(&mut self, before: &Self) {
        (self.revision, self.merged) = (before.revision + 1, 0);
        let over: Vec<String> = self
            .incidents
            .values()
            .filter(|incident| matches!(incident.stage, Stage::Resolved { .. }))
            .map(|incident| incident.id.clone())
            .collect();
        over.iter().for_each(|id| drop(self.incidents.remove(id)));
    }

    /// The sources of the incident `id`, those of incidents that it has taken in among them.
    pub fn members<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a String, &'a Heard)> {
        self.heard.iter().filter(move |(_, heard)| heard.incident.as_deref().is_some_and(|of| self.home(of) == id))
    }

    /// The incident that `id` has been taken into, or itself.
    pub fn home<'a>(&'a self, id: &'a str) -> &'a str {
        let mut home = id;
        // Each has taken in others before it was taken in itself: the chain has an end.
        while let Some(Stage::Merged { into, .. }) = self.incidents.get(home).map(|incident| &incident.stage) {
            home = into;
        }
        home
    }
}

#[cfg(test)]
pub(in crate::paging) mod testing;
#[cfg(test)]
mod tests;
