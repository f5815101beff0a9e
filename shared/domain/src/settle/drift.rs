//! What others have changed on AWS: told once, remembered for a while.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Pass;
use crate::answer::{Answer, News};
use crate::resource::ResourceId;

/// What was set right stays in the state for so long, for whoever wonders.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A change of a resource that was not ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// In words.
    pub what: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// Whether it was set right; not in an owner that is observe-only or paused.
    pub repaired: bool,
}

impl Drift {
    /// Whether it is known that `what` has changed, and it is left as it is.
    pub fn is_left_alone(&self, what: &str) -> bool {
        !self.repaired && self.what == what
    }
}

/// What is remembered after this pass, and the answer that tells what is new of it. What was repaired and drifts again is new.
pub(super) fn drift(pass: Pass<'_>) -> (BTreeMap<ResourceId, Drift>, Option<Answer>) {
    let before = pass.before.map(|state| state.drift.clone()).unwrap_or_default();
    let found = pass.drift.iter().map(|(place, what)| {
        let drift = Drift { what: what.clone(), found_at: pass.now, repaired: repairs(pass) };
        (place.id.clone(), drift)
    });
    let (known, new): (BTreeMap<_, _>, BTreeMap<_, _>) =
        found.partition(|(id, drift)| !drift.repaired && before.get(id).is_some_and(|known| known.is_left_alone(&drift.what)));
    let recent = |drift: &Drift| drift.repaired && pass.now.duration_since(drift.found_at) < REMEMBERED;
    let mut all: BTreeMap<_, _> = before.into_iter().filter(|(id, drift)| known.contains_key(id) || recent(drift)).collect();
    let answer = (!new.is_empty()).then(|| answer(pass, &new));
    all.extend(new);
    (all, answer)
}

fn answer(pass: Pass<'_>, new: &BTreeMap<ResourceId, Drift>) -> Answer {
    let drift = new.iter().map(|(id, drift)| (id.0.clone(), drift.what.clone())).collect();
    Answer {
        id: format!("{}/{:016}-drift", pass.owner.tag(), pass.epoch),
        owner: pass.owner.clone(),
        version: pass.intent.version,
        incarnation: pass.intent.incarnation,
        at: pass.now,
        news: News::Drifted { drift, repairing: repairs(pass) },
    }
}

fn repairs(pass: Pass<'_>) -> bool {
    !pass.intent.paused && !pass.intent.observes_only()
}
