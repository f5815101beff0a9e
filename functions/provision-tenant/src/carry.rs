//! From what a message asks to the pass that it is due, if any.

use domain::failure::{CallError, Cause};
use domain::order::Order;
use domain::plan::{Standing, Wait};
use domain::ports::{Cloud, FindOwners, SendMessage, WriteItems, send};
use domain::tenant::Owner;
use domain::wake::{LONGEST_DELAY, Pending, Reception, next_nudge, nudge, receive};
use jiff::{SignedDuration, Timestamp};
use runtime::decision::Decision;
use runtime::own::WakeUp;
use serde_json::json;

use crate::book::{Book, open};
use crate::event::Message;
use crate::handler::{Context, Invocation, Problem, decision};
use crate::intend::{Intended, intend};
use crate::pass::{Outcome, pass};
use crate::preview::preview;
use crate::round::make_round;

/// Does what `message` asks. `body` is the message as it came, to be queued again.
///
/// # Errors
/// What may succeed later; nothing is lost as long as the record is not acknowledged.
pub(crate) async fn carry(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    body: &str,
    message: Message,
) -> Result<Decision, Problem> {
    match message {
        Message::Order(order) => carry_order(cloud, context, invocation, order).await,
        Message::WakeUp(wake) => carry_wake_up(cloud, context, invocation, body, wake).await,
        Message::Sweep(owner) => {
            let book = open(cloud, &owner).await?;
            if !book.is_due(cloud.now()) {
                return Ok(decision(Some(&owner), "nothing due", "it is gone, or its own wake-up is pending".to_owned()));
            }
            let outcome = pass(cloud, context, invocation, &owner, &book, None).await?;
            Ok(of_outcome(&owner, outcome))
        }
        Message::Inspection(owner) => carry_inspection(cloud, context, invocation, body, &owner).await,
        Message::Round(owners) => make_round(cloud, context, invocation, &owners).await,
        Message::Nudge(arn) => carry_nudge(cloud, context, invocation, body, &arn).await,
        Message::Ignored(reason) => Ok(decision(None, "ignored", reason)),
    }
}

async fn carry_order(cloud: &impl Cloud, context: &Context, invocation: &Invocation, order: Order) -> Result<Decision, Problem> {
    let owner = order.owner().clone();
    if let Order::Wish(wish) = &order
        && wish.dry_run
    {
        return preview(cloud, context, &invocation.site, wish).await.map(|reason| decision(Some(&owner), "planned", reason));
    }
    let intended = intend(cloud, &context.blueprints, &order).await?;
    match intended {
        Intended::Dropped(refusal) => return Ok(decision(Some(&owner), "dropped", refusal.to_string())),
        Intended::Refused(reason) => return Ok(decision(Some(&owner), "refused", reason)),
        Intended::Committed | Intended::Repeat => {}
    }
    let book = open(cloud, &owner).await?;
    if intended == Intended::Repeat && !book.is_unsettled() {
        tell_what_is_unsaid(cloud, &owner, &book).await?;
        return Ok(decision(Some(&owner), "repeat", "the intent is known and was settled".to_owned()));
    }
    let outcome = pass(cloud, context, invocation, &owner, &book, None).await?;
    if let Outcome::Busy(until) = outcome {
        // Whoever has the lease wakes the owner as it settles; this one stands in if it dies before.
        later(cloud, WakeUp { owner: owner.clone(), wake_id: 0, hops: 0 }.body(), until).await?;
    }
    Ok(of_outcome(&owner, outcome))
}

/// A pass that died between its last write and its announcement leaves nobody else to make it: whoever comes by does.
async fn tell_what_is_unsaid(cloud: &impl Cloud, owner: &Owner, book: &Book) -> Result<(), CallError> {
    if book.outbox.is_empty() { Ok(()) } else { crate::announce::send_all(cloud, owner, &book.outbox).await }
}

async fn carry_wake_up(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    body: &str,
    wake: WakeUp,
) -> Result<Decision, Problem> {
    let book = open(cloud, &wake.owner).await?;
    let busy_until = book.lease.as_ref().and_then(|lease| Timestamp::from_millisecond(lease.expires).ok());
    let pending = Pending { wake: book.state.as_ref().and_then(|state| state.wake.as_ref()), unsettled: book.is_unsettled(), busy_until };
    let outcome = match receive(wake.wake_id, pending, cloud.now()) {
        Reception::Drop => {
            tell_what_is_unsaid(cloud, &wake.owner, &book).await?;
            return Ok(decision(Some(&wake.owner), "dropped", "another wake-up is pending, or none".to_owned()));
        }
        Reception::Later(wait) => Outcome::Busy(cloud.now() + wait),
        Reception::Act => pass(cloud, context, invocation, &wake.owner, &book, None).await?,
    };
    if let Outcome::Busy(until) = outcome {
        later(cloud, body.to_owned(), until).await?;
    }
    Ok(of_outcome(&wake.owner, outcome))
}

