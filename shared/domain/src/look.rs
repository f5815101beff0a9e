//! Which resources a pass looks at on AWS, and which it takes as they were seen last.
//!
//! Most of what a tenant consists of changes only when somebody changes it by hand. A pass over an owner at rest looks at
//! what changes often ([`crate::kind::Kind::CHANGES_OFTEN`]) and at whatever is not ready; once a day it looks at all.
//! What is remembered is never acted upon: whatever a plan says of it but "ready" is a reason to look at it first.

use jiff::{SignedDuration, Timestamp};

use crate::intent::Intent;
use crate::ledger::Record;
use crate::observed::{Observed, Sighting};
use crate::plan::{Plan, Standing};
use crate::resource::Place;
use crate::settle::{Phase, State};

/// A change by hand of what changes seldom is found within this.
pub const WHOLE_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// How much a pass looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// At everything.
    Whole,
    /// At what changes often, and at what is not known to be ready.
    Part,
}

/// How much a pass over an owner looks at, after what the last one came to.
pub fn look(intent: &Intent, before: Option<&State>, now: Timestamp) -> Look {
    let Some(state) = before else { return Look::Whole };
    let asked_anew = state.revision != intent.revision || state.retries != intent.retries;
    let troubled = state.failures > 0 || !matches!(state.phase, Phase::Working | Phase::Ready | Phase::Degraded);
    let long_ago = state.looked_at.is_none_or(|at| now.duration_since(at) >= WHOLE_EVERY);
    if asked_anew || troubled || long_ago { Look::Whole } else { Look::Part }
}

/// Whether an owner stands as it should, nobody acts on it, and no whole look at it is due: it can be looked at together with others.
pub fn is_at_rest(intent: &Intent, state: &State, now: Timestamp) -> bool {
    let ready = state.phase == Phase::Ready && intent.stands().is_some() && !intent.paused;
    ready && state.wake.is_none() && look(intent, Some(state), now) == Look::Part
}

/// Whether `plan` has nothing to do, to wait for, or to tell that `state` does not say already.
pub fn is_undisturbed(state: &State, plan: &Plan) -> bool {
    let rests = |standing: &Standing| matches!(standing, Standing::Ready { .. } | Standing::Kept(_));
    let known = |(place, what): (&Place, &String)| state.drift.get(&place.id).is_some_and(|drift| drift.is_left_alone(what));
    plan.steps.is_empty() && plan.report.values().all(rests) && plan.drift.iter().all(known)
}

/// What is remembered of the resource of `record`, as if it were seen now; none of what changes often.
pub fn remembered(record: &Record) -> Option<Sighting> {
    record.seen.clone().filter(|_| !record.resource.desired.changes_often()).map(Sighting::Seen)
}

/// Brings what `record` remembers up to a look that found its resource in `standing`. What was seen just the same before
/// keeps its moment, so that nothing is to be written.
pub fn remember(record: &mut Record, standing: &Standing, sighting: Option<&Sighting>) {
    let keep = matches!(standing, Standing::Ready { .. });
    match sighting {
        Some(Sighting::Seen(observed)) if keep => {
            if !record.seen.as_ref().is_some_and(|before| is_same(before, observed)) {
                record.seen = Some(observed.clone());
            }
        }
        _ => record.seen = None,
    }
}

fn is_same(one: &Observed, other: &Observed) -> bool {
    (&one.arn, &one.tags, &one.detail) == (&other.arn, &other.tags, &other.detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Wish;
    use crate::plan::Fate;

    fn intent() -> Intent {
        Intent {
            version: 1,
            content_hash: String::new(),
            wish: Wish::Gone(Fate::KeepData),
            incarnation: None,
            former: Default::default(),
            paused: false,
            adopted: Vec::new(),
            retries: 1,
            privileged_at: None,
            counted: false,
            revision: 3,
        }
    }

    #[test]
    fn all_is_looked_at_once_a_day_and_whenever_something_is_in_doubt() {
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let intent = intent();
        let rest = State { retries: 1, looked_at: Some(at(0)), ..State::new(Phase::Ready, 1, 3, at(0)) };
        let check = |state: &State, hours: i64, expected: Look| assert_eq!(look(&intent, Some(state), at(hours)), expected, "{state:?}");
        check(&rest, 23, Look::Part);
        // On its way, what is ready already needs no second look either.
        check(&State { phase: Phase::Working, ..rest.clone() }, 1, Look::Part);
        check(&rest, 24, Look::Whole);
        // No pass has looked at all yet.
        check(&State { looked_at: None, ..rest.clone() }, 1, Look::Whole);
        // A new wish, or an order to try again.
        check(&State { revision: 2, ..rest.clone() }, 1, Look::Whole);
        check(&State { retries: 0, ..rest.clone() }, 1, Look::Whole);
        // A step that failed may have met what nobody has looked at.
        check(&State { failures: 1, ..rest.clone() }, 1, Look::Whole);
        check(&State { phase: Phase::Failed, ..rest.clone() }, 1, Look::Whole);
        assert_eq!(look(&intent, None, at(1)), Look::Whole);
    }
}
