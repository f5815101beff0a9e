//! What all scalers have in common: the pool, its bounds, how often it is looked at.

use domain::scaling::limits::Bounds;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The circumstances of a replay, the same for every scaler.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Of all chance.
    pub seed: u64,
    /// Tasks that a worker executes side by side.
    pub concurrency: u32,
    /// Fewest and most workers.
    pub bounds: Bounds,
    /// From the order of a worker until it serves: least and most, in milliseconds.
    pub start_delay: (u64, u64),
    /// Between two samples, in milliseconds.
    pub sampling: u64,
    /// From a sample to the decision that follows from it, in milliseconds.
    pub latency: u64,
    /// The wait that 95 % of the tasks are to stay within, in milliseconds.
    pub objective: u64,
}

/// How often workers tell of themselves, in milliseconds: the heartbeat of the Celery workers' package.
pub const BEAT: u64 = 5_000;

impl Settings {
    /// How long the `nth` worker that is ever ordered takes to start, in milliseconds: the same for each scaler.
    pub fn start_delay(&self, nth: u64) -> u64 {
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed);
        chance.set_stream(nth);
        chance.random_range(self.start_delay.0..=self.start_delay.1)
    }

    /// The start delay to reckon with, in milliseconds.
    pub fn mean_start_delay(&self) -> u64 {
        self.start_delay.0.midpoint(self.start_delay.1)
    }

    /// When the first heartbeat comes, in milliseconds: beats keep no step with samples.
    pub fn first_beat(&self) -> u64 {
        ChaCha8Rng::seed_from_u64(self.seed.wrapping_add(1)).random_range(0..BEAT)
    }

    /// How many of `tasks` may wait longer than the objective: a p95 is the wait of the task at place ⌈0.95 n⌉.
    pub fn allowed_misses(tasks: usize) -> usize {
        tasks - (tasks * 95).div_ceil(100)
    }
}

#[cfg(test)]
pub(crate) fn plain() -> Settings {
    let bounds = Bounds { min: 0, max: 20 };
    Settings { seed: 7, concurrency: 1, bounds, start_delay: (23_000, 30_000), sampling: 10_000, latency: 1_000, objective: 60_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_follow_from_the_seed_and_stay_within_their_range() {
        let settings = plain();
        let delays: Vec<_> = (0..500).map(|nth| settings.start_delay(nth)).collect();
        assert!(delays.iter().all(|delay| (23_000..=30_000).contains(delay)));
        assert_eq!(delays[17], settings.start_delay(17));
        assert!(delays.iter().min() < Some(&23_500) && delays.iter().max() > Some(&29_500), "all of the range is used");
        assert_ne!(settings.start_delay(3), Settings { seed: 8, ..settings }.start_delay(3));
    }

    #[test]
    fn a_twentieth_may_miss() {
        let check = |tasks, expected| assert_eq!(Settings::allowed_misses(tasks), expected, "{tasks}");
        check(100, 5);
        check(19, 0);
        check(20, 1);
        check(0, 0);
    }
}
