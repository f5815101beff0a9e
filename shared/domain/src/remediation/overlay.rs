//! Overrides: what remediation lays over a blueprint, and the reconciler carries out. They stand in the ledger until they are cleared.

use serde::{Deserialize, Serialize};

use super::size::Size;
use crate::kind::Desired;
use crate::kind::service::Pin;
use crate::ledger::{BadItem, Item};
use crate::resource::{Resource, ResourceId};
use crate::tenant::{Incarnation, Owner};

/// What is laid over a resource of an owner's life, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// The blueprint's resource.
    pub resource: ResourceId,
    /// The owner's life: the next one begins without it.
    pub incarnation: Incarnation,
    /// What is laid over it.
    pub lays: Lays,
    /// The attempt that it is of.
    pub attempt: String,
    /// When it was laid.
    pub since: jiff::Timestamp,
    /// What it is against, in words.
    pub why: String,
}

/// What is laid over a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lays {
    /// A service's tasks have no less than this.
    Floor(Size),
    /// A service runs another image instead of a bad one.
    Pin(Pin),
}

/// What the sort keys of overrides begin with.
pub const PREFIX: &str = "override#";

impl Override {
    /// Its sort key: one of each sort for each resource of a life.
    pub fn key(&self) -> String {
        let sort = match self.lays {
            Lays::Floor(_) => "floor",
            Lays::Pin(_) => "pin",
        };
        format!("{PREFIX}{}#{}#{sort}", self.incarnation, self.resource.0)
    }

    /// The ledger's item of it.
    pub fn item(&self, owner: &Owner) -> Item {
        Item::new(&owner.to_string(), &self.key(), self)
    }

    /// What `item` says.
    ///
    /// # Errors
    /// It is of newer code, or broken.
    pub fn read(item: &Item) -> Result<Self, BadItem> {
        item.read()
    }
}

/// `resource` as it should be with all of `overrides` that are of it.
pub fn lay(mut resource: Resource, overrides: &[Override]) -> Resource {
    let of = |one: &&Override| resource.id.is_same(&one.resource) && resource.incarnation == one.incarnation;
    let lays: Vec<&Lays> = overrides.iter().filter(of).map(|one| &one.lays).collect();
    if let Desired::EcsService(service) = &mut resource.desired {
        for lays in lays {
            match lays {
                Lays::Floor(floor) => {
                    let size = Size { cpu: service.cpu, memory_mib: service.memory_mib }.or_more(*floor);
                    (service.cpu, service.memory_mib) = (size.cpu, size.memory_mib);
                }
                Lays::Pin(pin) => service.pin = Some(pin.clone()),
            }
        }
    }
    resource
}
