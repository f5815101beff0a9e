//! Texts without a category: stops by ECS, start failures, placement.

use Confidence::{Certain, Likely};

use super::super::cause::Cause;
use super::super::diagnosis::Confidence;
use super::super::text::{BEGIN, END};
use super::Row;

/// What ECS itself says of a host, also where the stop counts as somebody's call of `StopTask`.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
pub(super) const HOSTS: &[Row] = &[
    (&[BEGIN, "host ec2", "terminated"], Cause::HostFault, Certain),
    (&[BEGIN, "host ec2", "stopped"], Cause::HostFault, Certain),
    (&[BEGIN, "container instance deregistration forced"], Cause::HostFault, Certain),
    // The text varies; AWS Health tells of it before.
    (&[BEGIN, "task stopped by", "task retirement"], Cause::TaskRetirement, Likely),
    (&["ecs task patching retirement"], Cause::TaskRetirement, Likely),
];

pub(super) const ROWS: &[Row] = &[
    // Stops. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
    (&["scaling activity initiated by"], Cause::ScalingActivity, Certain),
    (&["task failed elb health checks"], Cause::UnhealthyTarget, Certain),
    (&["task failed container health checks"], Cause::UnhealthyContainer, Certain),
    (&["your spot task was interrupted"], Cause::SpotReclaimed, Certain),
    (&["task stopped by user"], Cause::StoppedByUser, Certain),
    (&["task stopped by", "task retirement"], Cause::TaskRetirement, Likely),
    (&["ecs task patching retirement"], Cause::TaskRetirement, Likely),
    (&["host ec2", "terminated"], Cause::HostFault, Certain),
    (&["host ec2", "stopped"], Cause::HostFault, Certain),
    (&["container instance deregistration forced"], Cause::HostFault, Certain),
    (&["container killed due to memory usage"], Cause::OutOfMemory, Certain),
    (&["fargate spot capacity", "unavailable"], Cause::SpotReclaimed, Certain),
    (&["fargate spot capacity", "taken back"], Cause::SpotReclaimed, Certain),
    (&["could not transition to", "timed out after waiting"], Cause::RuntimeStuck, Certain),
    // The interface and the disk of a task, the same source; which are worth a retry, from dagster's `ecs/utils.py` (see `pull`).
    (&["timeout waiting for network interface provisioning"], Cause::SlowProvisioning, Certain),
    (&["timeout waiting for ephemeralstorage provisioning"], Cause::SlowProvisioning, Certain),
    (&["attempting to create network interface", "authfailure"], Cause::SlowProvisioning, Certain),
    (&["attempting to create network interface", "insufficientfreeaddressesinsubnet"], Cause::SubnetFull, Certain),
    // Whatever follows would say more: the documentation has the text without anything after the subnet.
    (&["attempting to create network interface", "enabled in subnet", END], Cause::SubnetFull, Likely),
    (&["unable to attach network interface to unused device index"], Cause::InterfaceLimit, Certain),
    (&["not compatible with the selected compute strategy"], Cause::StrategyMismatch, Certain),
    // Quotas. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>
    (&["reached the limit on"], Cause::QuotaReached, Certain),
    (&["reached limit on"], Cause::QuotaReached, Certain),
    (&["configuration", "above the limit"], Cause::QuotaReached, Certain),
    // Placement. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
    (&["capacity is unavailable at this time"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource cpu"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource memory"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource ports"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource eni"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource fargate"], Cause::NoCapacity, Certain),
    (&[BEGIN, "resource gpu"], Cause::PlacementImpossible, Likely),
    (&[BEGIN, "resource fpga"], Cause::PlacementImpossible, Likely),
    (&[BEGIN, "resource inference"], Cause::PlacementImpossible, Likely),
    (&[BEGIN, "empty capacity provider", END], Cause::NoCapacity, Certain),
    (&[BEGIN, "no active instances", END], Cause::NoCapacity, Certain),
    (&[BEGIN, "unavailable", END], Cause::NoCapacity, Certain),
    (&[BEGIN, "agent", END], Cause::HostFault, Certain),
    (&[BEGIN, "attribute", END], Cause::PlacementImpossible, Certain),
    (&[BEGIN, "location", END], Cause::PlacementImpossible, Certain),
    (&[BEGIN, "missing", END], Cause::PlacementImpossible, Likely),
    (&[BEGIN, "inactive", END], Cause::PlacementImpossible, Likely),
];
