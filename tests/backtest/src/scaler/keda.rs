//! KEDA: its operator takes the last worker away and brings the first, an HPA does the rest.
//!
//! Source: keda.sh, "Scaling Deployments, StatefulSets & Custom Resources" and the ScaledObject specification: `pollingInterval` 30 s and
//! `cooldownPeriod` 300 s apply to 0 ↔ 1 only; `activationTarget` 0; between 1 and n the HPA asks the metrics server at its own interval.

use super::hpa::{Hpa, Metric, SYNC};
use super::{Count, Scaler, View};

/// Between two looks at an idle pool, in milliseconds.
const POLL: u64 = 30_000;

/// KEDA with an HPA below it.
#[derive(Debug, Clone)]
pub struct Keda {
    count: Count,
    /// In milliseconds.
    cooldown: u64,
    hpa: Hpa,
    active_at: Option<u64>,
    polled_at: Option<u64>,
}

impl Keda {
    /// `target` tasks per worker; scale in to the highest recommendation of `window_seconds`; the last worker goes `cooldown_seconds`
    /// after the last task was seen.
    pub fn new(count: Count, target: f64, window_seconds: u32, cooldown_seconds: u32) -> Self {
        let hpa = Hpa::new(Metric::Tasks(count, target), window_seconds);
        Self { count, cooldown: u64::from(cooldown_seconds) * 1_000, hpa, active_at: None, polled_at: None }
    }

    /// What the operator's look says: to bring the first worker, to take the last, or to leave the count to the HPA.
    fn poll(&mut self, view: &View<'_>) -> Option<u32> {
        if self.polled_at.is_some_and(|at| view.now < at + POLL) {
            return None;
        }
        self.polled_at = Some(view.now);
        if self.count.of(view.sample) > 0 {
            self.active_at = Some(view.now);
            return (view.desired == 0).then_some(1);
        }
        let cooled = self.active_at.is_none_or(|at| view.now >= at + self.cooldown);
        (view.desired > 0 && cooled && view.bounds.min == 0).then_some(0)
    }
}

impl Scaler for Keda {
    fn interval(&self) -> u64 {
        SYNC
    }

    fn decide(&mut self, view: &View<'_>) -> u32 {
        match self.poll(view) {
            Some(count) => count,
            // The HPA is disabled while the scale is 0.
            None if view.desired == 0 => 0,
            None => self.hpa.sync(view),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decide, sample};
    use super::*;

    #[test]
    fn what_is_in_flight_counts_if_asked_for() {
        // 200 visible, 100 in flight.
        let sample = sample(0, 200, 100, 1);
        assert_eq!((Count::Ready.of(&sample), Count::Backlog.of(&sample)), (200, 300));
    }

    #[test]
    fn one_message_brings_the_first_worker_at_the_next_poll() {
        let mut keda = Keda::new(Count::Ready, 5.0, 0, 300);
        assert_eq!(decide(&mut keda, &sample(0, 0, 0, 0), 0), 0);
        assert_eq!(decide(&mut keda, &sample(15_000, 1, 0, 0), 0), 0, "it looks every 30 s");
        assert_eq!(decide(&mut keda, &sample(30_000, 1, 0, 0), 0), 1, "activation is apart from scaling");
        assert_eq!(decide(&mut keda, &sample(45_000, 20, 0, 1), 1), 4, "from there the HPA scales, every 15 s");
    }

    #[test]
    fn the_last_worker_goes_after_the_cooldown() {
        let mut keda = Keda::new(Count::Ready, 5.0, 0, 120);
        let mut desired = 1;
        let mut at = |second: u64, ready| {
            desired = decide(&mut keda, &sample(second * 1_000, ready, 0, desired), desired);
            desired
        };
        assert_eq!([at(0, 3), at(15, 0), at(30, 0), at(90, 0), at(105, 0)], [1, 1, 1, 1, 1]);
        assert_eq!(at(120, 0), 0);
    }
}
