//! How the count of an ECS service follows its load: a scalable target of Application Auto Scaling with its policies.
//!
//! Fields that are not ours: the count within the bounds, `SuspendedState` (remediation's and operators'), and policies
//! whose names do not begin with the target's own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// A target has no name on AWS; its policies do, by it: up to 256 printable characters (API reference, PutScalingPolicy),
/// of which 64 are left to the policy's key and a hyphen.
const TARGET: NameRule = NameRule { longest: 192, also: "_", double_hyphen: true };

/// The count of one ECS service, between its bounds, with the policies that move it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalableTarget {
    /// The cluster's name.
    pub cluster: String,
    /// The service's name.
    pub service: String,
    /// Fewest tasks. A count below it is brought up to it whenever the bounds are set.
    pub min: u32,
    /// Most tasks. A count above it is brought down to it whenever the bounds are set.
    pub max: u32,
    /// What the count follows, by a key of its own; tasks are added as soon as one policy asks for it, and taken away only once all do.
    #[serde(default)]
    pub policies: BTreeMap<String, Policy>,
}
plain!(ScalableTarget: "scalable-target", name: TARGET, creates: 2 s, changes: 2 s, fixed: ["cluster", "service"], outputs: []);

impl ScalableTarget {
    /// What each policy of a target of this name is called.
    pub fn policy_name(name: &str, key: &str) -> String {
        format!("{name}-{key}")
    }

    /// Of `policies` by name those of a target of this name, by key.
    pub fn own_policies(name: &str, policies: BTreeMap<String, Policy>) -> BTreeMap<String, Policy> {
        let prefix = Self::policy_name(name, "");
        policies.into_iter().filter_map(|(full, policy)| Some((full.strip_prefix(&prefix)?.to_owned(), policy))).collect()
    }
}

/// A target tracking policy: so many tasks that a metric stays where it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What is measured.
    pub metric: Metric,
    /// Where it should be: percent, or requests per task and minute.
    pub target: Level,
    /// For `requests`: the ends of the ARNs of load balancer and target group, `app/NAME/ID/targetgroup/NAME/ID`.
    #[serde(default)]
    pub resource_label: Option<String>,
    /// So long an addition of tasks counts as on its way, in seconds.
    #[serde(default = "a_minute")]
    pub out_cooldown_seconds: u32,
    /// So long after tasks were taken away no more are, in seconds.
    #[serde(default = "five_minutes")]
    pub in_cooldown_seconds: u32,
}

/// What a policy follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Average CPU of the service's tasks, in percent.
    Cpu,
    /// Average memory of the service's tasks, in percent.
    Memory,
    /// Requests that the load balancer gives each task in a minute.
    Requests,
}

/// A positive number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64", into = "f64")]
pub struct Level(f64);

// It is never NaN.
impl Eq for Level {}

impl Level {
    /// 1.
    pub const ONE: Self = Self(1.0);

    /// A constant of ours.
    pub(crate) const fn of(positive: f64) -> Self {
        assert!(positive > 0.0);
        Self(positive)
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Level {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        if value.is_finite() && value > 0.0 { Ok(Self(value)) } else { Err(format!("{value} is no positive number")) }
    }
}

impl From<Level> for f64 {
    fn from(level: Level) -> Self {
        level.0
    }
}

fn a_minute() -> u32 {
    60
}

/// AWS's own default for ECS services (API reference, TargetTrackingScalingPolicyConfiguration).
fn five_minutes() -> u32 {
    300
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kind::plain::{Shown, judge};
    use crate::plan::{Change, Judgement};

    fn target(policies: Value) -> ScalableTarget {
        serde_json::from_value(json!({ "cluster": "c", "service": "s", "min": 1, "max": 4, "policies": policies })).expect("it is one")
    }

    #[test]
    fn a_whole_target_is_the_same_number_as_awss() {
        let seen = target(json!({ "cpu": { "metric": "cpu", "target": 70.0 } }));
        let wanted = target(json!({ "cpu": { "metric": "cpu", "target": 70 } }));
        assert_eq!(judge(&wanted, &Shown::done("s", seen), &[]), Judgement::in_sync());
    }

    #[test]
    fn a_target_is_a_positive_number() {
        let read = |value: Value| serde_json::from_value::<Level>(value).is_ok();
        assert_eq!([json!(0.5), json!(0), json!(-1), json!("70")].map(read), [true, false, false, false]);
    }

    #[test]
    fn a_policy_that_is_missing_or_too_many_is_a_change() {
        let one = target(json!({ "cpu": { "metric": "cpu", "target": 70 } }));
        let check = |wanted: &ScalableTarget, seen: &ScalableTarget| {
            let judgement = judge(wanted, &Shown::done("s", seen.clone()), &[]);
            assert!(matches!(judgement, Judgement::Act(Change::Update(found)) if found[0].property == "policies"));
        };
        check(&one, &target(json!({})));
        check(&target(json!({})), &one);
    }

    #[test]
    fn foreign_policies_are_not_seen() {
        let policy = || target(json!({ "cpu": { "metric": "cpu", "target": 70 } })).policies.remove("cpu").expect("it is there");
        let all = [("web-cpu".to_owned(), policy()), ("website-cpu".to_owned(), policy()), ("by-hand".to_owned(), policy())].into();
        assert_eq!(ScalableTarget::own_policies("web", all).into_keys().collect::<Vec<_>>(), ["cpu"]);
    }
}
