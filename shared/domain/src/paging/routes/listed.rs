//! Alarms that a file names, since no blueprint does.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::incident::Severity;
use crate::paging::labels::{Label, Labels};
use crate::paging::matcher::Matcher;

/// Alarms by their names or ARNs, and what is to be said of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// What their names must be.
    #[serde(default)]
    pub name: Option<Matcher>,
    /// What their ARNs must be.
    #[serde(default)]
    pub arn: Option<Matcher>,
    /// Where they belong; none: to the fleet.
    #[serde(default)]
    pub environment: Option<String>,
    /// To whom.
    #[serde(default)]
    pub tenant: Option<String>,
    /// To which service.
    #[serde(default)]
    pub service: Option<String>,
    /// How much they matter; none: as their tag or their name says.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
}

impl Listed {
    /// Whether it is about the alarm of this name and ARN.
    pub fn is(&self, name: &str, arn: &str) -> bool {
        let fits = |matcher: &Option<Matcher>, text: &str| matcher.as_ref().is_none_or(|matcher| matcher.matches(text));
        !self.is_anything() && fits(&self.name, name) && fits(&self.arn, arn)
    }

    /// `labels`, and what it says of the alarm.
    pub fn labels(&self, labels: Labels) -> Labels {
        let said = [(Label::Environment, &self.environment), (Label::Tenant, &self.tenant), (Label::Service, &self.service)];
        said.into_iter()
            .filter_map(|(label, text)| Some((label, text.as_deref()?)))
            .fold(labels, |labels, (label, text)| labels.with(label, text))
    }

    /// Whether any alarm would do.
    pub(super) fn is_anything(&self) -> bool {
        [&self.name, &self.arn].into_iter().flatten().all(|matcher| matcher.matches(""))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_alarm_is_known_by_its_name_its_arn_or_both() {
        let arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:legacy-cpu";
        let check = |listed: Value, expected| {
            let found: Listed = serde_json::from_value(listed.clone()).expect("an entry");
            assert_eq!(found.is("legacy-cpu", arn), expected, "{listed}");
        };
        check(json!({ "name": "legacy-cpu" }), true);
        check(json!({ "name": "~legacy-.*" }), true);
        check(json!({ "name": "~legacy" }), false);
        check(json!({ "arn": "~.*:000000000000:alarm:.*" }), true);
        check(json!({ "name": "~legacy-.*", "arn": "~.*:eu-west-1:.*" }), false);
        // What would be any alarm is none.
        check(json!({}), false);
        check(json!({ "name": "!other" }), false);
    }

    #[test]
    fn what_it_says_goes_before_what_is_known() {
        let listed: Listed = serde_json::from_value(json!({ "name": "a", "environment": "prod", "service": "web" })).unwrap();
        let known = Labels::default().with(Label::Service, "api").with(Label::Tenant, "demo");
        assert_eq!(json!(listed.labels(known)), json!({ "environment": "prod", "service": "web", "tenant": "demo" }));
    }
}
