//! What the stop code says: whose will the stop was.

use super::super::cause::Cause;
use super::super::facts::Facts;
use super::super::phrases::{find, find_of_host};
use super::super::stop::{StopCode, TaskStopped};
use super::super::text::Words;
use super::evidence::said;
use super::exit::{by_exit_code, killed_container, slow_drain};
use super::told::{Told, by_containers, by_texts, verdict};
use super::{Confidence, Verdict};

/// What precedes the id of an attempt in the reason that we give to `StopTask`.
pub const OWN_REASON: &str = "caretaker:";
/// What ECS says of every end of an essential container, in lower case and without punctuation.
const ESSENTIAL: &str = "essential container in task exited";

pub(super) fn by_stop_code(stop: &TaskStopped, facts: &Facts) -> Verdict {
    let reason = stop.stopped_reason.as_deref();
    match &stop.stop_code {
        Some(StopCode::SpotInterruption) => Verdict::new(Cause::SpotReclaimed, Confidence::Certain, "stopCode is SpotInterruption."),
        Some(StopCode::TerminationNotice) => by_notice(stop, facts),
        Some(StopCode::UserInitiated) => by_user(stop, facts),
        Some(StopCode::ServiceSchedulerInitiated) => by_scheduler(stop, facts),
        Some(StopCode::TaskFailedToStart) => by_start(stop, facts),
        Some(StopCode::EssentialContainerExited) => by_end(stop, facts, reason.is_none_or(is_end)),
        None | Some(StopCode::Other(_)) => by_text(stop, facts),
    }
}

/// Whether it says no more than that an essential container has ended, or the beginning of that.
fn is_end(reason: &str) -> bool {
    Words::of(reason).are_or_are_cut_from(ESSENTIAL)
}

/// Without a stop code that is known, a text has to say it.
fn by_text(stop: &TaskStopped, facts: &Facts) -> Verdict {
    match stop.stopped_reason.as_deref() {
        Some(reason) if Words::of(reason).have(&[ESSENTIAL]) => by_end(stop, facts, is_end(reason)),
        Some(reason) if find(reason).is_some_and(|found| found.cause.is_benign()) => by_scheduler(stop, facts),
        _ => known_or(by_texts(stop, facts), stop),
    }
}

/// It never came to `RUNNING`: a text has to say why, unless a container ran and ended before that.
fn by_start(stop: &TaskStopped, facts: &Facts) -> Verdict {
    match stop.stopped_reason.as_deref() {
        Some(reason) if Words::of(reason).have(&[ESSENTIAL]) => by_end(stop, facts, is_end(reason)),
        _ => known_or(by_texts(stop, facts), stop),
    }
}

/// The end of an essential container: reasons first, then the exit code. What a text says that no rule knows is not overruled by an
/// exit code.
fn by_end(stop: &TaskStopped, facts: &Facts, says_no_more: bool) -> Verdict {
    let told = if says_no_more { by_containers(stop, facts) } else { by_texts(stop, facts) };
    match told {
        Told::Nothing => by_exit_code(stop, facts).map_or_else(|| known_or(Told::Nothing, stop), |verdict| unheard(verdict, stop)),
        told => known_or(told, stop),
    }
}

/// An exit code that says nothing, from an agent that is not heard of, is that of a lost host.
fn unheard(verdict: Verdict, stop: &TaskStopped) -> Verdict {
    let is_unheard = stop.connectivity.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("DISCONNECTED"));
    if is_unheard && verdict.cause == Cause::ExitOutOfRange {
        return Verdict { cause: Cause::HostFault, confidence: Confidence::Likely, ..verdict }.and("Its agent is not heard of.");
    }
    verdict
}

fn known_or(told: Told, stop: &TaskStopped) -> Verdict {
    match told {
        Told::Known(verdict) | Told::Unknown(verdict) => verdict,
        Told::Nothing => {
            let code = stop.stop_code.as_ref().map_or("no stop code".to_owned(), StopCode::to_string);
            Verdict::unrecognised(&format!("{code} without a reason"), format!("It stopped with {code}, and nothing says why."))
        }
    }
}

