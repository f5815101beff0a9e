//! How much may be done: counters per scope and window, which all invocations share.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ledger::{Condition, Item, Write};
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
    /// When its window ends.
    pub until: Timestamp,
    /// Acts that it allows.
    pub most: u32,
}

/// What the partitions of counters begin with.
pub const PREFIX: &str = "budget#";
/// A window of the fleet and of an environment.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// A window of a tenant.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Acts on one tenant within [`HOUR`]: it has three services, of which each may be tried twice.
const OF_TENANT: u32 = 6;
/// Acts against one cause in one environment within [`ALIKE`], whatever they do: so many may precede the brake.
const OF_CAUSE: u32 = 3;
/// As long as failures count as of one time.
const ALIKE: SignedDuration = SignedDuration::from_mins(5);
/// All environments together may do so many times what one of them may: they share account, registry and network.
const ENVIRONMENTS: u32 = 2;
/// The attribute that is counted.
const COUNT: &str = "acts";

/// All counters that an act of this `harm` against `cause` on `owner` counts in, where `tenants` stand.
pub fn counters(owner: &Owner, cause: &str, harm: Harm, tenants: u32, now: Timestamp) -> Vec<Counter> {
    let counter = |scope: String, window: SignedDuration, most| {
        let from = begin(now, window);
        Counter { scope: format!("{PREFIX}{scope}"), from, until: from + window, most }
    };
    let environment = owner.environment();
    let mut found = vec![counter(owner.to_string(), HOUR, OF_TENANT), counter(format!("{environment}#cause#{cause}"), ALIKE, OF_CAUSE)];
    let (word, most) = match harm {
        Harm::None => return found,
        Harm::Disruptive => ("disruptive", share(tenants, 5).max(3)),
        Harm::Destructive => ("destructive", share(tenants, 2).max(1)),
    };
    found.push(counter(format!("{environment}#{word}"), WINDOW, most));
    found.push(counter(format!("fleet#{word}"), WINDOW, ENVIRONMENTS * most));
    found
}

impl Counter {
    /// Its sort key.
    pub fn key(&self) -> String {
        self.from.to_string()
    }

    /// Whether `item`, that it is kept in, allows no more.
    pub fn is_full(&self, item: Option<&Item>) -> bool {
        let acts = item.and_then(|item| item.attributes.get(COUNT)).and_then(Value::as_i64);
        acts.is_some_and(|acts| acts >= i64::from(self.most))
    }

    /// Counts one act that is done whatever the counter says: a person has approved of it.
    pub fn count_anyway(&self) -> Write {
        self.add(Condition::Always)
    }

    /// Counts one act, unless there were as many as may be. It goes by itself, an hour after its window.
    pub fn claim(&self) -> Write {
        self.add(Condition::AbsentOrAtMost(COUNT.to_owned(), i64::from(self.most) - 1))
    }

    fn add(&self, condition: Condition) -> Write {
        Write::Add {
            owner: self.scope.clone(),
            key: self.key(),
            attribute: COUNT.to_owned(),
            amount: 1,
            condition,
            expires_at: Some((self.until + HOUR).as_second()),
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
            let found = counters(&owner, "killed", harm, tenants, Timestamp::from_second(1_234_567).expect("a moment"));
            let found: Vec<_> = found.iter().map(|counter| (counter.scope.trim_start_matches(PREFIX), counter.most)).collect();
            let common = [("tenant#prod#demo", 6), ("prod#cause#killed", 3)];
            assert_eq!(found, [&common, expected].concat());
        };
        check(Harm::None, 1_000, &[]);
        check(Harm::Disruptive, 10, &[("prod#disruptive", 3), ("fleet#disruptive", 6)]);
        check(Harm::Disruptive, 1_000, &[("prod#disruptive", 50), ("fleet#disruptive", 100)]);
        check(Harm::Destructive, 10, &[("prod#destructive", 1), ("fleet#destructive", 2)]);
        check(Harm::Destructive, 1_000, &[("prod#destructive", 20), ("fleet#destructive", 40)]);
    }

    #[test]
    fn a_window_is_the_same_for_all_within_it() {
        let at = |second| begin(Timestamp::from_second(second).expect("a moment"), WINDOW).as_second();
        assert_eq!((at(600), at(1_199), at(1_200)), (600, 600, 1_200));
    }
}
