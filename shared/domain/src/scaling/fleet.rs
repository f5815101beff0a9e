//! A limit that several pools share: connections of a database.

use std::collections::BTreeMap;

use super::memory::Memory;
use crate::kind::workers::Registered;

/// What one pool asks of a shared limit.
#[derive(Debug, Clone, Copy, PartialEq)]
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

    /// How many workers a pool may have that `has` so many and `wants` so many.
    pub fn share(&self, has: u32, wants: u32) -> u32 {
        let own = Claim { each: self.each, has, wants, weight: self.weight };
        let claims: Vec<_> = std::iter::once(own).chain(self.others.iter().copied()).collect();
        shares(self.limit, &claims).first().copied().unwrap_or(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
