//! What carries an owner's tags and has no record: found by the daily look, told once it is certain.

use std::collections::BTreeMap;

use super::Pass;
use crate::answer::{Answer, News};
use crate::orphan::{Orphan, orphans};

/// Those that are there now; if it is not known, those that were.
pub(super) fn found(pass: Pass<'_>) -> BTreeMap<String, Orphan> {
    let before = pass.before.map(|state| state.orphans.clone()).unwrap_or_default();
    let known = pass.records.keys().chain(pass.plan.report.keys()).cloned().collect();
    pass.tagged.map_or_else(|| before.clone(), |tagged| orphans(tagged, &known, &before, pass.now))
}

/// Those that have become certain with this pass.
pub(super) fn announce(pass: Pass<'_>, found: &BTreeMap<String, Orphan>) -> Option<Answer> {
    let was_certain = |orphan: &Orphan| pass.before.and_then(|before| before.looked_at).is_some_and(|at| orphan.is_certain(at));
    let new = found.iter().filter(|(_, orphan)| orphan.is_certain(pass.now) && !was_certain(orphan));
    let orphans: BTreeMap<_, _> = new.map(|(arn, orphan)| (arn.clone(), orphan.of.clone())).collect();
    (!orphans.is_empty()).then(|| Answer {
        id: format!("{}/{:016}-orphans", pass.owner.tag(), pass.epoch),
        owner: pass.owner.clone(),
        version: pass.intent.version,
        incarnation: pass.intent.incarnation,
        at: pass.now,
        news: News::OrphansFound { orphans },
    })
}
