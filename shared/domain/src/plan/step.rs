//! What can be done with a resource, and one such change of one resource.

use serde::{Deserialize, Serialize};

use crate::kind::Desired;
use crate::order::Apply;
use crate::resource::{Place, Resource};

/// A property that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its name.
    pub property: String,
    /// As it is.
    pub before: String,
    /// As it should be.
    pub after: String,
}

impl Difference {
    /// `property` is `before` and should be `after`.
    pub fn new(property: &str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { property: property.to_owned(), before: before.into(), after: after.into() }
    }
}

/// What is to be done with a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is made.
    Create,
    /// A secret in its recovery window, or a key whose deletion is pending, comes back.
    Restore,
    /// Properties are changed in place.
    Update(Vec<Difference>),
    /// Another is made in its place, what uses it moves over, and it goes: these properties cannot be changed.
    Replace(Vec<Difference>),
    /// What exists is taken over by explicit order: our tags are put on it.
    Adopt,
    /// The next act on its way out.
    Remove(Removal),
}

/// An act on the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Removal {
    /// All of it, by one call.
    Delete,
    /// Into its recovery window, or at once.
    DeleteSecret {
        /// Days in which it can come back; none: at once.
        recovery_days: Option<u8>,
    },
    /// By id.
    DeleteMountTargets(Vec<String>),
    /// The empty shell without mount targets.
    DeleteFileSystem,
    /// Our own deletion protection.
    LiftProtection,
    /// The instance.
    DeleteDatabase {
        /// The snapshot taken at its end; none: data destroyed.
        final_snapshot: Option<String>,
    },
    /// By name.
    DeleteSnapshot(String),
    /// By ARN.
    StopTask(String),
    /// With its tasks.
    DeleteService,
    /// By ARN.
    DeregisterRevisions(Vec<String>),
    /// Its alias now, itself once its pending window is over.
    DeleteKey {
        /// Days in which it can come back.
        pending_days: u8,
    },
    /// The replication group.
    DeleteCache {
        /// The snapshot taken at its end; none: data destroyed, or none held.
        final_snapshot: Option<String>,
    },
    /// No access any more, and all that is in it expires after so many days.
    CloseBucket {
        /// Days.
        days: u32,
    },
    /// All that is in it, batch by batch.
    EmptyBucket,
    /// By ARN.
    DeleteRecoveryPoints(Vec<String>),
}

/// One change of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which resource.
    pub place: Place,
    /// Its kind.
    pub kind: String,
    /// Its name on AWS.
    pub name: String,
    /// What is done.
    pub change: Change,
    /// What must be ready, or gone, before; empty: it can be done now.
    pub after: Vec<Place>,
    /// What users of the tenant notice.
    pub interruption: Interruption,
}

impl Step {
    /// Whether it can be done now.
    pub fn is_due(&self) -> bool {
        self.after.is_empty()
    }
}

/// What users notice of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interruption {
    /// Nothing.
    None,
    /// An outage of about so many minutes, now.
    Minutes(u8),
    /// An outage in the maintenance window.
    InWindow,
    /// The service is gone.
    ForGood,
}

/// What users notice of `change`.
pub(super) fn interruption(resource: &Resource, change: &Change) -> Interruption {
    /// A class change fails over or restarts the instance; storage and retention do not (RDS user guide, "Modifying").
    const CLASS_CHANGE_MINUTES: u8 = 5;
    /// Redis goes on serving until its new nodes take over, within a minute (ElastiCache user guide, "Scaling").
    const NODE_CHANGE_MINUTES: u8 = 1;
    match (&resource.desired, change) {
        (Desired::RdsInstance(_), Change::Update(found)) if found.iter().any(|d| d.property == "class" || d.property == "apply") => {
            match resource.apply {
                Apply::Now => Interruption::Minutes(CLASS_CHANGE_MINUTES),
                Apply::Window => Interruption::InWindow,
            }
        }
        (Desired::RedisReplicationGroup(_), Change::Update(found)) if found.iter().any(|d| restarts_redis(&d.property)) => {
            match resource.apply {
                Apply::Now => Interruption::Minutes(NODE_CHANGE_MINUTES),
                Apply::Window => Interruption::InWindow,
            }
        }
        (_, Change::Remove(_)) => Interruption::ForGood,
        _ => Interruption::None,
    }
}

/// Whether a change of `property` moves Redis onto other nodes.
fn restarts_redis(property: &str) -> bool {
    matches!(property, "node_type" | "engine_version" | "apply")
}
