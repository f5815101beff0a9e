//! A service or one-off task as the ledger knows it: whose it is, what it should be, and what is laid over it.

use std::fmt;

use jiff::Timestamp;

use super::attempt::{Attempt, AttemptState, Effect};
use super::cause::Cause;
use super::conduct::Subject;
use super::fault::Fault;
use super::memory::Memory;
use super::overlay::{self, Lays, Override};
use super::policy::{Mode, Policy};
use super::size::Size;
use crate::intent::Intent;
use crate::kind::service::{Pin, Rollout, Service, TaskDefinition};
use crate::kind::{Desired, Detail};
use crate::ledger::{BadItem, INTENT, Item, RESOURCE_PREFIX, Record, STATE};
use crate::ports::{ServiceView, TargetView};
use crate::resource::{INCARNATION_TAG, OWNER_TAG};
use crate::settle::{Phase, State};
use crate::tenant::Owner;

/// A service or one-off task of ours.
#[derive(Debug, Clone)]
pub struct Known {
    /// Whose.
    pub owner: Owner,
    /// What is remembered of it.
    pub record: Record,
    /// All that is remembered of its owner's present life.
    pub records: Vec<Record>,
    /// How its owner stands.
    pub phase: Option<Phase>,
    /// What is laid over it.
    pub overrides: Vec<Override>,
    /// Whether its owner may only be observed.
    observed: bool,
}

/// Why nothing is done about a stop of something, whatever its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// No record names it.
    NotOurs,
    /// AWS shows another owner's tags on it, or none.
    Anothers,
    /// Its owner goes, or is gone.
    Going,
    /// It has never stood yet: the reconciler sees to it.
    NeverStood,
    /// It is gone.
    Gone,
}

/// What is seen of the task that has failed.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// Its definition; none: it was deleted, or is not told.
    pub definition: Option<TaskDefinition>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
}

impl Known {
    /// The one that `is_it` tells, of `owner`, of whom `items` are all.
    ///
    /// # Errors
    /// An item is of newer code, or broken.
    pub fn find(owner: &Owner, items: &[Item], is_it: impl Fn(&Record) -> bool) -> Result<Result<Self, Unfit>, BadItem> {
        let of = |key: &str| items.iter().find(|item| item.key == key);
        let intent: Option<Intent> = of(INTENT).map(Item::read).transpose()?;
        let state: Option<State> = of(STATE).map(Item::read).transpose()?;
        let Some((specification, life)) = intent.as_ref().and_then(Intent::stands) else { return Ok(Err(Unfit::Going)) };
        let records = items.iter().filter(|item| item.key.starts_with(RESOURCE_PREFIX)).map(Item::read::<Record>);
        let mut records = records.collect::<Result<Vec<_>, _>>()?;
        records.retain(|record| record.resource.incarnation == life);
        let Some(record) = records.iter().find(|record| is_it(record)).cloned() else { return Ok(Err(Unfit::NotOurs)) };
        if !record.stood {
            return Ok(Err(Unfit::NeverStood));
        }
        let overrides = items.iter().filter(|item| item.key.starts_with(overlay::PREFIX)).map(Override::read);
        let mut overrides = overrides.collect::<Result<Vec<_>, _>>()?;
        overrides.retain(|laid| laid.incarnation == life && laid.resource.is_same(&record.resource.id));
        let observed = specification.observe_only || intent.as_ref().is_some_and(|intent| intent.paused);
        Ok(Ok(Self { owner: owner.clone(), record, records, phase: state.map(|state| state.phase), overrides, observed }))
    }

    /// Its name on AWS.
    pub fn name(&self) -> &str {
        &self.record.resource.name
    }

    /// What it should be, if it is a service.
    pub fn service(&self) -> Option<&Service> {
        match &self.record.resource.desired {
            Desired::EcsService(service) => Some(service),
            _ => None,
        }
    }

    /// What may be done to it.
    pub fn policy(&self) -> Policy {
        let policy = self.service().map(|service| service.remediation.clone()).unwrap_or_default();
        if self.observed { Policy { mode: Mode::Observe, ..policy } } else { policy }
    }

    /// Whether `view` is of this very service.
    ///
    /// # Errors
    /// It is another's, or gone.
    pub fn check(&self, view: Option<&ServiceView>) -> Result<(), Unfit> {
        let tags = &view.ok_or(Unfit::Gone)?.tags;
        let resource = &self.record.resource;
        let is_ours = tags.get(OWNER_TAG) == Some(&self.owner.tag())
            && tags.get(INCARNATION_TAG).is_some_and(|life| *life == resource.incarnation.to_string());
        if is_ours { Ok(()) } else { Err(Unfit::Anothers) }
    }

