//! The lease: the right to act on an owner until a moment.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ledger::{Condition, Item, LEASE, Write};
use crate::tenant::Owner;

/// A lease outlives its invocation's hard deadline by this, which is more than any call's own time-out.
pub const MARGIN: SignedDuration = SignedDuration::from_secs(30);

/// Who may act on an owner, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The invocation; empty once released.
    pub holder: String,
    /// Rises with every holder.
    pub epoch: u64,
    /// End, milliseconds since the Unix epoch. 0 once released.
    pub expires: i64,
}

/// The outcome of asking for the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// It can be taken by this write; act under this lease if it succeeds.
    Take(Box<Write>, Lease),
    /// Somebody holds it until then.
    Held {
        /// When it can be asked for again.
        until: Timestamp,
    },
}

// `Write` holds JSON numbers, which have no total equality; ours are integers.
impl Eq for Write {}

/// Whether `holder` can have the lease now, given the lease as read.
pub fn ask(owner: &Owner, current: Option<&Lease>, holder: &str, deadline: Timestamp, now: Timestamp) -> Grant {
    if let Some(lease) = current
        && lease.expires > now.as_millisecond()
        && lease.holder != holder
    {
        let until = Timestamp::from_millisecond(lease.expires).unwrap_or(now + MARGIN);
        return Grant::Held { until };
    }
    let lease = Lease {
        holder: holder.to_owned(),
        epoch: current.map_or(1, |lease| lease.epoch + 1),
        expires: (deadline + MARGIN).as_millisecond(),
    };
    let condition = match current {
        None => Condition::Absent,
        Some(before) => Condition::is("epoch", before.epoch),
    };
    let write = Write::Put(Item::new(&owner.to_string(), LEASE, &lease), condition);
    Grant::Take(Box::new(write), lease)
}

impl Lease {
    /// The part of a transaction that makes it fail once another holder has taken over.
    pub fn check(&self, owner: &Owner) -> Write {
        Write::Check { owner: owner.to_string(), key: LEASE.to_owned(), condition: Condition::is("epoch", self.epoch) }
    }

    /// The write by which one of many nudges that come too soon is made up for: it succeeds once after each pass.
    pub fn put_off_nudge(&self, owner: &Owner) -> Write {
        const NUDGED: &str = "nudgedAfter";
        let mut item = Item::new(&owner.to_string(), LEASE, &json!({}));
        let epoch = i64::try_from(self.epoch).unwrap_or(i64::MAX);
        item.attributes.insert(NUDGED.into(), json!(epoch));
        Write::Set(item, Condition::AbsentOrAtMost(NUDGED.to_owned(), epoch - 1))
    }

    /// The part of a transaction that gives the lease back, and makes it fail once another holder has taken over.
    pub fn release(&self, owner: &Owner) -> Write {
        let mut item = Item::new(&owner.to_string(), LEASE, &json!({}));
        item.attributes.insert("holder".into(), json!(""));
        item.attributes.insert("expires".into(), json!(0));
        Write::Set(item, Condition::is("epoch", self.epoch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn owner() -> Owner {
        "tenant#dev#demo".parse().unwrap()
    }

    #[test]
    fn a_lease_is_granted_once_the_former_has_expired_or_was_released() {
        let lease = |expires| Lease { holder: "a".into(), epoch: 7, expires };
        let granted = |current: Option<&Lease>| match ask(&owner(), current, "b", at(160), at(100)) {
            Grant::Take(_, lease) => Some((lease.epoch, lease.expires)),
            Grant::Held { .. } => None,
        };
        assert_eq!(granted(None), Some((1, 190_000)));
        assert_eq!(granted(Some(&lease(100_001))), None);
        assert_eq!(granted(Some(&lease(100_000))), Some((8, 190_000)));
        assert_eq!(granted(Some(&lease(0))), Some((8, 190_000)));
    }
}
