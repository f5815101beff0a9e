//! Messages of `DescribeServices`, by their phrases.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>.

use super::super::cause::Cause;
use super::super::phrases;
use super::super::text::{END, Words, normalise};
use super::named::{begun, deployment_in, failed_by};
use super::{FailedBy, Meaning};

/// Words that must stand in a message one after the other, and what they mean. The first row that fits counts.
type Row = (&'static [&'static str], Meaning);

const ROWS: &[Row] = &[
    (&["has reached a steady state"], Meaning::Steady),
    (&["unable to consistently start tasks"], Meaning::StartImpaired),
    (&["operations are being throttled"], Meaning::Throttled),
    (&["unable to stop or start tasks during a deployment"], Meaning::PercentagesDeadlock),
    (&["deployment blocked"], Meaning::HeldByProtection),
    (&["unable to scale in", "protected"], Meaning::HeldByProtection),
    (&["is unhealthy in", "due to"], Meaning::Unhealthy { cause: Cause::UnhealthyTarget }),
    (&["failed elb health checks"], Meaning::Unhealthy { cause: Cause::UnhealthyTarget }),
    (&["failed container health checks"], Meaning::Unhealthy { cause: Cause::UnhealthyContainer }),
    (&["unable to assume the role"], Meaning::Misconfigured),
    (&["unable to place a task", "internal error"], Meaning::ZoneUnsupported),
    (&["has started", "task"], Meaning::Progress),
    (&["has started", "tasks"], Meaning::Progress),
    (&["has stopped", "running tasks"], Meaning::Progress),
    (&["has begun draining connections"], Meaning::Progress),
    (&["registered", "targets in"], Meaning::Progress),
    (&["deregistered", "targets in"], Meaning::Progress),
];

/// The scheduler looked at every instance, and says of the one that came closest what it lacks.
const NOT_PLACED: &str = "no container instance met all of its requirements";
const CLOSEST: &[(&[&str], Cause)] = &[
    (&["missing an attribute"], Cause::PlacementImpossible),
    (&["encountered error resource gpu"], Cause::PlacementImpossible),
    (&["encountered error resource"], Cause::NoCapacity),
    (&["encountered error agent"], Cause::HostFault),
    (&["insufficient"], Cause::NoCapacity),
    (&["already using a port"], Cause::NoCapacity),
    (&["no container instances were found"], Cause::NoCapacity),
    (&[NOT_PLACED, END], Cause::NoCapacity),
];

pub(super) fn meaning(text: &str) -> Meaning {
    let text = without_service(text);
    let words = Words::of(text);
    if let Some((_, meaning)) = ROWS.iter().find(|(parts, _)| words.have(parts)) {
        return meaning.clone();
    }
    deployment(text, &words).or_else(|| not_started(text, &words)).unwrap_or_else(|| Meaning::Unrecognised { text: normalise(text) })
}

/// A service may be called anything, and each message begins with it: `(service web)`.
fn without_service(text: &str) -> &str {
    let inner = text.trim_start().strip_prefix("(service ");
    inner.and_then(|inner| inner.split_once(')')).map_or(text, |(_, rest)| rest)
}

fn deployment(text: &str, words: &Words) -> Option<Meaning> {
    let deployment = || deployment_in(text);
    if words.have(&["rolling back"]) {
        return Some(begun(Some(text), None));
    }
    if words.have(&["deployment", "completed"]) {
        return Some(Meaning::DeploymentCompleted { deployment: deployment() });
    }
    if words.have(&["deployment", "in progress"]) {
        return Some(Meaning::DeploymentStarted { deployment: deployment() });
    }
    let by = failed_by(Some(text));
    let has_failed = words.have(&["deployment", "failed"]) && by != FailedBy::Unknown;
    has_failed.then(|| Meaning::DeploymentFailed { deployment: deployment(), by })
}

/// A task that could not be placed or started: the text says why in the words of stops, or of the closest instance.
fn not_started(text: &str, words: &Words) -> Option<Meaning> {
    let cause = match words.have(&[NOT_PLACED]) {
        true => CLOSEST.iter().find(|(parts, _)| words.have(parts)).map(|(_, cause)| cause.clone()),
        false => reason(text).and_then(phrases::find).or_else(|| phrases::find(text)).map(|found| found.cause),
    };
    cause.filter(|cause| !cause.is_benign()).map(|cause| Meaning::NotStarted { cause })
}

/// What follows `Reason:` or the verb of the message.
fn reason(text: &str) -> Option<&str> {
    ["Reason:", "reason:", "unable to place a task:", "unable to start a task:", "failed to start:"]
        .iter()
        .find_map(|mark| text.split_once(mark))
        .map(|(_, reason)| reason)
}
