//! Answers: what Caretaker says on the bus, at most once per change of phase.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::plan::{Plan, Retention, Standing, Step};
use crate::ports::Entry;
use crate::tenant::{Incarnation, Owner};

/// The `source` of answers on the bus.
pub const SOURCE: &str = "caretaker.answers";

/// Something to be said about an owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Receivers drop repeats by it.
    pub id: String,
    /// Of whom.
    pub owner: Owner,
    /// Of which intent.
    pub version: u64,
    /// Of which life.
    pub incarnation: Option<Incarnation>,
    /// When it became true.
    pub at: Timestamp,
    /// What.
    pub news: News,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// What would be done.
    TenantPlanned {
        /// In their order.
        steps: Vec<Step>,
        /// Why the rest waits, by resource.
        waiting: BTreeMap<String, String>,
        /// USD a month as it is.
        monthly_usd_before: f64,
        /// USD a month afterwards.
        monthly_usd_after: f64,
    },
    /// Everything stands.
    TenantReady {
        /// Endpoints and ARNs, `resource.output`. ARNs of secrets, never secrets.
        outputs: BTreeMap<String, String>,
    },
    /// Something that stood waits on something.
    TenantDegraded {
        /// What waits on what, by resource.
        waiting: BTreeMap<String, String>,
    },
    /// It goes no further by itself.
    TenantFailed {
        /// In one sentence.
        reason: String,
        /// Why, by resource.
        stuck: BTreeMap<String, String>,
    },
    /// It is gone.
    TenantRemoved {
        /// What is kept on purpose, by resource.
        retained: BTreeMap<String, Retention>,
        /// What was forgotten: must be none.
        leftovers: Vec<String>,
    },
}

impl News {
    /// The detail-type.
    pub fn detail_type(&self) -> &'static str {
        match self {
            Self::TenantPlanned { .. } => "tenant-planned",
            Self::TenantReady { .. } => "tenant-ready",
            Self::TenantDegraded { .. } => "tenant-degraded",
            Self::TenantFailed { .. } => "tenant-failed",
            Self::TenantRemoved { .. } => "tenant-removed",
        }
    }
}

impl Answer {
    /// As an entry for the bus.
    pub fn entry(&self) -> Entry {
        let mut detail = json!({
            "schema": 1,
            "id": self.id,
            "tenant": self.owner.tenant_id(),
            "environment": self.owner.environment(),
            "version": self.version,
            "incarnation": self.incarnation,
            "at": self.at,
        });
        // The variant's fields stand beside the head, as the contract has them.
        if let (Some(head), Ok(Value::Object(news))) = (detail.as_object_mut(), serde_json::to_value(&self.news)) {
            for fields in news.into_iter().filter_map(|(_, fields)| match fields {
                Value::Object(fields) => Some(fields),
                _ => None,
            }) {
                head.extend(fields);
            }
        }
        Entry { detail_type: self.news.detail_type().to_owned(), detail: detail.to_string(), resources: vec![self.owner.tag()] }
    }
}

/// The sentences of a report that `pick` chooses, by resource.
pub fn sentences(plan: &Plan, pick: impl Fn(&Standing) -> bool) -> BTreeMap<String, String> {
    plan.report.iter().filter(|(_, standing)| pick(standing)).map(|(place, standing)| (place.id.0.clone(), standing.to_string())).collect()
}
