//! The desk of an environment: all that was heard of it lately, and the incidents that are open.
//!
//! Signals that may be of one fault are one incident, in whichever order they come. What comes later and explains what is open already takes
//! it over: the same incident, with a new root, and no new page.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::heard::{Heard, Order, source};
use super::incident::{Incident, Notice, Quiet, Stage, What};
use super::signal::{Signal, State};
use super::subject::Subject;
use crate::incident::Severity;
use crate::wake::LONGEST_DELAY;

mod items;
mod look;
mod relate;

pub use items::{SILENCE, desk_of, incident_key, partition, past, silences, timeline, waits};
pub use look::{Judgement, Standing};

/// An environment's incidents, and all that belongs to them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    /// Rises with each change; who has read an older one may not write.
    pub revision: u64,
    /// What was heard last of each source, by [`source`].
    pub heard: BTreeMap<String, Heard>,
    /// The open incidents, by id.
    pub incidents: BTreeMap<String, Incident>,
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

/// What a signal has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It has opened this incident.
    Opened(String),
    /// It belongs to this incident, which was open.
    Joined(String),
    /// Its source was at fault already, and this is what it says by now.
    Known(String),
    /// Its source is over; this incident is looked at.
    Over(String),
    /// It happened, and is told by an incident of its own that is over at once.
    Noted(String),
    /// The same was heard already, perhaps by another road.
    Repeated,
    /// Something later was heard of its source.
    Older,
    /// Its source cannot tell; that ends nothing.
    Unknown,
    /// Its source is over, and nothing of it was open.
    Unheard,
}

impl Taken {
    /// A word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Joined(_) => "joined",
            Self::Known(_) => "known",
            Self::Over(_) => "over",
            Self::Noted(_) => "noted",
            Self::Repeated => "repeated",
            Self::Older => "older",
            Self::Unknown => "unknown",
            Self::Unheard => "unheard",
        }
    }

    /// Why, in a sentence.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Opened(_) => "nothing that is open could be of the same fault",
            Self::Joined(_) => "it may be of the same fault as an incident that is open",
            Self::Known(_) => "it belongs to an incident that is open",
            Self::Over(_) => "it is over",
            Self::Noted(_) => "it has happened, and nothing follows",
            Self::Repeated => "the same was heard already",
            Self::Older => "something later was heard of it already",
            Self::Unknown => "it cannot tell, which ends nothing",
            Self::Unheard => "it is over, and nothing of it was open",
        }
    }

    /// The incident that it belongs to.
    pub fn incident(&self) -> Option<&str> {
        match self {
            Self::Opened(id) | Self::Joined(id) | Self::Known(id) | Self::Over(id) | Self::Noted(id) => Some(id),
            _ => None,
        }
    }
}

/// Signals that come so close together may be of one fault.
pub const TOGETHER: SignedDuration = SignedDuration::from_mins(5);

impl Desk {
    /// Takes in what `signal` says, of `subject`. An incident that it opens gets `id`, and is looked at after `group_wait`.
    pub fn take(
        &mut self,
        signal: Signal,
        subject: Subject,
        severity: Severity,
        id: &str,
        group_wait: SignedDuration,
        now: Timestamp,
    ) -> Taken {
        let source = source(&signal.key);
        match self.heard.get(&source).map(|heard| heard.compare(&signal, severity)) {
            Some(Order::Older) => return Taken::Older,
            Some(Order::Same) => return Taken::Repeated,
            Some(Order::Newer) | None => {}
        }
        match signal.state {
            State::Firing => self.fire(&source, signal, subject, severity, id, group_wait, now),
            State::Over => self.end(&source, signal, subject, severity, now),
            State::Unknown => self.cannot_tell(&source, &signal, now),
            State::Note => self.note(source, signal, subject, severity, id, now),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "each is a fact of its own")]
    fn fire(
        &mut self,
        source: &str,
        signal: Signal,
        subject: Subject,
        severity: Severity,
        id: &str,
        group_wait: SignedDuration,
        now: Timestamp,
    ) -> Taken {
        let title = signal.title.clone();
        // What nothing could explain needs not wait for its cause.
        let wait = if subject.is_origin() { SignedDuration::ZERO } else { group_wait };
        let heard = self.heard.entry(source.to_owned()).or_insert_with(|| Heard::of(signal.clone(), subject.clone(), severity));
        heard.fire(signal, subject, severity);
        let before = heard.incident.clone();
        let relatives = self.relatives(source, now);
        let taken = match relatives.first().cloned() {
            Some(id) if before.is_some_and(|before| relatives.iter().any(|id| id == self.home(&before))) => Taken::Known(id),
            Some(id) => Taken::Joined(id),
            None => {
                self.incidents.insert(id.to_owned(), Incident::open(id.to_owned(), severity, now + wait, now));
                Taken::Opened(id.to_owned())
            }
        };
        let (Taken::Known(incident) | Taken::Joined(incident) | Taken::Opened(incident)) = &taken else { return taken };
        self.gather(incident, &relatives, now);
        self.join(source, incident, severity, matches!(taken, Taken::Known(_)), now);
        self.say(incident, now, format!("{severity}: {title}"));
        taken
    }

