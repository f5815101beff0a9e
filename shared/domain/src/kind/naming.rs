//! Names on the internet: hosted zones, certificates and the records of hosts.

mod certificate;
mod record;
mod zone;

pub use certificate::{Certificate, CertificateSeen, Issuance};
pub use record::{Alias, Record, RecordSeen, proof_name};
pub use zone::HostedZone;

use serde::{Deserialize, Serialize};

/// Seconds for which others may remember a record that we write.
const TTL: u32 = 300;

/// A record set of Route 53. Names are without the last dot and in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordSet {
    /// The full name.
    pub name: String,
    /// Such as `A`.
    pub record_type: String,
    /// Where it leads.
    pub target: Target,
}

/// Where a record set leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// To a thing of AWS.
    Alias {
        /// Its DNS name.
        dns: String,
        /// The hosted zone of that name, AWS's own.
        zone: String,
        /// Whether the record answers only while the thing is healthy.
        health: bool,
    },
    /// To values.
    Values {
        /// Seconds for which others may remember it.
        ttl: u32,
        /// As Route 53 writes them: texts in quotation marks.
        values: Vec<String>,
    },
    /// By a routing policy. We make none, and leave alone what a person has made.
    Routed,
}

/// What is to become of a record set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAction {
    /// It must not stand yet.
    Create,
    /// It is made, or takes the place of what stands.
    Upsert,
    /// It must stand exactly so.
    Delete,
}

/// A change of one record set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    /// What is done.
    pub action: RecordAction,
    /// With which set.
    pub set: RecordSet,
}

impl RecordSet {
    /// One that leads to a single value.
    pub fn to_value(name: impl Into<String>, record_type: &str, value: impl Into<String>) -> Self {
        let target = Target::Values { ttl: TTL, values: vec![value.into()] };
        Self { name: name.into(), record_type: record_type.to_owned(), target }
    }

    /// Whether both have one name and type and the same values; how long they are remembered aside.
    pub fn says_what(&self, other: &Self) -> bool {
        // Route 53 takes a name with its last dot for the same as without.
        let bare = |values: &[String]| values.iter().map(|value| value.trim_end_matches('.').to_owned()).collect::<Vec<_>>();
        let alike = match (&self.target, &other.target) {
            (Target::Values { values, .. }, Target::Values { values: others, .. }) => bare(values) == bare(others),
            (one, other) => one == other,
        };
        alike && self.name == other.name && self.record_type == other.record_type
    }

    /// `action` on it.
    #[must_use]
    pub fn to_be(self, action: RecordAction) -> RecordChange {
        RecordChange { action, set: self }
    }
}
