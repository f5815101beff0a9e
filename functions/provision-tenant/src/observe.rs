//! observe: what AWS shows of what should stand, and of what shall go and is not kept.

use std::collections::{BTreeMap, BTreeSet};

use domain::ledger::Record;
use domain::look::{Look, remembered};
use domain::observed::Sighting;
use domain::plan::{Aim, Fate, Standing};
use domain::ports::{Cloud, GetResources, Tagged, send};
use domain::resource::{OWNER_TAG, Place, Resource};
use domain::tenant::Owner;
use futures::future::join_all;
use jiff::Timestamp;

/// What a pass knows of how things stand.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By resource.
    pub sightings: BTreeMap<Place, Sighting>,
    /// Those of them that are of an earlier pass.
    remembered: BTreeSet<Place>,
}

/// Looks at what `extent` asks for; the rest is remembered.
pub async fn observe(cloud: &impl Cloud, aim: &Aim, records: &BTreeMap<Place, Record>, extent: Look) -> Seen {
    let now = cloud.now();
    let known = |resource: &Resource| records.get(&resource.place()).filter(|_| extent == Look::Part).and_then(remembered);
    let (mut seen, mut looks) = (Seen::default(), Vec::new());
    for resource in aim.resources() {
        match known(resource) {
            Some(sighting) => {
                seen.remembered.insert(resource.place());
                seen.sightings.insert(resource.place(), sighting);
            }
            None => looks.push((bound(resource, records), false)),
        }
    }
    let leaving = records.iter().filter(|(place, record)| leaves(place, record, aim, now));
    looks.extend(leaving.map(|(_, record)| (record.resource.clone(), true)));
    seen.sightings.extend(look_at(cloud, looks).await);
    seen
}

/// Pages of things with the owner's tag that are read at most: 500 things, ten times what any owner here has.
const MOST_PAGES: usize = 5;

/// All that carries the owner's tag, if `extent` is all. A failure is none: the next daily look asks again.
pub async fn tagged(cloud: &impl Cloud, owner: &Owner, extent: Look) -> Option<Vec<Tagged>> {
    if extent == Look::Part {
        return None;
    }
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let request = GetResources { key: OWNER_TAG.to_owned(), value: owner.tag(), after: after.take() };
        let (page, next) = send(cloud, request).await.ok()?;
        all.extend(page);
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Some(all)
}

impl Seen {
    /// Looks at what is remembered and stands, by `report`, in any way but ready: nothing is acted upon that was not seen now.
    /// Whether there was any.
    pub async fn make_certain(
        &mut self,
        cloud: &impl Cloud,
        aim: &Aim,
        records: &BTreeMap<Place, Record>,
        report: &BTreeMap<Place, Standing>,
    ) -> bool {
        let ready = |place: &Place| matches!(report.get(place), Some(Standing::Ready { .. }));
        let doubted: BTreeSet<_> = self.remembered.iter().filter(|place| !ready(place)).cloned().collect();
        let resources = aim.resources().iter().filter(|resource| doubted.contains(&resource.place()));
        let looks = resources.map(|resource| (bound(resource, records), false)).collect();
        self.sightings.extend(look_at(cloud, looks).await);
        self.remembered.retain(|place| !doubted.contains(place));
        !doubted.is_empty()
    }
}

async fn look_at(cloud: &impl Cloud, looks: Vec<(Resource, bool)>) -> Vec<(Place, Sighting)> {
    let look = |(resource, leaving): (Resource, bool)| async move {
        let sighting = aws_adapters::kind::observe(cloud, &resource, leaving).await;
        (resource.place(), sighting)
    };
    join_all(looks.into_iter().map(look)).await
}

/// `resource` with the properties that its record was bound to, if it refers to others: only they can be looked up. What never had
/// a first step may refer to what is not there yet.
fn bound(resource: &Resource, records: &BTreeMap<Place, Record>) -> Resource {
    match records.get(&resource.place()).filter(|_| resource.refers) {
        Some(record) => Resource { desired: record.resource.desired.clone(), ..resource.clone() },
        None => resource.clone(),
    }
}

/// What is kept is looked at again only at its end, or when its data is to be destroyed after all.
fn leaves(place: &Place, record: &Record, aim: &Aim, now: Timestamp) -> bool {
    let fate = aim.fates.get(&place.incarnation);
    let unwanted = fate.is_none() && aim.stands.as_ref().is_some_and(|graph| !graph.has(&place.id));
    let kept = record.retained.as_ref().is_some_and(|kept| kept.until.is_none_or(|until| until > now));
    (fate.is_some() || unwanted) && (!kept || fate == Some(&Fate::DestroyData))
}
