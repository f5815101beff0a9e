//! Stops as AWS, its agents and its users have shown them, by the section of the knowledge that each row is of.

use serde_json::{Value, json};

use super::super::super::cause::Cause;
use super::super::super::stop::TaskStopped;
use super::super::super::stop::testing;

/// A stop, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) section: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) reason: Option<String>,
    /// Exit code and reason.
    pub(super) containers: Vec<(Option<i64>, Option<String>)>,
    pub(super) cause: Cause,
}

impl Row {
    pub(super) fn stop(&self) -> TaskStopped {
        let containers: Vec<Value> = self.containers.iter().enumerate().map(container).collect();
        testing::stop(json!({ "stopCode": self.code, "stoppedReason": self.reason, "containers": containers }))
    }
}

fn container((place, (exit, reason)): (usize, &(Option<i64>, Option<String>))) -> Value {
    let mut container = json!({ "name": format!("container-{place}"), "lastStatus": "STOPPED" });
    container["exitCode"] = json!(exit);
    container["reason"] = json!(reason);
    container
}

fn row(section: &'static str, code: &'static str, reason: &str, exit: Option<i64>, cause: Cause) -> Row {
    let code = Some(code).filter(|code| !code.is_empty());
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Row { section, code, reason, containers: vec![(exit, None)], cause }
}

/// It never started.
fn start(section: &'static str, reason: &str, cause: Cause) -> Row {
    row(section, "TaskFailedToStart", reason, None, cause)
}

/// It was never placed.
fn place(section: &'static str, reason: &str, cause: Cause) -> Row {
    Row { containers: Vec::new(), ..start(section, reason, cause) }
}

/// An essential container ended.
fn end(section: &'static str, exit: Option<i64>, reason: &str, cause: Cause) -> Row {
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Row { containers: vec![(exit, reason)], ..row(section, "EssentialContainerExited", "Essential container in task exited", None, cause) }
}

const PULL: &str = "CannotPullContainerError";
const IMAGE: &str = "111122223333.dkr.ecr.us-east-1.amazonaws.com/mate/web:dev-f539de6";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:mate/acme/database-AbCdEf";
const EFS: &str = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr:";
const AUTH: &str = "ResourceInitializationError: unable to pull secrets or registry auth:";

pub(super) fn all() -> Vec<Row> {
    [stop_codes(), classic(), start_failures(), resources(), categories(), pulls(), exit_codes(), placement(), agent()].concat()
}

fn stop_codes() -> Vec<Row> {
    let of = "stop codes";
    let scaled = "Scaling activity initiated by (deployment ecs-svc/9223370526880200000)";
    vec![
        place(of, "TaskFailedToStart: RESOURCE:MEMORY", Cause::NoCapacity),
        end(of, Some(1), "", Cause::ApplicationError),
        row(of, "UserInitiated", "rotating the fleet by hand", Some(0), Cause::StoppedByUser),
        // Whatever a person writes.
        row(of, "UserInitiated", "OutOfMemoryError suspected, see ticket 17", Some(143), Cause::StoppedByUser),
        row(of, "ServiceSchedulerInitiated", scaled, Some(0), Cause::ScalingActivity),
        row(of, "ServiceSchedulerInitiated", scaled, Some(143), Cause::ScalingActivity),
        row(of, "ServiceSchedulerInitiated", scaled, None, Cause::ScalingActivity),
        row(of, "SpotInterruption", "", Some(143), Cause::SpotReclaimed),
        row(of, "TerminationNotice", "Your Spot Task was interrupted.", Some(143), Cause::SpotReclaimed),
        row(of, "", "Essential container in task exited", Some(1), Cause::ApplicationError),
        row(of, "SomethingNew", scaled, Some(143), Cause::ScalingActivity),
        row(of, "SomethingNew", "OutOfMemoryError: Container killed due to memory usage", Some(137), Cause::OutOfMemory),
    ]
}

fn classic() -> Vec<Row> {
    let (of, by) = ("classic texts", "ServiceSchedulerInitiated");
    let group = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/mate-acme-dev-web/6d0ecf831eec9f09";
    vec![
        row(of, by, &format!("Task failed ELB health checks in (target-group {group})"), Some(0), Cause::UnhealthyTarget),
        row(of, by, "Task failed ELB health checks in (elb elb-web)", Some(143), Cause::UnhealthyTarget),
        row(of, by, &format!("Task failed ELB health checks in (target-group {group})"), Some(137), Cause::UnhealthyTarget),
        row(of, by, "Task failed container health checks", Some(137), Cause::UnhealthyContainer),
        row(of, by, "Scaling activity initiated by (deployment ecs-svc/1)", Some(137), Cause::SlowDrain),
        row(of, "UserInitiated", "Task stopped by user", Some(143), Cause::StoppedByUser),
        row(of, "UserInitiated", "Task stopped by user", Some(137), Cause::SlowDrain),
        row(of, "", "Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.", Some(137), Cause::HostFault),
        row(of, "", "Host EC2 (instance i-0a1b2c3d) stopped.", None, Cause::HostFault),
        row(of, "", "Container instance deregistration forced by user.", Some(137), Cause::HostFault),
        row(of, "SpotInterruption", "Your Spot Task was interrupted.", Some(143), Cause::SpotReclaimed),
        start(of, "Timeout waiting for network interface provisioning to complete.", Cause::SlowProvisioning),
        start(of, "Timeout waiting for EphemeralStorage provisioning to complete.", Cause::SlowProvisioning),
        place(of, "TaskFailedToStart: RESOURCE:GPU", Cause::PlacementImpossible),
        place(of, "TaskFailedToStart: ATTRIBUTE", Cause::PlacementImpossible),
        place(of, "TaskFailedToStart: AGENT", Cause::HostFault),
        place(of, "Capacity is unavailable at this time. Please try again later or in a different availability zone", Cause::NoCapacity),
        row(of, "TerminationNotice", "Task stopped by Amazon ECS for task retirement", Some(143), Cause::TaskRetirement),
    ]
}

