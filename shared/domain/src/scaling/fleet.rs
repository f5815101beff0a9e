//! Limits that several pools share: connections of a tenant's database, vCPUs of an environment's workers.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::memory::{Memory, PARTITION_PREFIX};
use crate::kind::workers::{Registered, key_of};
use crate::tenant::EnvironmentName;

/// What one pool asks of a shared limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// How much of the limit a worker takes.
    pub each: f64,
    /// Workers that it has, and is not to lose to others.
    pub has: u32,
    /// Workers that it wants.
    pub wants: u32,
    /// How much more than others it counts: its tier's weight.
    pub weight: f64,
}

/// How many workers each of `claims` may have under `limit`: what it has, then a share of what is left by weight. What one does not need
/// goes to the others.
pub fn shares(limit: f64, claims: &[Claim]) -> Vec<u32> {
    if claims.iter().map(|claim| claim.each * f64::from(claim.wants.max(claim.has))).sum::<f64>() <= limit {
        return claims.iter().map(|claim| claim.wants).collect();
    }
    let mut granted: Vec<u32> = claims.iter().map(|claim| claim.has.min(claim.wants)).collect();
    let used = |granted: &[u32]| claims.iter().zip(granted).map(|(claim, count)| claim.each * f64::from(*count)).sum::<f64>();
    loop {
        let left = limit - used(&granted);
        // The one that would have least for its weight comes next.
        let next = claims.iter().enumerate().filter(|(n, claim)| granted[*n] < claim.wants && claim.each <= left);
        let by_need = |(n, claim): &(usize, &Claim)| claim.each * f64::from(granted[*n] + 1) / claim.weight.max(f64::MIN_POSITIVE);
        let Some((n, _)) = next.min_by(|one, other| by_need(one).total_cmp(&by_need(other))) else { return granted };
        granted[n] += 1;
    }
}

/// A limit that a pool shares with others, and what those claim of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scarce {
    /// All there is.
    pub limit: f64,
    /// How much of it a worker of this pool takes.
    pub each: f64,
    /// How much this pool counts.
    pub weight: f64,
    /// The others.
    pub others: Vec<Claim>,
}

impl Scarce {
    /// All that `pool` shares: with the other `pools` of its owner, of which there are `memories`, and with those that have `claimed`.
    pub fn all(
        pool: &Registered,
        pools: &[Registered],
        memories: &BTreeMap<String, Memory>,
        claimed: &[Claimed],
        now: Timestamp,
    ) -> Vec<Self> {
        [Self::connections(pool, pools, memories), Self::vcpus(pool, claimed, now)].into_iter().flatten().collect()
    }

    /// The connections to its owner's database that `pool` shares with the other `pools`, by what is remembered of those.
    pub fn connections(pool: &Registered, pools: &[Registered], memories: &BTreeMap<String, Memory>) -> Option<Self> {
        let own = pool.pool.connections?;
        let claim = |other: &Registered| {
            let each = other.pool.connections?.each;
            memories.get(&other.name)?.claim(each.into(), other.pool.weight.get())
        };
        let others = pools.iter().filter(|other| other.name != pool.name).filter_map(claim).collect();
        Some(Self { limit: own.most.into(), each: own.each.into(), weight: pool.pool.weight.get(), others })
    }

    /// The vCPUs that `pool` shares with all others of its environment, by what those claim `now`.
    pub fn vcpus(pool: &Registered, claimed: &[Claimed], now: Timestamp) -> Option<Self> {
        let (own, key) = (pool.pool.vcpus?, key_of(pool));
        let others = claimed.iter().filter(|other| other.pool != key && other.is_valid(now)).map(|other| other.claim).collect();
        Some(Self { limit: f64::from(own.most) * UNITS, each: own.each.into(), weight: pool.pool.weight.get(), others })
    }

    /// How many workers a pool may have that `has` so many and `wants` so many.
    pub fn share(&self, has: u32, wants: u32) -> u32 {
        let own = Claim { each: self.each, has, wants, weight: self.weight };
        let claims: Vec<_> = std::iter::once(own).chain(self.others.iter().copied()).collect();
        shares(self.limit, &claims).first().copied().unwrap_or(has)
    }
}

/// CPU units of one vCPU (ECS).
const UNITS: f64 = 1_024.0;

/// What a pool claims of the vCPUs of its environment, as the table of scaling has it for all others to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// The pool, by [`key_of`].
    pub pool: String,
    /// In CPU units.
    pub claim: Claim,
    /// When it was written.
    pub at: Timestamp,
}

/// A claim is good for so long: a pool that is gone, or of which nothing is known, claims nothing in the end.
const VALID: SignedDuration = SignedDuration::from_mins(10);
/// A claim that has not changed is written again after so long, well before it is void.
const RENEWED: SignedDuration = SignedDuration::from_mins(4);

