//! What sets the count of a pool: ours and its rivals.

pub mod caretaker;
pub mod fixed;
pub mod hpa;
pub mod keda;
pub mod tracking;

use domain::scaling::limits::Bounds;

use crate::engine::sample::Sample;

/// What a scaler decides by.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The moment of the decision, in milliseconds.
    pub now: u64,
    /// The newest sample.
    pub sample: &'a Sample,
    /// The count that was ordered last.
    pub desired: u32,
    /// Workers that serve.
    pub serving: u32,
    /// Fewest and most workers.
    pub bounds: Bounds,
}

/// Sets the count of a pool at an interval of its own.
pub trait Scaler {
    /// Between two decisions, in milliseconds.
    fn interval(&self) -> u64;

    /// Sees a sample, whether or not it decides by it.
    fn observe(&mut self, _sample: &Sample) {}

    /// How many workers there should be. It is held within the bounds of the pool.
    fn decide(&mut self, view: &View<'_>) -> u32;
}

/// What a rival's metric counts: the length of the list alone, as KEDA's Redis trigger has it, or what is in flight too, as its SQS
/// trigger has it by default (`scaleOnInFlight`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// What waits.
    Ready,
    /// What waits and what is executed.
    Backlog,
}

impl Count {
    /// Tasks.
    pub fn of(self, sample: &Sample) -> u64 {
        match self {
            Self::Ready => sample.ready,
            Self::Backlog => sample.ready + sample.unacked,
        }
    }
}

/// The whole number of workers that a ratio asks for; a hair more than a whole number is that number.
pub(crate) fn whole(workers: f64) -> u32 {
    // The sum of a hundred floats is not exact.
    const HAIR: f64 = 1e-9;
    (workers - HAIR).ceil().max(0.0) as u32
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sample of a pool of single-tasked workers.
    pub(crate) fn sample(at: u64, ready: u64, unacked: u64, serving: u32) -> Sample {
        Sample { at, ready, unacked, serving, concurrency: 1, oldest: None, beat: None }
    }

    /// What `scaler` decides at `at` by a sample of that moment.
    pub(crate) fn decide(scaler: &mut dyn Scaler, sample: &Sample, desired: u32) -> u32 {
        scaler.observe(sample);
        let bounds = Bounds { min: 0, max: 1_000 };
        scaler.decide(&View { now: sample.at, sample, desired, serving: sample.serving, bounds })
    }
}
