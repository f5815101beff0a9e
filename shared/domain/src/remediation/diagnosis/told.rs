//! What the texts of a stop say, and which container explains it.

use super::super::cause::Cause;
use super::super::facts::Facts;
use super::super::phrases::{Found, find};
use super::super::stop::{Container, TaskStopped};
use super::evidence::{self, quote, said};
use super::{Confidence, Verdict};

/// What texts come to.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// One is known.
    Known(Verdict),
    /// There are some, and none is known.
    Unknown(Verdict),
    /// There is none.
    Nothing,
}

/// SIGKILL: 128 + 9.
pub(super) const KILLED: i64 = 137;
/// SIGTERM: 128 + 15.
pub(super) const TERMINATED: i64 = 143;

/// Containers that ECS itself, App Mesh's successor and GuardDuty put beside those of the definition, by the beginnings of their names.
const NOT_OURS: [&str; 3] = ["~internal~", "ecs-service-connect-", "aws-guardduty-agent"];

/// The containers, the one first that most likely ended the task: the others were told to stop after it.
pub(super) fn by_weight<'a>(stop: &'a TaskStopped, facts: &Facts) -> Vec<&'a Container> {
    let mut found: Vec<_> = stop.containers.iter().collect();
    found.sort_by_key(|one| (is_beside(one, facts), rank(one)));
    found
}

/// Whether its end does not end the task.
fn is_beside(container: &Container, facts: &Facts) -> bool {
    let Some(name) = &container.name else { return false };
    match &facts.essential {
        Some(essential) => !essential.contains(name),
        None => NOT_OURS.iter().any(|begin| name.starts_with(begin)),
    }
}

/// Those with a reason, then with an exit code of their own, then killed, ended, and terminated: each could be what the one before did
/// to it.
fn rank(container: &Container) -> u8 {
    match (&container.reason, container.exit_code) {
        (Some(reason), _) if find(reason).is_none_or(|found| found.cause != Cause::StoppedBeforeStart) => 0,
        (_, Some(KILLED)) => 2,
        (_, Some(0)) => 3,
        (_, Some(TERMINATED)) => 4,
        (_, Some(_)) => 1,
        (_, None) => 5,
    }
}

/// What the containers' own reasons say.
pub(super) fn by_containers(stop: &TaskStopped, facts: &Facts) -> Told {
    let told: Vec<_> = by_weight(stop, facts).into_iter().filter_map(|one| by_container(one, stop)).collect();
    let known = told.iter().find(|one| matches!(one, Told::Known(_))).or(told.first());
    known.cloned().unwrap_or(Told::Nothing)
}

/// What the reason of one says; none if it has none.
fn by_container(container: &Container, stop: &TaskStopped) -> Option<Told> {
    let (reason, name) = (container.reason.as_deref()?, container.name.as_deref());
    let seen = said(&format!("The reason of container {}", evidence::name(container)), reason);
    Some(match find(reason) {
        Some(found) => Told::Known(doubted(verdict(found, seen), container, stop).of(name)),
        None => Told::Unknown(Verdict::unrecognised(reason, seen).of(name)),
    })
}

/// What all texts say, those of the containers first.
pub(super) fn by_texts(stop: &TaskStopped, facts: &Facts) -> Told {
    let of_containers = by_containers(stop, facts);
    let Some(reason) = stop.stopped_reason.as_deref() else { return of_containers };
    let seen = said("stoppedReason", reason);
    match (of_containers, find(reason)) {
        (Told::Known(verdict), _) => Told::Known(verdict),
        (_, Some(found)) => Told::Known(verdict(found, seen)),
        (Told::Unknown(verdict), None) => Told::Unknown(verdict.and(seen)),
        (Told::Nothing, None) => Told::Unknown(Verdict::unrecognised(reason, seen)),
    }
}

/// What `found` comes to.
pub(super) fn verdict(found: Found, seen: String) -> Verdict {
    Verdict::new(found.cause, found.confidence, seen)
}

/// The agent has called a container out of memory that still ran (aws/amazon-ecs-agent#5135).
fn doubted(verdict: Verdict, container: &Container, stop: &TaskStopped) -> Verdict {
    let status = container.last_status.as_deref().filter(|status| !status.eq_ignore_ascii_case("STOPPED"));
    let is_unheard = stop.connectivity.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("DISCONNECTED"));
    match (&verdict.cause, status) {
        (Cause::OutOfMemory, Some(status)) => {
            verdict.at_most(Confidence::Guess).and(format!("The container is still {}: make sure before it is replaced.", quote(status)))
        }
        (Cause::OutOfMemory, None) if is_unheard => verdict.at_most(Confidence::Guess).and("Its agent is not heard of."),
        _ => verdict,
    }
}