/// A call of `StopTask`: ours, a person's, or ECS's own in the name of one.
fn by_user(stop: &TaskStopped, facts: &Facts) -> Verdict {
    let Some(reason) = stop.stopped_reason.as_deref() else {
        return wanted(Verdict::new(Cause::StoppedByUser, Confidence::Certain, "stopCode is UserInitiated."), stop, facts);
    };
    let seen = said("stoppedReason", reason);
    let is_ours = |attempt: &&str| facts.own_attempts.as_ref().is_some_and(|own| own.contains(*attempt));
    if let Some(attempt) = reason.strip_prefix(OWN_REASON).map(str::trim).filter(is_ours) {
        return Verdict::new(Cause::OwnAct { attempt: attempt.to_owned() }, Confidence::Certain, seen);
    }
    match find_of_host(reason) {
        Some(found) => verdict(found, seen),
        None => wanted(Verdict::new(Cause::StoppedByUser, Confidence::Certain, seen), stop, facts),
    }
}

/// The service's scheduler: because it should be fewer or others, or because health checks failed.
fn by_scheduler(stop: &TaskStopped, facts: &Facts) -> Verdict {
    let Some(reason) = stop.stopped_reason.as_deref() else { return by_scheduler_alone(stop, facts) };
    let seen = said("stoppedReason", reason);
    match find(reason) {
        Some(found) if found.cause.is_benign() => wanted(verdict(found, seen), stop, facts),
        Some(found) => verdict(found, seen),
        None => Verdict::unrecognised(reason, seen),
    }
}

/// Without a reason it may have been unhealthy: only a kill, or who knows of the scale-in, tells.
fn by_scheduler_alone(stop: &TaskStopped, facts: &Facts) -> Verdict {
    let confidence = if facts.scaling_in == Some(true) { Confidence::Likely } else { Confidence::Guess };
    let verdict = Verdict::new(Cause::ScalingActivity, confidence, "stopCode is ServiceSchedulerInitiated.");
    let is_known = facts.scaling_in == Some(true) || killed_container(stop, facts).is_some();
    if is_known { wanted(verdict, stop, facts).at_most(confidence) } else { known_or(Told::Nothing, stop) }
}

/// A stop that was wanted, as `verdict` has it, unless its containers did not end as they should.
fn wanted(verdict: Verdict, stop: &TaskStopped, facts: &Facts) -> Verdict {
    let killed = killed_container(stop, facts);
    match by_containers(stop, facts) {
        Told::Known(other) if other.cause == Cause::StoppedBeforeStart => verdict,
        // A child of it may have been killed long before (aws/amazon-ecs-agent#261).
        Told::Known(other) if other.cause == Cause::OutOfMemory && killed.is_none() => {
            other.at_most(Confidence::Guess).and("The stop was wanted, and it was not killed: memory may have run out before.")
        }
        Told::Known(other) | Told::Unknown(other) => other.at_most(Confidence::Likely),
        Told::Nothing => match killed {
            Some(container) => slow_drain(stop, facts, verdict.of(container.name.as_deref())),
            None => verdict,
        },
    }
}

/// The host goes: Spot, or a retirement.
fn by_notice(stop: &TaskStopped, facts: &Facts) -> Verdict {
    if facts.is_retiring == Some(true) {
        return Verdict::new(Cause::TaskRetirement, Confidence::Certain, "AWS Health has announced its retirement.");
    }
    let provider = stop.capacity_provider.as_deref().or(stop.launch_type.as_deref());
    let is_spot = provider.is_some_and(|name| name.to_ascii_uppercase().contains("SPOT"));
    match (by_texts(stop, facts), provider) {
        (Told::Known(verdict), _) => verdict,
        (_, Some(name)) if is_spot => {
            Verdict::new(Cause::SpotReclaimed, Confidence::Likely, format!("stopCode is TerminationNotice, on {name}."))
        }
        (Told::Unknown(verdict), _) => verdict,
        (Told::Nothing, Some(name)) => Verdict::new(
            Cause::TaskRetirement,
            Confidence::Guess,
            format!("stopCode is TerminationNotice, and {name} is no Spot capacity."),
        ),
        (Told::Nothing, None) => Verdict::new(Cause::SpotReclaimed, Confidence::Guess, "stopCode is TerminationNotice."),
    }
}
