//! A plan is a value: the steps that lead from what is to what should be, and a report of why the rest waits.

mod goes;
mod guard;
mod protection;
mod sentence;
mod stands;

pub use protection::while_changing;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::CallError;
use crate::graph::{Graph, Outputs};
use crate::ledger::Record;
use crate::observed::Sighting;
use crate::resource::{Place, Resource, ResourceId};
use crate::tenant::Incarnation;

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
    /// A secret in its recovery window comes back.
    Restore,
    /// Properties are changed in place.
    Update(Vec<Difference>),
    /// What exists is taken over by explicit order: our tags are put on it.
    Adopt,
    /// The next act on its way out.
    Remove(Removal),
}

/// An act on the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Removal {
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
    /// With its tasks.
    DeleteService,
    /// By ARN.
    DeregisterRevisions(Vec<String>),
}

/// What becomes of the data of a life that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The default.
    KeepData,
    /// By privileged order only.
    DestroyData,
}

/// What a kind says of a resource that stands and is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// As it should be, perhaps with a note.
    InSync(Option<String>),
    /// Something is to be done.
    Act(Change),
    /// AWS is at work on it.
    Settling(String),
    /// AWS gave up on it.
    Broken(String),
    /// The wish cannot be met.
    Refused(String),
    /// It is not what we think.
    Conflict(String),
    /// An output of another resource is not known yet.
    Needs(ResourceId),
}

impl Judgement {
    pub(crate) fn in_sync() -> Self {
        Self::InSync(None)
    }
    pub(crate) fn in_sync_but(note: &str) -> Self {
        Self::InSync(Some(note.to_owned()))
    }
    pub(crate) fn act(change: Change) -> Self {
        Self::Act(change)
    }
    pub(crate) fn settling(why: impl Into<String>) -> Self {
        Self::Settling(why.into())
    }
    pub(crate) fn broken(why: impl Into<String>) -> Self {
        Self::Broken(why.into())
    }
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
    pub(crate) fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict(why.into())
    }
    pub(crate) fn needs(resource: ResourceId) -> Self {
        Self::Needs(resource)
    }
}

/// What a kind says of a resource that shall go.
#[derive(Debug, Clone, PartialEq)]
pub enum Departure {
    /// The next act.
    Act(Removal),
    /// AWS is at work.
    Wait(String),
    /// Only a person can go on.
    Blocked(String),
    /// On purpose still there.
    Kept(Retention),
    /// Nothing of it is left.
    Gone,
}

/// What stays on purpose after a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// What it is.
    pub what: Retained,
    /// Its end; none: until somebody destroys it.
    pub until: Option<Timestamp>,
    /// What keeping it costs, USD a month.
    pub monthly_usd: f64,
}

/// A thing that stays on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retained {
    /// A secret that can be brought back.
    SecretInRecovery,
    /// A file system without mount targets, by id.
    FileSystem(String),
    /// A final snapshot, by name.
    Snapshot(String),
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

/// How a resource stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As it should be, perhaps with a note.
    Ready {
        /// What an operator should know nevertheless.
        note: Option<String>,
    },
    /// A step of this plan concerns it.
    Due,
    /// It will come by itself.
    Waiting(Wait),
    /// Only a person or a new intent can go on.
    Stuck(Stuck),
    /// Stays on purpose.
    Kept(Retention),
    /// Nothing of it is left.
    Gone,
}

/// Why a resource waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// AWS is at work on it.
    Settling(String),
    /// Others must be ready, or gone, first.
    On(Vec<Place>),
    /// AWS did not answer the look at it.
    Unknown(CallError),
    /// The same name is still a former life's.
    FormerLife(Incarnation),
    /// An earlier pass tried a moment ago, and AWS may not show it yet.
    JustTried,
    /// A step failed in a way that may pass.
    Failed(CallError),
}

/// Why a resource goes no further by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stuck {
    /// The name is taken by what is not ours.
    Conflict(String),
    /// The wish cannot be met.
    Refused(String),
    /// AWS gave up on it.
    Broken(String),
    /// It held data and is gone without our doing.
    DataVanished,
    /// The plan would remove too much.
    Guarded(String),
    /// A person has forbidden it on AWS.
    Blocked(String),
    /// A step failed for good.
    Failed(CallError),
}

/// All that a plan follows from.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The graph that should stand, if any.
    pub stands: Option<&'a Graph>,
    /// What shall become of each life that ends.
    pub fates: &'a BTreeMap<Incarnation, Fate>,
    /// What earlier passes have noted, of all lives.
    pub records: &'a BTreeMap<Place, Record>,
    /// What was seen in this pass.
    pub sightings: &'a BTreeMap<Place, Sighting>,
    /// Steps that failed in this pass.
    pub failures: &'a BTreeMap<Place, CallError>,
    /// What a privileged order lets us take over: ARNs, or former lives.
    pub adopted: &'a [String],
    /// The pass's number, to tell its own attempts from others'.
    pub epoch: u64,
    /// The moment.
    pub now: Timestamp,
}

impl World<'_> {
    /// The outputs that are known of the resources of `incarnation`.
    pub fn outputs(&self, incarnation: Incarnation) -> Outputs {
        let mut outputs = Outputs::default();
        for (place, sighting) in self.sightings {
            if let (true, Sighting::Seen(observed)) = (place.incarnation == incarnation, sighting) {
                outputs.note(&place.id, observed);
            }
        }
        outputs
    }

    fn failure(&self, place: &Place) -> Option<Standing> {
        let failure = self.failures.get(place)?.clone();
        Some(match failure.conduct() {
            crate::failure::Conduct::Retry => Standing::Waiting(Wait::Failed(failure)),
            crate::failure::Conduct::Terminal => Standing::Stuck(Stuck::Failed(failure)),
        })
    }
}

/// The steps, and how every resource stands.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "an unread report is not actionable"]
pub struct Plan {
    /// In an order in which each comes after what it needs.
    pub steps: Vec<Step>,
    /// Every resource of every life that is not wholly gone.
    pub report: BTreeMap<Place, Standing>,
}

impl Plan {
    /// Plans what leads from what is seen to what should be.
    pub fn new(world: World<'_>) -> Self {
        let mut plan = Self::default();
        if let Some(graph) = world.stands {
            stands::plan(graph, world, &mut plan);
        }
        goes::plan(world, &mut plan);
        guard::hold(world, &mut plan);
        plan
    }

    /// The steps that can be done now.
    pub fn due(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_due())
    }

    fn step(&mut self, resource: &Resource, change: Change, after: Vec<Place>) {
        let place = resource.place();
        let standing = if after.is_empty() { Standing::Due } else { Standing::Waiting(Wait::On(after.clone())) };
        self.report.insert(place.clone(), standing);
        self.steps.push(Step {
            place,
            kind: resource.desired.kind().to_owned(),
            name: resource.name.clone(),
            interruption: interruption(resource, &change),
            change,
            after,
        });
    }
}

fn interruption(resource: &Resource, change: &Change) -> Interruption {
    use crate::kind::Desired;
    /// A class change fails over or restarts the instance; storage and retention do not (RDS user guide, "Modifying").
    const CLASS_CHANGE_MINUTES: u8 = 5;
    match (&resource.desired, change) {
        (Desired::RdsInstance(database), Change::Update(found)) if found.iter().any(|d| d.property == "class" || d.property == "apply") => {
            if database.apply_immediately {
                Interruption::Minutes(CLASS_CHANGE_MINUTES)
            } else {
                Interruption::InWindow
            }
        }
        (_, Change::Remove(_)) => Interruption::ForGood,
        _ => Interruption::None,
    }
}
