//! What other sources add: a failure of the application may be that of what it depends on.

use super::super::cause::Cause;
use super::super::facts::{Facts, TargetHealth};
use super::super::stop::TaskStopped;
use super::{Confidence, Verdict};

/// `verdict`, with what `facts` make of it.
pub(super) fn with_facts(verdict: Verdict, stop: &TaskStopped, facts: &Facts) -> Verdict {
    if !verdict.cause.may_follow() {
        return verdict;
    }
    let others = [database(&verdict, facts), rotation(&verdict, stop, facts), slow_start(&verdict, stop, facts)];
    others.into_iter().flatten().next().unwrap_or(verdict)
}

fn database(verdict: &Verdict, facts: &Facts) -> Option<Verdict> {
    facts.database_fails_over.filter(|fails| *fails)?;
    Some(instead(verdict, Cause::DatabaseFailover, Confidence::Likely, "Its database was failing over.".to_owned()))
}

/// A rotated secret explains it unless a new revision does. A task that started afterwards has read the new value.
fn rotation(verdict: &Verdict, stop: &TaskStopped, facts: &Facts) -> Option<Verdict> {
    let age = facts.rotated_before(stop.stopped_at)?;
    if facts.began_with_revision() == Some(true) {
        return None;
    }
    let has_old_value = stop.started_at.zip(facts.secret_rotated_at).is_some_and(|(started, rotated)| started < rotated);
    let confidence = if has_old_value { Confidence::Likely } else { Confidence::Guess };
    let seen = format!("A secret that it reads was rotated {} s before.", age.as_secs());
    Some(instead(verdict, Cause::CredentialsRotated, confidence, seen))
}

/// Found unhealthy sooner than a task of the service is usually ready.
fn slow_start(verdict: &Verdict, stop: &TaskStopped, facts: &Facts) -> Option<Verdict> {
    if verdict.cause != Cause::UnhealthyTarget {
        return None;
    }
    let seen = match (stop.ran().zip(facts.usual_start), &facts.target_health) {
        (Some((ran, usual)), _) if ran < usual => {
            format!("It ran for {} s, and is usually ready after {} s.", ran.as_secs(), usual.as_secs())
        }
        (_, Some(TargetHealth::Registering)) => "Its target was still being registered.".to_owned(),
        _ => return None,
    };
    Some(instead(verdict, Cause::StartTooSlow, Confidence::Likely, seen))
}

fn instead(verdict: &Verdict, cause: Cause, confidence: Confidence, seen: String) -> Verdict {
    Verdict { cause, ..verdict.clone() }.at_most(confidence).and(seen)
}
