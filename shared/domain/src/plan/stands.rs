//! The part of a plan for resources that should stand.

use jiff::{SignedDuration, Timestamp};

use super::drift::{drift, left_alone};
use super::protection::by_person;
use super::{Change, Difference, Judgement, Plan, Standing, Stuck, Wait, World};
use crate::graph::{Graph, Outputs};
use crate::kind;
use crate::ledger::{Attempt, Record};
use crate::observed::{Claim, Observed, Sighting};
use crate::resource::{Place, Resource};

/// For so long after an attempt AWS may still show the world as it was before (Crossplane waits as long after a create).
pub(super) const GRACE: SignedDuration = SignedDuration::from_secs(30);

pub(super) fn plan(graph: &Graph, world: World<'_>, plan: &mut Plan) {
    let outputs = graph.resources().first().map(|first| world.outputs(first.incarnation)).unwrap_or_default();
    for resource in graph.resources() {
        let place = resource.place();
        match verdict(resource, &place, world, &outputs) {
            Verdict::Stands(standing) => {
                plan.report.insert(place, standing);
            }
            Verdict::Act(change) => {
                let drift = drift(resource, &change, world.records.get(&place), &outputs);
                plan.drift.extend(drift.iter().map(|what| (place.clone(), what.clone())));
                if let Some(what) = drift.filter(|_| world.aim.observe_only) {
                    plan.report.insert(place, left_alone(&change, &what));
                    continue;
                }
                let after = if change == Change::Create { unready(resource, plan) } else { Vec::new() };
                plan.step(resource, change, after);
            }
        }
    }
}

enum Verdict {
    Stands(Standing),
    Act(Change),
}

fn verdict(resource: &Resource, place: &Place, world: World<'_>, outputs: &Outputs) -> Verdict {
    if let Some(standing) = world.failure(place) {
        return Verdict::Stands(standing);
    }
    let record = world.records.get(place);
    let wait = |wait| Verdict::Stands(Standing::Waiting(wait));
    match world.sightings.get(place) {
        None => wait(Wait::Settling("it has not been looked at".into())),
        Some(Sighting::Unknown(why)) => wait(Wait::Unknown(why.clone())),
        Some(_) if just_tried(record, world.epoch, world.now) => wait(Wait::JustTried),
        Some(Sighting::Absent) if just_made(record, world.epoch, world.now) => wait(Wait::JustTried),
        Some(Sighting::Absent) if resource.protects_data && record.is_some_and(|record| record.stood) => {
            Verdict::Stands(Standing::Stuck(Stuck::DataVanished))
        }
        Some(Sighting::Absent) => Verdict::Act(Change::Create),
        Some(Sighting::Seen(observed)) => seen(resource, observed, world, outputs),
    }
}

fn seen(resource: &Resource, observed: &Observed, world: World<'_>, outputs: &Outputs) -> Verdict {
    match observed.claim(resource) {
        Claim::Ours => {
            let record = world.records.get(&resource.place());
            let judgement = judge(resource, observed, record, outputs);
            of_judgement(unless_under_way(judgement, resource, record, world.now), resource)
        }
        _ if world.aim.adopted.contains(&observed.arn) => Verdict::Act(Change::Adopt),
        Claim::OtherLife(life) if world.aim.adopted.contains(&life.to_string()) => Verdict::Act(Change::Adopt),
        Claim::OtherLife(life) if leaves(life, resource, world) => Verdict::Stands(Standing::Waiting(Wait::FormerLife(life))),
        Claim::OtherLife(life) => {
            let why = format!("{} is of the former life {life}: adopt it, or destroy that life's data", observed.arn);
            Verdict::Stands(Standing::Stuck(Stuck::Conflict(why)))
        }
        Claim::Foreign(why) => Verdict::Stands(Standing::Stuck(Stuck::Conflict(why))),
    }
}

