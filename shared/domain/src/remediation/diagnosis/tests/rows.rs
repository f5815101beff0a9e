//! Stops as AWS, its agents and its users have shown them, by the section of the knowledge that each row is of.

use serde_json::{Value, json};

use super::super::super::cause::Cause;
use super::super::super::stop::TaskStopped;
use super::super::super::stop::testing;

mod pulls;
mod resources;
use pulls::{categories, pulls};
use resources::resources;

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
