//! Written rules: what is not told while something else fires, as Alertmanager has them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::paging::labels::{Label, Labels};
use crate::paging::matcher::Matchers;

/// While a source fires, targets that are alike in some labels are not told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inhibit {
    /// Unique in the file.
    pub id: String,
    /// What must fire.
    pub source: Matchers,
    /// What is not told then.
    pub target: Matchers,
    /// The labels in which both must be alike; missing on both sides is alike.
    #[serde(default)]
    pub equal: Vec<Label>,
}

/// Something that may mute others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its key.
    pub key: &'a str,
    /// What is said of it.
    pub labels: &'a Labels,
    /// Whether it fires; what is over mutes nothing.
    pub fires: bool,
}

impl Inhibit {
    /// The first of `sources` that mutes `target`.
    pub fn source_of<'a>(&self, target: &Labels, sources: &'a [Source<'a>]) -> Option<&'a Source<'a>> {
        if !self.target.matches(target) {
            return None;
        }
        // Or two that are both would mute each other, and nobody heard of either.
        let is_both = self.source.matches(target);
        sources.iter().find(|source| {
            let is_alike = || self.equal.iter().all(|label| source.labels.text(*label) == target.text(*label));
            source.fires && self.source.matches(source.labels) && is_alike() && !(is_both && self.target.matches(source.labels))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn labels(value: Value) -> Labels {
        serde_json::from_value(value).expect("labels")
    }

    fn check(rule: &Value, target: Value, sources: &[(Value, bool)], expected: Option<&str>) {
        let rule: Inhibit = serde_json::from_value(rule.clone()).expect("a rule");
        let sources: Vec<_> = sources.iter().map(|(value, fires)| (labels(value.clone()), *fires)).collect();
        let keys: Vec<_> = (0..sources.len()).map(|place| place.to_string()).collect();
        let sources: Vec<_> = sources.iter().zip(&keys).map(|((labels, fires), key)| Source { key, labels, fires: *fires }).collect();
        assert_eq!(rule.source_of(&labels(target.clone()), &sources).map(|source| source.key), expected, "{target}");
    }

    #[test]
    fn a_target_is_muted_while_a_source_fires_that_is_alike() {
        let rule = json!({ "id": "r", "source": { "kind": "rds-instance" }, "target": { "severity": "warning" },
            "equal": ["environment", "tenant"] });
        let target = json!({ "severity": "warning", "environment": "prod", "tenant": "demo" });
        let source = json!({ "kind": "rds-instance", "severity": "critical", "environment": "prod", "tenant": "demo" });
        let elsewhere = json!({ "kind": "rds-instance", "environment": "prod", "tenant": "acme" });
        let base = json!({ "kind": "rds-instance", "environment": "prod" });
        check(&rule, target.clone(), &[(source.clone(), true)], Some("0"));
        // A resolved source mutes nothing.
        check(&rule, target.clone(), &[(source.clone(), false)], None);
        check(&rule, target.clone(), &[(source.clone(), false), (source.clone(), true)], Some("1"));
        check(&rule, target.clone(), &[(elsewhere, true), (base.clone(), true)], None);
        check(&rule, target.clone(), &[(json!({ "kind": "efs", "environment": "prod", "tenant": "demo" }), true)], None);
        check(&rule, target, &[], None);
        check(&rule, json!({ "severity": "critical", "environment": "prod", "tenant": "demo" }), &[(source, true)], None);
        // What both lack is alike.
        check(&rule, json!({ "severity": "warning", "environment": "prod" }), &[(base, true)], Some("0"));
    }

    #[test]
    fn what_is_source_and_target_is_not_muted_by_another_such() {
        let rule = json!({ "id": "r", "source": { "severity": "critical" }, "target": { "environment": "prod" } });
        let both = json!({ "severity": "critical", "environment": "prod" });
        let source_alone = json!({ "severity": "critical", "environment": "dev" });
        // Nor by itself.
        check(&rule, both.clone(), &[(both.clone(), true)], None);
        check(&rule, both.clone(), &[(both.clone(), true), (source_alone, true)], Some("1"));
        // A target alone is muted by what is both.
        check(&rule, json!({ "environment": "prod" }), &[(both, true)], Some("0"));
    }
}
