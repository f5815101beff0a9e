//! What is remembered of a pool between decisions, and no more than later ones need: each is logged with all of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::limits::Changed;
use super::reading::Reading;
use super::stabilize::Recommended;

/// What is remembered of a pool between samples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct History {
    /// What was read, oldest first, thinned out.
    pub readings: Vec<Reading>,
    /// What was recommended, oldest first; without those that a later one makes void for every window.
    pub recommended: Vec<Recommended>,
    /// What was changed, oldest first.
    pub changed: Vec<Changed>,
    /// The count as the last decision left it.
    pub left: Option<u32>,
    /// When others have changed the count, oldest first.
    pub others: Vec<Timestamp>,
    /// Samples in a row that said nothing.
    pub unknown: u32,
    /// Since when nothing waits and nothing runs.
    pub idle_since: Option<Timestamp>,
    /// Until when the broker is not believed to be idle.
    pub distrusted_until: Option<Timestamp>,
}

/// Recommendations and changes are remembered for so long: no window or period may be longer.
pub const REMEMBERED: SignedDuration = SignedDuration::from_mins(30);
/// Flow is measured over so long, and readings are remembered for it.
pub const MEASURED: SignedDuration = SignedDuration::from_mins(5);
/// Readings that are remembered are so far apart, the last one aside: 300 s ÷ 25 s are twelve.
const APART: SignedDuration = SignedDuration::from_secs(25);
/// So many changes by others within [`CONTENTION`] are another scaler, and no person.
const MOST_OTHERS: usize = 3;
/// See [`MOST_OTHERS`].
const CONTENTION: SignedDuration = SignedDuration::from_mins(10);

impl History {
    /// What is still of use `now`, where the count is `desired`.
    pub(super) fn at(&self, desired: u32, now: Timestamp) -> Self {
        let within = |at: Timestamp, long: SignedDuration| now.duration_since(at) < long;
        let mut kept = self.clone();
        kept.recommended.retain(|one| within(one.at, REMEMBERED));
        kept.changed.retain(|one| within(one.at, REMEMBERED));
        kept.others.retain(|at| within(*at, CONTENTION));
        if self.is_others(desired) {
            kept.others.push(now);
        }
        kept.left = Some(desired);
        kept
    }

    /// Whether `desired` is neither what was left nor what was before our last change, which may have failed.
    fn is_others(&self, desired: u32) -> bool {
        let failed = self.changed.last().is_some_and(|change| change.from == desired && Some(change.to) == self.left);
        self.left.is_some_and(|left| left != desired) && !failed
    }

    /// Whether another scaler moves the count.
    pub fn is_contended(&self) -> bool {
        self.others.len() >= MOST_OTHERS
    }

    /// Whether the broker is not believed to be idle.
    pub fn is_distrusted(&self, now: Timestamp) -> bool {
        self.distrusted_until.is_some_and(|until| until > now)
    }

    /// Remembers a reading.
    pub(super) fn read(&mut self, reading: &Reading) {
        if let [.., before, last] = &self.readings[..]
            && last.at.duration_since(before.at) < APART
        {
            self.readings.pop();
        }
        self.readings.push(reading.clone());
        let oldest = reading.at - MEASURED;
        self.readings.retain(|one| one.at >= oldest);
    }

    /// Remembers a recommendation. An earlier one counts only where it is more, or less, than all after it.
    pub(super) fn recommend(&mut self, at: Timestamp, workers: u32) {
        self.recommended.push(Recommended { at, workers });
        let (mut least, mut most) = (u32::MAX, 0);
        let mut counts: Vec<_> = self
            .recommended
            .iter()
            .rev()
            .enumerate()
            .map(|(n, one)| {
                let counts = n == 0 || one.workers < least || one.workers > most;
                (least, most) = (least.min(one.workers), most.max(one.workers));
                counts
            })
            .collect();
        self.recommended.retain(|_| counts.pop() == Some(true));
    }

    /// Remembers that the count was changed.
    pub(super) fn change(&mut self, at: Timestamp, from: u32, to: u32) {
        if from != to {
            self.changed.push(Changed { at, from, to });
        }
        self.left = Some(to);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::policy::Policy;
    use super::super::stabilize::stabilize;
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(100_000 + second).expect("a moment")
    }

    #[test]
    fn readings_are_thinned_out_and_the_last_one_stays() {
        let mut history = History::default();
        for second in (0..600).step_by(10) {
            let reading = Reading { at: at(second), backlog: 1, ready: 1, is_whole: true, heartbeats: None, broker: None };
            history.read(&reading);
            assert_eq!(history.readings.last(), Some(&reading));
        }
        let (first, count) = (history.readings[0].at, history.readings.len());
        assert!(count <= 13 && at(590).duration_since(first) >= MEASURED - APART - SignedDuration::from_secs(10), "{count} from {first}");
    }

    #[test]
    fn a_count_that_others_keep_changing_is_contended() {
        let mut history = History { left: Some(4), ..History::default() };
        for (second, desired) in [(0, 4), (60, 9), (120, 4), (180, 9)] {
            assert!(!history.is_contended());
            history = history.at(desired, at(second));
        }
        assert!(history.is_contended());
        assert!(!history.at(9, at(781)).is_contended(), "it is over");
        // A change of ours that did not come about is nobody else's.
        let failed = History { left: Some(7), changed: vec![Changed { at: at(0), from: 4, to: 7 }], ..History::default() };
        assert!(failed.at(4, at(60)).others.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_forgotten_changes_no_decision(workers in proptest::collection::vec(0_u32..6, 1..60), current in 0_u32..6, wanted in 0_u32..6) {
            let policy: Policy = serde_json::from_value(serde_json::json!({ "out": { "window_seconds": 60 } })).expect("a policy");
            let (mut history, mut all) = (History::default(), Vec::new());
            for (second, workers) in (0..).step_by(10).zip(workers) {
                history.recommend(at(second), workers);
                all.push(Recommended { at: at(second), workers });
                let now = at(second + 10);
                prop_assert_eq!(
                    stabilize(&policy, &history.recommended, wanted, current, now),
                    stabilize(&policy, &all, wanted, current, now)
                );
            }
        }
    }
}
