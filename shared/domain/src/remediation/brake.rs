//! When many fail alike, it is none of them that is broken: nothing is repaired, and one incident names what they have in common.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::budget::share;
use super::cause::Cause;
use super::story::digest;
use crate::ledger::{BadItem, Condition, Item, Write};
use crate::settle::Phase;
use crate::tenant::{EnvironmentName, Owner};

/// An owner's newest failure of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The owner.
    pub owner: Owner,
    /// When.
    pub at: Timestamp,
}

/// Why nothing is repaired by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tripped {
    /// Many tenants fail alike.
    Many {
        /// So many.
        failing: u32,
        /// Of so many.
        of: u32,
    },
    /// What they all stand on is not as it should be.
    BaseDown,
}

/// What is common to the tenants of an environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Common {
    /// How many there are.
    pub tenants: u32,
    /// How what they stand on stands; none: that was never settled.
    pub phase: Option<Phase>,
}

/// That the brake is on was told: until then nobody tells it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// In seconds since 1970.
    pub told_until: i64,
}

/// What the partitions of failures begin with.
pub const PREFIX: &str = "alike#";
/// Failures and what was told of them are kept for so long: one brake is one incident.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// A text that no rule knows is told once within this.
const TEXT_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Failures within this are of one time.
const TOGETHER: SignedDuration = SignedDuration::from_mins(5);
/// Where fewer tenants stand than this, half of them are many.
const FEW: u32 = 8;

/// The failures of one cause in an environment, as the table of remediation has them.
#[derive(Debug, Clone, Default)]
pub struct Alike {
    /// The newest of each owner.
    pub failing: Vec<Failing>,
    /// Whether it was told that they are many.
    told: Option<Told>,
}

impl Alike {
    /// The partition of the failures in `environment`.
    pub fn partition(environment: &EnvironmentName) -> String {
        format!("{PREFIX}{environment}")
    }

    /// What the sort keys of all failures of the cause with the id `cause` begin with; it alone is where it is noted that they were told.
    pub fn prefix(cause: &str) -> String {
        format!("{cause}#")
    }

    /// What `items` under [`Alike::prefix`] say.
    ///
    /// # Errors
    /// One is of newer code, or broken.
    pub fn read(items: &[Item]) -> Result<Self, BadItem> {
        let mut alike = Self::default();
        for item in items {
            if item.key.ends_with('#') {
                alike.told = Some(item.read()?);
            } else {
                alike.failing.push(item.read()?);
            }
        }
        Ok(alike)
    }

    /// With a failure of `owner` at `now`.
    #[must_use]
    pub fn with(mut self, owner: &Owner, now: Timestamp) -> Self {
        self.failing.retain(|one| one.owner != *owner);
        self.failing.push(Failing { owner: owner.clone(), at: now });
        self
    }

    /// Why nobody repairs what is of `cause` at `now`, if that is so: too many tenants fail alike, or what they stand on is not as it
    /// should be and the cause may be its.
    pub fn brake(&self, cause: &Cause, common: Common, now: Timestamp) -> Option<Tripped> {
        let is_down = matches!(common.phase, Some(Phase::Degraded | Phase::Failed));
        self.many(common.tenants, now).or((is_down && cause.may_be_shared()).then_some(Tripped::BaseDown))
    }

    /// Whether too many of `tenants` fail alike at `now`.
    fn many(&self, tenants: u32, now: Timestamp) -> Option<Tripped> {
        let recent = self.failing.iter().filter(|one| now.duration_since(one.at) <= TOGETHER);
        let failing = u32::try_from(recent.count()).unwrap_or(u32::MAX);
        // One alone is nobody's like.
        let many = if tenants < FEW { failing >= 2 && 2 * failing >= tenants } else { failing > share(tenants, 5).max(3) };
        many.then_some(Tripped::Many { failing, of: tenants })
    }

