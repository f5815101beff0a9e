//! Kubernetes' Horizontal Pod Autoscaler with its defaults, but for what may be tuned.
//!
//! Source: kubernetes.io, "Horizontal Pod Autoscaling", sections "Algorithm details" and "Default behavior"; `autoscaling/v2`
//! `HPAScalingRules`: sync period 15 s; tolerance 0.1; scale up by the larger of 4 pods and 100 % in 15 s, without stabilization; scale
//! down by 100 % in 15 s, with the highest recommendation of 300 s. `minReplicas` is at least 1.

use std::collections::VecDeque;

use super::{Count, Scaler, View, whole};

/// What is held against its target.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// An external metric of type `AverageValue`: so many tasks per worker.
    Tasks(Count, f64),
    /// A pod metric: the part of a worker's places that execute something, 0–1.
    Utilization(f64),
}

/// The autoscaler.
#[derive(Debug, Clone)]
pub struct Hpa {
    metric: Metric,
    /// In milliseconds.
    window: u64,
    recommended: VecDeque<(u64, u32)>,
    changed: VecDeque<(u64, i64)>,
}

/// Between two syncs, in milliseconds (`--horizontal-pod-autoscaler-sync-period`).
pub const SYNC: u64 = 15_000;
const TOLERANCE: f64 = 0.1;
/// Pods, and percent of the count, that may be added within [`PERIOD`]; the larger counts.
const UP: (i64, i64) = (4, 100);
/// In milliseconds.
const PERIOD: u64 = 15_000;

impl Hpa {
    /// Follows `metric`; scales in to the highest recommendation of `window_seconds`.
    pub fn new(metric: Metric, window_seconds: u32) -> Self {
        Self { metric, window: u64::from(window_seconds) * 1_000, recommended: VecDeque::new(), changed: VecDeque::new() }
    }

    /// What the metric asks for. Its base is what the scale subresource counts for external metrics, and ready pods for pod metrics.
    pub fn recommend(&self, view: &View<'_>) -> u32 {
        let sample = view.sample;
        let held = |ratio: f64, base: u32, wanted: f64| if (ratio - 1.0).abs() <= TOLERANCE { base } else { whole(wanted) };
        match self.metric {
            Metric::Tasks(count, target) => {
                let wanted = count.of(sample) as f64 / target;
                held(wanted / f64::from(view.desired.max(1)), view.desired, wanted)
            }
            Metric::Utilization(target) if sample.serving > 0 => {
                let busy = sample.unacked as f64 / f64::from(sample.concurrency);
                held(busy / f64::from(sample.serving) / target, view.desired, busy / target)
            }
            // Without ready pods there is no metric, and nothing changes.
            Metric::Utilization(_) => view.desired,
        }
    }

    fn stabilize(&mut self, now: u64, wanted: u32, current: u32) -> u32 {
        self.recommended.push_back((now, wanted));
        while self.recommended.front().is_some_and(|(at, _)| at + self.window < now) {
            self.recommended.pop_front();
        }
        let most = self.recommended.iter().map(|(_, count)| *count).max().unwrap_or(wanted);
        if wanted < current { most.min(current) } else { wanted }
    }

    fn limit(&mut self, now: u64, wanted: u32, current: u32) -> u32 {
        self.changed.retain(|(at, _)| at + PERIOD > now);
        let began = i64::from(current) - self.changed.iter().map(|(_, added)| added.max(&0)).sum::<i64>();
        let most = (began + UP.0).max(began + (began * UP.1 + 99) / 100);
        let limited = wanted.min(u32::try_from(most).unwrap_or(0).max(current));
        self.changed.push_back((now, i64::from(limited) - i64::from(current)));
        limited
    }

    /// What the pool is to have at `view`, at least one.
    pub fn sync(&mut self, view: &View<'_>) -> u32 {
        let wanted = self.recommend(view).clamp(view.bounds.min.max(1), view.bounds.max.max(1));
        let stable = self.stabilize(view.now, wanted, view.desired);
        self.limit(view.now, stable, view.desired)
    }
}

impl Scaler for Hpa {
    fn interval(&self) -> u64 {
        SYNC
    }

    fn decide(&mut self, view: &View<'_>) -> u32 {
        self.sync(view)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decide, sample};
    use super::*;

    #[test]
    fn the_replica_calculators_own_cases() {
        // kubernetes/pkg/controller/podautoscaler/replica_calculator_test.go: total, target per pod, current, expected.
        let check = |total, target, current, expected| {
            let mut hpa = Hpa::new(Metric::Tasks(Count::Ready, target), 0);
            assert_eq!(decide(&mut hpa, &sample(0, total, 0, current), current), expected, "{total} at {target} from {current}");
        };
        check(8_600, 2_150.0, 3, 4);
        check(8_600, 2_867.0, 5, 3);
        check(6_000, 2_000.0, 5, 3);
        // Within the tolerance.
        check(20_166, 5_000.0, 4, 4);
        check(8_600, 2_900.0, 3, 3);
    }

    #[test]
    fn utilization_is_that_of_what_is_ready() {
        let check = |busy, ready, desired, expected| {
            assert_eq!(decide(&mut Hpa::new(Metric::Utilization(0.5), 0), &sample(0, 0, busy, ready), desired), expected);
        };
        check(4, 4, 4, 8);
        check(1, 4, 4, 2);
        check(2, 4, 4, 4);
        check(0, 0, 3, 3);
        // Never to nothing.
        check(0, 4, 4, 1);
    }

    #[test]
    fn it_grows_by_four_or_doubles_every_fifteen_seconds() {
        let mut hpa = Hpa::new(Metric::Tasks(Count::Ready, 1.0), 0);
        let counts: Vec<_> = (0..5_u64)
            .scan(1, |count, n| {
                *count = decide(&mut hpa, &sample(n * SYNC, 1_000, 0, *count), *count);
                Some(*count)
            })
            .collect();
        assert_eq!(counts, [5, 10, 20, 40, 80]);
        let mut from_none = Hpa::new(Metric::Tasks(Count::Ready, 1.0), 0);
        assert_eq!(decide(&mut from_none, &sample(0, 1_000, 0, 0), 0), 4);
    }

    #[test]
    fn it_shrinks_to_the_highest_recommendation_of_the_window() {
        // Minutes ago and recommendations of Kubernetes' own cases; then 3 from 5.
        let check = |earlier: &[(u64, u64)], expected| {
            let mut hpa = Hpa::new(Metric::Tasks(Count::Ready, 1.0), 300);
            for (ago, count) in earlier {
                hpa.stabilize(1_000_000 - ago * 60_000, *count as u32, 5);
            }
            assert_eq!(decide(&mut hpa, &sample(1_000_000, 3, 0, 5), 5), expected);
        };
        check(&[(2, 4), (1, 5)], 5);
        check(&[(2, 1), (1, 2)], 3);
        check(&[(10, 10), (9, 9)], 3);
    }
}
