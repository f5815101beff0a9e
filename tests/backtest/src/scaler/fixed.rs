//! Counts that follow from nothing that is seen: static provisioning, and a plan of somebody who knows the future.

use super::{Scaler, View};
use crate::steps::Steps;

/// The same count at all times.
#[derive(Debug, Clone, Copy)]
pub struct Static {
    /// Workers.
    pub count: u32,
}

impl Scaler for Static {
    fn interval(&self) -> u64 {
        10_000
    }

    fn decide(&mut self, _view: &View<'_>) -> u32 {
        self.count
    }
}

/// Counts that are to serve at given times: each worker is ordered ahead of its time.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Workers that are to serve.
    pub serving: Steps,
    /// How long before that a worker is ordered, in milliseconds.
    pub ahead: u64,
}

impl Scaler for Plan {
    fn interval(&self) -> u64 {
        500
    }

    /// Nobody stops a worker who would have to start it again before another one could be there.
    fn decide(&mut self, view: &View<'_>) -> u32 {
        self.serving.most(view.now, view.now + self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decide, sample};
    use super::*;

    #[test]
    fn a_plan_orders_ahead_and_does_not_stop_what_it_needs_soon() {
        let mut serving = Steps::default();
        for (at, count) in [(100_000, 3), (200_000, 1), (210_000, 2), (300_000, 0)] {
            serving.set(at, count);
        }
        let mut plan = Plan { serving, ahead: 26_500 };
        let mut check = |at, expected| assert_eq!(decide(&mut plan, &sample(at, 0, 0, 0), 0), expected, "at {at}");
        check(73_000, 0);
        check(74_000, 3);
        check(199_000, 3);
        // One would do for ten seconds, and the second is needed after them.
        check(200_000, 2);
        check(300_000, 0);
    }
}
