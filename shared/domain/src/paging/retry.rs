//! When a delivery is tried again, and when another channel has to do.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reply::Outcome;
use crate::incident::Severity;

/// How often and how long a receiver is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Patience {
    /// Before the second try; doubled each time.
    first: SignedDuration,
    /// No wait is longer, unless the receiver asks for it.
    longest: SignedDuration,
    /// So many tries.
    tries: u32,
    /// So long from the first one.
    within: SignedDuration,
}

/// Who is paged at night hears of it by the next channel within a minute; others can wait.
const CRITICAL: Patience = patience(2, 20, 6, 60);
const WARNING: Patience = patience(5, 60, 8, 5 * 60);
const INFO: Patience = patience(15, 5 * 60, 12, 30 * 60);
/// After the last channel there are only the dead letters, which nobody reads at night: an outage of all receivers for an evening is
/// waited for. 2 + 4 + … + 256 s are 8.5 min, and 70 more waits of 5 min make 6 h.
const LAST: Patience = patience(2, 5 * 60, 80, 6 * 60 * 60);

const fn patience(first: i64, longest: i64, tries: u32, within: i64) -> Patience {
    Patience {
        first: SignedDuration::from_secs(first),
        longest: SignedDuration::from_secs(longest),
        tries,
        within: SignedDuration::from_secs(within),
    }
}

impl Patience {
    /// With a receiver of what matters so much; `is_last` if nobody is left to fall back on.
    fn of(severity: Severity, is_last: bool) -> Self {
        match (is_last, severity) {
            (true, _) => LAST,
            (false, Severity::Critical) => CRITICAL,
            (false, Severity::Warning) => WARNING,
            (false, Severity::Info) => INFO,
        }
    }

    /// The wait after so many tries: doubled each time, of which the second half is left to chance.
    fn wait(&self, tries: u32, chance: f64) -> SignedDuration {
        let whole = self.first.as_millis() << tries.saturating_sub(1).min(20);
        let whole = SignedDuration::from_millis(whole.min(self.longest.as_millis()) as i64);
        let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 };
        whole / 2 + (whole / 2).mul_f64(chance)
    }
}

/// So long a delivery of this severity waits for a receiver at most, where there is another one.
pub(super) fn longest(severity: Severity) -> SignedDuration {
    Patience::of(severity, false).within
}

/// The tries of one delivery by one channel, this one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tries {
    /// How many.
    pub count: u32,
    /// When the first one was made.
    pub since: Timestamp,
    /// Whether there is no channel left to fall back on.
    pub is_last: bool,
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is done.
    Done,
    /// The same once more, after so long.
    Wait(SignedDuration),
    /// The next channel, now.
    Fallback,
    /// Nobody is left: to the dead letters.
    DeadLetter,
}

/// What follows from `outcome`, which the last of `tries` had at `now`. `chance` is between 0 and 1.
pub fn after(severity: Severity, tries: Tries, outcome: &Outcome, now: Timestamp, chance: f64) -> Next {
    let patience = Patience::of(severity, tries.is_last);
    let wait = match outcome {
        Outcome::Delivered => return Next::Done,
        Outcome::Never { .. } => return given_up(tries),
        Outcome::Again { after, .. } => patience.wait(tries.count, chance).max(after.unwrap_or_default()),
    };
    let is_out_of_time = now.duration_since(tries.since).saturating_add(wait) > patience.within;
    if tries.count >= patience.tries || is_out_of_time { given_up(tries) } else { Next::Wait(wait) }
}

fn given_up(tries: Tries) -> Next {
    if tries.is_last { Next::DeadLetter } else { Next::Fallback }
}

#[cfg(test)]
mod tests {
    use super::super::reply::{Fault, Why};
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn again(after: Option<i64>) -> Outcome {
        Outcome::Again { after: after.map(SignedDuration::from_secs), why: Why::Busy }
    }

    #[test]
    fn waits_double_up_to_their_longest_with_half_left_to_chance() {
        let waits = |chance| [1, 2, 3, 4, 5, 40].map(|tries| CRITICAL.wait(tries, chance).as_millis());
        assert_eq!(waits(1.0), [2000, 4000, 8000, 16_000, 20_000, 20_000]);
        assert_eq!(waits(0.0), [1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(CRITICAL.wait(1, 0.5).as_millis(), 1500);
        for odd in [f64::NAN, f64::INFINITY, -1.0, 7.0] {
            assert!((1000..=2000).contains(&CRITICAL.wait(1, odd).as_millis()));
        }
        assert_eq!(CRITICAL.wait(0, 1.0).as_millis(), 2000);
        assert_eq!(CRITICAL.wait(u32::MAX, 1.0).as_millis(), 20_000);
    }

    #[test]
    fn what_follows_depends_on_the_reply_the_tries_and_the_time() {
        let check = |severity, (count, seconds, is_last), outcome: &Outcome, expected| {
            let tries = Tries { count, since: at(0), is_last };
            assert_eq!(after(severity, tries, outcome, at(seconds), 1.0), expected, "{severity:?} {tries:?} {outcome:?}");
        };
        let wait = |seconds| Next::Wait(SignedDuration::from_secs(seconds));
        let critical = Severity::Critical;
        check(critical, (1, 0, false), &Outcome::Delivered, Next::Done);
        check(critical, (99, 9999, true), &Outcome::Delivered, Next::Done);
        check(critical, (1, 0, false), &again(None), wait(2));
        // The receiver asks for more, or for less.
        check(critical, (1, 0, false), &again(Some(30)), wait(30));
        check(critical, (1, 0, false), &again(Some(0)), wait(2));
        // 60 s are just within its patience, 61 are not.
        check(critical, (1, 0, false), &again(Some(60)), wait(60));
        check(critical, (1, 0, false), &again(Some(61)), Next::Fallback);
        check(critical, (5, 40, false), &again(None), wait(20));
        check(critical, (5, 41, false), &again(None), Next::Fallback);
        check(critical, (6, 10, false), &again(None), Next::Fallback);
        let never = Outcome::Never { why: Why::Silent(Fault::Forbidden) };
        check(critical, (1, 0, false), &never, Next::Fallback);
        check(critical, (1, 0, true), &never, Next::DeadLetter);
        check(Severity::Warning, (6, 60, false), &again(None), wait(60));
        check(Severity::Info, (6, 600, false), &again(None), wait(300));
        check(critical, (80, 60, true), &again(None), Next::DeadLetter);
        check(critical, (9, 21_300, true), &again(None), wait(300));
        check(critical, (9, 21_301, true), &again(None), Next::DeadLetter);
    }

    #[test]
    fn ten_minutes_without_any_receiver_lose_nothing() {
        let (mut now, mut count) = (0, 1);
        while now <= 600 {
            let tries = Tries { count, since: at(0), is_last: true };
            let Next::Wait(wait) = after(Severity::Critical, tries, &again(None), at(now), 0.0) else { panic!("given up after {now} s") };
            (now, count) = (now + wait.as_secs(), count + 1);
        }
        assert!(count < 20, "{count} tries");
    }

    #[test]
    fn a_clock_that_goes_back_ends_nothing() {
        let tries = Tries { count: 1, since: at(1000), is_last: false };
        assert!(matches!(after(Severity::Critical, tries, &again(None), at(0), 0.0), Next::Wait(_)));
    }
}
