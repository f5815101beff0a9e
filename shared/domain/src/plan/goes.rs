//! The part of a plan for resources that shall go: former lives, and what has left the blueprint.

use super::stands::{just_made, just_tried};
use super::{Change, Departure, Fate, Plan, Standing, Stuck, Wait, World};
use crate::kind;
use crate::ledger::Record;
use crate::observed::{Claim, Sighting};
use crate::resource::Place;

pub(super) fn plan(world: World<'_>, plan: &mut Plan) {
    // Users leave before what they use, so each record is judged after all that need it.
    for (place, record, fate) in departing(world).into_iter().rev() {
        match departure(place, record, fate, world) {
            Next::Stands(standing) => {
                plan.report.insert(place.clone(), standing);
            }
            Next::Act(removal) => {
                let mut after = users(place, world, plan);
                after.extend(unready_successor(place, world, plan));
                plan.step(&record.resource, Change::Remove(removal), after);
            }
        }
    }
}

enum Next {
    Stands(Standing),
    Act(super::Removal),
}

/// What shall go, each after what it needs.
pub(super) fn departing<'a>(world: World<'a>) -> Vec<(&'a Place, &'a Record, Fate)> {
    let mut left: Vec<_> = world.records.iter().filter_map(|(place, record)| Some((place, record, fate(place, world)?))).collect();
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |record: &Record, others: &[(&Place, &Record, Fate)]| {
            let needs = &record.resource.after;
            others.iter().any(|(other, ..)| other.incarnation == record.resource.incarnation && needs.contains(&other.id))
        };
        let (waiting, free): (Vec<_>, Vec<_>) = left.iter().copied().partition(|(_, record, _)| waits(record, &left));
        // A record is never part of a circle (graphs are checked), but one must not hang us either.
        let (free, waiting) = if free.is_empty() { (waiting, Vec::new()) } else { (free, waiting) };
        sorted.extend(free);
        left = waiting;
    }
    sorted
}

fn fate(place: &Place, world: World<'_>) -> Option<Fate> {
    if let Some(fate) = world.aim.fates.get(&place.incarnation) {
        return Some(*fate);
    }
    let stands = world.aim.stands.as_ref()?;
    (!stands.has(&place.id)).then_some(Fate::KeepData)
}

fn departure(place: &Place, record: &Record, fate: Fate, world: World<'_>) -> Next {
    if let Some(standing) = world.failure(place) {
        return Next::Stands(standing);
    }
    let wait = |wait| Next::Stands(Standing::Waiting(wait));
    match world.sightings.get(place) {
        None => Next::Stands(kept(record).unwrap_or(Standing::Waiting(Wait::Settling("it has not been looked at".into())))),
        Some(Sighting::Unknown(why)) => wait(Wait::Unknown(why.clone())),
        Some(_) if just_tried(Some(record), world.epoch, world.now) => wait(Wait::JustTried),
        // What was made a moment ago is not gone because a look does not show it yet.
        Some(Sighting::Absent) if just_made(Some(record), world.epoch, world.now) => wait(Wait::JustTried),
        Some(Sighting::Absent) => Next::Stands(Standing::Gone),
        Some(Sighting::Seen(observed)) => match observed.claim(&record.resource) {
            Claim::Ours => of_departure(kind::depart(&record.resource, observed, fate)),
            // The name has passed to another: nothing of ours is left under it.
            Claim::OtherLife(_) | Claim::Foreign(_) => Next::Stands(Standing::Gone),
        },
    }
}

/// What is kept is not looked at again until its end.
fn kept(record: &Record) -> Option<Standing> {
    record.retained.clone().map(Standing::Kept)
}

fn of_departure(departure: Departure) -> Next {
    match departure {
        Departure::Act(removal) => Next::Act(removal),
        Departure::Wait(why) => Next::Stands(Standing::Waiting(Wait::Settling(why))),
        Departure::Blocked(why) => Next::Stands(Standing::Stuck(Stuck::Blocked(why))),
        Departure::Kept(retention) => Next::Stands(Standing::Kept(retention)),
        Departure::Gone => Next::Stands(Standing::Gone),
    }
}

/// What stands in the place of `place` from now on, as long as it is not ready.
fn unready_successor(place: &Place, world: World<'_>, plan: &Plan) -> Option<Place> {
    let successor = world.aim.resources().iter().find(|resource| resource.id.is_same(&place.id))?.place();
    let is_another = successor.incarnation == place.incarnation && successor != *place;
    (is_another && !is_ready(&successor, plan)).then_some(successor)
}

fn is_ready(place: &Place, plan: &Plan) -> bool {
    matches!(plan.report.get(place), Some(Standing::Ready { .. }))
}

/// Those that use `place` and are still there.
fn users(place: &Place, world: World<'_>, plan: &Plan) -> Vec<Place> {
    let there = |user: &Place| !matches!(plan.report.get(user), Some(Standing::Gone | Standing::Kept(_)) | None);
    // What stands as it should by now uses what it should.
    let wanted = |user: &Place| world.aim.resources().iter().find(|resource| resource.place() == *user && is_ready(user, plan));
    let needs = |user: &Place, record: &Record| wanted(user).map_or(&record.resource, |resource| resource).after.contains(&place.id);
    let uses = |user: &Place, record: &Record| user.incarnation == place.incarnation && needs(user, record);
    world.records.iter().filter(|(user, record)| uses(user, record) && there(user)).map(|(user, _)| user.clone()).collect()
}
