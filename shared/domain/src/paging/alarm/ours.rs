//! Which alarms are nobody's to hear of, as far as they say so themselves, and how bad an alarm is. Whose an alarm is, is looked up by
//! its ARN elsewhere.

use std::collections::BTreeMap;

use thiserror::Error;

use super::AlarmChange;
use crate::incident::Severity;
use crate::kind::watching::SEVERITY_TAG;

/// Why an alarm is left alone, whoever's it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Disregarded {
    /// Auto Scaling has made it for itself. It goes off whenever there is something to scale.
    #[error("it is an alarm of target tracking, which Auto Scaling makes for itself")]
    TargetTracking,
    /// It only sets the number of something.
    #[error("its only actions are those of Auto Scaling")]
    ScalingOnly,
}

/// What Auto Scaling begins the names of its alarms with.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>
const TARGET_TRACKING: &str = "TargetTracking-";
/// The services whose actions scale, as ARNs name them.
const SCALING: [&str; 2] = ["autoscaling", "application-autoscaling"];
/// What stands between a name and its severity.
const SEPARATORS: [char; 4] = ['-', '/', '_', '.'];

/// Why `change` is left alone; none: it is not, as far as it says itself. Actions that were not told say nothing.
pub fn disregard(change: &AlarmChange) -> Option<Disregarded> {
    if change.name.starts_with(TARGET_TRACKING) {
        return Some(Disregarded::TargetTracking);
    }
    let scales = |arn: &String| arn.split(':').nth(2).is_some_and(|service| SCALING.contains(&service));
    (!change.actions.is_empty() && change.actions.iter().all(scales)).then_some(Disregarded::ScalingOnly)
}

/// How bad it is by its tag [`SEVERITY_TAG`]; none: it has none, or one with another word.
pub fn severity_of_tags(tags: &BTreeMap<String, String>) -> Option<Severity> {
    tags.get(SEVERITY_TAG).and_then(|word| Severity::read(word))
}

/// How bad it is by the end of its name, such as `-critical`.
pub fn severity_of_name(name: &str) -> Option<Severity> {
    Severity::read(name.trim().rsplit_once(SEPARATORS)?.1)
}
