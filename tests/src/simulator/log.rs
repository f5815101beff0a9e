//! Every call that was made, so that a test can assert effects, their order, and silence.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::ports::{Call, Effect};
use jiff::Timestamp;

use super::subject::subject;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// AWS did it.
    Done,
    /// AWS did not do it, and said why.
    Refused(Cause),
    /// AWS did it, but its caller was not told so.
    DoneUnheard,
    /// It never arrived: the caller was told of a failure, or crashed before.
    NotDone,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it had its effect.
    pub at: Timestamp,
    /// The invocation's request id.
    pub invocation: String,
    /// `service.Operation`
    pub operation: &'static str,
    /// What it is about; see [`subject`].
    pub resource: String,
    /// All of it as text, without what is confidential; empty unless the simulator keeps requests.
    pub request: String,
    /// Whether it changes anything.
    pub mutating: bool,
    /// What became of it.
    pub outcome: Outcome,
}

impl Entry {
    pub(super) fn new(at: Timestamp, invocation: &str, call: &Call) -> Self {
        Self {
            at,
            invocation: invocation.to_owned(),
            operation: call.name(),
            resource: subject(call),
            request: String::new(),
            mutating: call.effect() == Effect::Mutates,
            outcome: Outcome::NotDone,
        }
    }

    /// Whether it changed anything, heard or not.
    pub fn had_effect(&self) -> bool {
        self.mutating && matches!(self.outcome, Outcome::Done | Outcome::DoneUnheard)
    }
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(usize);

/// A call as operation, resource and occurrence (1 is the first).
pub type Point = (&'static str, String, usize);

/// The calls, in the order of their effects.
#[derive(Debug, Clone, Default)]
pub struct Log(Vec<Entry>);

impl Log {
    pub(super) fn note(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    /// The end as it is now.
    pub fn mark(&self) -> Mark {
        Mark(self.0.len())
    }

    /// The calls after `mark`.
    pub fn since(&self, mark: Mark) -> &[Entry] {
        &self.0[mark.0..]
    }

    /// All calls.
    pub fn all(&self) -> &[Entry] {
        &self.0
    }

    /// What changed AWS's resources after `mark`: neither the ledger nor queue and bus.
    pub fn changes_since(&self, mark: Mark) -> Vec<&Entry> {
        let ours = |entry: &&Entry| ["dynamodb.", "sqs.", "events."].iter().any(|service| entry.operation.starts_with(service));
        self.since(mark).iter().filter(|entry| entry.mutating).filter(|entry| !ours(entry)).collect()
    }

    /// How often each operation was called after `mark`.
    pub fn counts_since(&self, mark: Mark) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.since(mark) {
            *counts.entry(entry.operation).or_default() += 1;
        }
        counts
    }

    /// Where a crash can be put.
    pub fn points(&self) -> Vec<Point> {
        self.points_since(Mark(0))
    }

    /// Where a crash can be put that is ordered at `mark`.
    pub fn points_since(&self, mark: Mark) -> Vec<Point> {
        let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let calls = self.since(mark).iter();
        calls
            .map(|Entry { operation, resource, .. }| {
                let occurrence = seen.entry((operation, resource)).or_default();
                *occurrence += 1;
                (*operation, resource.clone(), *occurrence)
            })
            .collect()
    }
}
