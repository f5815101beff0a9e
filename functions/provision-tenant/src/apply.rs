//! plan → apply: steps in dependency order, independent ones side by side, none begun that the time left does not cover.

use std::collections::BTreeMap;

use aws_adapters::kind::perform;
use domain::failure::{CallError, Cause};
use domain::graph::Outputs;
use domain::lease::Lease;
use domain::ledger::{Attempt, Condition, Item, Record, Write};
use domain::observed::Sighting;
use domain::plan::{Aim, Change, Plan, Step, World, while_changing};
use domain::ports::{Cloud, Tagged, WriteItems, send};
use domain::resource::{Place, Resource};
use domain::tenant::{Incarnation, Owner};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::observe::Seen;

/// The longest that a step may take: two calls at their own time-out of 10 s, of the few that the longest step makes.
pub const STEP_TIME: SignedDuration = SignedDuration::from_secs(20);
/// What settle, the outbox and the wake-up need at the end.
pub const SETTLE_TIME: SignedDuration = SignedDuration::from_secs(5);

/// A pass takes at most so many rounds of steps: more than any chain of changes that one pass can make.
const MOST_ROUNDS: usize = 12;

/// A pass under way: what is known, and what it has come to so far.
#[derive(Debug)]
pub struct Work<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// The right to act.
    pub lease: &'a Lease,
    /// Until when.
    pub deadline: Timestamp,
    /// What should stand and what should go.
    pub aim: &'a Aim,
    /// As they are to be remembered.
    pub records: BTreeMap<Place, Record>,
    /// What was seen, or done, last.
    pub seen: Seen,
    /// Whether all of it was looked at as the pass began.
    pub whole: bool,
    /// What carries the owner's tags, if it was looked for and AWS has said.
    pub tagged: Option<Vec<Tagged>>,
    /// What others were found to have changed.
    pub drift: BTreeMap<Place, String>,
    /// Steps that AWS did not do.
    pub failures: BTreeMap<Place, CallError>,
    /// What was done, for the decision.
    pub done: Vec<String>,
}

/// Why a pass ends without settling.
#[derive(Debug)]
pub enum Halt {
    /// Another invocation has the lease by now: nothing more is ours to write.
    LeaseLost,
    /// The ledger did not answer.
    Call(CallError),
}

impl Work<'_> {
    /// The plan as things stand.
    pub fn plan(&self, now: Timestamp) -> Plan {
        Plan::new(World {
            aim: self.aim,
            records: &self.records,
            sightings: &self.seen.sightings,
            failures: &self.failures,
            epoch: self.lease.epoch,
            now,
        })
    }

    fn has_time(&self, now: Timestamp) -> bool {
        self.deadline.duration_since(now) > STEP_TIME + SETTLE_TIME
    }
}

/// Carries out what is due, round after round, until nothing is or the time is up. The last plan says how things stand.
///
/// # Errors
/// See [`Halt`].
pub async fn apply(cloud: &impl Cloud, work: &mut Work<'_>) -> Result<Plan, Halt> {
    for _ in 0..MOST_ROUNDS {
        let plan = certain(cloud, work).await;
        let due: Vec<Step> = plan.due().cloned().collect();
        if due.is_empty() || !work.has_time(cloud.now()) {
            return Ok(plan);
        }
        write_ahead(cloud, work, &due).await?;
        let outcomes = join_all(due.iter().map(|step| take(cloud, work, step))).await;
        for (step, outcome) in due.iter().zip(outcomes) {
            note(work, step, outcome, cloud.now());
        }
    }
    Ok(certain(cloud, work).await)
}

/// The plan as things stand, in which only what is ready may be remembered.
pub async fn certain(cloud: &impl Cloud, work: &mut Work<'_>) -> Plan {
    let mut plan = work.plan(cloud.now());
    while work.seen.make_certain(cloud, work.aim, &work.records, &plan.report).await {
        plan = work.plan(cloud.now());
    }
    for (place, what) in &plan.drift {
        work.drift.entry(place.clone()).or_insert_with(|| what.clone());
    }
    plan
}

/// Every step is in the ledger before it is taken, so that no crash forgets what may exist; the write fails once the lease is lost.
async fn write_ahead(cloud: &impl Cloud, work: &mut Work<'_>, due: &[Step]) -> Result<(), Halt> {
    let attempt = Attempt { epoch: work.lease.epoch, at: cloud.now() };
    let mut writes = vec![work.lease.check(work.owner)];
    for step in due {
        let Some(resource) = wanted(work, &step.place) else { continue };
        let record = work.records.entry(step.place.clone()).or_insert_with(|| Record::new(resource.clone()));
        if !matches!(step.change, Change::Remove(_)) {
            record.resource = while_changing(&record.resource, resource);
            record.retained = None;
        }
        record.attempt = Some(attempt.clone());
        writes.push(Write::Put(Item::new(&work.owner.to_string(), &record.key(), record), Condition::Always));
    }
    match send(cloud, WriteItems { writes }).await {
        Err(error) if error.cause == Cause::ConditionFailed => Err(Halt::LeaseLost),
        outcome => outcome.map_err(Halt::Call),
    }
}

/// The resource of `place` as it should be, or as it was when its life ended; bound, as far as what it refers to is known.
pub fn wanted(work: &Work<'_>, place: &Place) -> Option<Resource> {
    let standing = work.aim.resources().iter().find(|resource| &resource.place() == place);
    match standing {
        Some(resource) => Some(resource.bound(&outputs(work, place.incarnation)).unwrap_or_else(|_| resource.clone())),
        None => work.records.get(place).map(|record| record.resource.clone()),
    }
}

async fn take(cloud: &impl Cloud, work: &Work<'_>, step: &Step) -> Result<Sighting, CallError> {
    if !work.has_time(cloud.now()) {
        return Err(CallError::new("caretaker.Step", Cause::NotSent, "too little time was left to begin it"));
    }
    let Some(resource) = wanted(work, &step.place) else {
        return Err(CallError::new("caretaker.Step", Cause::NotSent, "it has no record"));
    };
    let observed = match work.seen.sightings.get(&step.place) {
        Some(Sighting::Seen(observed)) => Some(observed),
        _ => None,
    };
    perform(cloud, &resource, &step.change, observed).await
}

/// What is known of the resources of a life.
pub fn outputs(work: &Work<'_>, life: Incarnation) -> Outputs {
    Outputs::of(life, &work.seen.sightings, &work.records)
}

fn note(work: &mut Work<'_>, step: &Step, outcome: Result<Sighting, CallError>, now: Timestamp) {
    let epoch = work.lease.epoch;
    match outcome {
        Ok(sighting) => {
            work.done.push(format!("{}: {}", step.place.id, step.change));
            if let Some(record) = work.records.get_mut(&step.place) {
                (record.settling_since, record.settling_change) = (Some(now), Some(step.change.clone()));
                record.made = (!matches!(step.change, Change::Remove(_))).then_some(Attempt { epoch, at: now });
            }
            work.seen.sightings.insert(step.place.clone(), sighting);
        }
        Err(error) => {
            if let (Cause::NotSent, Some(record)) = (error.cause, work.records.get_mut(&step.place)) {
                record.attempt = None;
            }
            work.failures.insert(step.place.clone(), error);
        }
    }
}