    /// Whether it was told already that the brake is on.
    pub fn is_told(&self, now: Timestamp) -> bool {
        self.told.is_some_and(|told| told.told_until > now.as_second())
    }

    /// Notes a failure of `owner`.
    pub fn note(owner: &Owner, cause: &str, now: Timestamp) -> Write {
        let key = format!("{}{owner}", Self::prefix(cause));
        let item = Item::new(&Self::partition(owner.environment()), &key, &Failing { owner: owner.clone(), at: now });
        Write::Put(item.until(now + KEPT), Condition::Always)
    }

    /// The item that notes that `text`, which no rule knows, was told in `environment`.
    pub fn text_told(environment: &EnvironmentName, text: &str, now: Timestamp) -> Item {
        let key = format!("told#{}", digest(text));
        Item::new(&Self::partition(environment), &key, &json!({ "text": text })).until(now + TEXT_KEPT)
    }

    /// Notes that it is told; it fails if somebody else has told it meanwhile.
    pub fn tell(environment: &EnvironmentName, cause: &str, now: Timestamp) -> Write {
        let told = Told { told_until: (now + KEPT).as_second() };
        let item = Item::new(&Self::partition(environment), &Self::prefix(cause), &told);
        Write::Put(item.until(now + KEPT), Condition::AbsentOrAtMost("toldUntil".to_owned(), now.as_second()))
    }
}

impl std::fmt::Display for Tripped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Many { failing, of } => write!(f, "{failing} of {of} tenants fail alike"),
            Self::BaseDown => f.write_str("what all tenants of the environment stand on is not as it should be"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn alike(count: u32) -> Alike {
        let owner = |n| format!("tenant#dev#tenant{n}").parse().expect("an owner");
        (0..count).fold(Alike::default(), |alike, n| alike.with(&owner(n), at(1_000)))
    }

    #[test]
    fn few_of_many_are_repaired_and_many_are_not() {
        let check = |count, tenants, expected| {
            assert_eq!(alike(count).many(tenants, at(1_100)).is_some(), expected, "{count} of {tenants}");
        };
        check(1, 1, false);
        check(1, 2, false);
        check(2, 2, true);
        check(2, 4, true);
        check(3, 7, false);
        check(4, 7, true);
        check(3, 50, false);
        check(4, 50, true);
        check(50, 1_000, false);
        check(51, 1_000, true);
        assert_eq!(alike(50).many(50, at(1_301)), None, "they failed longer ago than five minutes");
    }

    #[test]
    fn what_may_be_the_bases_is_left_alone_while_that_is_not_as_it_should_be() {
        let check = |cause: &Cause, phase, expected| {
            assert_eq!(alike(1).brake(cause, Common { tenants: 50, phase }, at(1_000)), expected, "{cause:?} {phase:?}");
        };
        check(&Cause::SecretMissing, Some(Phase::Degraded), Some(Tripped::BaseDown));
        check(&Cause::SecretMissing, Some(Phase::Failed), Some(Tripped::BaseDown));
        check(&Cause::SecretMissing, Some(Phase::Ready), None);
        check(&Cause::SecretMissing, None, None);
        check(&Cause::OutOfMemory, Some(Phase::Degraded), None);
    }

    #[test]
    fn what_was_written_is_read_again() {
        let owner: Owner = "tenant#dev#demo".parse().expect("an owner");
        let items: Vec<_> = [Alike::note(&owner, "killed", at(1_000)), Alike::tell(owner.environment(), "killed", at(1_000))]
            .into_iter()
            .map(|write| match write {
                Write::Put(item, _) => item,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(items.iter().all(|item| item.owner == "alike#dev" && item.key.starts_with(&Alike::prefix("killed"))));
        let alike = Alike::read(&items).expect("they are ours");
        assert_eq!(alike.failing, [Failing { owner, at: at(1_000) }]);
        assert_eq!((alike.is_told(at(1_001)), alike.is_told(at(4_601))), (true, false));
    }
}
