//! The authority to remove: data and whole graphs outlive events and mistakes.

use std::collections::BTreeSet;

use super::{Change, Plan, Standing, Stuck, World};
use crate::resource::Place;

/// A plan under `Stands` may remove at most one in so many of the life's resources.
const AT_MOST_ONE_IN: usize = 3;

/// Takes out of `plan` the removals that no committed deletion allows.
pub(super) fn hold(world: World<'_>, plan: &mut Plan) {
    let unsanctioned: BTreeSet<Place> = plan
        .steps
        .iter()
        .filter(|step| matches!(step.change, Change::Remove(_)) && !world.aim.fates.contains_key(&step.place.incarnation))
        .map(|step| step.place.clone())
        .collect();
    let size = world.aim.resources().len();
    let too_many = unsanctioned.len() * AT_MOST_ONE_IN > size;
    for place in unsanctioned {
        let Some(resource) = world.records.get(&place).map(|record| &record.resource) else { continue };
        let what = format!("{} {}", resource.desired.kind(), resource.name);
        let why = match (resource.protects_data, too_many) {
            (true, _) => format!("{what} holds data, and no deletion was ordered"),
            (_, true) => format!("the plan would remove more than a third of the graph, {what} among it, and no deletion was ordered"),
            _ => continue,
        };
        plan.steps.retain(|step| step.place != place);
        plan.report.insert(place, Standing::Stuck(Stuck::Guarded(why)));
    }
}
