//! One pass: lease → resolve → observe → plan → apply → settle. Forward only; a later pass sees what this one has left.

use std::collections::BTreeMap;

use domain::failure::Cause;
use domain::intent::Intent;
use domain::lease::{Grant, Lease, ask};
use domain::ledger::{Record, STATE};
use domain::look::{Look, look};
use domain::plan::Aim;
use domain::ports::{Cloud, ReadItem, WriteItems, send};
use domain::resolve::{Base, Ground, Site, resolve_intent};
use domain::resource::Place;
use domain::tenant::Owner;
use domain::tenants::count_in;
use domain::wake::Nudges;
use futures::future::join;
use jiff::Timestamp;
use runtime::start::chain;

use crate::apply::{Halt, Work, apply, certain};
use crate::book::Book;
use crate::handler::{Context, Invocation, Problem};
use crate::observe::{Seen, observe, tagged};
use crate::settle::{Close, settle};

/// What a pass has come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Somebody else has the lease until then.
    Busy(Timestamp),
    /// The lease was lost on the way: whoever has it goes on.
    LeaseLost,
    /// Settled.
    Settled {
        /// How the owner stands.
        phase: domain::settle::Phase,
        /// What was done.
        done: Vec<String>,
        /// How each resource stands, unless it is ready or gone.
        open: BTreeMap<String, String>,
    },
}

/// Makes a pass over `owner`, whose `book` was read in this invocation.
///
/// # Errors
/// The ledger did not answer, or a wish has become impossible in a way that no state can hold.
pub async fn pass(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    owner: &Owner,
    book: &Book,
    nudges: Option<Nudges>,
) -> Result<Outcome, Problem> {
    let Some(intent) = &book.intent else {
        return Err(Problem::NoIntent(owner.clone()));
    };
    let lease = match take_lease(cloud, invocation, owner, book).await? {
        Ok(lease) => lease,
        Err(until) => return Ok(Outcome::Busy(until)),
    };
    let mut close = Close { owner, intent, book, lease: &lease, nudges, monthly_usd: 0.0, pace: context.pace };
    let aim = match prepare(cloud, context, &invocation.site, &mut close).await? {
        Prepared::Aim(aim) => aim,
        Prepared::AwaitsEnvironment => return close.await_environment(cloud).await,
        Prepared::Impossible(reason) => return close.fail(cloud, &reason).await,
    };
    let mut work = Work {
        owner,
        lease: &lease,
        deadline: invocation.deadline,
        aim: &aim,
        records: heed_retry(book, intent),
        seen: Seen::default(),
        whole: true,
        tagged: None,
        drift: BTreeMap::new(),
        failures: BTreeMap::new(),
        done: Vec::new(),
    };
    let extent = if book.inspected { Look::Whole } else { look(intent, book.state.as_ref(), cloud.now()) };
    work.whole = extent == Look::Whole;
    let (seen, tagged) = join(observe(cloud, work.aim, &work.records, extent), tagged(cloud, owner, extent)).await;
    (work.seen, work.tagged) = (seen, tagged);
    let plan = if intent.paused {
        certain(cloud, &mut work).await
    } else {
        match apply(cloud, &mut work).await {
            Ok(plan) => plan,
            Err(Halt::LeaseLost) => return Ok(Outcome::LeaseLost),
            Err(Halt::Call(error)) => return Err(Problem::Call(error)),
        }
    };
    settle(cloud, &close, work, plan).await
}

/// The lease, or until when another has it.
async fn take_lease(cloud: &impl Cloud, invocation: &Invocation, owner: &Owner, book: &Book) -> Result<Result<Lease, Timestamp>, Problem> {
    let now = cloud.now();
    match ask(owner, book.lease.as_ref(), &invocation.id, invocation.deadline, now) {
        Grant::Held { until } => Ok(Err(until)),
        Grant::Take(write, lease) => match send(cloud, WriteItems { writes: vec![*write] }).await {
            Ok(()) => Ok(Ok(lease)),
            // Taken in this very moment: its holder is at work for about as long as we would be.
            Err(error) if error.cause == Cause::ConditionFailed => Ok(Err(invocation.deadline + domain::lease::MARGIN)),
            Err(error) => Err(Problem::Call(error)),
        },
    }
}

enum Prepared {
    Aim(Aim),
    AwaitsEnvironment,
    Impossible(String),
}

/// resolve, on an environment that counts the tenant.
async fn prepare(cloud: &impl Cloud, context: &Context, site: &Site, close: &mut Close<'_>) -> Result<Prepared, Problem> {
    let (owner, intent) = (close.owner, close.intent);
    if intent.stands().is_none() {
        return Ok(Prepared::Aim(Aim::new(intent, None)));
    }
    let Some(base) = base(cloud, owner).await? else {
        return Ok(Prepared::AwaitsEnvironment);
    };
    if owner.tenant_id().is_some() && !intent.counted && !count_in_late(cloud, owner, intent).await? {
        return Ok(Prepared::AwaitsEnvironment);
    }
    match resolve_intent(&context.blueprints, intent, owner, Ground { site, base: &base }, &close.book.records, &close.book.overrides) {
        Ok(wanted) => {
            close.monthly_usd = wanted.monthly_usd;
            Ok(Prepared::Aim(wanted.aim))
        }
        Err(error) if error.awaits_base() => Ok(Prepared::AwaitsEnvironment),
        Err(error) => Ok(Prepared::Impossible(chain(&error))),
    }
}

/// What the environment gives to stand on; none until all of it has stood. An environment stands on nothing.
///
/// # Errors
/// The ledger did not answer, or holds what this code cannot read.
pub async fn base(cloud: &impl Cloud, owner: &Owner) -> Result<Option<Base>, Problem> {
    if owner.tenant_id().is_none() {
        return Ok(Some(Base::new()));
    }
    let environment = Owner::Environment(owner.environment().clone());
    let item = send(cloud, ReadItem { owner: environment.to_string(), key: STATE.to_owned() }).await.map_err(Problem::Call)?;
    let Some(item) = item else {
        return Ok(None);
    };
    let state: Standing = item.read().map_err(|error| Problem::BadEnvironment(environment, error))?;
    Ok(state.stood.then_some(state.outputs))
}

/// The part of an environment's state that its tenants need.
#[derive(serde::Deserialize)]
struct Standing {
    #[serde(default)]
    stood: bool,
    #[serde(default)]
    outputs: Base,
}

/// The environment has become wanted since the intent was committed.
async fn count_in_late(cloud: &impl Cloud, owner: &Owner, intent: &Intent) -> Result<bool, Problem> {
    let counted = Intent { counted: true, ..intent.clone() };
    let writes = vec![counted.write(owner, Some(intent)), count_in(owner)];
    match send(cloud, WriteItems { writes }).await {
        Ok(()) => Ok(true),
        Err(error) if error.cause == Cause::ConditionFailed => Ok(false),
        Err(error) => Err(Problem::Call(error)),
    }
}

/// An order to try again lets vanished data be made anew.
fn heed_retry(book: &Book, intent: &Intent) -> BTreeMap<Place, Record> {
    let ordered = book.state.as_ref().is_some_and(|state| state.retries != intent.retries);
    let mut records = book.records.clone();
    if ordered {
        records.values_mut().for_each(|record| record.stood = false);
    }
    records
}

/// Whether a standing needs no word.
pub fn is_quiet(standing: &domain::plan::Standing) -> bool {
    matches!(standing, domain::plan::Standing::Ready { note: None } | domain::plan::Standing::Gone)
}
