//! intend: the event's order becomes the owner's intent, by one conditional write.

use domain::answer::News;
use domain::blueprint::Blueprint;
use domain::failure::{CallError, Cause};
use domain::intent::{Acceptance, Intent, Refusal, accept, accept_privileged};
use domain::order::{Order, Wish};
use domain::ports::{Cloud, WriteItems, send};
use domain::resolve::admit;
use domain::tenant::{Incarnation, Owner};
use domain::tenants::{count_in, door};
use runtime::start::chain;

use crate::announce::say;
use crate::book::{Book, open};
use crate::event::milliseconds;
use crate::handler::Problem;

/// A write that lost against another is tried again so often, with a fresh look.
const TRIES: usize = 4;

/// What has become of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Intended {
    /// It is the intent: a pass is due.
    Committed,
    /// It was the intent already: a pass is due if none has settled it.
    Repeat,
    /// It changes nothing.
    Dropped(Refusal),
    /// It can never be met, and the sender has been told.
    Refused(String),
}

/// Commits `order`, or says why not.
///
/// # Errors
/// The ledger did not answer; the order is not lost as long as its record is not acknowledged.
pub async fn intend(cloud: &impl Cloud, blueprints: &[Blueprint], order: &Order) -> Result<Intended, Problem> {
    let owner = order.owner();
    if let Err(reason) = possible(blueprints, order) {
        refuse(cloud, order, &reason).await?;
        return Ok(Intended::Refused(reason));
    }
    let mint = Incarnation::mint(milliseconds(cloud.now()), cloud.entropy());
    for _ in 0..TRIES {
        let book = open(cloud, owner).await?;
        let intent = match acceptance(&book, order, mint) {
            Acceptance::Commit(intent) => *intent,
            Acceptance::Repeat => return Ok(Intended::Repeat),
            Acceptance::Dropped(refusal) => {
                if refusal.is_reported() {
                    refuse(cloud, order, &refusal.to_string()).await?;
                }
                return Ok(Intended::Dropped(refusal));
            }
        };
        if let Some(refusal) = still_used(owner, &book, &intent) {
            refuse(cloud, order, &refusal.to_string()).await?;
            return Ok(Intended::Dropped(refusal));
        }
        match commit(cloud, owner, &book, intent).await {
            Err(error) if error.cause == Cause::ConditionFailed => {}
            outcome => return outcome.map(|()| Intended::Committed).map_err(Problem::Call),
        }
    }
    Err(Problem::Contended(owner.clone()))
}

/// What becomes of `order` given what is known of its owner.
pub fn acceptance(book: &Book, order: &Order, mint: Incarnation) -> Acceptance {
    match order {
        Order::Wish(order) => accept(book.intent.as_ref(), order, mint),
        Order::Privileged(order) => accept_privileged(book.intent.as_ref(), order),
    }
}

/// Whether the wish can be met at all, whatever is there.
///
/// # Errors
/// Why not.
pub fn possible(blueprints: &[Blueprint], order: &Order) -> Result<(), String> {
    let Order::Wish(order) = order else { return Ok(()) };
    let Wish::Stands(specification) = &order.wish else {
        return Ok(());
    };
    let blueprint = blueprints.iter().find(|blueprint| blueprint.name == specification.blueprint);
    let Some(blueprint) = blueprint else {
        let known: Vec<_> = blueprints.iter().map(|blueprint| blueprint.name.as_str()).collect();
        return Err(format!("blueprint {:?} is unknown; known are {}", specification.blueprint, known.join(", ")));
    };
    admit(blueprint, specification, &order.owner).map_err(|error| chain(&error))
}

/// An environment on which tenants stand does not go. The write says it again: one may have come since the book was read.
fn still_used(owner: &Owner, book: &Book, intent: &Intent) -> Option<Refusal> {
    let goes = owner.tenant_id().is_none() && matches!(intent.wish, Wish::Gone(_));
    (goes && book.tenants.count > 0).then_some(Refusal::StillUsed { tenants: book.tenants.count })
}

async fn refuse(cloud: &impl Cloud, order: &Order, reason: &str) -> Result<(), CallError> {
    let news = News::Failed { reason: reason.to_owned(), stuck: Default::default() };
    say(cloud, order.owner(), order.version(), order.event_id(), news).await
}

/// A tenant that is to stand is counted by its environment in the same transaction, if that is wanted; else the pass waits for it.
/// An environment opens or closes its door to tenants in the same transaction.
async fn commit(cloud: &impl Cloud, owner: &Owner, book: &Book, intent: Intent) -> Result<(), CallError> {
    if owner.tenant_id().is_none() {
        let writes = vec![intent.write(owner, book.intent.as_ref()), door(owner, &intent.wish)];
        return send(cloud, WriteItems { writes }).await;
    }
    if intent.stands().is_some() && !intent.counted {
        let counted = Intent { counted: true, ..intent.clone() };
        let writes = vec![counted.write(owner, book.intent.as_ref()), count_in(owner)];
        match send(cloud, WriteItems { writes }).await {
            Err(error) if error.cause == Cause::ConditionFailed => {}
            outcome => return outcome,
        }
    }
    // Either the environment is not wanted, or the intent has moved: the second makes this write fail as well.
    send(cloud, WriteItems { writes: vec![intent.write(owner, book.intent.as_ref())] }).await
}