    /// What conduct follows from, but for what is remembered.
    pub fn subject(&self, view: Option<&ServiceView>, sight: &Sight) -> Subject {
        let definition = sight.definition.as_ref();
        Subject {
            is_service: self.service().is_some(),
            size: definition.map(|definition| Size { cpu: definition.cpu, memory_mib: definition.memory_mib }),
            memory_cap_mib: self.policy().memory_cap_mib,
            image: definition.map(|definition| definition.image.clone()),
            wanted: view.map(|view| view.seen.desired_count),
            running: view.map(|view| view.seen.running_count),
            rolls_back: view.is_some_and(|view| view.rolls_back),
            ..Subject::default()
        }
    }

    /// The image that it ran when the reconciler saw it ready last, and when that was.
    pub fn ready_image(&self) -> Option<(&str, Timestamp)> {
        let seen = self.record.seen.as_ref()?;
        match &seen.detail {
            Detail::EcsService(service) => Some((service.primary.as_ref()?.content.image.as_str(), seen.at)),
            _ => None,
        }
    }

    /// What is laid over it at `now`.
    pub fn laid(&self, now: Timestamp) -> impl Iterator<Item = &Override> {
        self.overrides.iter().filter(move |laid| laid.stands(now))
    }

    /// Whether the task of `sight` shows that others have undone what was laid over it: it was asked for after that was proven, and is
    /// without it.
    pub fn is_undone(&self, sight: &Sight, memory: &Memory, now: Timestamp) -> bool {
        let proven_at = |laid: &Override| {
            let mut attempts = memory.attempts.iter().filter(|attempt| attempt.id == laid.attempt);
            attempts.find(|attempt| attempt.state == AttemptState::Proven).map(|attempt| attempt.check_at)
        };
        let (Some(definition), Some(created)) = (&sight.definition, sight.created_at) else { return false };
        self.laid(now).any(|laid| {
            let is_without = match &laid.lays {
                Lays::Floor(floor) => definition.memory_mib < floor.memory_mib,
                Lays::Pin(Pin { bad, .. }) => definition.image == *bad,
                Lays::Hold(_) => false,
            };
            is_without && proven_at(laid).is_some_and(|at| created > at)
        })
    }

    /// The floor that stands, to stand longer: memory has run out all the same. None: there is none, or it was not in force.
    pub fn longer_floor(&self, fault: &Fault, sight: &Sight, memory: &Memory, now: Timestamp) -> Option<Override> {
        let floor = self.floor(now).filter(|_| fault.cause == Cause::OutOfMemory && !self.is_undone(sight, memory, now))?;
        Some(Override { until: floor.lays.ends(now), ..floor.clone() })
    }

    /// The least size that stands at `now`.
    pub fn floor(&self, now: Timestamp) -> Option<&Override> {
        self.laid(now).find(|laid| matches!(laid.lays, Lays::Floor(_)))
    }

    /// What `attempt` lays over it, if its remedy is one that the reconciler carries out.
    pub fn overlay(&self, attempt: &Attempt) -> Option<Override> {
        let lays = Lays::of(&attempt.remedy)?;
        Some(Override {
            resource: self.record.resource.id.generation().0.into(),
            incarnation: self.record.resource.incarnation,
            until: lays.ends(attempt.at),
            lays,
            attempt: attempt.id.clone(),
            since: attempt.at,
            why: attempt.fault.cause.to_string(),
        })
    }

    /// What is seen of it after an act. A one-off task is as its owner stands: the reconciler starts it again.
    pub fn effect(&self, view: Option<&ServiceView>, targets: Option<&[TargetView]>) -> Effect {
        let Some(view) = view else {
            let is_ready = self.service().is_none().then_some(self.phase == Some(Phase::Ready));
            return Effect { steady: is_ready, healthy: Some(true), ..Effect::default() };
        };
        let seen = &view.seen;
        let healthy = |targets: &[TargetView]| {
            let count = targets.iter().filter(|target| target.state == "healthy").count();
            count >= seen.desired_count as usize && targets.iter().all(|target| target.state != "unhealthy")
        };
        Effect {
            steady: Some(seen.rollout == Rollout::Completed && seen.desired_count > 0 && seen.running_count >= seen.desired_count),
            healthy: if seen.settings.target.is_some() { targets.map(healthy) } else { Some(true) },
            deploying: seen.rollout == Rollout::InProgress || seen.running_count < seen.desired_count,
            still: Some(seen.desired_count == 0 && seen.running_count == 0),
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "no record of ours names it",
            Self::Anothers => "AWS shows that it is another's",
            Self::Going => "its owner goes, or is gone",
            Self::NeverStood => "it has never stood yet: the reconciler sees to it",
            Self::Gone => "it is gone",
        })
    }
}
