//! What the samples of a pool's queues say of it as a whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sample::{QueueDepth, Workers};

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
    /// The sum of the run times of those that were completed, in seconds.
    pub seconds: f64,
}

/// Of a burst the short tasks end first: so many completions tell the mean of all to within a fifth of their deviation (1 ÷ √30 = 0.18).
const ENOUGH: u64 = 30;

impl Heartbeats {
    /// Of all queues together; none if the workers of one of them are not heard of. Workers that consume several are told of by each.
    fn of(depths: &[&QueueDepth]) -> Option<Self> {
        let all: Vec<Workers> = depths.iter().map(|depth| depth.workers).collect::<Option<_>>()?;
        Some(Self {
            workers: all.iter().map(|workers| workers.count).max()?,
            concurrency: all.iter().map(|workers| workers.concurrency).fold(0.0, f64::max),
            active: all.iter().map(|workers| workers.active).sum(),
            completed: all.iter().map(|workers| workers.completed).sum(),
            failed: all.iter().map(|workers| workers.failed + workers.retried).sum(),
            seconds: all.iter().map(|workers| workers.seconds).sum(),
        })
    }

    /// The mean time of the tasks that were completed since `before`, or of all if those were few; none if none was completed ever.
    pub fn task_seconds(&self, before: Option<&Self>) -> Option<f64> {
        let mean = |seconds: f64, count: u64| (count > 0 && seconds > 0.0).then(|| seconds / count as f64);
        let recent = |before: &Self| self.completed.checked_sub(before.completed).filter(|count| *count >= ENOUGH);
        let since = before.and_then(|before| mean(self.seconds - before.seconds, recent(before)?));
        since.or_else(|| mean(self.seconds, self.completed))
    }
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

impl Reading {
    /// What `depths`, the newest of each queue of a pool that has `queues`, say of it as a whole. None if they say nothing.
    pub fn of(depths: &[&QueueDepth], queues: usize) -> Option<Self> {
        let at = depths.iter().map(|depth| depth.observed_at).min()?;
        let known = depths.iter().filter(|depth| depth.backlog().is_some()).count();
        // What is ready is a lower bound of a queue whose held messages could not be counted.
        let ready: Vec<u64> = depths.iter().filter_map(|depth| depth.ready).collect();
        let at_least = depths.iter().filter_map(|depth| depth.backlog().or(depth.ready)).sum();
        let newest = depths.iter().max_by_key(|depth| depth.observed_at)?;
        (!ready.is_empty()).then(|| Self {
            at,
            backlog: at_least,
            ready: ready.iter().sum(),
            is_whole: known == queues,
            heartbeats: Heartbeats::of(depths),
            broker: newest.run_id.clone(),
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
    use super::super::sample::testing::depth;
    use super::*;

    #[test]
    fn a_queue_that_is_not_known_makes_the_sum_a_lower_bound() {
        let known = depth(Some(5), Some(3), Some(0));
        let whole = Reading::of(&[&known, &known], 2).expect("it says something");
        assert_eq!((whole.backlog, whole.ready, whole.is_whole), (16, 10, true));
        let half = Reading::of(&[&known, &depth(Some(2), None, None)], 2).expect("it says something");
        assert_eq!((half.backlog, half.is_whole), (10, false));
        let missing = Reading::of(&[&known], 2).expect("it says something");
        assert!(!missing.is_whole);
        assert_eq!(Reading::of(&[&depth(None, None, None)], 1), None);
    }

    #[test]
    fn workers_of_two_queues_are_counted_once_and_their_tasks_all() {
        let workers =
            |active, completed| Workers { count: 3, concurrency: 2.0, active, completed, retried: 1, seconds: 9.0, ..Workers::default() };
        let of = |workers| QueueDepth { workers, ..depth(Some(1), Some(1), Some(0)) };
        let both = Reading::of(&[&of(Some(workers(1, 5))), &of(Some(workers(4, 7)))], 2).and_then(|reading| reading.heartbeats);
        assert_eq!(both, Some(Heartbeats { workers: 3, concurrency: 2.0, active: 5, completed: 12, failed: 2, seconds: 18.0 }));
        let one = Reading::of(&[&of(Some(workers(1, 5))), &of(None)], 2).expect("it says something");
        assert_eq!(one.heartbeats, None, "half of the counters is no count");
    }

    #[test]
    fn the_time_of_a_task_is_that_of_the_last_ones() {
        let beats = |completed, seconds| Heartbeats { completed, seconds, ..Heartbeats::default() };
        assert_eq!(beats(10, 100.0).task_seconds(None), Some(10.0));
        assert_eq!(beats(40, 160.0).task_seconds(Some(&beats(10, 100.0))), Some(2.0));
        // The two that ended first of a burst are its shortest.
        assert_eq!(beats(12, 104.0).task_seconds(Some(&beats(10, 100.0))), Some(104.0 / 12.0));
        assert_eq!(beats(10, 100.0).task_seconds(Some(&beats(10, 100.0))), Some(10.0), "none since");
        assert_eq!(beats(2, 3.0).task_seconds(Some(&beats(10, 100.0))), Some(1.5), "the counters have begun anew");
        assert_eq!(beats(0, 0.0).task_seconds(None), None);
    }
}
