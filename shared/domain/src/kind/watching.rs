//! What watches the others: alarms and dashboards of CloudWatch.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plain::plain;
use crate::name::NameRule;
use crate::resource::Tags;

/// CloudWatch: up to 255 characters (API reference, PutMetricAlarm).
const ALARM: NameRule = NameRule { longest: 255, also: "._/:", double_hyphen: true };
/// CloudWatch: up to 255 letters, digits, hyphens and underscores (API reference, PutDashboard).
const DASHBOARD: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };

/// The tag that says how bad it is when an alarm goes off.
pub const SEVERITY_TAG: &str = "caretaker:severity";

/// An alarm on one metric. Words such as the statistic are AWS's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// What it means, for whoever is called.
    pub description: String,
    /// Such as `AWS/RDS`.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// Those of the metric, all of them.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Maximum` or `Minimum`.
    pub statistic: String,
    /// Seconds that one datapoint covers.
    pub period_seconds: u32,
    /// The newest so many periods are looked at.
    pub periods: u32,
    /// So many of them must breach; none: all.
    #[serde(default)]
    pub datapoints: Option<u32>,
    /// What the statistic is compared with.
    pub threshold: Threshold,
    /// Such as `GreaterThanThreshold`.
    pub comparison: String,
    /// What a period without data is: `notBreaching`, `breaching`, `ignore` or `missing`.
    #[serde(default = "not_breaching")]
    pub missing: String,
    /// ARNs of topics that are told when it goes off and when it is over.
    #[serde(default)]
    pub actions: BTreeSet<String>,
    /// `critical`, `warning` or `info`; its tag `caretaker:severity`.
    pub severity: String,
}
plain!(Alarm: "cloudwatch-alarm", name: ALARM, creates: 1 s, changes: 1 s, fixed: [], outputs: ["name"]);

fn not_breaching() -> String {
    "notBreaching".to_owned()
}

/// A number that JSON can write: never NaN, so that it equals itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Threshold(pub f64);

impl Eq for Threshold {}

impl Alarm {
    /// `tags`, and its severity among them.
    pub fn tags(&self, tags: &Tags) -> Tags {
        let mut tags = tags.clone();
        tags.insert(SEVERITY_TAG.to_owned(), self.severity.clone());
        tags
    }
}

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// As AWS writes them (CloudWatch API reference, "Dashboard Body Structure and Syntax").
    pub widgets: Vec<Value>,
}
plain!(Dashboard: "cloudwatch-dashboard", name: DASHBOARD, creates: 1 s, changes: 1 s, fixed: [], outputs: ["name"]);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Kind;
    use crate::kind::plain::Shown;
    use crate::plan::{Change, Judgement};

    #[test]
    fn a_whole_number_is_the_threshold_that_aws_shows_as_a_fraction() {
        let wrote = json!({
            "description": "d", "namespace": "AWS/RDS", "metric": "CPUUtilization", "statistic": "Average", "period_seconds": 300,
            "periods": 3, "threshold": 80, "comparison": "GreaterThanThreshold", "severity": "warning",
        });
        let alarm: Alarm = serde_json::from_value(wrote).unwrap();
        assert_eq!(alarm.missing, "notBreaching");
        let judge = |shown: Alarm| {
            let desired = crate::kind::Desired::CloudwatchAlarm(alarm.clone());
            alarm.judge(&crate::kind::testing::resource(desired, false), &Shown::done("a", shown))
        };
        assert_eq!(judge(Alarm { threshold: Threshold(80.0), ..alarm.clone() }), Judgement::InSync(None));
        let Judgement::Act(Change::Update(found)) = judge(Alarm { threshold: Threshold(80.5), ..alarm.clone() }) else {
            panic!("a change")
        };
        assert_eq!((found[0].property.as_str(), found[0].before.as_str()), ("threshold", "80.5"));
        assert_eq!(alarm.tags(&Tags::new()), [(SEVERITY_TAG.to_owned(), "warning".to_owned())].into());
    }
}
