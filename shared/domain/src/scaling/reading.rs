//! What was seen of a pool's queues: what is not known is not zero.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a sampler saw of one queue. What could not be known is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueDepth {
    /// Of this look at this queue.
    pub sample_id: String,
    /// The queue.
    pub queue: String,
    /// Messages that no worker has received.
    pub ready: Option<u64>,
    /// Messages that workers hold: executing, prefetched, and held for later.
    pub unacked: Option<u64>,
    /// Of those, held until a moment that has not come.
    pub scheduled: Option<u64>,
    /// Age of the oldest message that is ready, in seconds.
    #[serde(default)]
    pub oldest_age_seconds: Option<f64>,
    /// When.
    pub observed_at: Timestamp,
}

/// What the workers of a pool say of themselves, summed; none if no worker says anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heartbeats {
    /// Workers that are heard of.
    pub workers: u32,
    /// Tasks that one worker executes side by side, on average.
    pub concurrency: f64,
    /// Tasks that are executed right now.
    pub active: u64,
    /// Tasks that were completed since the broker began.
    pub completed: u64,
    /// Of those, that failed or will be tried again.
    pub failed: u64,
    /// Mean time of a task, in seconds; none if none was completed yet.
    pub task_seconds: Option<f64>,
}

/// What is known of a whole pool at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// When the oldest of its samples was taken.
    pub at: Timestamp,
    /// Ready + unacked − scheduled, of the queues of which it is known.
    pub backlog: u64,
    /// Messages that no worker has received, of the queues of which it is known.
    pub ready: u64,
    /// Whether all of its queues are known: if not, the truth is more than this.
    pub is_whole: bool,
    /// What the workers say.
    pub heartbeats: Option<Heartbeats>,
    /// Tells one broker's life from another: Redis' `run_id`.
    pub broker: Option<String>,
}

/// Why a sample changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unusable {
    /// Of a moment that has not come.
    Future,
    /// Older than the newest of its queue, or the same.
    Repeated,
    /// Too old to act upon.
    Stale,
    /// More is scheduled than is held at all.
    Absurd,
}

/// Clocks are apart by less than this.
pub const FUTURE: SignedDuration = SignedDuration::from_secs(60);
/// What is older than this says nothing of now: two sampling intervals of a minute, and a minute on the way.
pub const STALE: SignedDuration = SignedDuration::from_secs(180);

impl QueueDepth {
    /// Whether it may be acted upon `now`, after one of `before` of the same queue.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, before: Option<Timestamp>, now: Timestamp) -> Result<(), Unusable> {
        if self.observed_at.duration_since(now) > FUTURE {
            return Err(Unusable::Future);
        }
        if now.duration_since(self.observed_at) > STALE {
            return Err(Unusable::Stale);
        }
        if before.is_some_and(|before| before >= self.observed_at) {
            return Err(Unusable::Repeated);
        }
        if matches!((self.scheduled, self.unacked), (Some(scheduled), Some(unacked)) if scheduled > unacked) {
            return Err(Unusable::Absurd);
        }
        Ok(())
    }

    /// Ready + unacked − scheduled, if all three are known.
    pub fn backlog(&self) -> Option<u64> {
        let held = self.unacked?.checked_sub(self.scheduled?)?;
        self.ready?.checked_add(held)
    }
}

impl Reading {
    /// What `samples`, one of each queue of a pool that has `queues`, say of it as a whole. None if they say nothing.
    pub fn of(samples: &[QueueDepth], queues: usize, heartbeats: Option<Heartbeats>, broker: Option<String>) -> Option<Self> {
        let at = samples.iter().map(|sample| sample.observed_at).min()?;
        let known: Vec<u64> = samples.iter().filter_map(QueueDepth::backlog).collect();
        // What is ready is a lower bound of a queue whose held messages could not be counted.
        let ready: Vec<u64> = samples.iter().filter_map(|sample| sample.ready).collect();
        let at_least = samples.iter().filter_map(|sample| sample.backlog().or(sample.ready)).sum();
        (!ready.is_empty()).then(|| Self {
            at,
            backlog: at_least,
            ready: ready.iter().sum(),
            is_whole: known.len() == queues,
            heartbeats,
            broker,
        })
    }

    /// Workers that execute something right now.
    pub fn busy(&self) -> u32 {
        let Some(heartbeats) = self.heartbeats else { return 0 };
        (heartbeats.active as f64 / heartbeats.concurrency.max(1.0)).ceil() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn depth(ready: Option<u64>, unacked: Option<u64>, scheduled: Option<u64>) -> QueueDepth {
        QueueDepth { sample_id: "s".into(), queue: "q".into(), ready, unacked, scheduled, oldest_age_seconds: None, observed_at: at(1_000) }
    }

    #[test]
    fn a_backlog_is_what_waits_and_what_runs_but_not_what_is_for_later() {
        let check = |ready, unacked, scheduled, expected| assert_eq!(depth(ready, unacked, scheduled).backlog(), expected);
        check(Some(5), Some(3), Some(1), Some(7));
        // Reminders for tomorrow are no backlog.
        check(Some(0), Some(5_000), Some(5_000), Some(0));
        // Hoarding is no idleness.
        check(Some(0), Some(700), Some(0), Some(700));
        // What is not known is not zero.
        check(Some(5), None, None, None);
        check(None, Some(3), Some(0), None);
        check(Some(0), Some(1), Some(2), None);
    }

    #[test]
    fn samples_that_say_nothing_of_now_are_told_apart() {
        let check = |before: Option<i64>, now: i64, expected| {
            assert_eq!(depth(Some(1), Some(0), Some(0)).check(before.map(at), at(now)), expected, "{before:?} at {now}");
        };
        check(None, 1_001, Ok(()));
        check(Some(990), 1_001, Ok(()));
        check(Some(1_000), 1_001, Err(Unusable::Repeated));
        check(Some(1_010), 1_011, Err(Unusable::Repeated));
        check(None, 1_181, Err(Unusable::Stale));
        check(None, 940, Ok(()));
        check(None, 939, Err(Unusable::Future));
        assert_eq!(depth(Some(1), Some(1), Some(2)).check(None, at(1_000)), Err(Unusable::Absurd));
    }

    #[test]
    fn a_queue_that_is_not_known_makes_the_sum_a_lower_bound() {
        let known = depth(Some(5), Some(3), Some(0));
        let whole = Reading::of(&[known.clone(), known.clone()], 2, None, None).expect("it says something");
        assert_eq!((whole.backlog, whole.ready, whole.is_whole), (16, 10, true));
        let half = Reading::of(&[known.clone(), depth(Some(2), None, None)], 2, None, None).expect("it says something");
        assert_eq!((half.backlog, half.is_whole), (10, false));
        let missing = Reading::of(&[known], 2, None, None).expect("it says something");
        assert!(!missing.is_whole);
        assert_eq!(Reading::of(&[depth(None, None, None)], 1, None, None), None);
    }
}
