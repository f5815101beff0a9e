//! Texts of categories, and of images that cannot be pulled.

use super::*;

pub(super) fn categories() -> Vec<Row> {
    let of = "categories";
    vec![
        start(
            of,
            &format!(
                "ResourceNotFoundException: Fetching secret data from AWS Secrets Manager in region us-east-1: secret {SECRET}: Secrets Manager can't find the specified secret."
            ),
            Cause::SecretMissing,
        ),
        start(of, "SpotInterruptionError: Fargate Spot capacity is unavailable or was taken back", Cause::SpotReclaimed),
        start(of, "InternalError: The agent met an unexpected internal error that is not related to the runtime", Cause::PlatformFault),
        end(of, Some(137), "OutOfMemoryError: Container killed due to memory usage", Cause::OutOfMemory),
        row(of, "EssentialContainerExited", "OutOfMemoryError: Container killed due to memory usage", Some(137), Cause::OutOfMemory),
        // The parent caught the end of its child: aws/amazon-ecs-agent#2467.
        end(of, Some(0), "OutOfMemoryError: Container killed due to memory usage", Cause::OutOfMemory),
        start(of, "ContainerRuntimeError: failed to create container runtime task: containerd: unknown", Cause::PlatformFault),
        start(of, "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m0s", Cause::RuntimeStuck),
        end(of, None, "DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s", Cause::RuntimeStuck),
        start(of, "CannotStartContainerError: failed to get container status: unknown", Cause::BadCommand),
        end(
            of,
            Some(128),
            "CannotStartContainerError: Error response from daemon: OCI runtime create failed: exec: \"celeryd\": executable file not found in $PATH: unknown",
            Cause::BadCommand,
        ),
        end(
            of,
            None,
            "CannotStartContainerError: ResourceInitializationError: failed to create shim task: exec /usr/bin/web: exec format error: unknown",
            Cause::WrongArchitecture,
        ),
        end(of, None, "CannotStopContainerError: Error response from daemon: context deadline exceeded", Cause::StopUnconfirmed),
        Row {
            containers: vec![(None, Some("CannotStopContainerError: no answer".into()))],
            ..row(of, "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", None, Cause::StopUnconfirmed)
        },
        end(of, None, "CannotInspectContainerError: Could not transition to inspecting; the daemon did not answer", Cause::PlatformFault),
        start(of, "CannotCreateVolumeError: failed to mount volume: exit status 1", Cause::VolumeFailed),
        start(
            of,
            &format!("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref {IMAGE}: not found"),
            Cause::ImageMissing,
        ),
    ]
}

pub(super) fn pulls() -> Vec<Row> {
    let of = PULL;
    let (pull, image) = (PULL, IMAGE);
    let text = |rest: &str, cause| start(of, &format!("{pull}: {rest}"), cause);
    vec![
        text(
            &format!(
                "pull image manifest has been retried 5 time(s): failed to resolve ref {image}: failed to do request: Head \"https://x/v2/\": dial tcp 52.46.1.2:443: i/o timeout"
            ),
            Cause::PullInterrupted,
        ),
        text(
            "ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://x/\": EOF",
            Cause::PullInterrupted,
        ),
        text("Error response from daemon: write /var/lib/docker/tmp/GetImageBlob1: invalid argument", Cause::PullInterrupted),
        text("context canceled", Cause::RegistryUnreachable),
        text(
            "API error (500): Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection",
            Cause::RegistryUnreachable,
        ),
        text(
            "Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: TLS handshake timeout",
            Cause::RegistryUnreachable,
        ),
        text(
            "The task cannot pull 'web' from the Amazon ECR repository 'mate/web'. There's a connection issue between the task and Amazon ECR. Check your task network configuration.",
            Cause::RegistryUnreachable,
        ),
        text(
            &format!("pull image manifest has been retried 7 time(s): failed to resolve ref {image}: {image}: not found"),
            Cause::ImageMissing,
        ),
        text(
            "Error response from daemon: manifest for mate/web@sha256:0123456789abcdef not found: manifest unknown: Requested image not found",
            Cause::ImageMissing,
        ),
        text("API error (404): repository 111122223333.dkr.ecr.us-east-1.amazonaws.com/mate/wep not found", Cause::RepositoryMissing),
        text("Error: image mate/wep: repository mate/wep not found", Cause::RepositoryMissing),
        text(
            "Error response from daemon: pull access denied for mate/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            Cause::PullDenied,
        ),
        text(
            &format!(
                "pull image manifest has been retried 1 time(s): failed to resolve ref {image}: unexpected status from HEAD request to https://x/v2/: 403 Forbidden"
            ),
            Cause::PullDenied,
        ),
        text(
            "inspect image has been retried 5 time(s): httpReaderSeeker: failed open: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading",
            Cause::PullRateLimited,
        ),
        text(
            "ref pull has been retried 1 time(s): failed to extract layer sha256:0123: write /var/lib/containerd/x: no space left on device: unknown",
            Cause::DiskFull,
        ),
        text(
            "Error response from daemon: error pulling image configuration: Get https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x: dial tcp 52.2.3.4:443: i/o timeout",
            Cause::LayerUnreadable,
        ),
        text(
            "failed to copy: httpReaderSeeker: failed open: unexpected status code https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/x: 403 Forbidden",
            Cause::LayerBlocked,
        ),
        text(
            "ref pull has been retried 1 time(s): panic: runtime error: invalid memory address or nil pointer dereference",
            Cause::RegistryUnreachable,
        ),
        text("Error response from daemon: no matching manifest for linux/arm64/v8 in the manifest list entries", Cause::WrongArchitecture),
        text(
            "pull image manifest has been retried 5 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
            Cause::WrongArchitecture,
        ),
    ]
}
