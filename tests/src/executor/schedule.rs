//! Who goes on when several could.

use jiff::SignedDuration;

use super::TaskId;
use crate::random::Random;

/// Decides at each boundary.
pub trait Schedule {
    /// The index in `waiting` of the call that goes on. `waiting` is never empty and is in the order of arrival;
    /// `last` is the task that went on before.
    fn choose(&mut self, waiting: &[TaskId], last: Option<TaskId>) -> usize;

    /// Virtual time that passes with each decision.
    fn tick(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

/// First come, first served: the latencies of the calls alone decide.
#[derive(Debug, Clone, Copy, Default)]
pub struct InOrder;

impl Schedule for InOrder {
    fn choose(&mut self, _: &[TaskId], _: Option<TaskId>) -> usize {
        0
    }
}

/// A random schedule. Each seed has its own inclination to stay with the task that runs, from never to nearly always:
/// races need long undisturbed runs as much as they need switches.
#[derive(Debug)]
pub struct Shuffled {
    random: Random,
    stays: f64,
    tick: SignedDuration,
}

impl Shuffled {
    /// The schedule of this seed; `tick` passes with each call.
    pub fn new(seed: u64, tick: SignedDuration) -> Self {
        let mut random = Random::of(seed, "schedule");
        let stays = random.unit();
        Self { random, stays, tick }
    }
}

impl Schedule for Shuffled {
    fn choose(&mut self, waiting: &[TaskId], last: Option<TaskId>) -> usize {
        let same = waiting.iter().position(|task| Some(*task) == last);
        match same {
            Some(same) if self.random.chance(self.stays) => same,
            _ => self.random.below(waiting.len()),
        }
    }

    fn tick(&self) -> SignedDuration {
        self.tick
    }
}
