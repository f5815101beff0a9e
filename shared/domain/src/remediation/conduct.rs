//! What follows from a fault of a subject, budgets and people's words aside.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::budget::Harm;
use super::cause::Cause;
use super::diagnosis::Confidence;
use super::fault::Fault;
use super::remedy::Remedy;
use super::size::Size;
use crate::incident::Severity;

/// What is known of the subject of a fault: a service or one-off task of an owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Whether a scheduler replaces its tasks.
    pub is_service: bool,
    /// What its tasks have.
    pub size: Option<Size>,
    /// So much memory the blueprint allows, in MiB; none: it is not to be raised.
    pub memory_cap_mib: Option<u32>,
    /// How often its memory was raised since it was lowered last.
    pub raises: u32,
    /// The image that runs.
    pub image: Option<String>,
    /// The image that was healthy last.
    pub good: Option<String>,
    /// Stops of this cause within ten minutes, this one included.
    pub alike: u32,
    /// Tasks wanted.
    pub wanted: Option<u32>,
    /// Tasks that run.
    pub running: Option<u32>,
    /// Whether ECS is going back to the deployment before.
    pub rolls_back: bool,
    /// How often others have undone what was laid over it and was proven, this time included; 0: it is not undone.
    pub undone: u32,
}

/// What follows from a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conduct {
    /// Nothing has failed.
    Ignore,
    /// ECS replaces the task; nothing else is to be done as long as it does not happen often.
    LeaveToScheduler,
    /// It is told, and nothing is done.
    Tell(Severity),
    /// An act.
    Act(Remedy),
    /// A person must look, since no act of ours helps.
    Escalate(Why),
}

/// Why a person must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nothing that we may do mends it.
    NotOurs,
    /// There is no image to go back to.
    NoGoodImage,
    /// Memory is at what the blueprint allows, or at what Fargate has.
    AtMostMemory,
    /// Memory was raised as often as it may be.
    RaisedEnough,
    /// It happens again and again.
    Loop,
    /// The same was done a while ago, and has not helped.
    TriedAlready,
    /// Others undo what we do.
    Contended,
    /// It was done, and nothing shows that it has helped.
    NotProven,
    /// There was no room for it in the budgets for too long.
    NoBudget,
}

/// Stops of one cause within ten minutes that are a loop: ECS starts tasks anew at once at first, and later in longer steps.
const LOOP: u32 = 3;
/// A memory is raised so often at most until a person has looked.
const RAISES: u32 = 2;
/// Once others have undone it so often, it is not done again.
const CONTENDED: u32 = 3;

/// What follows from `fault` of `subject`. What is only guessed brings no act that may hurt, and where ECS goes back by itself nobody else
/// does anything.
pub fn conduct(fault: &Fault, subject: &Subject) -> Conduct {
    match of(&fault.cause, subject) {
        Conduct::Act(remedy) if fault.confidence == Confidence::Guess && remedy.harm() != Harm::None => leave(subject),
        Conduct::Act(remedy) if subject.rolls_back && remedy.harm() != Harm::None => Conduct::LeaveToScheduler,
        Conduct::Escalate(Why::Loop | Why::NoGoodImage) if fault.confidence > Confidence::Guess && is_down(subject) => {
            Conduct::Act(Remedy::Quarantine { was: subject.wanted.unwrap_or(1) })
        }
        conduct => conduct,
    }
}

/// Whether it loops and none of its tasks runs: it serves nobody, and standing still takes nothing away.
fn is_down(subject: &Subject) -> bool {
    subject.is_service && !subject.rolls_back && subject.alike >= LOOP && subject.running == Some(0) && subject.wanted > Some(0)
}

fn of(cause: &Cause, subject: &Subject) -> Conduct {
    match (cause, subject.undone) {
        (cause, _) if cause.is_benign() => Conduct::Ignore,
        (_, CONTENDED..) => Conduct::Escalate(Why::Contended),
        (_, 1..CONTENDED) => Conduct::Act(Remedy::WakeReconciler),
        (Cause::SlowDrain | Cause::Unrecognised { .. }, _) => Conduct::Tell(Severity::Info),
        (Cause::OutOfMemory, _) => memory(subject),
        (Cause::ImageMissing | Cause::BadCommand | Cause::WrongArchitecture | Cause::NativeCrash | Cause::CleanExit, _) => {
            rollback(subject)
        }
        (Cause::ApplicationError | Cause::UnhealthyTarget | Cause::UnhealthyContainer | Cause::StartTooSlow, _) => crash(subject),
        (Cause::Killed | Cause::ExitOutOfRange, _) => leave(subject),
        (cause, _) => of_surroundings(cause, subject),
    }
}

