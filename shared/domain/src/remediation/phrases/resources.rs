//! What could not be had before the containers start, and why: the rest of `ResourceInitializationError`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html>.

use Confidence::{Certain, Guess, Likely};

use super::super::cause::Cause;
use super::super::diagnosis::Confidence;
use super::super::text::{BEGIN, END, Words};
use super::{Found, Row, first};

/// What a task needs, how texts name it, and what is said of it.
struct Subject {
    names: &'static [&'static str],
    rows: &'static [Row],
    denied: Cause,
    unreachable: Cause,
}

/// It precedes most texts, and names two things of which one is meant.
const EITHER: &str = "unable to pull secrets or registry auth";

/// In this order: a secret may hold the credentials of a registry.
const SUBJECTS: &[Subject] = &[
    Subject {
        names: &["efs utils", "efs volumes", "mount nfs4", "efs"],
        rows: FILE_SYSTEM,
        denied: Cause::FileSystemDenied,
        unreachable: Cause::FileSystemUnreachable,
    },
    Subject {
        names: &["logger args", "logging driver", "log group", "log stream"],
        rows: LOGS,
        denied: Cause::LogsDenied,
        unreachable: Cause::LogsUnreachable,
    },
    Subject {
        names: &["asm", "ssm", "secrets manager", "parameter store", "secret", "secrets"],
        rows: SECRETS,
        denied: Cause::SecretDenied,
        unreachable: Cause::SecretsUnreachable,
    },
    Subject {
        names: &["registry auth", "registry authentication", "ecr"],
        rows: &[],
        denied: Cause::PullDenied,
        unreachable: Cause::RegistryUnreachable,
    },
    Subject {
        names: &["environment files", "environment variable files", "env files"],
        rows: &[],
        denied: Cause::SecretDenied,
        unreachable: Cause::SecretsUnreachable,
    },
];

const FILE_SYSTEM: &[Row] = &[
    (&["failed to resolve"], Cause::MountTargetMissing, Certain),
    // nfs-utils, by way of amazon-efs-utils.
    (&["no such file or directory"], Cause::FileSystemPathMissing, Certain),
    (&["access denied"], Cause::FileSystemDenied, Certain),
    (&["connection reset by peer"], Cause::FileSystemUnreachable, Certain),
    (&["timed out"], Cause::FileSystemUnreachable, Certain),
    (&["mount attempt"], Cause::FileSystemUnreachable, Certain),
];

const LOGS: &[Row] = &[
    (&["log group", "does not exist"], Cause::LogGroupMissing, Certain),
    (&["log stream", "resourcenotfoundexception"], Cause::LogGroupMissing, Certain),
    // The same text goes on to blame the network, at times.
    (&["cannot find", "log group"], Cause::LogGroupMissing, Likely),
    (&["cant find", "log group"], Cause::LogGroupMissing, Likely),
    (&["failed to initialize logging driver", END], Cause::AccessUnclear, Guess),
    (&["failed to validate logger args", END], Cause::AccessUnclear, Guess),
];

const SECRETS: &[Row] = &[
    (&["did not contain json key"], Cause::SecretIncomplete, Certain),
    (&["cant find the specified secret"], Cause::SecretMissing, Certain),
    (&["cannot find the specified secret"], Cause::SecretMissing, Certain),
    (&["check whether", "secret exists"], Cause::SecretMissing, Likely),
    (&["marked for deletion"], Cause::SecretMissing, Certain),
    (&["resourcenotfoundexception"], Cause::SecretMissing, Certain),
    (&["parameternotfound"], Cause::SecretMissing, Certain),
    (&["invalid ssm parameters"], Cause::SecretMissing, Certain),
];

/// The rest of `ResourceNotFoundException`.
pub(super) const NOT_FOUND: &[Row] = &[
    (&["fetching secret data"], Cause::SecretMissing, Certain),
    (&["cant find the specified secret"], Cause::SecretMissing, Certain),
    (&["log group", "does not exist"], Cause::LogGroupMissing, Certain),
];

/// The words of IAM and KMS, in the services' errors.
const DENIED: &[&str] =
    &["accessdeniedexception", "accessdenied", "access denied", "not authorized to perform", "access to kms is not allowed"];

/// The words of Go's network library, of the SDK and of the documentation. `signal: killed` ends a pull that came to nothing.
const UNREACHABLE: &[&str] = &[
    "i o timeout",
    "context deadline",
    "deadline exceeded",
    "requestcanceled",
    "request canceled",
    "send request failed",
    "dial tcp",
    "no such host",
    "connection refused",
    "connection timed out",
    "tls handshake timeout",
    "signal killed",
    "connection issue",
    "check your task network",
    "check your network",
    "check the network",
    "check network",
];

/// What `rest` says; none if it is not known.
pub(super) fn find(rest: &Words) -> Option<Found> {
    let either = rest.without(EITHER);
    let rest = either.as_ref().unwrap_or(rest);
    if either.is_some() && rest.have(&[BEGIN, END]) {
        return Some(Found { cause: Cause::AccessUnclear, confidence: Guess });
    }
    match SUBJECTS.iter().find(|subject| any(subject.names, rest)) {
        Some(subject) => subject.find(rest),
        None if either.is_some() && any(UNREACHABLE, rest) => Some(Found { cause: Cause::SecretsUnreachable, confidence: Likely }),
        None => None,
    }
}

impl Subject {
    fn find(&self, rest: &Words) -> Option<Found> {
        let by_fault = |phrases, cause: &Cause| any(phrases, rest).then(|| Found { cause: cause.clone(), confidence: Certain });
        first(self.rows, rest).or_else(|| by_fault(DENIED, &self.denied)).or_else(|| by_fault(UNREACHABLE, &self.unreachable))
    }
}

fn any(phrases: &[&str], words: &Words) -> bool {
    phrases.iter().any(|phrase| words.have(&[phrase]))
}
