//! A round: several owners at rest are looked at together, and each that is not as it should be gets a pass of its own.
//!
//! It takes no lease and writes nothing: of an owner at rest there is nothing to remember.

use std::collections::BTreeMap;

use aws_adapters::survey::survey;
use domain::failure::CallError;
use domain::look::{Look, is_undisturbed};
use domain::plan::Plan;
use domain::ports::{Cloud, SendMessage, send};
use domain::resolve::{Base, Ground, Wanted, resolve_intent};
use domain::tenant::Owner;
use futures::future::join_all;
use runtime::decision::Decision;
use runtime::own::Sweep;
use serde_json::json;

use crate::book::{Book, open};
use crate::handler::{Context, Invocation, Problem, decision};
use crate::observe::observe;
use crate::pass::base;

/// Looks at `owners`. Those of which the look says anything but that all is as it should be are queued one by one.
///
/// # Errors
/// The queue did not answer: the round comes back.
pub(crate) async fn make_round(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    owners: &[Owner],
) -> Result<Decision, Problem> {
    let books = join_all(owners.iter().map(|owner| async move { (owner, open(cloud, owner).await.ok()) })).await;
    let (mut resting, mut others) = (Vec::new(), Vec::new());
    for (owner, book) in &books {
        match book {
            Some(book) if book.intent.is_none() || !book.is_due(cloud.now()) => {}
            Some(book) if is_at_rest(book, cloud) => resting.push((*owner, book)),
            _ => others.push((*owner).clone()),
        }
    }
    let looked_at = resting.len();
    others.extend(disturbed(cloud, context, invocation, &resting).await);
    for sent in join_all(others.iter().map(|owner| queue(cloud, owner))).await {
        sent?;
    }
    let reason = format!("{looked_at} of {} owners at rest were looked at, {} get a pass of their own", owners.len(), others.len());
    let inputs = json!({ "owners": owners.len(), "queued": others.iter().map(ToString::to_string).collect::<Vec<_>>() });
    Ok(Decision { inputs, ..decision(None, "looked", reason) })
}

/// Whether it can be looked at together with others.
fn is_at_rest(book: &Book, cloud: &impl Cloud) -> bool {
    let (Some(intent), Some(state)) = (&book.intent, &book.state) else { return false };
    book.outbox.is_empty() && domain::look::is_at_rest(intent, state, cloud.now())
}

/// Those of `resting` that are not as they should be, or of which it is not known.
async fn disturbed(cloud: &impl Cloud, context: &Context, invocation: &Invocation, resting: &[(&Owner, &Book)]) -> Vec<Owner> {
    let records = resting.iter().flat_map(|(_, book)| book.records.values());
    let often: Vec<_> = records.filter(|record| record.resource.desired.changes_often()).collect();
    let surveyed = survey(cloud, &often).await;
    let mut bases = BTreeMap::new();
    let mut disturbed = Vec::new();
    for (owner, book) in resting {
        if owner.tenant_id().is_some() && !bases.contains_key(owner.environment()) {
            bases.insert(owner.environment().clone(), base(cloud, owner).await.ok().flatten());
        }
        let nothing = Some(Base::new());
        let base = if owner.tenant_id().is_some() { bases.get(owner.environment()) } else { Some(&nothing) };
        let quiet = match base.and_then(Option::as_ref) {
            Some(base) => is_quiet(&surveyed, context, invocation, owner, book, base).await,
            None => false,
        };
        if !quiet {
            disturbed.push((*owner).clone());
        }
    }
    disturbed
}

/// Whether there is nothing to do, to tell or to wait for.
async fn is_quiet(cloud: &impl Cloud, context: &Context, invocation: &Invocation, owner: &Owner, book: &Book, base: &Base) -> bool {
    let (Some(intent), Some(state)) = (&book.intent, &book.state) else { return false };
    let ground = Ground { site: &invocation.site, base };
    let Ok(Wanted { aim, .. }) = resolve_intent(&context.blueprints, intent, owner, ground, &book.records, &book.overrides) else {
        return false;
    };
    let sightings = observe(cloud, &aim, &book.records, Look::Part).await.sightings;
    is_undisturbed(state, &Plan::untried(&aim, &book.records, &sightings, cloud.now()))
}

async fn queue(cloud: &impl Cloud, owner: &Owner) -> Result<(), CallError> {
    send(cloud, SendMessage { body: Sweep { owner: owner.clone() }.body(), delay_seconds: 0 }).await
}
