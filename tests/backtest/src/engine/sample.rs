//! What a sampler sees of the pool.

use domain::scaling::reading::Reading;
use domain::scaling::sample::{QueueDepth, Workers};
use jiff::{SignedDuration, Timestamp};

use super::pool::Pool;

/// What the workers said of themselves at their last heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// Workers that serve.
    pub workers: u32,
    /// Tasks that each executes side by side.
    pub concurrency: u32,
    /// Tasks that were executed.
    pub active: u64,
    /// Tasks that were completed since the replay began.
    pub completed: u64,
    /// How long those took, in milliseconds.
    pub run_milliseconds: u64,
}

/// What every scaler is shown: queue and workers at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// When, in milliseconds.
    pub at: u64,
    /// Tasks that wait.
    pub ready: u64,
    /// Tasks that are executed.
    pub unacked: u64,
    /// Workers that serve.
    pub serving: u32,
    /// Tasks that a worker executes side by side.
    pub concurrency: u32,
    /// How long the first task of the queue has waited, in milliseconds.
    pub oldest: Option<u64>,
    /// Up to 5 s older than the rest; none if no worker has ever told anything.
    pub beat: Option<Beat>,
}

impl Sample {
    /// `pool` at `at`, in milliseconds.
    pub fn take(at: u64, pool: &Pool, oldest: Option<u64>, beat: Option<Beat>) -> Self {
        let (ready, unacked, serving) = (pool.ready(), pool.active(), pool.serving());
        Self { at, ready, unacked, serving, concurrency: pool.concurrency(), oldest, beat }
    }

    /// As the queue-depth event says it.
    pub fn depth(&self) -> QueueDepth {
        QueueDepth {
            sample_id: self.at.to_string(),
            queue: "celery".to_owned(),
            ready: Some(self.ready),
            unacked: Some(self.unacked),
            scheduled: Some(0),
            workers: self.beat.map(workers),
            oldest_age_seconds: self.oldest.map(|age| age as f64 / 1e3),
            run_id: Some("replayed".to_owned()),
            stranded: Some(0),
            evicts: None,
            observed_at: timestamp(self.at),
        }
    }

    /// As the decision code reads it.
    pub fn reading(&self) -> Option<Reading> {
        Reading::of(&[&self.depth()], 1)
    }
}

/// A replay's moment, in milliseconds, on a clock that begins with the Unix epoch.
pub fn timestamp(at: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis(at as i64)
}

fn workers(beat: Beat) -> Workers {
    Workers {
        count: beat.workers,
        concurrency: beat.concurrency.into(),
        active: beat.active,
        completed: beat.completed,
        seconds: beat.run_milliseconds as f64 / 1e3,
        ..Workers::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_reads_as_the_samplers_own() {
        let beat = Beat { workers: 2, concurrency: 1, active: 1, completed: 4, run_milliseconds: 6_000 };
        let sample = Sample { at: 20_000, ready: 5, unacked: 2, serving: 2, concurrency: 1, oldest: Some(1_500), beat: Some(beat) };
        assert_eq!((sample.depth().backlog(), sample.depth().oldest_age_seconds), (Some(7), Some(1.5)));
        let reading = sample.reading().expect("it says something");
        assert_eq!((reading.backlog, reading.ready, reading.is_whole, reading.at), (7, 5, true, timestamp(20_000)));
        let heartbeats = reading.heartbeats.expect("workers that tell");
        assert_eq!((heartbeats.active, heartbeats.completed), (1, 4));
    }
}
