//! What is remembered of a subject, a service or one-off task of an owner, and what follows from its next fault.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, AttemptState};
use super::brake::Tripped;
use super::fault::Fault;
use super::policy::Policy;
use super::proposal::Proposal;
use super::release::Releases;
use crate::incident::Incident;
use crate::ledger::{Condition, Item, Write};
use crate::tenant::Owner;
use crate::wake::Pace;

mod decide;
mod proof;
mod turn;

pub use proof::Proof;
pub use turn::{Pause, Turn, Waiting};

/// What is remembered between faults. It is written under the condition that nobody else has meanwhile: one stop counts once, and of two
/// that want to act one does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// How often others have undone what was laid over it.
    pub undone: u32,
    /// Texts that no rule knows and that were told.
    pub told: BTreeSet<String>,
    /// The images that it has run.
    pub releases: Releases,
    /// A fault that waits.
    pub waiting: Option<Waiting>,
    /// A remedy that waits for a person's word.
    pub proposal: Option<Proposal>,
    /// What a person was told to look at and is not over: by cause, since when.
    pub open: BTreeMap<String, Timestamp>,
    /// What the bus has not taken yet.
    pub outbox: Vec<Incident>,
}

/// A stop, as far as it is told from others.
#[derive(Debug, Clone, Copy)]
pub struct Stop<'a> {
    /// The task's id.
    pub task: &'a str,
    /// Rises with each change of the task.
    pub version: u64,
}

/// What a decision is held against.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// What may be done to the subject.
    pub policy: &'a Policy,
    /// Why nothing is done at all, and whether that was told already.
    pub brake: Option<(Tripped, bool)>,
    /// When there is room in the budgets again; none: there is.
    pub full_until: Option<Timestamp>,
    /// The id of what may come of it.
    pub id: &'a str,
    /// How long waits are.
    pub pace: Pace,
    /// The moment.
    pub now: Timestamp,
}

/// What the partitions of memories begin with.
pub const PREFIX: &str = "remedy#";
/// Stops of one cause within this are counted together.
const LOOP: SignedDuration = SignedDuration::from_mins(10);
/// A task is heard of for so long: ECS shows stopped tasks for an hour, and EventBridge tries for a day.
const HEARD: SignedDuration = SignedDuration::from_hours(25);
/// So many tasks are remembered at most: some 80 bytes each, of the 400 KB that an item may have.
const TASKS: usize = 2_000;
/// The same act for the same subject is not repeated within this.
const WINDOW: SignedDuration = SignedDuration::from_hours(6);
/// As long as an invocation of `remediate-task` may last.
const INTERRUPTED: SignedDuration = SignedDuration::from_secs(30);
/// What was open is over once its service is steady and nothing has stopped for so long.
const QUIET: SignedDuration = SignedDuration::from_mins(5);
/// So many acts are remembered.
const ACTS: usize = 20;
/// A subject of which nothing is heard for so long is forgotten.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Memory {
    /// The partition, in the table of remediation, of what is remembered of the services and tasks of `owner`.
    pub fn partition(owner: &Owner) -> String {
        format!("{PREFIX}{owner}")
    }

    /// Writes it as that of `subject` of `owner`. `before` is the revision that was read; none: there was no item.
    pub fn write(&self, owner: &Owner, subject: &str, before: Option<u64>, now: Timestamp) -> Write {
        let condition = before.map_or(Condition::Absent, |revision| Condition::is("revision", revision));
        Write::Put(Item::new(&Self::partition(owner), subject, self).until(now + REMEMBERED), condition)
    }

    /// Takes in that a task has stopped of `fault`; none: it was heard of before, or something newer of the task was.
    pub fn hear(&mut self, stop: Stop<'_>, fault: &Fault, image: Option<&str>, now: Timestamp) -> Option<()> {
        self.forget(now);
        if !self.is_news(stop, now) {
            return None;
        }
        if !fault.cause.is_benign() {
            self.stops.push((now, fault.cause.id().to_owned()));
            if let Some(image) = image {
                self.releases.failed(image, fault.cause.id(), now);
            }
        }
        Some(())
    }

    /// The act that is under way, if one is.
    pub fn busy(&self, now: Timestamp) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.is_open() && !attempt.is_lost(now))
    }

    /// The act that was claimed and not noted as done for so long that it must have been interrupted.
    pub fn interrupted(&self, now: Timestamp) -> Option<&Attempt> {
        let is_left = |attempt: &&Attempt| attempt.state == AttemptState::Claimed && now.duration_since(attempt.at) >= INTERRUPTED;
        self.attempts.iter().find(is_left)
    }

    /// Whether nothing has stopped for a while, and no act is under way: what was open may be over.
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        self.busy(now).is_none() && self.stops.iter().all(|(at, _)| now.duration_since(*at) >= QUIET)
    }

    /// The attempt `id` has come to `state`.
    pub fn note(&mut self, id: &str, state: AttemptState) {
        self.attempts.iter_mut().filter(|attempt| attempt.id == id).for_each(|attempt| attempt.state = state);
    }

    /// The ids of its acts.
    pub fn own(&self) -> BTreeSet<String> {
        self.attempts.iter().map(|attempt| attempt.id.clone()).collect()
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
    pub(super) fn alike(&self, id: &str, since: Timestamp) -> u32 {
        let count = self.stops.iter().filter(|(at, cause)| *at > since && cause == id).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn forget(&mut self, now: Timestamp) {
        self.tasks.retain(|_, (_, at)| now.duration_since(*at) < HEARD);
        while self.tasks.len() >= TASKS {
            let oldest = self.tasks.iter().min_by_key(|(_, (_, at))| *at).map(|(task, _)| task.clone());
            oldest.and_then(|task| self.tasks.remove(&task));
        }
        self.stops.retain(|(at, _)| now.duration_since(*at) < WINDOW);
        let surplus = self.stops.len().saturating_sub(TASKS);
        self.stops.drain(..surplus);
        let surplus = self.attempts.len().saturating_sub(ACTS);
        self.attempts.drain(..surplus);
    }
}

#[cfg(test)]
mod tests;
