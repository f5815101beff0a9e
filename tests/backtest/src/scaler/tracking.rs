//! AWS's target tracking on backlog per task.
//!
//! Source: Application Auto Scaling user guide, "How target tracking scaling works" and "Define cooldown periods"; Amazon EC2 Auto Scaling
//! user guide, "Scaling policy based on Amazon SQS" (backlog per instance); and the alarms as the service makes them, visible in any
//! account: `TargetTracking-…-AlarmHigh` is metric > target for 3 of 3 minutes, `…-AlarmLow` is metric < 90 % of the target for 15 of 15
//! minutes. While an alarm stays, its policy is carried out again each minute. A scale out goes to current × metric ÷ target, rounded up;
//! during its cooldown only what exceeds what was added. A scale in goes the same way, not during a cooldown, and not below one: the
//! metric divides by the tasks that run.

use std::collections::VecDeque;

use super::{Count, Scaler, View, whole};
use crate::engine::sample::Sample;

/// The policy and its two alarms.
#[derive(Debug, Clone)]
pub struct Tracking {
    count: Count,
    target: f64,
    /// In milliseconds.
    out_cooldown: u64,
    /// In milliseconds.
    in_cooldown: u64,
    minute: Vec<f64>,
    means: VecDeque<f64>,
    scaled_out: Option<u64>,
    scaled_in: Option<u64>,
}

/// Between two evaluations of the alarms, in milliseconds: the metric's period.
const PERIOD: u64 = 60_000;
const HIGH: usize = 3;
const LOW: usize = 15;
/// The lower alarm's threshold, as a part of the target.
const LOWER: f64 = 0.9;

impl Tracking {
    /// `target` tasks per worker that runs; cooldowns in seconds.
    pub fn new(count: Count, target: f64, out_cooldown_seconds: u32, in_cooldown_seconds: u32) -> Self {
        let milliseconds = |seconds: u32| u64::from(seconds) * 1_000;
        let (out_cooldown, in_cooldown) = (milliseconds(out_cooldown_seconds), milliseconds(in_cooldown_seconds));
        let (minute, means) = (Vec::new(), VecDeque::new());
        Self { count, target, out_cooldown, in_cooldown, minute, means, scaled_out: None, scaled_in: None }
    }

    fn close_minute(&mut self) {
        if !self.minute.is_empty() {
            self.means.push_back(self.minute.iter().sum::<f64>() / self.minute.len() as f64);
            self.minute.clear();
        }
        if self.means.len() > LOW {
            self.means.pop_front();
        }
    }

    fn holds(&self, minutes: usize, breaches: impl Fn(f64) -> bool) -> bool {
        self.means.len() >= minutes && self.means.iter().rev().take(minutes).all(|mean| breaches(*mean))
    }
}

impl Scaler for Tracking {
    fn interval(&self) -> u64 {
        PERIOD
    }

    fn observe(&mut self, sample: &Sample) {
        // Nothing that runs would make the metric infinite: tasks that are sure to run soon are counted as one.
        self.minute.push(self.count.of(sample) as f64 / f64::from(sample.serving.max(1)));
    }

    fn decide(&mut self, view: &View<'_>) -> u32 {
        self.close_minute();
        let Some(mean) = self.means.back().copied() else { return view.desired };
        let current = view.desired.max(1);
        let within = |since: Option<u64>, cooldown: u64| since.is_some_and(|at| view.now < at + cooldown);
        let wanted = whole(f64::from(view.serving.max(1)) * mean / self.target).max(1);
        if self.holds(HIGH, |mean| mean > self.target) && wanted > current {
            // What was added within the cooldown is in `current`: only more than that is added.
            self.scaled_out = Some(view.now);
            return wanted;
        }
        let resting = within(self.scaled_out, self.out_cooldown) || within(self.scaled_in, self.in_cooldown);
        if self.holds(LOW, |mean| mean < LOWER * self.target) && !resting && wanted < current {
            self.scaled_in = Some(view.now);
            return wanted;
        }
        current
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decide, sample};
    use super::*;

    fn minutes(tracking: &mut Tracking, backlogs: &[u64], mut count: u32) -> Vec<u32> {
        let each = backlogs.iter().enumerate().map(|(minute, backlog)| {
            count = decide(tracking, &sample(minute as u64 * PERIOD, *backlog, 0, count), count);
            count
        });
        each.collect()
    }

    #[test]
    fn acceptable_latency_divided_by_the_time_of_a_task_is_the_target() {
        // 10 minutes ÷ 250 ms = 2,400; a backlog of 12,001 for three minutes asks for six.
        let mut tracking = Tracking::new(Count::Ready, 600.0 / 0.25, 0, 0);
        assert_eq!(minutes(&mut tracking, &[12_001, 12_001, 12_001], 3), [3, 3, 6]);
    }

    #[test]
    fn it_scales_out_after_three_minutes_above_and_in_after_fifteen_below_nine_tenths() {
        let mut tracking = Tracking::new(Count::Ready, 10.0, 0, 0);
        assert_eq!(minutes(&mut tracking, &[40, 40, 5, 40, 40, 40], 2), [2, 2, 2, 2, 2, 4]);
        let mut tracking = Tracking::new(Count::Ready, 10.0, 0, 0);
        // 37 of 4 workers are 9.25 each: less than the target, and no reason to scale in.
        let mut backlogs = vec![37; 20];
        backlogs.extend([17; 15]);
        let counts = minutes(&mut tracking, &backlogs, 4);
        assert_eq!((counts[33], counts[34]), (4, 2));
        // Never to nothing.
        let mut tracking = Tracking::new(Count::Ready, 10.0, 0, 0);
        assert_eq!(minutes(&mut tracking, &[0; 40], 3).last(), Some(&1));
    }

    #[test]
    fn a_cooldown_blocks_the_way_in() {
        let mut tracking = Tracking::new(Count::Ready, 10.0, 0, 300);
        let mut backlogs = vec![18; 15];
        backlogs.extend([0; 6]);
        let counts = minutes(&mut tracking, &backlogs, 3);
        assert_eq!(counts[14..], [2, 2, 2, 2, 2, 1, 1]);
    }
}
