//! Whom a signal is of, and what the thing it is about stands on: the resource graph as the ledger has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::signal::About;
use crate::incident::Severity;
use crate::intent::Intent;
use crate::kind::Desired;
use crate::ledger::{BadItem, INTENT, Item, RESOURCE_PREFIX, Record, STATE};
use crate::resource::ResourceId;
use crate::settle::{Phase, State};
use crate::tenant::Owner;

/// Whom a signal is of. Without an owner: nobody's in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    /// Whose.
    pub owner: Option<Owner>,
    /// The size bought, where the blueprint has sizes.
    pub tier: Option<String>,
    /// The blueprint's name.
    pub blueprint: Option<String>,
    /// The blueprint's resource: the alarm itself where an alarm speaks.
    pub resource: Option<ResourceId>,
    /// Its kind.
    pub kind: Option<String>,
    /// The name of the service that it is about, if it is about one.
    pub service: Option<String>,
    /// The name of its owner's dashboard, if it has one.
    pub dashboard: Option<String>,
    /// How much the blueprint says it matters.
    pub severity: Option<Severity>,
    /// What fails: what an alarm watches, or the thing itself.
    pub about: BTreeSet<ResourceId>,
    /// All that may fail and that those need, directly or not.
    pub stands_on: BTreeSet<ResourceId>,
}

/// Why what an owner's alarms say is to be expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// It has never stood yet.
    Provisioned,
    /// Caretaker changes this at present.
    Changed(ResourceId),
    /// It goes, or is gone.
    Deleted,
}

/// An owner as paging sees it.
#[derive(Debug, Clone)]
pub struct Household {
    owner: Owner,
    intent: Option<Intent>,
    state: Option<State>,
    records: Vec<Record>,
}

/// Kinds that fail by themselves: what stands on them fails with them. The others are arrangements, which AWS keeps.
const MAY_FAIL: [&str; 8] =
    ["ecs-service", "efs-file-system", "kms-key", "lambda-function", "nat-gateway", "rds-instance", "redis-replication-group", "secret"];
/// Kinds that only lead to services: what is seen of them is theirs.
const LEADS: [&str; 3] = ["listener", "load-balancer", "target-group"];

impl Household {
    /// The owner, of whom `items` are all in the ledger.
    ///
    /// # Errors
    /// An item is of newer code, or broken.
    pub fn read(owner: &Owner, items: &[Item]) -> Result<Self, BadItem> {
        let of = |key: &str| items.iter().find(|item| item.key == key);
        let intent: Option<Intent> = of(INTENT).map(Item::read).transpose()?;
        let state = of(STATE).map(Item::read).transpose()?;
        let records = items.iter().filter(|item| item.key.starts_with(RESOURCE_PREFIX)).map(Item::read::<Record>);
        let mut records = records.collect::<Result<Vec<_>, _>>()?;
        // A former life's things may still fail while they go; the present life's count where there is one.
        if let Some((_, life)) = intent.as_ref().and_then(Intent::stands) {
            records.retain(|record| record.resource.incarnation == life);
        }
        Ok(Self { owner: owner.clone(), intent, state, records })
    }

    /// Whom a signal about `about` is of; none: nothing of this owner's.
    pub fn subject(&self, about: &About) -> Option<Subject> {
        let specification = self.intent.as_ref().and_then(Intent::stands).map(|(specification, _)| specification);
        let whole = Subject {
            owner: Some(self.owner.clone()),
            tier: specification.and_then(|specification| specification.tier.clone()),
            blueprint: specification.map(|specification| specification.blueprint.clone()),
            dashboard: self
                .records
                .iter()
                .find(|record| record.resource.desired.kind() == "cloudwatch-dashboard")
                .map(|record| record.resource.name.clone()),
            ..Subject::default()
        };
        match about {
            About::Arn(arn) => self.records.iter().find(|record| record.arn.as_deref() == Some(arn)).map(|record| self.of(record, whole)),
            About::Owned(owner, service) if *owner == self.owner => {
                let record = service.as_ref().and_then(|name| self.named(name));
                Some(match record {
                    Some(record) => self.of(record, whole),
                    None => Subject { service: service.clone(), ..whole },
                })
            }
            About::Owned(..) | About::Account => None,
        }
    }

    /// Why what fails of `subject` is to be expected; none: it is not. Of an owner that nobody has ordered nothing is.
    pub fn expected(&self, subject: &Subject) -> Option<Expected> {
        self.intent.as_ref()?;
        let Some(state) = &self.state else { return Some(Expected::Provisioned) };
        if self.intent.as_ref().and_then(Intent::stands).is_none() || matches!(state.phase, Phase::Removing | Phase::Removed) {
            return Some(Expected::Deleted);
        }
        if !state.stood && matches!(state.phase, Phase::Working | Phase::AwaitingEnvironment) {
            return Some(Expected::Provisioned);
        }
        let concerned = |id: &ResourceId| subject.about.iter().chain(&subject.stands_on).any(|other| other.is_same(id));
        let changed = self.records.iter().filter(|record| record.settling_since.is_some() && record.settling_change.is_some());
        changed.map(|record| &record.resource.id).find(|id| concerned(id)).cloned().map(Expected::Changed)
    }

