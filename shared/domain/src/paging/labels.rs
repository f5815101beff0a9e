//! Labels: what routes, silences and rules are told of an incident or a signal, word by word.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::incident::Severity;

/// Texts are cut after so many characters: AWS's longest ARN, and little work for any pattern.
pub const LONGEST: usize = 2_048;

/// One thing that may be said of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// `critical`, `warning` or `info`.
    Severity,
    /// `dev`, `staging` or `prod`.
    Environment,
    /// A tenant's id.
    Tenant,
    /// What the tenant has bought.
    Tier,
    /// A service's name.
    Service,
    /// Where the signal comes from, such as `alarm` or `health`.
    Producer,
    /// The signal's name: an alarm's, or a word such as `failover`.
    Name,
    /// The resource's id in the blueprint.
    Resource,
    /// The resource's kind, such as `rds-instance`.
    Kind,
    /// The blueprint's name.
    Blueprint,
}

/// A word that is none of the labels.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no label; there are {known}", known = Label::ALL.map(Label::word).join(", "))]
pub struct BadLabel(String);

/// What is said of an incident. What is missing is an empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<Label, String>);

impl Label {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Severity,
        Self::Environment,
        Self::Tenant,
        Self::Tier,
        Self::Service,
        Self::Producer,
        Self::Name,
        Self::Resource,
        Self::Kind,
        Self::Blueprint,
    ];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Environment => "environment",
            Self::Tenant => "tenant",
            Self::Tier => "tier",
            Self::Service => "service",
            Self::Producer => "producer",
            Self::Name => "name",
            Self::Resource => "resource",
            Self::Kind => "kind",
            Self::Blueprint => "blueprint",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Label {
    type Err = BadLabel;

    fn from_str(word: &str) -> Result<Self, BadLabel> {
        Self::ALL.into_iter().find(|label| label.word() == word).ok_or_else(|| BadLabel(word.chars().take(40).collect()))
    }
}

impl Labels {
    /// With `label` as `text`, cut after [`LONGEST`] characters. An empty text takes the label away.
    #[must_use]
    pub fn with(mut self, label: Label, text: &str) -> Self {
        match text.is_empty() {
            true => self.0.remove(&label),
            false => self.0.insert(label, text.chars().take(LONGEST).collect()),
        };
        self
    }

    /// With this severity.
    #[must_use]
    pub fn of(self, severity: Severity) -> Self {
        self.with(Label::Severity, severity.word())
    }

    /// What `label` says; empty if it is missing.
    pub fn text(&self, label: Label) -> &str {
        self.0.get(&label).map_or("", String::as_str)
    }

    /// Whether they are of the environment `dev`, however somebody has written it.
    pub fn is_dev(&self) -> bool {
        self.text(Label::Environment).trim().eq_ignore_ascii_case("dev")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_label_is_an_empty_text() {
        let labels = Labels::default().with(Label::Tenant, "demo").of(Severity::Info);
        assert_eq!(Label::ALL.map(|label| labels.text(label)).join("."), "info..demo.......");
        assert_eq!(labels.clone().with(Label::Tenant, ""), Labels::default().of(Severity::Info));
        assert_eq!(json!(labels), json!({ "severity": "info", "tenant": "demo" }));
    }

    #[test]
    fn a_label_reads_back_as_it_is_written() {
        for label in Label::ALL {
            assert_eq!((label.word().parse(), json!(label)), (Ok(label), json!(label.word())));
        }
        let error = "tennant".parse::<Label>().unwrap_err().to_string();
        assert!(error.starts_with("\"tennant\" is no label; there are severity, environment, tenant, "), "{error}");
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let labels = Labels::default().with(Label::Name, &"ö".repeat(100_000));
        assert_eq!(labels.text(Label::Name).chars().count(), LONGEST);
    }

    #[test]
    fn dev_is_dev_however_it_is_written() {
        let check = |text: &str, expected| assert_eq!(Labels::default().with(Label::Environment, text).is_dev(), expected, "{text:?}");
        check("dev", true);
        check(" DEV", true);
        check("", false);
        check("prod", false);
        check("devel", false);
    }
}
