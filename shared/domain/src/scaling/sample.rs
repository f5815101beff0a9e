//! `queue-depth`: what a sampler saw of one queue. What is not known is not zero.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::tenant::{EnvironmentName, Owner, TenantId};

/// The newest schema of samples that this code knows.
pub const SCHEMA: u64 = 1;

/// A sample of a tenant's queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// See [`SCHEMA`].
    pub schema: u64,
    /// Whose.
    pub tenant: TenantId,
    /// Where it stands.
    pub environment: EnvironmentName,
    /// What was seen.
    #[serde(flatten)]
    pub depth: QueueDepth,
    /// Who looked, such as `sample-queues`.
    pub source: String,
}

impl Sample {
    /// Whose.
    pub fn owner(&self) -> Owner {
        Owner::tenant(self.environment.clone(), self.tenant.clone())
    }
}

/// What was seen of one queue. What could not be known is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueDepth {
    /// Of this look at this queue.
    pub sample_id: String,
    /// The queue.
    pub queue: String,
    /// Messages that no worker has received, and that are due.
    pub ready: Option<u64>,
    /// Messages that workers hold: executing, prefetched, and held for later.
    pub unacked: Option<u64>,
    /// Of those, held until a moment that has not come.
    pub scheduled: Option<u64>,
    /// What the workers that consume it say of themselves; none if no worker has ever said anything.
    #[serde(default)]
    pub workers: Option<Workers>,
    /// Age of the oldest message that is ready, in seconds.
    #[serde(default)]
    pub oldest_age_seconds: Option<f64>,
    /// Tells one broker's life from another: Redis' `run_id`.
    #[serde(default)]
    pub run_id: Option<String>,
    /// Messages that nobody who is alive holds: they come back once the visibility time-out is over.
    #[serde(default)]
    pub stranded: Option<u64>,
    /// The broker's `maxmemory-policy`, if it evicts: it loses queued tasks.
    #[serde(default)]
    pub evicts: Option<String>,
    /// When.
    pub observed_at: Timestamp,
}

/// What the workers of one queue say of themselves, summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workers {
    /// Workers that are heard of.
    pub count: u32,
    /// Tasks that one of them executes side by side, on average.
    pub concurrency: f64,
    /// Tasks of the queue that are executed right now.
    pub active: u64,
    /// Tasks that were received, are due and do not run yet.
    pub reserved: u64,
    /// Tasks that are held until a moment that has not come.
    pub scheduled: u64,
    /// Executions that have ended, whatever way, since the broker began.
    pub completed: u64,
    /// Of those, that failed.
    pub failed: u64,
    /// Of those, that will be tried again.
    pub retried: u64,
    /// The sum of their run times, in seconds.
    pub seconds: f64,
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
    /// More is scheduled than is held at all, or more waits than any broker holds.
    Absurd,
}

/// Clocks are apart by less than this.
pub const FUTURE: SignedDuration = SignedDuration::from_secs(60);
/// What is older than this says nothing of now: two sampling intervals of a minute, and a minute on the way.
pub const STALE: SignedDuration = SignedDuration::from_secs(180);

/// More messages than a queue can hold: a list of Redis has 2³² − 1 elements at most.
const MOST: u64 = u32::MAX as u64;

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
        if [self.ready, self.unacked].into_iter().flatten().any(|count| count > MOST) {
            return Err(Unusable::Absurd);
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

/// Samples for tests.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    pub(crate) fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    /// Of the moment 1,000.
    pub(crate) fn depth(ready: Option<u64>, unacked: Option<u64>, scheduled: Option<u64>) -> QueueDepth {
        QueueDepth {
            sample_id: "s".into(),
            queue: "q".into(),
            ready,
            unacked,
            scheduled,
            workers: None,
            oldest_age_seconds: None,
            run_id: None,
            stranded: None,
            evicts: None,
            observed_at: at(1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::testing::{at, depth};
    use super::*;

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
        assert_eq!(depth(Some(1 << 40), Some(1), Some(0)).check(None, at(1_000)), Err(Unusable::Absurd));
    }

    #[test]
    fn a_sample_is_read_as_the_contract_has_it_and_a_negative_depth_is_none() {
        let sample = |ready: i64| {
            let text = json!({ "schema": 1, "sampleId": "s", "tenant": "demo", "environment": "dev", "queue": "celery", "ready": ready,
                "unacked": 2, "scheduled": null, "workers": null, "oldestAgeSeconds": 1.5, "observedAt": "2026-11-21T02:00:00Z",
                "source": "sample-queues" });
            serde_json::from_value::<Sample>(text)
        };
        let read = sample(3).expect("it is one");
        assert_eq!((read.owner().to_string().as_str(), read.depth.ready, read.depth.scheduled), ("tenant#dev#demo", Some(3), None));
        assert!(sample(-3).is_err());
    }
}