    /// Whether it is not as it should be, and goes no further by itself.
    pub fn is_down(&self) -> bool {
        self.state.as_ref().is_some_and(|state| matches!(state.phase, Phase::Degraded | Phase::Failed))
    }

    fn named(&self, name: &str) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.resource.name == name)
            .or_else(|| self.records.iter().find(|record| record.resource.id.0 == name))
    }

    fn of(&self, record: &Record, whole: Subject) -> Subject {
        let about = self.about(record);
        let mut services = about.iter().filter_map(|id| self.get(id)).filter(|record| record.resource.desired.kind() == "ecs-service");
        let needed = about.iter().flat_map(|id| self.needs(id)).collect::<BTreeSet<_>>();
        let may_fail = |id: &ResourceId| self.get(id).is_some_and(|record| MAY_FAIL.contains(&record.resource.desired.kind()));
        Subject {
            resource: Some(record.resource.id.clone()),
            kind: Some(record.resource.desired.kind().to_owned()),
            service: services.next().map(|record| record.resource.name.clone()),
            severity: match &record.resource.desired {
                Desired::CloudwatchAlarm(alarm) => Severity::read(&alarm.severity),
                _ => None,
            },
            stands_on: needed.into_iter().filter(|id| may_fail(id) && !about.contains(id)).collect(),
            about,
            ..whole
        }
    }

    /// What fails when `record` speaks.
    fn about(&self, record: &Record) -> BTreeSet<ResourceId> {
        let id = &record.resource.id;
        match record.resource.desired.kind() {
            "cloudwatch-alarm" => {
                let watched = record.resource.after.iter().filter_map(|id| self.get(id)).flat_map(|record| self.about(record));
                let watched = watched.collect::<BTreeSet<_>>();
                if watched.is_empty() { [id.clone()].into() } else { watched }
            }
            kind if LEADS.contains(&kind) => {
                let is_led_to =
                    |record: &&Record| record.resource.desired.kind() == "ecs-service" && self.needs(&record.resource.id).contains(id);
                let services = self.records.iter().filter(is_led_to).map(|record| record.resource.id.clone()).collect::<BTreeSet<_>>();
                if services.is_empty() { [id.clone()].into() } else { services }
            }
            _ => [id.clone()].into(),
        }
    }

    /// All that `id` needs, directly or not.
    fn needs(&self, id: &ResourceId) -> BTreeSet<ResourceId> {
        let after: BTreeMap<&ResourceId, &BTreeSet<ResourceId>> =
            self.records.iter().map(|record| (&record.resource.id, &record.resource.after)).collect();
        let (mut found, mut ahead) = (BTreeSet::new(), vec![id]);
        while let Some(id) = ahead.pop() {
            let new = after.get(id).into_iter().flat_map(|needs| needs.iter()).filter(|need| found.insert((*need).clone()));
            ahead.extend(new.collect::<Vec<_>>());
        }
        found
    }

    fn get(&self, id: &ResourceId) -> Option<&Record> {
        self.records.iter().find(|record| record.resource.id == *id)
    }
}

impl Subject {
    /// Whether a fault of this one may be why the other is at fault: the other stands on it.
    pub fn explains(&self, other: &Self) -> bool {
        self.owner.is_some() && self.owner == other.owner && !self.about.is_disjoint(&other.stands_on)
    }

    /// Whether both are of one fault: the same thing fails, or one stands on the other.
    pub fn is_bound(&self, other: &Self) -> bool {
        let same = self.owner.is_some() && self.owner == other.owner && !self.about.is_disjoint(&other.about);
        same || self.explains(other) || other.explains(self)
    }

    /// Whether both may be at fault because of a third, on which they stand.
    pub fn may_share(&self, other: &Self) -> bool {
        self.owner.is_some() && self.owner == other.owner && !self.stands_on.is_disjoint(&other.stands_on)
    }

    /// Whether nothing that is known could be why it is at fault: it needs not be waited for.
    pub fn is_origin(&self) -> bool {
        self.stands_on.is_empty()
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provisioned => f.write_str("it is being provisioned"),
            Self::Changed(id) => write!(f, "{id} is being changed by Caretaker"),
            Self::Deleted => f.write_str("it is being deleted"),
        }
    }
}

#[cfg(test)]
mod tests;
