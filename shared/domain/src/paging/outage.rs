//! A receiver that takes nothing at present: what one delivery has found out, the others need not find out again.
//!
//! Deliveries of one receiver follow each other, since each that is not taken would be waited for. Without this each of them would wait as
//! long as the first before another receiver has to do, one after the other.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reply::{Outcome, Why};
use super::retry::{Tries, longest};
use crate::incident::Severity;

/// Since when a receiver takes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// When the first try failed that none has succeeded since.
    since: Timestamp,
    /// When the last one failed.
    last: Timestamp,
    /// Why.
    why: Why,
}

/// A receiver that is out is tried again after so long: the longest wait between two tries of what is critical.
const PROBE: SignedDuration = SignedDuration::from_secs(20);
/// An outage that nobody has seen for so long may have ended: the longest wait between two tries of anything.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(5);

impl Outage {
    /// What is known after a try at `now`, with what was known `before`; none: the receiver answers.
    pub fn after(before: Option<&Self>, outcome: &Outcome, now: Timestamp) -> Option<Self> {
        let Outcome::Again { why, .. } = outcome else { return None };
        let before = before.filter(|before| now.duration_since(before.last) < FORGOTTEN);
        let since = before.map_or(now, |before| before.since);
        (*why != Why::Busy).then(|| Self { since, last: now, why: why.clone() })
    }

    /// The `tries` of a delivery, which count from the beginning of the outage. Who has nobody to fall back on waits as long as ever.
    #[must_use]
    pub fn of(&self, tries: Tries) -> Tries {
        if tries.is_last { tries } else { Tries { since: tries.since.min(self.since), ..tries } }
    }

    /// What would come of a try, where it need not be made: the receiver is out for longer than what matters so much may wait, and was
    /// tried lately.
    pub fn foretells(&self, severity: Severity, is_last: bool, now: Timestamp) -> Option<Outcome> {
        let is_long = now.duration_since(self.since) >= longest(severity);
        let is_fresh = now.duration_since(self.last) < PROBE;
        (!is_last && is_long && is_fresh).then(|| Outcome::Again { after: None, why: self.why.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::delivery::Pace;
    use super::super::reply::Fault;
    use super::super::retry::{Next, after};
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn again(why: Why) -> Outcome {
        Outcome::Again { after: None, why }
    }

    fn out(since: i64, last: i64) -> Outage {
        Outage { since: at(since), last: at(last), why: Why::Failing(503) }
    }

    #[test]
    fn an_outage_lasts_from_the_first_failure_until_the_receiver_answers() {
        let refused = Why::Refused { status: 400, said: String::new() };
        let check = |before: Option<Outage>, outcome: Outcome, now, expected: Option<(i64, i64)>| {
            let found = Outage::after(before.as_ref(), &outcome, at(now));
            let found = found.map(|outage| (outage.since.as_second(), outage.last.as_second()));
            assert_eq!(found, expected, "{before:?} {outcome:?} {now}");
        };
        check(None, again(Why::Failing(503)), 7, Some((7, 7)));
        check(None, again(Why::Silent(Fault::TimedOut)), 7, Some((7, 7)));
        check(Some(out(0, 5)), again(Why::Failing(500)), 7, Some((0, 7)));
        // It answers, whatever it says.
        check(Some(out(0, 5)), Outcome::Delivered, 7, None);
        check(Some(out(0, 5)), Outcome::Never { why: refused }, 7, None);
        check(Some(out(0, 5)), again(Why::Busy), 7, None);
        // What nobody has seen for five minutes is another one.
        check(Some(out(0, 5)), again(Why::Failing(500)), 304, Some((0, 304)));
        check(Some(out(0, 5)), again(Why::Failing(500)), 305, Some((305, 305)));
    }

    #[test]
    fn only_what_is_news_of_the_receiver_is_kept() {
        let check = |outage: Option<Outage>, outcome: Outcome, expected: bool| {
            let mut pace = Pace { outage, ..Pace::default() };
            assert_eq!(pace.hear(&outcome, at(7)), expected, "{outcome:?}");
        };
        check(None, Outcome::Delivered, false);
        check(Some(out(0, 5)), Outcome::Delivered, true);
        check(None, again(Why::Failing(503)), true);
        check(Some(out(0, 5)), again(Why::Failing(503)), true);
        // It asks for a rest, or only says that it is too much.
        check(None, Outcome::Again { after: Some(SignedDuration::from_secs(9)), why: Why::Busy }, true);
        check(None, again(Why::Busy), false);
    }

    #[test]
    fn what_comes_into_an_outage_waits_no_longer_than_what_began_it() {
        use Severity::{Critical, Warning};
        let check = |severity, is_last, now, expected| {
            let tries = Tries { count: 1, since: at(now), is_last };
            let next = after(severity, out(0, now).of(tries), &again(Why::Failing(503)), at(now), 1.0);
            assert_eq!(next, expected, "{severity:?} {is_last} {now}");
        };
        let seconds = |seconds| Next::Wait(SignedDuration::from_secs(seconds));
        check(Critical, false, 58, seconds(2));
        check(Critical, false, 59, Next::Fallback);
        check(Warning, false, 59, seconds(5));
        check(Warning, false, 296, Next::Fallback);
        // Nobody else is left.
        check(Critical, true, 3_600, seconds(2));
    }

    #[test]
    fn a_try_is_left_out_while_its_outcome_is_known() {
        use Severity::{Critical, Info, Warning};
        let check = |outage: Outage, severity, is_last, expected| {
            let found = outage.foretells(severity, is_last, at(100));
            assert_eq!(found.is_some(), expected, "{outage:?} {severity:?} {is_last}");
        };
        check(out(0, 99), Critical, false, true);
        check(out(40, 99), Critical, false, true);
        // It may wait yet.
        check(out(41, 99), Critical, false, false);
        check(out(0, 99), Warning, false, false);
        check(out(-200, 99), Warning, false, true);
        check(out(-200, 99), Info, false, false);
        // It may have ended.
        check(out(0, 80), Critical, false, false);
        check(out(0, 99), Critical, true, false);
    }
}
