//! What the ledger says of an owner, sorted out for people and scripts. Pure: text and JSON are made from the same values.

mod why;

use std::collections::{BTreeMap, BTreeSet};

use domain::answer::Answer;
use domain::intent::Intent;
use domain::order::{Specification, Wish};
use domain::orphan::Orphan;
use domain::plan::{Fate, Retention, Standing};
use domain::resource::Place;
use domain::settle::{Drift, Phase};
use domain::tenant::{Incarnation, Owner};
use domain::wake::Wake;
use jiff::Timestamp;
use provision_tenant::book::Book;
use serde::Serialize;

pub(crate) use why::short;

/// An owner in a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The tenant's id.
    pub tenant: String,
    /// Where it stands.
    pub environment: String,
    /// How it stands; what has been accepted since the last pass counts.
    pub phase: Phase,
    /// Whether a pass has settled the newest intent.
    pub settled: bool,
    /// None once it is gone.
    pub specification: Option<Specification>,
    /// The newest accepted one.
    pub version: u64,
    /// The present life, or the last one.
    pub incarnation: Option<Incarnation>,
    /// When the last pass ended.
    pub looked_at: Option<Timestamp>,
    /// When it is looked at again; none: only an event or a sweep changes anything.
    pub next_look_at: Option<Timestamp>,
    /// Since when it has been on its way without coming to rest.
    pub moving_since: Option<Timestamp>,
    /// USD a month of what stands.
    pub monthly_usd: f64,
    /// Why it is not ready: what is stuck, or else waits, or else is kept.
    pub why: Option<String>,
}

/// Everything about an owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Full {
    /// The line of the list.
    #[serde(flatten)]
    pub overview: Overview,
    /// A person holds it.
    pub paused: bool,
    /// Orders to try again so far.
    pub retries: u32,
    /// Passes in a row that AWS did not let finish.
    pub failures: u32,
    /// ARNs and lives that may be taken over by order.
    pub adopted: Vec<String>,
    /// Of the present or last life first, then of former ones.
    pub resources: Vec<ResourceView>,
    /// Lives before, and the last one once it shall end.
    pub former_lives: Vec<FormerLife>,
    /// What others have changed on AWS, by resource.
    pub drift: BTreeMap<String, Drift>,
    /// What carries its tags and has no record, by ARN.
    pub orphans: BTreeMap<String, Orphan>,
    /// Endpoints and ARNs, never secrets.
    pub outputs: BTreeMap<String, String>,
    /// The pending one.
    pub wake_up: Option<Wake>,
    /// Who acts on it now.
    pub lease: Option<LeaseView>,
    /// What the bus has not taken yet.
    pub unsent: Vec<Answer>,
}

/// A resource, as remembered and as the last pass left it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceView {
    /// Its id within the blueprint.
    pub id: String,
    /// Of which life.
    pub incarnation: Incarnation,
    /// Whether that is the present life, or the last one if it shall end.
    pub present: bool,
    /// Its kind.
    pub kind: String,
    /// Its name on AWS.
    pub name: String,
    /// Once it is known.
    pub arn: Option<String>,
    /// None: no pass has come to its end since the resource is known.
    pub standing: Option<Standing>,
    /// The same in words.
    pub sentence: String,
    /// What it is made after, by id.
    pub needs: Vec<String>,
    /// When AWS took its last change, removals aside.
    pub changed_at: Option<Timestamp>,
}

/// A life that has ended or shall end.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FormerLife {
    /// Which.
    pub incarnation: Incarnation,
    /// What becomes of its data.
    pub fate: Fate,
    /// What is kept of it, by resource.
    pub retained: BTreeMap<String, Retention>,
}

/// A lease that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseView {
    /// The invocation.
    pub holder: String,
    /// The pass's number.
    pub epoch: u64,
    /// Its end.
    pub until: Timestamp,
}

