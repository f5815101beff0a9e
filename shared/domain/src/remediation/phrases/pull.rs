//! Why an image could not be pulled: the rest of `CannotPullContainerError`.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html>; which are worth a retry, from
//! `python_modules/libraries/dagster-aws/dagster_aws/ecs/utils.py` in <https://github.com/dagster-io/dagster>; the words of containerd,
//! Docker and ECR themselves.

use Confidence::{Certain, Likely};

use super::super::cause::Cause;
use super::super::diagnosis::Confidence;
use super::super::text::END;
use super::Row;

pub(super) const ROWS: &[Row] = &[
    // The registry refuses, and says `does not exist` or `not found` in the same breath: before those.
    (&["pull access denied"], Cause::PullDenied, Certain),
    (&["may require docker login"], Cause::PullDenied, Certain),
    (&["no basic auth credentials"], Cause::PullDenied, Certain),
    (&["authorization token has expired"], Cause::PullDenied, Certain),
    (&["requested access to the resource is denied"], Cause::PullDenied, Certain),
    (&["not authorized to perform"], Cause::PullDenied, Certain),
    (&["accessdeniedexception"], Cause::PullDenied, Certain),
    (&["does not have permission"], Cause::PullDenied, Certain),
    (&["role has the permissions to pull"], Cause::PullDenied, Certain),
    // Docker Hub, and ECR public.
    (&["toomanyrequests"], Cause::PullRateLimited, Certain),
    (&["too many requests"], Cause::PullRateLimited, Certain),
    (&["pull rate limit"], Cause::PullRateLimited, Certain),
    // Layers are behind a redirect to S3. An answer of 5xx is a blip of S3, not a policy.
    (&["error pulling image configuration"], Cause::LayerUnreadable, Likely),
    (&["failed open unexpected status code", "500"], Cause::PullInterrupted, Likely),
    (&["failed open unexpected status code", "503"], Cause::PullInterrupted, Likely),
    (&["failed open unexpected status code"], Cause::LayerBlocked, Likely),
    (&["no space left on device"], Cause::DiskFull, Certain),
    // Docker and containerd in turn.
    (&["no matching manifest"], Cause::WrongArchitecture, Certain),
    (&["no match for platform in manifest"], Cause::WrongArchitecture, Certain),
    (&["does not contain descriptor matching platform"], Cause::WrongArchitecture, Certain),
    // The agent crashes where the S3 gateway's route or a group is missing.
    (&["invalid memory address or nil pointer"], Cause::RegistryUnreachable, Likely),
    // What is worth a retry.
    (&["i o timeout"], Cause::PullInterrupted, Likely),
    (&["invalid argument"], Cause::PullInterrupted, Likely),
    (&["unexpected eof"], Cause::PullInterrupted, Likely),
    (&["eof", END], Cause::PullInterrupted, Likely),
    // No route to the registry, or no name for it.
    (&["context canceled"], Cause::RegistryUnreachable, Certain),
    (&["context cancelled"], Cause::RegistryUnreachable, Certain),
    (&["context deadline exceeded"], Cause::RegistryUnreachable, Certain),
    (&["request canceled while waiting for connection"], Cause::RegistryUnreachable, Certain),
    (&["net http", "timeout"], Cause::RegistryUnreachable, Certain),
    (&["no such host"], Cause::RegistryUnreachable, Certain),
    (&["connection issue"], Cause::RegistryUnreachable, Certain),
    (&["check your task network"], Cause::RegistryUnreachable, Certain),
    // Status codes of the registry.
    (&["403 forbidden"], Cause::PullDenied, Certain),
    (&["401 unauthorized"], Cause::PullDenied, Certain),
    (&["status code 403"], Cause::PullDenied, Certain),
    (&["error 403"], Cause::PullDenied, Certain),
    // The tag or digest.
    (&["failed to resolve ref", "not found"], Cause::ImageMissing, Certain),
    (&["failed to resolve reference", "not found"], Cause::ImageMissing, Certain),
    (&["manifest", "not found"], Cause::ImageMissing, Certain),
    (&["manifest unknown"], Cause::ImageMissing, Certain),
    (&["requested image not found"], Cause::ImageMissing, Certain),
    // The repository.
    (&["repository", "not found"], Cause::RepositoryMissing, Certain),
    (&["the repository with name", "does not exist"], Cause::RepositoryMissing, Certain),
    (&["name unknown"], Cause::RepositoryMissing, Certain),
    (&["error 404"], Cause::RepositoryMissing, Likely),
];
