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
    Planned {
        /// In their order.
        steps: Vec<Step>,
        /// Why the rest waits, by resource.
        waiting: BTreeMap<String, String>,
        /// What others have changed on AWS, by resource.
        #[serde(default)]
        drift: BTreeMap<String, String>,
        /// USD a month as it is.
        monthly_usd_before: f64,
        /// USD a month afterwards.
        monthly_usd_after: f64,
    },
    /// Everything stands.
    Ready {
        /// Endpoints and ARNs, `resource.output`. ARNs of secrets, never secrets.
        outputs: BTreeMap<String, String>,
    },
    /// Something that stood waits on something.
    Degraded {
        /// What waits on what, by resource.
        waiting: BTreeMap<String, String>,
    },
    /// Others have changed on AWS what stood as it should.
    Drifted {
        /// What, by resource.
        drift: BTreeMap<String, String>,
        /// Whether it is being set right; not in an owner that is observe-only or paused.
        repairing: bool,
    },
    /// Things carry its tags that no record names; they are left alone.
    OrphansFound {
        /// By ARN, what their tags say.
        orphans: BTreeMap<String, String>,
    },
    /// It goes no further by itself.
    Failed {
        /// In one sentence.
        reason: String,
        /// Why, by resource.
        stuck: BTreeMap<String, String>,
    },
    /// It is gone.
    Removed {
        /// What is kept on purpose, by resource.
        retained: BTreeMap<String, Retention>,
        /// What was forgotten: must be none.
        leftovers: Vec<String>,
    },
}

impl Answer {
    /// Such as `tenant-ready`, or `environment-ready`.
    pub fn detail_type(&self) -> String {
        let word = match self.news {
            News::Planned { .. } => "planned",
            News::Ready { .. } => "ready",
            News::Degraded { .. } => "degraded",
            News::Drifted { .. } => "drifted",
            News::OrphansFound { .. } => "orphans-found",
            News::Failed { .. } => "failed",
            News::Removed { .. } => "removed",
        };
        format!("{}-{word}", self.owner.word())
    }

    /// As an entry for the bus.
    pub fn entry(&self) -> Entry {
        let mut detail = json!({
            "schema": 1,
            "id": self.id,
            "environment": self.owner.environment(),
            "version": self.version,
            "incarnation": self.incarnation,
            "at": self.at,
        });
        if let Some(tenant) = self.owner.tenant_id() {
            detail["tenant"] = json!(tenant);
        }
        // The variant's fields stand beside the head, as the contract has them.
        if let (Some(head), Ok(Value::Object(news))) = (detail.as_object_mut(), serde_json::to_value(&self.news)) {
            for fields in news.into_iter().filter_map(|(_, fields)| match fields {
                Value::Object(fields) => Some(fields),
                _ => None,
            }) {
                head.extend(fields);
            }
        }
        Entry { source: SOURCE, detail_type: self.detail_type(), detail: detail.to_string(), resources: vec![self.owner.tag()] }
    }
}

/// The sentences of a report that `pick` chooses, by resource.
pub fn sentences(plan: &Plan, pick: impl Fn(&Standing) -> bool) -> BTreeMap<String, String> {
    plan.report.iter().filter(|(_, standing)| pick(standing)).map(|(place, standing)| (place.id.0.clone(), standing.to_string())).collect()
}
