//! What is remembered of a subject, a service or one-off task of an owner, and what follows from its next stop.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, AttemptState, Effect};
use super::brake::Tripped;
use super::cause::Cause;
use super::diagnosis::Confidence;
use super::remedy::{Conduct, Remedy, Subject, Why, conduct};
use crate::incident::Severity;

/// What is remembered between stops. It is written under the condition that nobody else has meanwhile: one stop counts once, and of two
/// that want to act one does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Rises with each write.
    pub revision: u64,
    /// The newest version of each task that was heard of lately, and when.
    pub tasks: BTreeMap<String, (u64, Timestamp)>,
    /// Failures lately: when, and of which cause.
    pub stops: Vec<(Timestamp, String)>,
    /// Acts, oldest first.
    pub attempts: Vec<Attempt>,
    /// How often memory was raised since it was lowered last.
    pub raises: u32,
    /// Texts that no rule knows and that were told.
    pub told: BTreeSet<String>,
}

/// Whether acts are ours to decide, by tier and environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// They are.
    Act,
    /// A person decides upon each.
    Approve,
    /// Nothing is done, and all is told.
    Observe,
}

/// What becomes of a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It was heard of before, or something newer of its task was.
    Repeated,
    /// Nothing has failed.
    Ignored,
    /// ECS sees to it.
    Left,
    /// It is told.
    Told(Severity),
    /// It was told before.
    ToldBefore,
    /// An act for this subject is under way.
    Busy(String),
    /// Too many fail alike.
    Braked(Tripped),
    /// It would be done if somebody approved of it, or if it were not only to be observed.
    Withheld(Mode, Remedy),
    /// It is done.
    Claimed(Attempt),
    /// A person must look.
    Escalated(Why),
}

/// A stop, as far as it decides.
#[derive(Debug, Clone, Copy)]
pub struct Stop<'a> {
    /// The task's id.
    pub task: &'a str,
    /// Rises with each change of the task.
    pub version: u64,
    /// Why it stopped.
    pub cause: &'a Cause,
    /// How well that is known.
    pub confidence: Confidence,
}

/// Stops of one cause within this are counted together.
const LOOP: SignedDuration = SignedDuration::from_mins(10);
/// A task is heard of for so long: ECS shows stopped tasks for an hour, and EventBridge tries for a day.
const HEARD: SignedDuration = SignedDuration::from_hours(25);
/// The same act for the same subject is not repeated within this.
const WINDOW: SignedDuration = SignedDuration::from_hours(6);
/// So many acts are remembered.
const ACTS: usize = 20;
/// So many texts are.
const TEXTS: usize = 50;

impl Memory {
    /// Takes in `stop` of `subject`, of which `alike` is filled in here, and decides. An act gets `id`.
    pub fn take(&mut self, stop: Stop<'_>, subject: &Subject, mode: Mode, brake: Option<Tripped>, id: &str, now: Timestamp) -> Turn {
        self.forget(now);
        if !self.is_news(stop, now) {
            return Turn::Repeated;
        }
        if !stop.cause.is_benign() {
            self.stops.push((now, stop.cause.id().to_owned()));
        }
        let subject = Subject { alike: self.alike(stop.cause.id(), now - LOOP), raises: self.raises, ..subject.clone() };
        match conduct(stop.cause, stop.confidence, &subject) {
            Conduct::Ignore => Turn::Ignored,
            Conduct::LeaveToScheduler => Turn::Left,
            Conduct::Tell(severity) => self.tell(stop.cause, severity),
            Conduct::Escalate(why) => Turn::Escalated(why),
            Conduct::Act(remedy) => self.act(remedy, stop.cause, mode, brake, id, now),
        }
    }

    fn act(&mut self, remedy: Remedy, cause: &Cause, mode: Mode, brake: Option<Tripped>, id: &str, now: Timestamp) -> Turn {
        if let Some(open) = self.attempts.iter().find(|attempt| attempt.is_open()) {
            return Turn::Busy(open.id.clone());
        }
        if self.attempts.iter().any(|attempt| attempt.remedy == remedy && now.duration_since(attempt.at) < WINDOW) {
            return Turn::Escalated(Why::TriedAlready);
        }
        match (brake, mode) {
            (Some(tripped), _) => Turn::Braked(tripped),
            (None, Mode::Act) => Turn::Claimed(self.claim(remedy, cause, id, now)),
            (None, mode) => Turn::Withheld(mode, remedy),
        }
    }

    fn claim(&mut self, remedy: Remedy, cause: &Cause, id: &str, now: Timestamp) -> Attempt {
        self.raises += u32::from(matches!(remedy, Remedy::RaiseMemory(_)));
        let attempt = Attempt { id: id.to_owned(), remedy, cause: cause.id().to_owned(), at: now, state: AttemptState::Claimed };
        self.attempts.push(attempt.clone());
        attempt
    }

    /// Once per text.
    fn tell(&mut self, cause: &Cause, severity: Severity) -> Turn {
        let text = match cause {
            Cause::Unrecognised { text } => text.clone(),
            other => other.id().to_owned(),
        };
        if !self.told.insert(text) {
            return Turn::ToldBefore;
        }
        while self.told.len() > TEXTS {
            self.told.pop_first();
        }
        Turn::Told(severity)
    }

    /// The attempt `id` has come to `state`.
    pub fn note(&mut self, id: &str, state: AttemptState) {
        self.attempts.iter_mut().filter(|attempt| attempt.id == id).for_each(|attempt| attempt.state = state);
    }

    /// What the attempt `id` has come to, where `steady` and `healthy` are seen of its subject; none: there is no such attempt, or it is
    /// known already.
    pub fn prove(&mut self, id: &str, steady: Option<bool>, healthy: Option<bool>) -> Option<Attempt> {
        let attempt = self.attempts.iter().find(|attempt| attempt.id == id && attempt.is_open())?.clone();
        let alike = self.alike(&attempt.cause, attempt.takes_hold());
        let state = attempt.proven_by(Effect { steady, healthy, alike });
        self.note(id, state);
        Some(Attempt { state, ..attempt })
    }

    fn is_news(&mut self, stop: Stop<'_>, now: Timestamp) -> bool {
        let before = self.tasks.insert(stop.task.to_owned(), (stop.version, now));
        match before {
            Some((version, at)) if version >= stop.version => {
                self.tasks.insert(stop.task.to_owned(), (version, at));
                false
            }
            _ => true,
        }
    }

    /// Stops of the cause `id` since then.
    fn alike(&self, id: &str, since: Timestamp) -> u32 {
        let count = self.stops.iter().filter(|(at, cause)| *at > since && cause == id).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn forget(&mut self, now: Timestamp) {
        self.tasks.retain(|_, (_, at)| now.duration_since(*at) < HEARD);
        self.stops.retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let surplus = self.attempts.len().saturating_sub(ACTS);
        self.attempts.drain(..surplus);
    }
}

#[cfg(test)]
mod tests;