/// A look at everything, also if its own wake-up is pending; another pass that is under way may have looked before.
async fn carry_inspection(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    body: &str,
    owner: &Owner,
) -> Result<Decision, Problem> {
    let book = Book { inspected: true, ..open(cloud, owner).await? };
    if book.intent.is_none() {
        return Ok(decision(Some(owner), "ignored", "nobody has asked for it".to_owned()));
    }
    let outcome = pass(cloud, context, invocation, owner, &book, None).await?;
    if let Outcome::Busy(until) = outcome {
        later(cloud, body.to_owned(), until.min(cloud.now() + PASS_TIME)).await?;
    }
    Ok(of_outcome(owner, outcome))
}

/// An event of AWS brings the look forward, if its owner waits for that resource. One that comes too soon after others, or while
/// a pass is under way, is put off until it may be heeded, once after each pass. It is best effort: a poll follows.
async fn carry_nudge(cloud: &impl Cloud, context: &Context, invocation: &Invocation, body: &str, arn: &str) -> Result<Decision, Problem> {
    let owners = send(cloud, FindOwners { arn: arn.to_owned() }).await?;
    let Some(owner) = owners.first().and_then(|key| key.parse::<Owner>().ok()) else {
        return Ok(decision(None, "ignored", format!("{arn} is not ours")));
    };
    let book = open(cloud, &owner).await?;
    if !waits_for(&book, arn) {
        return Ok(decision(Some(&owner), "ignored", format!("nothing waits for {arn}")));
    }
    let before = book.state.as_ref().and_then(|state| state.nudges.as_ref());
    let Some(nudges) = nudge(before, cloud.now()) else {
        let at = before.map_or(cloud.now(), next_nudge);
        return put_off(cloud, &owner, &book, body, at).await;
    };
    let outcome = pass(cloud, context, invocation, &owner, &book, Some(nudges)).await?;
    if let Outcome::Busy(until) = outcome {
        // Its holder may have looked before the event: the lease's usual end is far off, that of a pass is not.
        return put_off(cloud, &owner, &book, body, until.min(cloud.now() + PASS_TIME)).await;
    }
    Ok(of_outcome(&owner, outcome))
}

/// About how long a pass takes.
const PASS_TIME: SignedDuration = SignedDuration::from_secs(10);

/// Has the event `body` come again `at` a moment, unless one does already, or the owner's own wake-up comes before.
async fn put_off(cloud: &impl Cloud, owner: &Owner, book: &Book, body: &str, at: Timestamp) -> Result<Decision, Problem> {
    let ignored = |reason: &str| Ok(decision(Some(owner), "ignored", reason.to_owned()));
    let wake = book.state.as_ref().and_then(|state| state.wake.as_ref());
    if wake.is_some_and(|wake| wake.at <= at) {
        return ignored("it was nudged a moment ago; its poll follows");
    }
    let Some(lease) = &book.lease else { return ignored("no pass has been made over it yet") };
    match send(cloud, WriteItems { writes: vec![lease.put_off_nudge(owner)] }).await {
        Err(error) if error.cause == Cause::ConditionFailed => return ignored("it was nudged a moment ago, and will be once more"),
        outcome => outcome?,
    }
    later(cloud, body.to_owned(), at).await?;
    Ok(decision(Some(owner), "postponed", format!("it was nudged a moment ago, and will be again at {at:.0}")))
}

fn waits_for(book: &Book, arn: &str) -> bool {
    let Some(state) = &book.state else { return false };
    let waiting = state.report.iter().filter(|line| matches!(line.standing, Standing::Waiting(Wait::Settling(_) | Wait::Outside(_))));
    waiting.filter_map(|line| book.records.get(&line.place)).any(|record| record.arn.as_deref() == Some(arn))
}

async fn later(cloud: &impl Cloud, body: String, until: Timestamp) -> Result<(), CallError> {
    let wait = until.duration_since(cloud.now()).clamp(SignedDuration::from_secs(1), LONGEST_DELAY);
    send(cloud, SendMessage { body, delay_seconds: u16::try_from(wait.as_secs() + 1).unwrap_or(900).min(900) }).await
}

fn of_outcome(owner: &Owner, outcome: Outcome) -> Decision {
    match outcome {
        Outcome::Busy(until) => decision(Some(owner), "postponed", format!("another invocation may act on it until {until}")),
        Outcome::LeaseLost => decision(Some(owner), "stopped", "another invocation has taken over".to_owned()),
        Outcome::Settled { phase, done, open } => {
            let reason = format!("{} steps taken, {} resources open", done.len(), open.len());
            let inputs = json!({ "phase": phase, "done": done, "open": open });
            Decision { inputs, ..decision(Some(owner), "settled", reason) }
        }
    }
}