    fn join(&mut self, source: &str, incident: &str, severity: Severity, is_known: bool, now: Timestamp) {
        if let Some(heard) = self.heard.get_mut(source) {
            heard.incident = Some(incident.to_owned());
        }
        let Some(incident) = self.incidents.get_mut(incident) else { return };
        incident.recovered.remove(source);
        if !is_known {
            incident.joined_at = now;
        }
        // Whatever else kept it quiet may not hold any more.
        if incident.quiet != Some(Quiet::Gathering) {
            incident.due = incident.due.min(now);
        }
        incident.severity = incident.severity.max(severity);
    }

    fn end(&mut self, source: &str, signal: Signal, subject: Subject, severity: Severity, now: Timestamp) -> Taken {
        let title = signal.title.clone();
        let Some(heard) = self.heard.get_mut(source) else {
            self.heard.insert(source.to_owned(), Heard::of(signal, subject, severity));
            return Taken::Unheard;
        };
        let was_firing = heard.firing;
        heard.end(signal);
        let Some(id) = heard.incident.clone().filter(|_| was_firing) else { return Taken::Unheard };
        let id = self.home(&id).to_owned();
        if let Some(incident) = self.incidents.get_mut(&id) {
            incident.recovered.insert(source.to_owned());
        }
        self.say(&id, now, format!("over: {title}"));
        self.look_soon(&id, now);
        Taken::Over(id)
    }

    /// Only what is told changes: whoever cannot tell is as it was.
    fn cannot_tell(&mut self, source: &str, signal: &Signal, now: Timestamp) -> Taken {
        let Some(heard) = self.heard.get_mut(source) else { return Taken::Unknown };
        heard.signal.at = signal.at;
        if let Some(id) = heard.incident.clone().filter(|_| heard.firing) {
            let id = self.home(&id).to_owned();
            self.say(&id, now, format!("{} cannot tell any more: {}", signal.name, signal.cause));
        }
        Taken::Unknown
    }

    fn note(&mut self, source: String, signal: Signal, subject: Subject, severity: Severity, id: &str, now: Timestamp) -> Taken {
        let title = signal.title.clone();
        let mut heard = Heard::of(signal, subject, severity);
        heard.incident = Some(id.to_owned());
        self.heard.insert(source, heard);
        self.incidents.insert(id.to_owned(), Incident { quiet: None, ..Incident::open(id.to_owned(), severity, now, now) });
        self.say(id, now, title);
        Taken::Noted(id.to_owned())
    }

    /// `by` has taken on the incident `id`.
    ///
    /// # Errors
    /// Why there is nothing to take on.
    pub fn acknowledge(&mut self, id: &str, by: &str, now: Timestamp) -> Result<(), Over> {
        let id = &self.home(id).to_owned();
        let incident = self.incidents.get_mut(id).ok_or(Over::Unknown)?;
        match &incident.stage {
            Stage::Acknowledged { by, at } => return Err(Over::Acknowledged { by: by.clone(), at: *at }),
            Stage::Resolved { at } => return Err(Over::Resolved { at: *at }),
            Stage::Merged { .. } => return Err(Over::Unknown),
            Stage::Open => incident.stage = Stage::Acknowledged { by: by.to_owned(), at: now },
        }
        self.notices.extend(incident.tell_all(What::Acknowledged));
        self.say(id, now, format!("acknowledged by {by}"));
        Ok(())
    }

    /// Nobody has the incident `id` any more: who had it has given it back.
    pub fn give_back(&mut self, id: &str, by: &str, now: Timestamp) {
        let id = &self.home(id).to_owned();
        if let Some(incident) = self.incidents.get_mut(id).filter(|incident| matches!(incident.stage, Stage::Acknowledged { .. })) {
            incident.stage = Stage::Open;
            incident.due = now;
            self.say(id, now, format!("given back by {by}"));
        }
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

/// Why an incident cannot be taken on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// Somebody has it.
    #[error("{by} has it since {at}")]
    Acknowledged {
        /// Who.
        by: String,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    #[error("it is over since {at}")]
    Resolved {
        /// Since when.
        at: Timestamp,
    },
    /// There is none such, or it is long over.
    #[error("no such incident is open")]
    Unknown,
}

#[cfg(test)]
mod tests;
