//! What is done about a cause, and what that may do to people who use the service.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::budget::Harm;
use super::cause::Cause;
use super::diagnosis::Confidence;
use super::size::Size;
use crate::incident::Severity;

/// An act against a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// The service starts all its tasks anew, of the revision that it has.
    ForceDeployment,
    /// The service goes back to the image that was healthy last.
    Rollback {
        /// What is not to run.
        bad: String,
        /// What runs instead.
        good: String,
    },
    /// The service's tasks have at least this size.
    RaiseMemory(Size),
    /// The log group that its tasks write to is made.
    CreateLogGroup,
    /// The reconciler looks at the owner: it makes what is missing.
    WakeReconciler,
}

/// What is known of the subject of a stop: a service or one-off task of an owner.
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
}

/// Stops of one cause within ten minutes that are a loop: ECS starts tasks anew at once at first, and later in longer steps.
const LOOP: u32 = 3;
/// A memory is raised so often at most until a person has looked.
const RAISES: u32 = 2;

/// What follows from `cause`, known with this `confidence`, for `subject`, all budgets aside. What is only guessed brings no act that may
/// hurt.
pub fn conduct(cause: &Cause, confidence: Confidence, subject: &Subject) -> Conduct {
    match of(cause, subject) {
        Conduct::Act(remedy) if confidence == Confidence::Guess && remedy.harm() != Harm::None => leave(subject),
        conduct => conduct,
    }
}

