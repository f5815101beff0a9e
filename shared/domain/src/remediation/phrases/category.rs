//! Categories of errors: the first word of a `stoppedReason` or of a container's reason.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html> (Fargate and EC2), and the error
//! names of `agent/engine/errors.go` and `agent/dockerclient/dockerapi/errors.go` in <https://github.com/aws/amazon-ecs-agent> (EC2).

use Confidence::{Certain, Likely};

use super::super::cause::Cause;
use super::super::diagnosis::Confidence;
use super::{Row, container, pull, resources};

/// What follows from a category.
pub(super) enum Rule {
    /// It says all.
    Is(Cause, Confidence),
    /// The rest of the text says it.
    By(&'static [Row]),
    /// The rest says what could not be had, and why.
    Initialization,
}
use Rule::{By, Initialization, Is};

/// The categories, in lower case.
pub(super) const CATEGORIES: &[(&str, Rule)] = &[
    // The documentation's own.
    ("resourceinitializationerror", Initialization),
    ("resourcenotfoundexception", By(resources::NOT_FOUND)),
    ("spotinterruptionerror", Is(Cause::SpotReclaimed, Certain)),
    ("internalerror", Is(Cause::PlatformFault, Certain)),
    ("outofmemoryerror", Is(Cause::OutOfMemory, Certain)),
    ("containerruntimeerror", Is(Cause::PlatformFault, Certain)),
    ("containerruntimetimeouterror", Is(Cause::RuntimeStuck, Certain)),
    ("cannotstartcontainererror", By(container::ROWS)),
    ("cannotstopcontainererror", Is(Cause::StopUnconfirmed, Certain)),
    ("cannotinspectcontainererror", Is(Cause::PlatformFault, Certain)),
    ("cannotcreatevolumeerror", Is(Cause::VolumeFailed, Certain)),
    ("cannotpullcontainererror", By(pull::ROWS)),
    // The agent's.
    ("cannotpullimagemanifesterror", By(pull::ROWS)),
    // Both are errors of authentication, which the agent does not try again.
    ("cannotpullecrcontainererror", Is(Cause::PullDenied, Certain)),
    ("cannotpullcontainerautherror", Is(Cause::PullDenied, Certain)),
    ("dockertimeouterror", Is(Cause::RuntimeStuck, Certain)),
    ("dockerstateerror", Is(Cause::PlatformFault, Likely)),
    ("cannotgetdockerclienterror", Is(Cause::PlatformFault, Likely)),
    ("cannotcreatecontainererror", By(container::CREATION)),
    ("cannotgetcontainertoperror", Is(Cause::PlatformFault, Likely)),
    ("cannotremovecontainererror", Is(Cause::PlatformFault, Likely)),
    ("cannotdescribecontainererror", Is(Cause::PlatformFault, Likely)),
    ("cannotlistcontainerserror", Is(Cause::PlatformFault, Likely)),
    ("cannotlistimageserror", Is(Cause::PlatformFault, Likely)),
    ("cannotlistpluginserror", Is(Cause::PlatformFault, Likely)),
    ("cannotinspectvolumeerror", Is(Cause::VolumeFailed, Likely)),
    ("cannotremovevolumeerror", Is(Cause::VolumeFailed, Likely)),
    ("nosuchcontainererror", Is(Cause::PlatformFault, Likely)),
    ("containervanishederror", Is(Cause::PlatformFault, Likely)),
    ("impossiblestatetransitionerror", Is(Cause::PlatformFault, Likely)),
    ("taskstoppedbeforepullbeginerror", Is(Cause::StoppedBeforeStart, Likely)),
    ("eniinformationerror", Is(Cause::SlowProvisioning, Likely)),
    ("networknamespaceerror", Is(Cause::SlowProvisioning, Likely)),
];
