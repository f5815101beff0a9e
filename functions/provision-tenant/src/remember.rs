//! What is remembered of each resource after a pass.

use std::collections::BTreeMap;

use domain::ledger::{Condition, Item, Record, Write};
use domain::observed::Sighting;
use domain::plan::{Plan, Standing, Wait};
use domain::resource::Place;
use domain::tenant::Owner;
use jiff::Timestamp;

use crate::apply::{Work, wanted};

/// Brings the records up to what was seen and done. What is gone and not kept is forgotten.
pub(crate) fn remember(work: &mut Work<'_>, plan: &Plan, now: Timestamp) {
    for (place, standing) in &plan.report {
        if *standing == Standing::Gone {
            work.records.remove(place);
            continue;
        }
        let wanted = wanted(work, place);
        // What waits for something from outside is noted before it is made, so that the event that brings it finds its owner.
        if let (Standing::Waiting(Wait::Outside(_)), Some(wanted)) = (standing, &wanted) {
            work.records.entry(place.clone()).or_insert_with(|| Record::new(wanted.clone()));
        }
        let Some(record) = work.records.get_mut(place) else { continue };
        domain::look::remember(record, standing, work.seen.sightings.get(place));
        if let Some(Sighting::Seen(observed)) = work.seen.sightings.get(place)
            && !observed.arn.is_empty()
        {
            record.arn = Some(observed.arn.clone());
        }
        match standing {
            Standing::Ready { .. } => {
                (record.stood, record.settling_since, record.settling_change, record.attempt) = (true, None, None, None);
                record.resource = wanted.unwrap_or_else(|| record.resource.clone());
            }
            Standing::Kept(retention) => {
                (record.retained, record.settling_since, record.settling_change) = (Some(retention.clone()), None, None);
                record.attempt = None;
            }
            Standing::Waiting(Wait::Settling(_)) => {
                record.settling_since.get_or_insert(now);
                record.attempt = None;
            }
            // An attempt whose outcome is not known stays noted until its grace has passed.
            _ => {}
        }
    }
}

/// From the next pass on another stands in the place of what cannot be changed.
pub(crate) fn replace(work: &mut Work<'_>, plan: &Plan) {
    for place in plan.replaced() {
        if let Some(record) = work.records.get_mut(place) {
            record.replaced = true;
        }
    }
}

/// What has changed of the records since they were read.
pub(crate) fn record_writes(owner: &Owner, before: &BTreeMap<Place, Record>, after: &BTreeMap<Place, Record>) -> Vec<Write> {
    let changed = after.iter().filter(|(place, record)| before.get(place) != Some(record));
    let puts = changed.map(|(_, record)| Write::Put(Item::new(&owner.to_string(), &record.key(), record), Condition::Always));
    let gone = before.iter().filter(|(place, _)| !after.contains_key(place));
    let deletes = gone.map(|(_, record)| Write::Delete { owner: owner.to_string(), key: record.key() });
    puts.chain(deletes).collect()
}
