//! The straight line from a message to its decision.

use std::time::Duration;

use domain::blueprint::Blueprint;
use domain::failure::{CallError, backoff};
use domain::order::Order;
use domain::plan::Wait;
use domain::ports::{ChangeVisibility, Cloud, FindOwners, SendDeadLetter, SendMessage, send};
use domain::settle::has_work;
use domain::tenant::Owner;
use domain::wake::{Nudges, Pending, Reception, nudge, receive};
use jiff::{SignedDuration, Timestamp};
use runtime::batch::Message as Record;
use runtime::decision::Decision;
use runtime::own::WakeUp;
use runtime::start::chain;
use serde_json::json;
use thiserror::Error;

use crate::book::{BadBook, Book, open};
use crate::event::{BadEvent, Message, SbtDefaults, read};
use crate::intend::{Intended, intend};
use crate::pass::{Outcome, pass};
use crate::preview::preview;

/// After so many receives a record is dead-lettered, with its reason; the queue itself would do it without one.
pub const MOST_RECEIVES: u32 = 5;

/// First and longest wait of a record that comes back: 60 + 120 + 240 + 480 s ride out an outage of ten minutes.
const FIRST_RETURN: Duration = Duration::from_secs(60);
const LONGEST_RETURN: Duration = Duration::from_secs(900);

/// This invocation.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Lambda's request id: the lease's holder.
    pub id: String,
    /// When Lambda ends it.
    pub deadline: Timestamp,
}

