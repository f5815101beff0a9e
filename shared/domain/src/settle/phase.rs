//! How an owner stands after a pass.

use jiff::SignedDuration;

use super::next;
use super::{Pass, Phase};
use crate::order::Wish;
use crate::plan::{Plan, Standing, Wait};
use crate::resource::Place;

/// AWS did not let the pass finish: a look or a step failed in a way that may pass.
pub(super) fn troubled(plan: &Plan) -> bool {
    plan.report.values().any(|standing| matches!(standing, Standing::Waiting(Wait::Unknown(_) | Wait::Failed(_))))
}

/// What the pass has come to.
pub(super) fn phase(pass: Pass<'_>) -> Phase {
    if pass.intent.paused {
        return Phase::Paused;
    }
    let of_present = |place: &Place| pass.intent.stands().is_some_and(|(_, life)| life == place.incarnation);
    let goes = matches!(pass.intent.wish, Wish::Gone(_));
    let concerned: Vec<_> = pass.plan.report.iter().filter(|(place, _)| goes || of_present(place)).map(|(_, standing)| standing).collect();
    let stuck = concerned.iter().any(|standing| matches!(standing, Standing::Stuck(_)));
    let moves = |standing: &&Standing| match standing {
        Standing::Waiting(wait) => !matches!(wait, Wait::On(_) | Wait::Outside(_)),
        other => matches!(other, Standing::Due),
    };
    let moving = concerned.iter().copied().any(|standing| moves(&standing));
    let waits_for_others = |(place, standing): (&Place, &Standing)| !moves(&standing) || is_late(pass, place, standing);
    let held = !goes && pass.plan.report.iter().filter(|(place, _)| of_present(place)).all(waits_for_others);
    let arrived = concerned.iter().all(|standing| matches!(standing, Standing::Ready { .. } | Standing::Gone | Standing::Kept(_)));
    let was_ready =
        pass.before.is_some_and(|before| before.version == pass.intent.version && matches!(before.phase, Phase::Ready | Phase::Degraded));
    match (goes, arrived) {
        (true, true) => Phase::Removed,
        (false, true) => Phase::Ready,
        _ if stuck && !moving => Phase::Failed,
        (true, false) => Phase::Removing,
        (false, false) if was_ready || held => Phase::Degraded,
        (false, false) => Phase::Working,
    }
}

/// AWS works on it for so long that somebody should know: three times as long as usual, and a quarter of an hour at least.
fn is_late(pass: Pass<'_>, place: &Place, standing: &Standing) -> bool {
    const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
    let Some(record) = pass.records.get(place).filter(|_| matches!(standing, Standing::Waiting(Wait::Settling(_)))) else { return false };
    let usual = next::usual(record).checked_mul(3).and_then(|usual| SignedDuration::try_from(usual).ok()).unwrap_or(PATIENCE);
    record.settling_since.is_some_and(|since| pass.now.duration_since(since) > usual.max(PATIENCE))
}
