//! Incidents: what a person has to look at. Who finds one says so on the bus; telling people is the affair of who pages.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::Entry;
use crate::tenant::{EnvironmentName, TenantId};

/// The `source` of incidents on the bus.
pub const SOURCE: &str = "caretaker.incidents";

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For those who like to know.
    Info,
    /// Within working hours.
    Warning,
    /// At night.
    Critical,
}

impl Severity {
    /// All, the mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Critical];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity of this word, in either case.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word().eq_ignore_ascii_case(word.trim()))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It has begun.
    Opened,
    /// It is over.
    Resolved,
}

/// One turn of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// What becomes of it.
    pub turn: Turn,
    /// The same for the same fault, whoever finds it: environment, tenant, service and fault.
    pub dedup_key: String,
    /// Where.
    pub environment: EnvironmentName,
    /// Whose, if a tenant's.
    pub tenant: Option<TenantId>,
    /// Which service, if one.
    pub service: Option<String>,
    /// How much it matters.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// What is behind it, as far as it is known.
    pub cause: String,
    /// What was seen.
    pub evidence: Vec<String>,
    /// What was tried.
    pub tried: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// Where to look, by name.
    pub links: BTreeMap<String, String>,
}

impl Incident {
    /// As an entry for the bus.
    pub fn entry(&self) -> Entry {
        let mut detail = json!(self);
        if let Some(fields) = detail.as_object_mut() {
            fields.remove("turn");
            fields.insert("schema".to_owned(), json!(1));
        }
        let word = match self.turn {
            Turn::Opened => "opened",
            Turn::Resolved => "resolved",
        };
        Entry {
            source: SOURCE,
            detail_type: format!("incident-{word}"),
            detail: detail.to_string(),
            resources: vec![self.dedup_key.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_incident_is_announced_as_the_contract_has_it() {
        let incident = Incident {
            turn: Turn::Opened,
            dedup_key: "dev/demo/celery/stranded".into(),
            environment: "dev".parse().unwrap(),
            tenant: Some("demo".parse().unwrap()),
            service: Some("celery".into()),
            severity: Severity::Warning,
            title: "t".into(),
            cause: "c".into(),
            evidence: vec!["e".into()],
            tried: Vec::new(),
            since: Timestamp::UNIX_EPOCH,
            links: BTreeMap::new(),
        };
        let entry = incident.entry();
        assert_eq!((entry.source, entry.detail_type.as_str()), ("caretaker.incidents", "incident-opened"));
        let detail: Value = serde_json::from_str(&entry.detail).unwrap();
        let expected = json!({ "schema": 1, "dedupKey": "dev/demo/celery/stranded", "environment": "dev", "tenant": "demo",
            "service": "celery", "severity": "warning", "title": "t", "cause": "c", "evidence": ["e"], "tried": [],
            "since": "1970-01-01T00:00:00Z", "links": {} });
        assert_eq!(detail, expected);
    }
}
