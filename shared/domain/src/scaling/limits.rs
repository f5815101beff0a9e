//! How far a count may go: rates in each direction, then bounds.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::policy::{Most, Policy, Rate, Select};

/// A change of the count that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// Workers before.
    pub from: u32,
    /// Workers after.
    pub to: u32,
}

/// Fewest and most workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Fewest.
    pub min: u32,
    /// Most.
    pub max: u32,
}

/// What of a scalable target is suspended, by remediation or by a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suspended {
    /// No worker is taken away by what is measured.
    pub inwards: bool,
    /// None is added by what is measured.
    pub out: bool,
    /// Schedules are off.
    pub schedules: bool,
}

impl Suspended {
    /// All of it: the count is not to be touched.
    pub const ALL: Self = Self { inwards: true, out: true, schedules: true };
}

impl Bounds {
    /// `count` within these. A fewest beyond the most is the most.
    pub fn hold(self, count: u32) -> u32 {
        count.max(self.min).min(self.max)
    }
}

/// `wanted` as far as the rates of its direction allow, after what was `changed` within their periods.
pub fn pace(policy: &Policy, changed: &[Changed], wanted: u32, current: u32, now: Timestamp) -> u32 {
    let out = wanted > current;
    let pace = if out { &policy.out } else { &policy.r#in };
    let allowed = pace.rates.iter().map(|rate| {
        let end = end(rate.most, began(rate, changed, current, now), out);
        if out { end.saturating_sub(current) } else { current.saturating_sub(end) }
    });
    let most = match pace.select {
        Select::Most => allowed.max(),
        Select::Least => allowed.min(),
        Select::Disabled => Some(0),
    };
    let step = wanted.abs_diff(current).min(most.unwrap_or(u32::MAX));
    if out { current + step } else { current - step }
}

/// How far a period that began with `began` workers may lead.
fn end(most: Most, began: u32, out: bool) -> u32 {
    match (most, out) {
        (Most::Tasks(tasks), true) => began.saturating_add(tasks),
        (Most::Tasks(tasks), false) => began.saturating_sub(tasks),
        (Most::Percent(percent), true) => share(began, 100 + u64::from(percent), true),
        (Most::Percent(percent), false) => share(began, 100_u64.saturating_sub(percent.into()), false),
    }
}

/// `percent` of `count`; a rise is rounded up, so that it is one at all.
fn share(count: u32, percent: u64, up: bool) -> u32 {
    let hundredfold = u64::from(count) * percent;
    let whole = if up { hundredfold.div_ceil(100) } else { hundredfold / 100 };
    u32::try_from(whole).unwrap_or(u32::MAX)
}

/// The count with which the period of `rate` began.
fn began(rate: &Rate, changed: &[Changed], current: u32, now: Timestamp) -> u32 {
    let period = SignedDuration::from_secs(rate.period_seconds.into());
    let recent = changed.iter().filter(|change| now.duration_since(change.at) < period);
    let moved: i64 = recent.map(|change| i64::from(change.to) - i64::from(change.from)).sum();
    u32::try_from(i64::from(current) - moved).unwrap_or(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_stays_within_its_bounds() {
        let check = |count, min, max, expected| assert_eq!(Bounds { min, max }.hold(count), expected);
        check(7, 3, 8, 7);
        check(1, 2, 8, 2);
        check(0, 0, 10, 0);
        check(1_000, 1, 10, 10);
        check(5, 9, 4, 4);
    }

    fn policy(out: &[(Most, u32)], inwards: &[(Most, u32)], select: Select) -> Policy {
        let mut policy: Policy = serde_json::from_value(serde_json::json!({})).expect("all has a default");
        let rates = |rates: &[(Most, u32)]| {
            rates.iter().map(|(most, period_seconds)| Rate { most: *most, period_seconds: *period_seconds }).collect()
        };
        (policy.out.rates, policy.r#in.rates) = (rates(out), rates(inwards));
        (policy.out.select, policy.r#in.select) = (select, select);
        policy
    }

    #[test]
    fn a_count_moves_no_faster_than_its_rates() {
        let now = Timestamp::from_second(10_000).expect("a moment");
        let check = |policy: Policy, changed: &[(i64, u32, u32)], wanted, current, expected| {
            let at = |ago: i64| now - SignedDuration::from_secs(ago);
            let changed: Vec<_> = changed.iter().map(|(ago, from, to)| Changed { at: at(*ago), from: *from, to: *to }).collect();
            assert_eq!(pace(&policy, &changed, wanted, current, now), expected, "{policy:?}");
        };
        let (tasks, percent) = (Most::Tasks, Most::Percent);
        check(policy(&[], &[], Select::Most), &[], 1_000, 3, 1_000);
        // One percent of three is one, for it is rounded up.
        check(policy(&[(percent(1), 60)], &[], Select::Most), &[], 1_000, 3, 4);
        // 10 workers or 100 %, whichever is more; or whichever is less.
        check(policy(&[(tasks(10), 60), (percent(100), 60)], &[], Select::Most), &[], 1_000, 10, 20);
        check(policy(&[(tasks(4), 60), (percent(100), 60)], &[], Select::Least), &[], 1_000, 10, 14);
        // What was added within the period counts.
        check(policy(&[(tasks(10), 60)], &[], Select::Most), &[(30, 10, 16)], 1_000, 16, 20);
        check(policy(&[(tasks(10), 60)], &[], Select::Most), &[(90, 10, 16)], 1_000, 16, 26);
        // A period that has had more than it may: no further, and not back.
        check(policy(&[(tasks(2), 60)], &[], Select::Most), &[(30, 10, 16)], 1_000, 16, 16);
        check(policy(&[], &[(tasks(20), 60)], Select::Most), &[], 1, 100, 80);
        check(policy(&[], &[(percent(50), 60)], Select::Most), &[], 0, 5, 2);
        check(policy(&[(tasks(1), 60)], &[(tasks(1), 60)], Select::Disabled), &[], 9, 5, 5);
        check(policy(&[(tasks(1), 60)], &[(tasks(1), 60)], Select::Disabled), &[], 1, 5, 5);
    }
}
