//! What we saw of a resource. Unknown is not absent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::CallError;
use crate::kind::Detail;
use crate::resource::{INCARNATION_TAG, OWNER_TAG, Resource, Tags};
use crate::tenant::Incarnation;

/// The outcome of a look at a resource's name on AWS.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly all are Seen")]
pub enum Sighting {
    /// The look failed: nothing follows from it.
    Unknown(CallError),
    /// AWS says that there is no such thing.
    Absent,
    /// It is there.
    Seen(Observed),
}

/// A resource on AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// When it was seen.
    pub at: Timestamp,
    /// What its kind shows.
    pub detail: Detail,
}

/// Whose a resource is, by its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Of this owner and this life.
    Ours,
    /// Of this owner, but of another life.
    OtherLife(Incarnation),
    /// Somebody else's, or nobody's that we know.
    Foreign(String),
}

impl Observed {
    /// Whose it is, as seen from `resource`.
    pub fn claim(&self, resource: &Resource) -> Claim {
        let (owner, incarnation) = (self.tags.get(OWNER_TAG), self.tags.get(INCARNATION_TAG));
        match (owner, incarnation.and_then(|text| text.parse::<Incarnation>().ok())) {
            (Some(owner), Some(incarnation)) if *owner == resource.owner.tag() => {
                if incarnation == resource.incarnation {
                    Claim::Ours
                } else {
                    Claim::OtherLife(incarnation)
                }
            }
            (Some(owner), _) => Claim::Foreign(format!("{} belongs to {owner}", self.arn)),
            (None, _) => Claim::Foreign(format!("{} carries no tag {OWNER_TAG}", self.arn)),
        }
    }
}
