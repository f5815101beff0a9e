//! What a decision leaves in the table of scaling: the memory that the next one follows from, changes for those who ask later, and claims
//! for other pools to see.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::decide::Outcome;
use super::fleet::{self, Claimed};
use super::memory::{self, Memory, PARTITION_PREFIX};
use crate::kind::workers::Registered;
use crate::ledger::{Condition, Item, Write};
use crate::tenant::Owner;

/// A change of a count, as it is kept for those who ask what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// When it was decided.
    pub at: Timestamp,
    /// The pool.
    pub pool: String,
    /// Workers before.
    pub from: u32,
    /// Workers after.
    pub to: u32,
    /// The decision in words.
    pub why: String,
}

/// Changes are kept for so long: who asks on Monday what happened at the weekend before the last.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// What is remembered of a pool of which nothing is heard any more goes after so long.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The partition, in the table of scaling, of what has become of the pools of `owner`.
pub fn partition(owner: &Owner) -> String {
    format!("{PARTITION_PREFIX}history#{owner}")
}

/// The one transaction after a decision about `pool`, which fails if somebody else has decided since `before` was read: its revision, or
/// none where there was no item. `claimed` is what the pool claims, if that is news for others.
pub fn writes(pool: &Registered, memory: &Memory, before: Option<u64>, claimed: Option<&Claimed>, now: Timestamp) -> Vec<Write> {
    let condition = before.map_or(Condition::Absent, |revision| Condition::is("revision", revision));
    let of = |item: Item, kept| item.until(now + kept);
    let remembered = of(Item::new(&memory::partition(&pool.owner), &pool.name, memory), REMEMBERED);
    let past = Past::of(pool, memory).map(|past| {
        let item = Item::new(&partition(&pool.owner), &format!("{}#{}", past.at, pool.name), &past);
        Write::Put(of(item, KEPT), Condition::Always)
    });
    let claim = claimed.map(|claimed| {
        let item = Item::new(&fleet::partition(pool.owner.environment()), &claimed.pool, claimed);
        Write::Put(of(item, KEPT), Condition::Always)
    });
    [Some(Write::Put(remembered, condition)), past, claim].into_iter().flatten().collect()
}

impl Past {
    /// What the last decision of `memory` has changed. It is the same however often it is written.
    fn of(pool: &Registered, memory: &Memory) -> Option<Self> {
        let last = memory.last.as_ref()?;
        match last.decision.outcome {
            Outcome::Scale { from, to } => {
                Some(Self { at: last.inputs.now, pool: pool.name.clone(), from, to, why: last.decision.to_string() })
            }
            Outcome::Hold(_) => None,
        }
    }
}
