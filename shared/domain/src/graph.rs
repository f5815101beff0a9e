//! The resource graph of one life: its resources in an order in which each comes after what it needs.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::kind;
use crate::ledger::Record;
use crate::observed::{Observed, Sighting};
use crate::resource::{Place, Resource, ResourceId};
use crate::tenant::Incarnation;

/// Why resources make no graph.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadGraph {
    /// A life without resources is never meant.
    #[error("the resource graph is empty")]
    Empty,
    /// Two resources of one id.
    #[error("resource {0} stands twice")]
    Twice(ResourceId),
    /// A reference to nothing.
    #[error("resource {0} refers to {1}, which is not there")]
    Missing(ResourceId, ResourceId),
    /// Each waits for the other.
    #[error("resources wait for each other in a circle: {0:?}")]
    Circle(Vec<ResourceId>),
}

/// Resources, each after what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph(Vec<Resource>);

impl Graph {
    /// Orders `resources` and checks that every reference is met.
    ///
    /// # Errors
    /// See [`BadGraph`].
    pub fn new(resources: Vec<Resource>) -> Result<Self, BadGraph> {
        if resources.is_empty() {
            return Err(BadGraph::Empty);
        }
        let mut ids = BTreeSet::new();
        for resource in &resources {
            if !ids.insert(resource.id.clone()) {
                return Err(BadGraph::Twice(resource.id.clone()));
            }
        }
        for resource in &resources {
            if let Some(missing) = resource.after.iter().find(|need| !ids.contains(need)) {
                return Err(BadGraph::Missing(resource.id.clone(), missing.clone()));
            }
        }
        sort(resources).map(Self)
    }

    /// No resource: the base of a blueprint that stands on what is given alone.
    pub fn of_nothing() -> Self {
        Self(Vec::new())
    }

    /// The resources, each after what it needs.
    pub fn resources(&self) -> &[Resource] {
        &self.0
    }

    /// The same resources, each as `change` has it: its needs stay as they are.
    pub fn with(self, change: impl Fn(Resource) -> Resource) -> Self {
        Self(self.0.into_iter().map(change).collect())
    }

    /// Whether it has the blueprint's resource `id`, be it a replacement.
    pub fn has_any(&self, id: &ResourceId) -> bool {
        self.0.iter().any(|resource| resource.id.is_same(id))
    }

    /// Whether it has a resource of this id.
    pub fn has(&self, id: &ResourceId) -> bool {
        self.0.iter().any(|resource| &resource.id == id)
    }
}

fn sort(mut left: Vec<Resource>) -> Result<Vec<Resource>, BadGraph> {
    let mut done = BTreeSet::new();
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let (free, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(|resource| resource.after.is_subset(&done));
        if free.is_empty() {
            return Err(BadGraph::Circle(waiting.into_iter().map(|resource| resource.id).collect()));
        }
        done.extend(free.iter().map(|resource| resource.id.clone()));
        sorted.extend(free);
        left = waiting;
    }
    Ok(sorted)
}

/// What is known of each resource that others may refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outputs(BTreeMap<ResourceId, BTreeMap<&'static str, String>>);

impl Outputs {
    /// What is known of the resources of `life`: what was seen of each, and its name, which its record holds.
    pub fn of(life: Incarnation, sightings: &BTreeMap<Place, Sighting>, records: &BTreeMap<Place, Record>) -> Self {
        let mut outputs = Self::default();
        for (place, sighting) in sightings.iter().filter(|(place, _)| place.incarnation == life) {
            let Sighting::Seen(observed) = sighting else { continue };
            outputs.note(&place.id, observed);
            if let Some(record) = records.get(place) {
                outputs.0.entry(place.id.clone()).or_default().insert("name", record.resource.name.clone());
            }
        }
        outputs
    }

    /// Notes all that `observed` gives.
    pub fn note(&mut self, id: &ResourceId, observed: &Observed) {
        self.0.insert(id.clone(), kind::outputs(observed).into_iter().collect());
    }

    /// The output `name` of the resource `id`.
    pub fn get(&self, id: &ResourceId, name: &str) -> Option<&str> {
        self.0.get(id)?.get(name).map(String::as_str)
    }

    /// All, as `id.name`; of a resource and its replacement those of the replacement.
    pub fn named(&self) -> BTreeMap<String, String> {
        let mut all: Vec<_> = self.0.iter().map(|(id, values)| (id.generation(), values)).collect();
        all.sort_by_key(|((_, generation), _)| *generation);
        let of = |((id, _), values): ((&str, u32), &BTreeMap<&'static str, String>)| {
            values.iter().map(|(name, value)| (format!("{id}.{name}"), value.clone())).collect::<Vec<_>>()
        };
        all.into_iter().flat_map(of).collect()
    }
}