/// Of what the tasks need, and not of the tasks themselves.
fn of_surroundings(cause: &Cause, subject: &Subject) -> Conduct {
    match cause {
        Cause::LogGroupMissing => once(subject, Remedy::CreateLogGroup),
        Cause::CredentialsRotated => once(subject, Remedy::ForceDeployment),
        Cause::SecretMissing
        | Cause::SecretIncomplete
        | Cause::SecretDenied
        | Cause::LogsDenied
        | Cause::PullDenied
        | Cause::AccessUnclear
        | Cause::MountTargetMissing
        | Cause::FileSystemUnreachable
        | Cause::FileSystemPathMissing
        | Cause::FileSystemDenied => once(subject, Remedy::WakeReconciler),
        cause if cause.is_transient() || *cause == Cause::TaskRetirement => leave(subject),
        _ => Conduct::Escalate(Why::NotOurs),
    }
}

/// ECS replaces tasks of services; a one-off task is the reconciler's to start again.
fn leave(subject: &Subject) -> Conduct {
    match subject {
        Subject { is_service: false, .. } => Conduct::Act(Remedy::WakeReconciler),
        Subject { alike, .. } if *alike >= LOOP => Conduct::Escalate(Why::Loop),
        _ => Conduct::LeaveToScheduler,
    }
}

/// What either mends it at once or does not.
fn once(subject: &Subject, remedy: Remedy) -> Conduct {
    if subject.alike > LOOP { Conduct::Escalate(Why::Loop) } else { Conduct::Act(remedy) }
}

/// A release that is new and bad goes back; one that ran well has met something else, and ECS starts it anew.
fn crash(subject: &Subject) -> Conduct {
    match (subject.alike >= LOOP, is_new(subject)) {
        (false, _) => Conduct::LeaveToScheduler,
        (true, true) => rollback(subject),
        (true, false) => Conduct::Escalate(Why::Loop),
    }
}

fn rollback(subject: &Subject) -> Conduct {
    match (&subject.image, &subject.good) {
        (Some(bad), Some(good)) if bad != good => Conduct::Act(Remedy::Rollback { bad: bad.clone(), good: good.clone() }),
        _ => Conduct::Escalate(Why::NoGoodImage),
    }
}

/// More memory, unless it is a new release that needs it.
fn memory(subject: &Subject) -> Conduct {
    if is_new(subject) {
        return rollback(subject);
    }
    if subject.raises >= RAISES {
        return Conduct::Escalate(Why::RaisedEnough);
    }
    let next = subject.size.and_then(|from| Some((from, from.with_more_memory()?)));
    let allowed = next.filter(|(_, to)| subject.memory_cap_mib.is_some_and(|cap| to.memory_mib <= cap));
    allowed.map_or(Conduct::Escalate(Why::AtMostMemory), |(from, to)| Conduct::Act(Remedy::RaiseMemory { from, to }))
}

/// Whether another image than the one that runs was healthy last.
fn is_new(subject: &Subject) -> bool {
    subject.good.is_some() && subject.good != subject.image
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "nothing that Caretaker may do mends it",
            Self::NoGoodImage => "no other image is known to have run well",
            Self::AtMostMemory => "it has as much memory as the blueprint allows",
            Self::RaisedEnough => "its memory was raised twice already",
            Self::Loop => "it happens again and again",
            Self::TriedAlready => "the same was done a while ago, and has not helped for good",
            Self::Contended => "somebody else undoes what Caretaker does: a pipeline, another tool or a person sets it back each time",
            Self::NotProven => "nothing shows that what was done has helped",
            Self::NoBudget => "so much is being repaired that there was no room for it",
        })
    }
}

#[cfg(test)]
mod tests;
