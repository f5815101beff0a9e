//! Overrides: what remediation lays over a blueprint, and the reconciler carries out. They stand in the ledger until they are over or cleared.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::remedy::Remedy;
use super::size::Size;
use crate::kind::Desired;
use crate::kind::service::{Hold, Pin};
use crate::ledger::{BadItem, Condition, Item, Write};
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
    pub since: Timestamp,
    /// When it is over; none: once a person has cleared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
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
    /// A service stands still, or is brought back to what it was before.
    Hold(Hold),
}

/// After a week without the fault the memory is what the blueprint says again.
const FLOOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A bad image is kept off for so long: releases follow each other sooner.
const PIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So long there is to bring a service back that stood still.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What the sort keys of overrides begin with.
pub const PREFIX: &str = "override#";

impl Lays {
    /// A word for its sort; there is one of each sort for each resource of a life.
    pub fn sort(&self) -> &'static str {
        match self {
            Self::Floor(_) => "floor",
            Self::Pin(_) => "pin",
            Self::Hold(_) => "hold",
        }
    }

    /// What `remedy` lays, if it is one that the reconciler carries out.
    pub fn of(remedy: &Remedy) -> Option<Self> {
        match remedy {
            Remedy::RaiseMemory { to, .. } => Some(Self::Floor(*to)),
            Remedy::Rollback { bad, good } => Some(Self::Pin(Pin { bad: bad.clone(), good: good.clone() })),
            Remedy::Quarantine { was } => Some(Self::Hold(Hold::Still { was: *was })),
            Remedy::ForceDeployment | Remedy::CreateLogGroup | Remedy::WakeReconciler => None,
        }
    }

    /// When it is over, laid at `now`. What stands still does so until a person has cleared it.
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Floor(_) => Some(now + FLOOR),
            Self::Pin(_) => Some(now + PIN),
            Self::Hold(Hold::Still { .. }) => None,
            Self::Hold(Hold::Again { .. }) => Some(now + AGAIN),
        }
    }
}

impl Override {
    /// Its sort key.
    pub fn key(&self) -> String {
        format!("{PREFIX}{}#{}#{}", self.incarnation, self.resource.0, self.lays.sort())
    }

    /// The ledger's item of it.
    pub fn item(&self, owner: &Owner) -> Item {
        let item = Item::new(&owner.to_string(), &self.key(), self);
        match self.until {
            Some(until) => item.until(until),
            None => item,
        }
    }

    /// Whether it is not over yet.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// What is done to clear it at `now`: it goes; what stands still is brought back first.
    pub fn clear(&self, owner: &Owner, now: Timestamp) -> Write {
        match &self.lays {
            Lays::Hold(Hold::Still { was }) => {
                let lays = Lays::Hold(Hold::Again { least: (*was).max(1) });
                let again = Self { until: lays.ends(now), since: now, lays, ..self.clone() };
                Write::Put(again.item(owner), Condition::Always)
            }
            _ => Write::Delete { owner: owner.to_string(), key: self.key() },
        }
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
                Lays::Hold(hold) => service.hold = Some(hold.clone()),
            }
        }
    }
    resource
}

impl std::fmt::Display for Lays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Floor(Size { cpu, memory_mib }) => write!(f, "at least {memory_mib} MiB and {cpu} CPU units"),
            Self::Pin(Pin { bad, good }) => write!(f, "{good} instead of {bad}"),
            Self::Hold(Hold::Still { was }) => write!(f, "stands still; {was} tasks were wanted before"),
            Self::Hold(Hold::Again { least }) => write!(f, "brought back to {least} tasks"),
        }
    }
}
