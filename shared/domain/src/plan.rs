//! A plan is a value: the steps that lead from what is to what should be, and a report of why the rest waits.

mod drift;
mod goes;
mod guard;
mod judgement;
mod protection;
mod sentence;
mod standing;
mod stands;
mod step;

pub use judgement::{Departure, Judgement};
pub use protection::while_changing;
pub use standing::{Retained, Retention, Standing, Stuck, Wait};
use step::interruption;
pub use step::{Change, Difference, Interruption, Removal, Step};

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::CallError;
use crate::graph::{Graph, Outputs};
use crate::intent::Intent;
use crate::ledger::Record;
use crate::observed::Sighting;
use crate::resource::{Place, Resource};
use crate::tenant::Incarnation;

/// What becomes of the data of a life that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The default.
    KeepData,
    /// By privileged order only.
    DestroyData,
}

/// What is wanted of an owner.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The graph that should stand, if any.
    pub stands: Option<Graph>,
    /// What shall become of each life that ends.
    pub fates: BTreeMap<Incarnation, Fate>,
    /// What a privileged order lets us take over: ARNs, or former lives.
    pub adopted: Vec<String>,
    /// What others have changed is left alone.
    pub observe_only: bool,
}

impl Aim {
    /// What `intent` wants, which leads to `graph`.
    pub fn new(intent: &Intent, graph: Option<Graph>) -> Self {
        Self { stands: graph, fates: intent.fates(), adopted: intent.adopted.clone(), observe_only: intent.observes_only() }
    }

    /// What should stand.
    pub fn resources(&self) -> &[Resource] {
        self.stands.as_ref().map_or(&[], Graph::resources)
    }
}

/// All that a plan follows from.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// What is wanted.
    pub aim: &'a Aim,
    /// What earlier passes have noted, of all lives.
    pub records: &'a BTreeMap<Place, Record>,
    /// What was seen in this pass.
    pub sightings: &'a BTreeMap<Place, Sighting>,
    /// Steps that failed in this pass.
    pub failures: &'a BTreeMap<Place, CallError>,
    /// The pass's number, to tell its own attempts from others'.
    pub epoch: u64,
    /// The moment.
    pub now: Timestamp,
}

impl World<'_> {
    /// The outputs that are known of the resources of `incarnation`.
    pub fn outputs(&self, incarnation: Incarnation) -> Outputs {
        Outputs::of(incarnation, self.sightings, self.records)
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
    /// What was changed on AWS without our doing, in words.
    pub drift: BTreeMap<Place, String>,
}

impl Plan {
    /// Plans what leads from what is seen to what should be.
    pub fn new(world: World<'_>) -> Self {
        let mut plan = Self::default();
        if let Some(graph) = &world.aim.stands {
            stands::plan(graph, world, &mut plan);
        }
        goes::plan(world, &mut plan);
        guard::hold(world, &mut plan);
        plan
    }

    /// Plans by a look that no pass has made: nothing of it was tried.
    pub fn untried(aim: &Aim, records: &BTreeMap<Place, Record>, sightings: &BTreeMap<Place, Sighting>, now: Timestamp) -> Self {
        Self::new(World { aim, records, sightings, failures: &BTreeMap::new(), epoch: 0, now })
    }

    /// The steps on AWS that can be done now.
    pub fn due(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_due() && !matches!(step.change, Change::Replace(_)))
    }

    /// What another shall stand in the place of, from the next pass on.
    pub fn replaced(&self) -> impl Iterator<Item = &Place> {
        self.steps.iter().filter(|step| matches!(step.change, Change::Replace(_))).map(|step| &step.place)
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