/// What every invocation shares.
#[derive(Debug)]
pub struct Context {
    /// All that are deployed.
    pub blueprints: Vec<Blueprint>,
    /// Where SBT-AWS's requests go.
    pub sbt: Option<SbtDefaults>,
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Handled {
    /// It is done with.
    Done(Decision),
    /// It comes back, after the time that was set on it.
    Again(Decision),
}

/// Why a message could not be carried through.
#[derive(Debug, Error)]
pub enum Problem {
    /// The ledger was not read.
    #[error("the owner's book was not opened")]
    Book(#[from] BadBook),
    /// AWS did not answer.
    #[error("a call failed")]
    Call(#[from] CallError),
    /// Others wrote the intent at each try.
    #[error("the intent of {0} was written by others at every try")]
    Contended(Owner),
    /// Nothing to act on.
    #[error("nothing is known of {0}")]
    NoIntent(Owner),
    /// The environment's outputs are not what tenants need.
    #[error("the outputs of {0} cannot be read")]
    BadEnvironment(Owner, #[source] serde_json::Error),
}

/// Handles one record, or a bare event.
pub async fn handle(cloud: &impl Cloud, context: &Context, invocation: &Invocation, record: &Record) -> Handled {
    let message = match read(&record.body, context.sbt.as_ref()) {
        Ok(message) => message,
        Err(BadEvent::Refused { owner, version, event_id, reason }) => {
            return refuse(cloud, record, &owner, version, &event_id, reason).await;
        }
        Err(error) => return dead_letter(cloud, record, "malformed", &chain(&error)).await,
    };
    match carry(cloud, context, invocation, &record.body, message).await {
        Ok(decision) => Handled::Done(decision),
        Err(problem) => give_back(cloud, record, &problem).await,
    }
}

async fn carry(cloud: &impl Cloud, context: &Context, invocation: &Invocation, body: &str, message: Message) -> Result<Decision, Problem> {
    match message {
        Message::Order(order) => carry_order(cloud, context, invocation, order).await,
        Message::WakeUp(wake) => carry_wake_up(cloud, context, invocation, body, wake).await,
        Message::Sweep(owner) => {
            let book = open(cloud, &owner).await?;
            if !book.is_unsettled() && !has_work(book.state.as_ref(), &book.records, book.outbox.is_empty(), cloud.now()) {
                return Ok(decision(Some(&owner), "nothing due", "it is gone, or its own wake-up is pending".to_owned()));
            }
            let outcome = pass(cloud, &context.blueprints, invocation, &owner, &book, None).await?;
            Ok(of_outcome(&owner, outcome))
        }
        Message::Nudge(arn) => carry_nudge(cloud, context, invocation, &arn).await,
        Message::Ignored(reason) => Ok(decision(None, "ignored", reason)),
    }
}

async fn carry_order(cloud: &impl Cloud, context: &Context, invocation: &Invocation, order: Order) -> Result<Decision, Problem> {
    let owner = order.owner().clone();
    if let Order::Wish(wish) = &order
        && wish.dry_run
    {
        return preview(cloud, &context.blueprints, wish).await.map(|reason| decision(Some(&owner), "planned", reason));
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
    let outcome = pass(cloud, &context.blueprints, invocation, &owner, &book, None).await?;
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
        Reception::Act => pass(cloud, &context.blueprints, invocation, &wake.owner, &book, None).await?,
    };
    if let Outcome::Busy(until) = outcome {
        later(cloud, body.to_owned(), until).await?;
    }
    Ok(of_outcome(&wake.owner, outcome))
}

/// An event of AWS brings the look forward, if its owner waits for that resource and has nudges left. It is best effort: a poll follows.
async fn carry_nudge(cloud: &impl Cloud, context: &Context, invocation: &Invocation, arn: &str) -> Result<Decision, Problem> {
    let owners = send(cloud, FindOwners { arn: arn.to_owned() }).await?;
    let Some(owner) = owners.first().and_then(|key| key.parse::<Owner>().ok()) else {
        return Ok(decision(None, "ignored", format!("{arn} is not ours")));
    };
    let book = open(cloud, &owner).await?;
    if !waits_for(&book, arn) {
        return Ok(decision(Some(&owner), "ignored", format!("nothing waits for {arn}")));
    }
    let Some(nudges) = nudge(book.state.as_ref().and_then(|state| state.nudges.as_ref()), cloud.now()) else {
        return Ok(decision(Some(&owner), "ignored", "it was nudged a moment ago; its poll follows".to_owned()));
    };
    let outcome = nudged(cloud, context, invocation, &owner, &book, nudges).await?;
    Ok(of_outcome(&owner, outcome))
}

async fn nudged(
    cloud: &impl Cloud,
    context: &Context,
    invocation: &Invocation,
    owner: &Owner,
    book: &Book,
    nudges: Nudges,
) -> Result<Outcome, Problem> {
    pass(cloud, &context.blueprints, invocation, owner, book, Some(nudges)).await
}

fn waits_for(book: &Book, arn: &str) -> bool {
    let Some(state) = &book.state else { return false };
    let waiting = state.report.iter().filter(|line| matches!(line.standing, domain::plan::Standing::Waiting(Wait::Settling(_))));
    waiting.filter_map(|line| book.records.get(&line.place)).any(|record| record.arn.as_deref() == Some(arn))
}

async fn later(cloud: &impl Cloud, body: String, until: Timestamp) -> Result<(), CallError> {
    let wait = until.duration_since(cloud.now()).clamp(SignedDuration::from_secs(1), domain::wake::LONGEST_DELAY);
    send(cloud, SendMessage { body, delay_seconds: u16::try_from(wait.as_secs() + 1).unwrap_or(900).min(900) }).await
}

async fn refuse(cloud: &impl Cloud, record: &Record, owner: &Owner, version: u64, event_id: &str, reason: String) -> Handled {
    let news = domain::answer::News::TenantFailed { reason: reason.clone(), stuck: Default::default() };
    match crate::announce::say(cloud, owner, version, event_id, news).await {
        Ok(()) => Handled::Done(decision(Some(owner), "refused", reason)),
        Err(error) => give_back(cloud, record, &Problem::Call(error)).await,
    }
}

/// A record that can never succeed goes to the dead letters at once, with why.
async fn dead_letter(cloud: &impl Cloud, record: &Record, reason: &str, cause: &str) -> Handled {
    let letter = SendDeadLetter { body: record.body.clone(), reason: reason.to_owned(), cause: cause.to_owned() };
    let decision = decision(None, "dead-lettered", format!("{reason}: {cause}"));
    match (record.receipt.is_some(), send(cloud, letter).await) {
        // A bare event has a caller that hears of it.
        (false, _) | (true, Ok(())) => Handled::Done(decision),
        (true, Err(_)) => Handled::Again(decision),
    }
}

/// What may succeed later comes back after a while; the last time it goes to the dead letters.
async fn give_back(cloud: &impl Cloud, record: &Record, problem: &Problem) -> Handled {
    let cause = chain(problem);
    if record.receives >= MOST_RECEIVES || matches!(problem, Problem::NoIntent(_)) {
        return dead_letter(cloud, record, "gave up", &cause).await;
    }
    if let Some(receipt) = &record.receipt {
        let wait = backoff(record.receives.saturating_sub(1), FIRST_RETURN, LONGEST_RETURN);
        let change = ChangeVisibility { receipt: receipt.clone(), seconds: u16::try_from(wait.as_secs()).unwrap_or(900) };
        if let Err(error) = send(cloud, change).await {
            tracing::warn!(error = %error, "the record comes back after the queue's own visibility time-out");
        }
    }
    Handled::Again(decision(None, "retried", cause))
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

fn decision(owner: Option<&Owner>, decision: &'static str, reason: String) -> Decision {
    Decision {
        function: "provision-tenant",
        tenant: owner.and_then(Owner::tenant_id).map(ToString::to_string),
        environment: owner.map(|owner| owner.environment().to_string()),
        subject: owner.map(ToString::to_string).unwrap_or_default(),
        decision,
        reason,
        inputs: json!({}),
    }
}