fn start_failures() -> Vec<Row> {
    let of = "TaskFailedToStart";
    let interface = "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet";
    vec![
        start(of, &format!("{interface} 'subnet-0a1b2c3d4e5f60718'."), Cause::SubnetFull),
        start(of, &format!("{interface} 'subnet-0a1b2c3d': InsufficientFreeAddressesInSubnet"), Cause::SubnetFull),
        start(of, &format!("{interface} 'subnet-0a1b2c3d4e5f60718': AuthFailure"), Cause::SlowProvisioning),
        start(of, "InternalError: failed to attach the network interface in time", Cause::PlatformFault),
        start(of, "The selected task definition is not compatible with the selected compute strategy.", Cause::StrategyMismatch),
        start(of, "Unable to attach network interface to unused device index", Cause::InterfaceLimit),
        place(of, "AGENT", Cause::HostFault),
    ]
}

fn resources() -> Vec<Row> {
    let of = "ResourceInitializationError";
    let denied = "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform:";
    vec![
        start(of, "ResourceInitializationError: unable to pull secrets or registry auth", Cause::AccessUnclear),
        start(of, &format!("{AUTH} pull command failed: : signal: killed"), Cause::SecretsUnreachable),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: {denied} secretsmanager:GetSecretValue on resource: {SECRET} because no identity-based policy allows the action"
            ),
            Cause::SecretDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: AccessDeniedException: Access to KMS is not allowed"
            ),
            Cause::SecretDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): {denied} ecr:GetAuthorizationToken on resource: *"
            ),
            Cause::PullDenied,
        ),
        start(
            of,
            &format!(
                "{AUTH} The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 10.0.1.7:443: i/o timeout"
            ),
            Cause::RegistryUnreachable,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password"
            ),
            Cause::SecretIncomplete,
        ),
        start(
            of,
            "ResourceInitializationError: The task cannot pull secrets from AWS Systems Manager Parameter Store. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network connection.",
            Cause::SecretsUnreachable,
        ),
        start(
            of,
            &format!(
                "ResourceInitializationError: The task can't pull the secret '{SECRET}' from AWS Secrets Manager. Check whether the secret exists in the specified Region."
            ),
            Cause::SecretMissing,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."
            ),
            Cause::SecretMissing,
        ),
        start(
            of,
            &format!(
                "{AUTH} execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded"
            ),
            Cause::SecretsUnreachable,
        ),
        start(
            of,
            "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition.",
            Cause::LogGroupMissing,
        ),
        start(
            of,
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : /ecs/mate-acme-dev",
            Cause::LogGroupMissing,
        ),
        start(of, "ResourceInitializationError: failed to initialize logging driver", Cause::AccessUnclear),
        start(of, "ResourceInitializationError: failed to validate logger args", Cause::AccessUnclear),
        start(of, "ResourceInitializationError: failed to validate logger args: : signal: killed", Cause::LogsUnreachable),
        start(
            of,
            "ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post \"https://logs.us-east-1.amazonaws.com/\": dial tcp 52.94.1.2:443: i/o timeout",
            Cause::LogsUnreachable,
        ),
        start(
            of,
            &format!(
                "ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log stream: {denied} logs:CreateLogStream"
            ),
            Cause::LogsDenied,
        ),
        start(
            of,
            &format!(
                "{EFS} Failed to resolve \"fs-0a1b2c3d.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID."
            ),
            Cause::MountTargetMissing,
        ),
        start(
            of,
            &format!("{EFS} mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32"),
            Cause::FileSystemUnreachable,
        ),
        start(
            of,
            &format!(
                "{EFS} Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: timed out: mount attempt 1/3 killed'"
            ),
            Cause::FileSystemUnreachable,
        ),
        start(
            of,
            &format!(
                "{EFS} b'mount.nfs4: mounting 127.0.0.1:/uploads failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32"
            ),
            Cause::FileSystemPathMissing,
        ),
        start(
            of,
            &format!(
                "{EFS} b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32"
            ),
            Cause::FileSystemDenied,
        ),
    ]
}

