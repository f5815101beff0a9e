//! How much may be done: counters per scope and window, which all invocations share.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ledger::{Condition, Write};
use crate::tenant::Owner;

/// What an act may do to people who use a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// Nothing.
    None,
    /// Tasks are replaced.
    Disruptive,
    /// A service stands still, or data changes.
    Destructive,
}

/// A counter: so many acts within its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its partition in the table of remediation.
    pub scope: String,
    /// When its window began.
    pub from: Timestamp,
    /// Acts that it allows.
    pub most: u32,
}

/// A window of the fleet and of an environment.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// A window of a tenant.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Acts on one tenant within [`HOUR`]: it has three services, of which each may be tried twice.
const OF_TENANT: u32 = 6;
/// The attribute that is counted.
const COUNT: &str = "acts";

/// All counters that an act of this `harm` on `owner` counts in, where `tenants` stand. One that does no harm counts for its tenant alone.
pub fn counters(owner: &Owner, harm: Harm, tenants: u32, now: Timestamp) -> Vec<Counter> {
    let counter =
        |scope: String, window: SignedDuration, most| Counter { scope: format!("budget#{scope}"), from: begin(now, window), most };
    let of_tenant = counter(owner.to_string(), HOUR, OF_TENANT);
    let environment = owner.environment();
    match harm {
        Harm::None => vec![of_tenant],
        Harm::Disruptive => vec![of_tenant, counter(format!("{environment}#disruptive"), WINDOW, share(tenants, 5).max(3))],
        Harm::Destructive => vec![of_tenant, counter(format!("{environment}#destructive"), WINDOW, share(tenants, 2).max(1))],
    }
}

impl Counter {
    /// Counts one act, unless there were as many as may be.
    pub fn claim(&self) -> Write {
        Write::Add {
            owner: self.scope.clone(),
            key: self.from.to_string(),
            attribute: COUNT.to_owned(),
            amount: 1,
            condition: Condition::AbsentOrAtMost(COUNT.to_owned(), i64::from(self.most) - 1),
        }
    }
}

/// When the window of `now` began: windows follow each other from the epoch on.
fn begin(now: Timestamp, window: SignedDuration) -> Timestamp {
    let (now, window) = (now.as_second(), window.as_secs());
    Timestamp::from_second(now - now.rem_euclid(window)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// So many percent of `tenants`, rounded up.
pub(super) fn share(tenants: u32, percent: u32) -> u32 {
    tenants.saturating_mul(percent).div_ceil(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hurts_more_is_allowed_less() {
        let owner: Owner = "tenant#prod#demo".parse().expect("an owner");
        let check = |harm, tenants, expected: &[(&str, u32)]| {
            let found = counters(&owner, harm, tenants, Timestamp::from_second(1_234_567).expect("a moment"));
            let found: Vec<_> = found.iter().map(|counter| (counter.scope.as_str(), counter.most)).collect();
            assert_eq!(found, expected);
        };
        check(Harm::None, 1_000, &[("budget#tenant#prod#demo", 6)]);
        check(Harm::Disruptive, 10, &[("budget#tenant#prod#demo", 6), ("budget#prod#disruptive", 3)]);
        check(Harm::Disruptive, 1_000, &[("budget#tenant#prod#demo", 6), ("budget#prod#disruptive", 50)]);
        check(Harm::Destructive, 10, &[("budget#tenant#prod#demo", 6), ("budget#prod#destructive", 1)]);
        check(Harm::Destructive, 1_000, &[("budget#tenant#prod#demo", 6), ("budget#prod#destructive", 20)]);
    }

    #[test]
    fn a_window_is_the_same_for_all_within_it() {
        let at = |second| begin(Timestamp::from_second(second).expect("a moment"), WINDOW).as_second();
        assert_eq!((at(600), at(1_199), at(1_200)), (600, 600, 1_200));
    }
}
