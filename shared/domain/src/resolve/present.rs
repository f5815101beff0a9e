//! Which generation of each resource should stand: what is being replaced stands as its successor.

use std::collections::BTreeMap;

use super::Life;
use crate::blueprint::Template;
use crate::ledger::Record;
use crate::resource::{Place, ResourceId};

/// A life, what is remembered of it, and what of it has been replaced.
pub(super) struct Present<'a> {
    pub(super) life: Life<'a>,
    pub(super) records: &'a BTreeMap<Place, Record>,
    replacements: BTreeMap<&'a str, ResourceId>,
}

impl<'a> Present<'a> {
    pub(super) fn new(life: Life<'a>, records: &'a BTreeMap<Place, Record>) -> Self {
        let mut of_life: Vec<_> = records.iter().filter(|(place, _)| place.incarnation == life.incarnation).collect();
        of_life.sort_by_key(|(place, _)| place.id.generation().1);
        let replaced = of_life.into_iter().filter(|(place, record)| record.replaced || place.id.generation().1 > 1);
        let present = |place: &Place, record: &Record| if record.replaced { place.id.successor() } else { place.id.clone() };
        let replacements = replaced.map(|(place, record)| (place.id.generation().0, present(place, record))).collect();
        Self { life, records, replacements }
    }

    /// Which one of those that the blueprint calls `id` should stand.
    pub(super) fn id(&self, id: &ResourceId) -> ResourceId {
        self.replacements.get(id.0.as_str()).unwrap_or(id).clone()
    }
}

/// The pattern of the name of `id`: while both stand, a replacement needs another.
pub(super) fn name_of(id: &ResourceId, template: &Template) -> String {
    match id.generation().1 {
        1 => template.name.clone(),
        generation => format!("{}-r{generation}", template.name),
    }
}