impl Claimed {
    /// What `pool` claims `now` by its `memory`, if the others, of whose claims `known` are known, must hear of it.
    pub fn news(pool: &Registered, memory: &Memory, known: &[Self], now: Timestamp) -> Option<Self> {
        let claimed = Self::of(pool, memory, now)?;
        let before = known.iter().find(|before| before.pool == claimed.pool);
        claimed.is_news(before).then_some(claimed)
    }

    /// What `pool` claims `now` by its `memory`; none: it shares nothing, or nothing was decided yet.
    fn of(pool: &Registered, memory: &Memory, now: Timestamp) -> Option<Self> {
        let claim = memory.claim(pool.pool.vcpus?.each.into(), pool.pool.weight.get())?;
        Some(Self { pool: key_of(pool), claim, at: now })
    }

    /// Whether it tells others anything that `before` did not.
    fn is_news(&self, before: Option<&Self>) -> bool {
        before.is_none_or(|before| before.claim != self.claim || self.at.duration_since(before.at) >= RENEWED)
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < VALID
    }
}

/// The partition, in the table of scaling, of what the pools of `environment` claim.
pub fn partition(environment: &EnvironmentName) -> String {
    format!("{PARTITION_PREFIX}claims#{environment}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::testing::at;
    use super::*;

    #[test]
    fn vcpus_are_shared_by_the_pools_of_all_tenants_as_long_as_they_are_heard_of() {
        let registered = |tenant: &str| -> Registered {
            let pool = json!({ "cluster": "c", "service": "s", "queues": ["q"], "broker": { "redis": { "host": "h", "port": "1" } },
                "vcpus": { "most": 4, "each": 512 }, "weight": 3 });
            let owner = format!("tenant#dev#{tenant}");
            serde_json::from_value(json!({ "name": "workers", "owner": owner, "pool": pool, "tags": {} })).expect("a pool")
        };
        let ours = registered("demo");
        let claimed = |pool: &Registered, second| Claimed {
            pool: key_of(pool),
            claim: Claim { each: 512.0, has: 2, wants: 9, weight: 1.0 },
            at: at(second),
        };
        let share = |claimed: &[Claimed]| Scarce::vcpus(&ours, claimed, at(1_000)).expect("it shares").share(1, 9);
        assert_eq!(share(&[]), 8, "four vCPUs are eight halves");
        // Two are the other's; the rest goes by weight.
        assert_eq!(share(&[claimed(&registered("other"), 990)]), 6);
        assert_eq!(share(&[claimed(&registered("other"), 400)]), 8, "it has not been heard of for ten minutes");
        assert_eq!(share(&[claimed(&ours, 990)]), 8, "it does not compete with itself");
        let news = |before: Option<&Claimed>, second| claimed(&ours, second).is_news(before);
        let before = claimed(&ours, 0);
        assert_eq!((news(None, 0), news(Some(&before), 239), news(Some(&before), 240)), (true, false, true));
    }

    #[test]
    fn what_others_have_is_theirs() {
        let other = Claim { each: 2.0, has: 5, wants: 9, weight: 1.0 };
        let scarce = Scarce { limit: 20.0, each: 2.0, weight: 1.0, others: vec![other] };
        // Five are left; each gets of them in turn, the one with less for its weight first.
        assert_eq!((scarce.share(1, 9), scarce.share(1, 2), scarce.share(7, 9)), (5, 2, 7));
    }

    #[test]
    fn a_limit_is_shared_by_weight_and_nobody_loses_what_it_has() {
        let claim = |has, wants, weight| Claim { each: 1.0, has, wants, weight };
        let check = |limit, claims: &[Claim], expected: &[u32]| assert_eq!(shares(limit, claims), expected);
        check(100.0, &[claim(1, 5, 1.0), claim(1, 5, 1.0)], &[5, 5]);
        check(6.0, &[claim(0, 5, 1.0), claim(0, 5, 1.0)], &[3, 3]);
        check(8.0, &[claim(0, 9, 1.0), claim(0, 9, 3.0)], &[2, 6]);
        // What one does not need goes to the other.
        check(8.0, &[claim(0, 1, 1.0), claim(0, 9, 1.0)], &[1, 7]);
        // One that has more than its share keeps it and gets no more.
        check(8.0, &[claim(6, 9, 1.0), claim(0, 9, 1.0)], &[6, 2]);
        check(4.0, &[claim(6, 9, 1.0), claim(0, 9, 1.0)], &[6, 0]);
        let large = Claim { each: 4.0, has: 0, wants: 2, weight: 1.0 };
        check(7.0, &[large, claim(0, 9, 1.0)], &[1, 3]);
        check(0.0, &[], &[]);
    }
}
