//! Events by their `eventName`.

use super::super::cause::Cause;
use super::super::phrases;
use super::super::text::{Words, normalise};
use super::{FailedBy, Meaning};

/// What an event of this name means, with its reason and deployment.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html> and
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>
pub(super) fn meaning(name: &str, reason: Option<&str>, deployment: Option<String>) -> Meaning {
    match name.to_ascii_uppercase().as_str() {
        "SERVICE_STEADY_STATE" | "TASKSET_STEADY_STATE" => Meaning::Steady,
        "SERVICE_DESIRED_COUNT_UPDATED" | "VPC_LATTICE_TARGET_HEALTHY" => Meaning::Progress,
        "SERVICE_TASK_START_IMPAIRED" => Meaning::StartImpaired,
        "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY" | "VPC_LATTICE_TARGET_UNHEALTHY" => Meaning::Unhealthy { cause: Cause::UnhealthyTarget },
        "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED" => Meaning::NotStarted { cause: Cause::PlacementImpossible },
        "SERVICE_TASK_PLACEMENT_FAILURE" => Meaning::NotStarted { cause: placement(reason) },
        "ECS_OPERATION_THROTTLED" | "SERVICE_DISCOVERY_OPERATION_THROTTLED" => Meaning::Throttled,
        "SERVICE_TASK_CONFIGURATION_FAILURE" => Meaning::Misconfigured,
        "SERVICE_DEPLOYMENT_IN_PROGRESS" => begun(reason, deployment),
        "SERVICE_DEPLOYMENT_COMPLETED" => Meaning::DeploymentCompleted { deployment },
        "SERVICE_DEPLOYMENT_FAILED" => Meaning::DeploymentFailed { deployment, by: failed_by(reason) },
        _ => Meaning::Unrecognised { text: normalise(&format!("{name} {}", reason.unwrap_or_default())) },
    }
}

/// The reason is a word of placement, such as `RESOURCE:FARGATE`; without a known one there is no capacity.
fn placement(reason: Option<&str>) -> Cause {
    let Some(reason) = reason else { return Cause::NoCapacity };
    phrases::find(reason).map_or_else(|| Cause::Unrecognised { text: normalise(reason) }, |found| found.cause)
}

/// A rollback begins under the name of a usual deployment: its reason alone says so.
pub(super) fn begun(reason: Option<&str>, deployment: Option<String>) -> Meaning {
    match reason {
        Some(reason) if Words::of(reason).have(&["rolling back"]) => Meaning::RollingBack { to: deployment_in(reason).or(deployment) },
        _ => Meaning::DeploymentStarted { deployment },
    }
}

/// The first deployment that `text` names.
pub(super) fn deployment_in(text: &str) -> Option<String> {
    let at = text.find("ecs-svc/")?;
    let id = text[at + "ecs-svc/".len()..].split(|one: char| !one.is_ascii_alphanumeric()).next()?;
    (!id.is_empty()).then(|| format!("ecs-svc/{id}"))
}

pub(super) fn failed_by(reason: Option<&str>) -> FailedBy {
    let words = Words::of(reason.unwrap_or_default());
    match (words.have(&["circuit breaker"]), words.have(&["alarm"]) || words.have(&["alarms"]) || words.have(&["alarm s"])) {
        (true, _) => FailedBy::CircuitBreaker,
        (_, true) => FailedBy::Alarm,
        _ => FailedBy::Unknown,
    }
}