fn judge(resource: &Resource, observed: &Observed, record: Option<&Record>, outputs: &Outputs) -> Judgement {
    let resource = match resource.bound(outputs) {
        Ok(bound) => bound,
        Err(missing) => return Judgement::needs(missing),
    };
    match by_person(&resource, observed, record) {
        None => kind::judge(&resource, observed),
        Some(respected) => match kind::judge(&respected, observed) {
            Judgement::InSync(None) => Judgement::in_sync_but("a person has set deletion protection on it"),
            other => other,
        },
    }
}

/// What is owed to the window is asked for at once only if it is not being applied already: AWS shows it as owed for a while.
fn unless_under_way(judgement: Judgement, resource: &Resource, record: Option<&Record>, now: Timestamp) -> Judgement {
    let Judgement::Act(change @ Change::Update(differences)) = &judgement else { return judgement };
    let only_hurries = differences.iter().all(|difference| difference.property == "apply");
    let since = record.and_then(|record| record.settling_since);
    let usual = resource.desired.usual(change);
    if only_hurries && since.is_some_and(|since| now.duration_since(since).unsigned_abs() < usual) {
        return Judgement::settling("its changes are being applied");
    }
    judgement
}

/// Whether the thing of the former `life` that holds our name is on its way out and not kept.
fn leaves(life: crate::tenant::Incarnation, resource: &Resource, world: World<'_>) -> bool {
    let place = Place { incarnation: life, id: resource.id.clone() };
    world.records.get(&place).is_some_and(|record| record.retained.is_none())
}

fn of_judgement(judgement: Judgement, resource: &Resource) -> Verdict {
    let standing = match judgement {
        Judgement::Act(change) => return Verdict::Act(change),
        Judgement::Replace(differences) if resource.protects_data => Standing::Stuck(Stuck::Refused(loses_data(&differences))),
        Judgement::Replace(differences) => return Verdict::Act(Change::Replace(differences)),
        Judgement::InSync(note) => Standing::Ready { note },
        Judgement::Settling(why) => Standing::Waiting(Wait::Settling(why)),
        Judgement::Awaits(what) => Standing::Waiting(Wait::Outside(what)),
        Judgement::Broken(why) => Standing::Stuck(Stuck::Broken(why)),
        Judgement::Refused(why) => Standing::Stuck(Stuck::Refused(why)),
        Judgement::Conflict(why) => Standing::Stuck(Stuck::Conflict(why)),
        Judgement::Needs(id) => Standing::Waiting(Wait::On(vec![Place { incarnation: resource.incarnation, id }])),
    };
    Verdict::Stands(standing)
}

fn loses_data(differences: &[Difference]) -> String {
    let fixed: Vec<_> =
        differences.iter().map(|d| format!("{} is fixed at creation: it is {:?}, wanted is {:?}", d.property, d.before, d.after)).collect();
    format!("{}; to replace it would lose the data that it holds", fixed.join(", "))
}

/// What `resource` needs and is not ready. The graph's order has put their standings into the report already.
fn unready(resource: &Resource, plan: &Plan) -> Vec<Place> {
    let place = |id| Place { incarnation: resource.incarnation, id };
    let ready = |place: &Place| matches!(plan.report.get(place), Some(Standing::Ready { .. }));
    resource.after.iter().cloned().map(place).filter(|place| !ready(place)).collect()
}

/// Whether another pass has made or changed the resource so short a time ago that AWS may still show it as absent.
pub(super) fn just_made(record: Option<&Record>, epoch: u64, now: Timestamp) -> bool {
    within_grace(record.and_then(|record| record.made.as_ref()), epoch, now)
}

/// Whether another pass tried to change the resource so short a time ago that its effect may not show yet.
pub(super) fn just_tried(record: Option<&Record>, epoch: u64, now: Timestamp) -> bool {
    within_grace(record.and_then(|record| record.attempt.as_ref()), epoch, now)
}

fn within_grace(attempt: Option<&Attempt>, epoch: u64, now: Timestamp) -> bool {
    attempt.is_some_and(|attempt| attempt.epoch != epoch && now.duration_since(attempt.at) < GRACE)
}
