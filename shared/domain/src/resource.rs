//! One AWS thing that we own, as it should be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::graph::Outputs;
use crate::kind::Desired;
use crate::order::Apply;
use crate::tenant::{Incarnation, Owner};
use crate::words::{bind, each_text};

/// The tag that names the owner: `tenant/dev/demo`.
pub const OWNER_TAG: &str = "caretaker:owner";
/// The tag that names the owner's life.
pub const INCARNATION_TAG: &str = "caretaker:incarnation";
/// The tag that names the blueprint.
pub const BLUEPRINT_TAG: &str = "caretaker:blueprint";

/// The tag that names the resource within its blueprint.
pub const RESOURCE_TAG: &str = "caretaker:resource";

/// The tags that tell a resource from all others; what AWS gives no name is found by them.
pub const IDENTITY: [&str; 3] = [OWNER_TAG, INCARNATION_TAG, RESOURCE_TAG];

/// The tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// A resource's id within its blueprint, such as `database`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ResourceId(pub String);

/// What precedes the number of a replacement, as in `web-targets@2`: legal in tags, in no id of a blueprint.
const REPLACEMENT: char = '@';

impl ResourceId {
    /// The id in the blueprint, and the how-manieth of that id it is, from 1.
    pub fn generation(&self) -> (&str, u32) {
        let numbered = self.0.rsplit_once(REPLACEMENT).and_then(|(id, number)| Some((id, number.parse().ok()?)));
        numbered.unwrap_or((&self.0, 1))
    }

    /// The id of what replaces it.
    #[must_use]
    pub fn successor(&self) -> Self {
        let (id, number) = self.generation();
        Self(format!("{id}{REPLACEMENT}{}", number + 1))
    }

    /// Whether both are of the same id in the blueprint.
    pub fn is_same(&self, other: &Self) -> bool {
        self.generation().0 == other.generation().0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ResourceId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// A resource and the life it belongs to: a former life's database and the new one's are two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The life.
    pub incarnation: Incarnation,
    /// The resource's id.
    pub id: ResourceId,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.incarnation, self.id)
    }
}

/// A resource as it should be, every name, tag and token decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Its id within the blueprint.
    pub id: ResourceId,
    /// Whose it is.
    pub owner: Owner,
    /// Of which life.
    pub incarnation: Incarnation,
    /// Its name on AWS.
    pub name: String,
    /// Its idempotency token: the same for the same wish after any crash.
    pub token: String,
    /// Tags of its create call.
    pub tags: Tags,
    /// Resources that must be ready before it is made: those that the blueprint names, and those that its properties refer to.
    pub after: BTreeSet<ResourceId>,
    /// Whether its properties refer to others.
    pub refers: bool,
    /// When changes that interrupt are applied.
    pub apply: Apply,
    /// Whether its loss loses a customer's data.
    pub protects_data: bool,
    /// Its kind and properties.
    pub desired: Desired,
}

impl Resource {
    /// Where it belongs.
    pub fn place(&self) -> Place {
        Place { incarnation: self.incarnation, id: self.id.clone() }
    }

    /// The resource with its references filled in.
    ///
    /// # Errors
    /// The resource whose output is not known yet.
    pub fn bound(&self, outputs: &Outputs) -> Result<Self, ResourceId> {
        if !self.refers {
            return Ok(self.clone());
        }
        let output = |id: &ResourceId, name: &str| outputs.get(id, name).map(str::to_owned);
        let properties = serde_json::to_value(&self.desired).unwrap_or_else(|error| unreachable!("properties always serialize: {error}"));
        let properties = each_text(properties, &|text| bind(text, &output))?;
        let desired = serde_json::from_value(properties).unwrap_or_else(|error| unreachable!("text stays text: {error}"));
        Ok(Self { desired, ..self.clone() })
    }
}

/// The token of a resource: 32 hex digits over its life, its id and what is fixed at its creation.
///
/// ECS allows 36 characters, Secrets Manager wants 32 to 64, EFS takes 64 (SDK service models).
/// Nothing that can change later (a tier, a version, an attempt) may enter `fixed`.
pub fn token(incarnation: Incarnation, id: &ResourceId, fixed: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in [&incarnation.to_string(), &id.0].into_iter().map(String::as_str).chain(fixed.iter().copied()) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}
