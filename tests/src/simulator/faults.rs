//! What goes wrong, on order: at an aimed call, at random, or for a while.

use domain::failure::Cause;
use domain::ports::{Call, Effect};
use jiff::{SignedDuration, Timestamp};

use super::subject::subject;
use crate::random::Random;

/// A call, told by what it is rather than by its number, which parallel branches make unstable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    operation: Option<String>,
    resource: Option<String>,
    invocation: Option<String>,
    occurrence: usize,
}

impl Aim {
    /// The first call of an operation, such as `rds.CreateDatabase`.
    pub fn at(operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), resource: None, invocation: None, occurrence: 1 }
    }

    /// The n-th call of all, 1 is the first.
    pub fn nth(number: usize) -> Self {
        Self { operation: None, resource: None, invocation: None, occurrence: number }
    }

    /// Only calls whose resource text contains `text`.
    pub fn of(mut self, text: &str) -> Self {
        self.resource = Some(text.to_owned());
        self
    }

    /// Only calls of this invocation, by its request id.
    pub fn by(mut self, invocation: &str) -> Self {
        self.invocation = Some(invocation.to_owned());
        self
    }

    /// The n-th of those, 1 is the first.
    pub fn occurrence(mut self, number: usize) -> Self {
        self.occurrence = number;
        self
    }

    fn matches(&self, call: &Call, invocation: &str) -> bool {
        self.operation.as_deref().is_none_or(|operation| operation == call.name())
            && self.resource.as_deref().is_none_or(|resource| subject(call).contains(resource))
            && self.invocation.as_deref().is_none_or(|known| known == invocation)
    }
}

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// The invocation ends before the call is sent.
    CrashBefore,
    /// The invocation ends after the effect and before the reply.
    CrashAfter,
    /// The invocation stands still for a while before the call, whatever its deadline.
    Pause(SignedDuration),
    /// AWS answers with this instead of doing it.
    Fail(Cause),
    /// AWS does it, and answers with an internal error.
    FailAfter,
    /// AWS does it, and no answer comes.
    DropReply,
    /// A read shows the world before the last change.
    Stale,
}

/// A service that does not answer for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// The beginning of the operation's name, such as `rds.`; empty is all.
    pub prefix: String,
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

/// Faults at random, as probabilities of each call, and those that last.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// A call fails without effect.
    pub fails: f64,
    /// A mutating call has its effect, and fails.
    pub fails_after: f64,
    /// A mutating call has its effect, and no answer comes.
    pub drops_reply: f64,
    /// A read shows a world of up to ten seconds ago.
    pub stale: f64,
    /// A message comes twice.
    pub duplicates: f64,
    /// An entry of PutEvents fails by itself.
    pub loses_entry: f64,
    /// AWS's token buckets are in force.
    pub throttles: bool,
    /// AWS's own events do not come.
    pub silent: bool,
    /// Services that are down.
    pub outages: Vec<Outage>,
}

impl Faults {
    /// A rough day: everything at random with this probability, buckets in force.
    pub fn rough(probability: f64) -> Self {
        let p = probability;
        Self { fails: p, fails_after: p, drops_reply: p, stale: p, duplicates: p, loses_entry: p, throttles: true, ..Self::default() }
    }

    pub(super) fn is_down(&self, call: &Call, now: Timestamp) -> bool {
        self.outages.iter().any(|outage| call.name().starts_with(&outage.prefix) && (outage.from..outage.until).contains(&now))
    }

    fn strike(&self, call: &Call, random: &mut Random) -> Option<Strike> {
        let mutates = call.effect() == Effect::Mutates;
        // Each is drawn whatever the others say, so that one more probability shifts no other draw.
        let draws = [self.fails, self.fails_after, self.drops_reply, self.stale].map(|probability| random.chance(probability));
        match draws {
            [true, ..] => Some(Strike::Fail(Cause::Unavailable)),
            [_, true, ..] if mutates => Some(Strike::FailAfter),
            [_, _, true, _] if mutates => Some(Strike::DropReply),
            [.., true] if !mutates => Some(Strike::Stale),
            _ => None,
        }
    }
}

/// The aimed strikes, each to be used once.
#[derive(Debug, Clone, Default)]
pub(super) struct Strikes(Vec<(Aim, Strike, usize)>);

impl Strikes {
    pub(super) fn add(&mut self, aim: Aim, strike: Strike) {
        self.0.push((aim, strike, 0));
    }

    pub(super) fn have_stale(&self) -> bool {
        self.0.iter().any(|(_, strike, _)| *strike == Strike::Stale)
    }

    /// The strikes that have not met their call.
    pub(super) fn left(&self) -> usize {
        self.0.len()
    }

    pub(super) fn meet(&mut self, call: &Call, invocation: &str, faults: &Faults, random: &mut Random) -> Option<Strike> {
        let mut met = None;
        for (index, (aim, strike, seen)) in self.0.iter_mut().enumerate() {
            if aim.matches(call, invocation) {
                *seen += 1;
                if *seen == aim.occurrence && met.is_none() {
                    met = Some((index, *strike));
                }
            }
        }
        match met {
            Some((index, strike)) => {
                self.0.remove(index);
                Some(strike)
            }
            None => faults.strike(call, random),
        }
    }
}