fn of(cause: &Cause, subject: &Subject) -> Conduct {
    match cause {
        cause if cause.is_benign() => Conduct::Ignore,
        Cause::SlowDrain | Cause::Unrecognised { .. } => Conduct::Tell(Severity::Info),
        Cause::OutOfMemory => memory(subject),
        Cause::ImageMissing | Cause::BadCommand | Cause::WrongArchitecture | Cause::NativeCrash | Cause::CleanExit => rollback(subject),
        Cause::ApplicationError | Cause::UnhealthyTarget | Cause::UnhealthyContainer | Cause::StartTooSlow => crash(subject),
        Cause::Killed | Cause::ExitOutOfRange => leave(subject),
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
    let next = subject.size.and_then(Size::with_more_memory);
    let allowed = next.filter(|next| subject.memory_cap_mib.is_some_and(|cap| next.memory_mib <= cap));
    allowed.map_or(Conduct::Escalate(Why::AtMostMemory), |next| Conduct::Act(Remedy::RaiseMemory(next)))
}

/// Whether another image than the one that runs was healthy last.
fn is_new(subject: &Subject) -> bool {
    subject.good.is_some() && subject.good != subject.image
}

impl Remedy {
    /// What it may do to people.
    pub fn harm(&self) -> Harm {
        match self {
            Self::ForceDeployment | Self::Rollback { .. } | Self::RaiseMemory(_) => Harm::Disruptive,
            Self::CreateLogGroup | Self::WakeReconciler => Harm::None,
        }
    }

    /// A stable word for it.
    pub fn id(&self) -> &'static str {
        match self {
            Self::ForceDeployment => "force-deployment",
            Self::Rollback { .. } => "rollback",
            Self::RaiseMemory(_) => "raise-memory",
            Self::CreateLogGroup => "create-log-group",
            Self::WakeReconciler => "wake-reconciler",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForceDeployment => f.write_str("start its tasks anew"),
            Self::Rollback { bad, good } => write!(f, "go back from the image {bad} to {good}"),
            Self::RaiseMemory(size) => write!(f, "give its tasks {} MiB and {} CPU units", size.memory_mib, size.cpu),
            Self::CreateLogGroup => f.write_str("make its log group"),
            Self::WakeReconciler => f.write_str("have what is missing made"),
        }
    }
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
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Subject {
        Subject {
            is_service: true,
            size: Some(Size { cpu: 1_024, memory_mib: 2_048 }),
            memory_cap_mib: Some(4_096),
            raises: 0,
            image: Some("v2".into()),
            good: Some("v2".into()),
            alike: 1,
        }
    }

    #[test]
    fn memory_is_raised_within_bounds_and_a_new_release_goes_back_first() {
        let check = |change: fn(Subject) -> Subject, expected| {
            assert_eq!(conduct(&Cause::OutOfMemory, Confidence::Likely, &change(service())), expected)
        };
        let raised = Conduct::Act(Remedy::RaiseMemory(Size { cpu: 1_024, memory_mib: 3_072 }));
        check(|subject| subject, raised.clone());
        check(|subject| Subject { raises: 1, ..subject }, raised.clone());
        check(|subject| Subject { raises: 2, ..subject }, Conduct::Escalate(Why::RaisedEnough));
        check(|subject| Subject { memory_cap_mib: Some(2_048), ..subject }, Conduct::Escalate(Why::AtMostMemory));
        check(|subject| Subject { memory_cap_mib: None, ..subject }, Conduct::Escalate(Why::AtMostMemory));
        check(|subject| Subject { size: Some(Size { cpu: 16_384, memory_mib: 122_880 }), ..subject }, Conduct::Escalate(Why::AtMostMemory));
        let back = Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() });
        check(|subject| Subject { good: Some("v1".into()), ..subject }, back);
        check(|subject| Subject { good: None, ..subject }, raised);
    }

    #[test]
    fn what_crashes_is_left_to_the_scheduler_until_it_is_a_loop() {
        let check = |cause: &Cause, alike, good: Option<&str>, expected| {
            let subject = Subject { alike, good: good.map(str::to_owned), ..service() };
            assert_eq!(conduct(cause, Confidence::Certain, &subject), expected, "{cause:?} {alike} {good:?}");
        };
        check(&Cause::ApplicationError, 1, Some("v1"), Conduct::LeaveToScheduler);
        check(&Cause::ApplicationError, 3, Some("v1"), Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() }));
        check(&Cause::ApplicationError, 3, Some("v2"), Conduct::Escalate(Why::Loop));
        check(&Cause::ApplicationError, 3, None, Conduct::Escalate(Why::Loop));
        // An image that is not there does not come by waiting.
        check(&Cause::ImageMissing, 1, Some("v1"), Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() }));
        check(&Cause::ImageMissing, 1, None, Conduct::Escalate(Why::NoGoodImage));
        check(&Cause::SpotReclaimed, 1, None, Conduct::LeaveToScheduler);
        check(&Cause::SpotReclaimed, 3, None, Conduct::Escalate(Why::Loop));
    }

    #[test]
    fn every_cause_has_a_conduct_and_only_what_is_benign_is_ignored() {
        for cause in Cause::PLAIN {
            let ignored = conduct(cause, Confidence::Guess, &service()) == Conduct::Ignore;
            assert_eq!(ignored, cause.is_benign(), "{cause:?}");
        }
        let one_off = Subject { is_service: false, ..service() };
        assert_eq!(conduct(&Cause::SpotReclaimed, Confidence::Certain, &one_off), Conduct::Act(Remedy::WakeReconciler));
        assert_eq!(conduct(&Cause::SecretMissing, Confidence::Certain, &service()), Conduct::Act(Remedy::WakeReconciler));
        assert_eq!(conduct(&Cause::LogGroupMissing, Confidence::Certain, &service()), Conduct::Act(Remedy::CreateLogGroup));
        // Memory is not raised on a guess, and a loop of guesses is a person's.
        assert_eq!(conduct(&Cause::OutOfMemory, Confidence::Guess, &service()), Conduct::LeaveToScheduler);
        let often = Subject { alike: 3, ..service() };
        assert_eq!(conduct(&Cause::OutOfMemory, Confidence::Guess, &often), Conduct::Escalate(Why::Loop));
        assert_eq!(conduct(&Cause::RegistryUnreachable, Confidence::Certain, &service()), Conduct::Escalate(Why::NotOurs));
    }
}
