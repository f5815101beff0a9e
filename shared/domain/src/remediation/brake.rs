//! When many fail alike, it is none of them that is broken: nothing is repaired, and one incident names what they have in common.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::share;

/// A tenant's newest failure of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The tenant.
    pub tenant: String,
    /// When.
    pub at: Timestamp,
}

/// The brake is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tripped {
    /// Tenants that fail alike.
    pub failing: u32,
    /// Tenants there are.
    pub of: u32,
}

/// Failures within this are of one time.
const TOGETHER: SignedDuration = SignedDuration::from_mins(5);
/// Where fewer tenants stand than this, half of them are many.
const FEW: u32 = 8;

/// Whether too many of `tenants` fail alike at `now`.
pub fn brake(failing: &[Failing], tenants: u32, now: Timestamp) -> Option<Tripped> {
    let count = failing.iter().filter(|one| now.duration_since(one.at) <= TOGETHER).count();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    // One alone is nobody's like.
    let many = if tenants < FEW { count >= 2 && 2 * count >= tenants } else { count > share(tenants, 5).max(3) };
    many.then_some(Tripped { failing: count, of: tenants })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_of_many_are_repaired_and_many_are_not() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let failing = |count: i64| (0..count).map(|n| Failing { tenant: format!("t{n}"), at: at(1_000) }).collect::<Vec<_>>();
        let check =
            |count, tenants, expected| assert_eq!(brake(&failing(count), tenants, at(1_100)).is_some(), expected, "{count} of {tenants}");
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
        assert_eq!(brake(&failing(50), 50, at(1_301)), None, "they failed longer ago than five minutes");
    }
}