/// The line of `owner`; none if the ledger has no intent of it.
pub fn overview(owner: &Owner, book: &Book) -> Option<Overview> {
    let intent = book.intent.as_ref()?;
    let state = book.state.as_ref();
    let wake = state.and_then(|state| state.wake.as_ref());
    Some(Overview {
        tenant: owner.tenant_id().map(ToString::to_string).unwrap_or_default(),
        environment: owner.environment().to_string(),
        phase: phase(book, intent),
        settled: !book.is_unsettled(),
        specification: intent.stands().map(|(specification, _)| specification.clone()),
        version: intent.version,
        incarnation: intent.incarnation,
        looked_at: state.map(|state| state.settled_at),
        next_look_at: wake.map(|wake| wake.at),
        moving_since: wake.map(|wake| wake.since),
        monthly_usd: state.map_or(0.0, |state| state.monthly_usd),
        why: why::why(book, intent),
    })
}

/// What the last pass came to, unless something has been accepted since.
fn phase(book: &Book, intent: &Intent) -> Phase {
    match (&book.state, &intent.wish) {
        (Some(state), _) if !book.is_unsettled() => state.phase,
        (_, Wish::Stands(_)) => Phase::Working,
        (_, Wish::Gone(_)) => Phase::Removing,
    }
}

/// Everything about `owner`; none if the ledger has no intent of it.
pub fn full(owner: &Owner, book: &Book, now: Timestamp) -> Option<Full> {
    let intent = book.intent.as_ref()?;
    let state = book.state.as_ref();
    Some(Full {
        overview: overview(owner, book)?,
        paused: intent.paused,
        retries: intent.retries,
        failures: state.map_or(0, |state| state.failures),
        adopted: intent.adopted.clone(),
        resources: resources(book),
        former_lives: former_lives(book, intent),
        drift: state.into_iter().flat_map(|state| &state.drift).map(|(id, drift)| (id.0.clone(), drift.clone())).collect(),
        orphans: state.map(|state| state.orphans.clone()).unwrap_or_default(),
        outputs: state.map(|state| state.outputs.clone()).unwrap_or_default(),
        wake_up: state.and_then(|state| state.wake.clone()),
        lease: lease(book, now),
        unsent: book.outbox.values().cloned().collect(),
    })
}

/// All that is remembered and all that the last pass has reported, the present life first.
pub fn resources(book: &Book) -> Vec<ResourceView> {
    let present = book.intent.as_ref().and_then(|intent| intent.incarnation);
    let lines: BTreeMap<_, _> = book.state.iter().flat_map(|state| &state.report).map(|line| (&line.place, line)).collect();
    let places: BTreeSet<&Place> = book.records.keys().chain(lines.keys().copied()).collect();
    let mut views: Vec<_> = places
        .into_iter()
        .map(|place| {
            let (record, line) = (book.records.get(place), lines.get(place));
            let resource = record.map(|record| &record.resource);
            ResourceView {
                id: place.id.0.clone(),
                incarnation: place.incarnation,
                present: Some(place.incarnation) == present,
                kind: resource
                    .map(|resource| resource.desired.kind())
                    .or(line.map(|line| line.kind.as_str()))
                    .unwrap_or_default()
                    .to_owned(),
                name: resource.map(|resource| &resource.name).or(line.map(|line| &line.name)).cloned().unwrap_or_default(),
                arn: record.and_then(|record| record.arn.clone()),
                standing: line.map(|line| line.standing.clone()),
                needs: resource.map(|resource| resource.after.iter().map(|id| id.0.clone()).collect()).unwrap_or_default(),
                changed_at: record.and_then(|record| record.made.as_ref()).map(|made| made.at),
                sentence: line.map_or_else(|| "under way".to_owned(), |line| line.standing.to_string()),
            }
        })
        .collect();
    views.sort_by_key(|view| (!view.present, std::cmp::Reverse(view.incarnation)));
    views
}

fn former_lives(book: &Book, intent: &Intent) -> Vec<FormerLife> {
    let life = |(incarnation, fate): (Incarnation, Fate)| {
        let records = book.records.iter().filter(|(place, _)| place.incarnation == incarnation);
        let retained = records.filter_map(|(place, record)| Some((place.id.0.clone(), record.retained.clone()?))).collect();
        FormerLife { incarnation, fate, retained }
    };
    intent.fates().into_iter().map(life).collect()
}

fn lease(book: &Book, now: Timestamp) -> Option<LeaseView> {
    let lease = book.lease.as_ref()?;
    let until = Timestamp::from_millisecond(lease.expires).ok()?;
    (!lease.holder.is_empty() && until > now).then(|| LeaseView { holder: lease.holder.clone(), epoch: lease.epoch, until })
}
