//! Why a container could not be made or started.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>, and the messages of runc and Docker.

use Confidence::{Certain, Likely};

use super::super::cause::Cause;
use super::super::diagnosis::Confidence;
use super::Row;

/// `CannotStartContainerError`.
pub(super) const ROWS: &[Row] = &[
    // The kernel: the program is for another processor.
    (&["exec format error"], Cause::WrongArchitecture, Certain),
    // runc: the command is not in the image, is no program, or may not be run.
    (&["executable file not found"], Cause::BadCommand, Certain),
    (&["no such file or directory"], Cause::BadCommand, Likely),
    (&["permission denied"], Cause::BadCommand, Likely),
    // The documentation: entry point, permissions or memory of the definition.
    (&["failed to get container status"], Cause::BadCommand, Likely),
];

/// `CannotCreateContainerError`: the agent's troubleshooting names the full thin pool of the host.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html>
pub(super) const CREATION: &[Row] = &[
    (&["thin pool"], Cause::HostFault, Certain),
    (&["devmapper"], Cause::HostFault, Likely),
    (&["no space left on device"], Cause::HostFault, Certain),
];
