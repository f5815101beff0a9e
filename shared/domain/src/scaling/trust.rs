//! Whether a reading means what it seems to mean.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::reading::Reading;

/// What speaks against acting on a reading. Each is worth an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "distrust")]
pub enum Distrust {
    /// The broker is another than before, or has lost what it held: an empty queue is not an idle one.
    BrokerReplaced {
        /// The backlog that was seen last.
        last_seen: u64,
    },
    /// Tasks wait, workers were added, and none completes any.
    NothingCompletes {
        /// For so many seconds.
        seconds: i64,
    },
    /// All that completes has failed.
    AllFail {
        /// So many in the time that is looked back on.
        failed: u64,
    },
}

/// A backlog of less may vanish between two looks for reasons of its own: tasks that were revoked, or whose completion was not told.
const WORTH_MISSING: u64 = 10;
/// Nothing that completes within so long may be a long task; with a known time of tasks it is three of them, if that is longer.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// What speaks against `now`, after `before`, which are of the same pool and in order. `added` says whether workers have been added since
/// the first of them.
pub fn distrust(before: &[Reading], now: &Reading, added: bool) -> Option<Distrust> {
    let last = before.last()?;
    if is_replaced(last, now) {
        return Some(Distrust::BrokerReplaced { last_seen: last.backlog });
    }
    let first = before.iter().find(|one| one.broker == now.broker)?;
    let (then, done) = (first.heartbeats?, now.heartbeats?);
    let completed = done.completed.checked_sub(then.completed)?;
    let failed = done.failed.checked_sub(then.failed)?;
    let waited = now.at.duration_since(first.at);
    let task = SignedDuration::try_from_secs_f64(3.0 * done.task_seconds(None).unwrap_or(0.0)).unwrap_or(SignedDuration::MAX);
    let waits = before.iter().chain([now]).all(|one| one.ready > 0);
    if added && waits && completed == 0 && waited >= PATIENCE.max(task) {
        return Some(Distrust::NothingCompletes { seconds: waited.as_secs() });
    }
    (failed >= WORTH_MISSING && failed == completed).then_some(Distrust::AllFail { failed })
}

fn is_replaced(last: &Reading, now: &Reading) -> bool {
    let another = matches!((&last.broker, &now.broker), (Some(one), Some(other)) if one != other);
    let fell = last.backlog >= WORTH_MISSING && now.is_whole && now.backlog == 0;
    let done = match (last.heartbeats, now.heartbeats) {
        (Some(then), Some(now)) => now.completed.checked_sub(then.completed),
        _ => None,
    };
    // Without anybody who counts completions, a fall is as good as any.
    another || fell && done.is_some_and(|done| done == 0)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::reading::Heartbeats;
    use super::*;

    fn reading(second: i64, backlog: u64, counted: Option<(u64, u64)>, broker: &str) -> Reading {
        let heartbeats =
            counted.map(|(completed, failed)| Heartbeats { completed, failed, seconds: 10.0 * completed as f64, ..Heartbeats::default() });
        let at = Timestamp::from_second(second).expect("a moment");
        Reading { at, backlog, ready: backlog, is_whole: true, heartbeats, broker: Some(broker.to_owned()) }
    }

    #[test]
    fn an_empty_broker_after_a_full_one_is_no_idle_one() {
        let check = |before: Reading, now: Reading, expected| assert_eq!(distrust(&[before], &now, false), expected);
        // Another life of Redis, however full.
        check(reading(0, 40, None, "a"), reading(60, 40, None, "b"), Some(Distrust::BrokerReplaced { last_seen: 40 }));
        // The same one, and nothing was done.
        check(reading(0, 40, Some((7, 0)), "a"), reading(60, 0, Some((7, 0)), "a"), Some(Distrust::BrokerReplaced { last_seen: 40 }));
        // It was worked off.
        check(reading(0, 40, Some((7, 0)), "a"), reading(60, 0, Some((47, 0)), "a"), None);
        // A few may have been revoked.
        check(reading(0, 4, Some((7, 0)), "a"), reading(60, 0, Some((7, 0)), "a"), None);
        check(reading(0, 40, None, "a"), reading(60, 0, None, "a"), None);
    }

    #[test]
    fn workers_that_complete_nothing_are_no_help() {
        let check = |seconds, added, counted: [(u64, u64); 2], expected| {
            let before = [reading(0, 50, Some(counted[0]), "a")];
            assert_eq!(distrust(&before, &reading(seconds, 60, Some(counted[1]), "a"), added), expected);
        };
        check(300, true, [(7, 0), (7, 0)], Some(Distrust::NothingCompletes { seconds: 300 }));
        check(299, true, [(7, 0), (7, 0)], None);
        check(300, false, [(7, 0), (7, 0)], None);
        check(300, true, [(7, 0), (8, 0)], None);
        check(60, false, [(7, 0), (27, 20)], Some(Distrust::AllFail { failed: 20 }));
        check(60, false, [(7, 0), (28, 20)], None);
        check(60, false, [(7, 0), (9, 2)], None);
    }
}