fn categories() -> Vec<Row> {
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

fn pulls() -> Vec<Row> {
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

fn exit_codes() -> Vec<Row> {
    let of = "exit codes";
    let ends = [
        (0, Cause::CleanExit),
        (1, Cause::ApplicationError),
        (2, Cause::BadCommand),
        (3, Cause::ApplicationError),
        (125, Cause::BadCommand),
        (126, Cause::BadCommand),
        (127, Cause::BadCommand),
        (128, Cause::ApplicationError),
        (130, Cause::ApplicationError),
        (132, Cause::WrongArchitecture),
        (133, Cause::WrongArchitecture),
        (134, Cause::NativeCrash),
        (135, Cause::NativeCrash),
        (136, Cause::NativeCrash),
        (137, Cause::Killed),
        (139, Cause::NativeCrash),
        (143, Cause::Terminated),
        (255, Cause::ExitOutOfRange),
        (-1, Cause::ExitOutOfRange),
        (3_221_225_786, Cause::ExitOutOfRange),
    ];
    let mut rows: Vec<_> = ends.into_iter().map(|(code, cause)| end(of, Some(code), "", cause)).collect();
    let unknown = Cause::Unrecognised { text: "essentialcontainerexited without a reason".into() };
    rows.push(end(of, None, "", unknown));
    // The reason is absent, too.
    rows.push(row(of, "ServiceSchedulerInitiated", "", Some(137), Cause::SlowDrain));
    rows.push(row(of, "EssentialContainerExited", "", Some(139), Cause::NativeCrash));
    rows
}

fn placement() -> Vec<Row> {
    let of = "failures of RunTask";
    let capacity = ["CPU", "MEMORY", "PORTS", "PORTS:UDP", "ENI", "FARGATE"].map(|word| (format!("RESOURCE:{word}"), Cause::NoCapacity));
    let impossible = ["GPU", "FPGA", "INFERENCE"].map(|word| (format!("RESOURCE:{word}"), Cause::PlacementImpossible));
    let words = [
        ("AGENT", Cause::HostFault),
        ("LOCATION", Cause::PlacementImpossible),
        ("ATTRIBUTE", Cause::PlacementImpossible),
        ("EMPTY CAPACITY PROVIDER", Cause::NoCapacity),
        ("NO ACTIVE INSTANCES", Cause::NoCapacity),
        ("InternalError", Cause::PlatformFault),
        ("UNAVAILABLE", Cause::NoCapacity),
        ("MISSING", Cause::PlacementImpossible),
        ("INACTIVE", Cause::PlacementImpossible),
    ];
    let words = words.map(|(word, cause)| (word.to_owned(), cause));
    capacity.into_iter().chain(impossible).chain(words).map(|(text, cause)| place(of, &text, cause)).collect()
}

fn agent() -> Vec<Row> {
    let of = "names of the agent's errors";
    let platform = [
        "DockerStateError",
        "CannotGetDockerclientError",
        "CannotInspectContainerError",
        "CannotGetContainerTopError",
        "CannotRemoveContainerError",
        "CannotDescribeContainerError",
        "CannotListContainersError",
        "CannotListImagesError",
        "CannotListPluginsError",
        "NoSuchContainerError",
        "ContainerVanishedError",
        "ImpossibleStateTransitionError",
    ];
    let others = [
        ("DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s", Cause::RuntimeStuck),
        ("OutOfMemoryError: Container killed due to memory usage", Cause::OutOfMemory),
        ("CannotStopContainerError: x", Cause::StopUnconfirmed),
        ("CannotPullContainerError: Error response from daemon: i/o timeout", Cause::PullInterrupted),
        ("CannotPullImageManifestError: Error: manifest unknown", Cause::ImageMissing),
        ("CannotPullECRContainerError: AccessDeniedException: no", Cause::PullDenied),
        ("CannotPullContainerAuthError: unable to get credentials", Cause::PullDenied),
        ("CannotCreateContainerError: API error (500): devmapper: Thin Pool has 4350 free data blocks", Cause::HostFault),
        ("CannotStartContainerError: API error (500): permission denied", Cause::BadCommand),
        ("CannotCreateVolumeError: x", Cause::VolumeFailed),
        ("CannotInspectVolumeError: x", Cause::VolumeFailed),
        ("CannotRemoveVolumeError: x", Cause::VolumeFailed),
        ("TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task", Cause::StoppedBeforeStart),
        ("ENIInformationError: unable to retrieve", Cause::SlowProvisioning),
        ("NetworkNamespaceError: could not be set up", Cause::SlowProvisioning),
    ];
    let of_platform = platform.into_iter().map(|name| end(of, None, &format!("{name}: reason"), Cause::PlatformFault));
    of_platform.chain(others.into_iter().map(|(text, cause)| end(of, None, text, cause))).collect()
}
