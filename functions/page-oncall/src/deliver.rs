//! A receiver's outbox is emptied: at its pace, the worst and oldest first. What is sent is claimed before, and noted after.

use domain::failure::Cause;
use domain::paging::channel::Channel;
use domain::paging::delivery::{Delivery, Outbox, Pace};
use domain::paging::desk::{Line, told_instead};
use domain::paging::pace::Limit;
use domain::paging::reply::Outcome;
use domain::paging::retry::{Next, Tries, after};
use domain::paging::routes::Receiver;
use domain::ports::{Cloud, ReadItems, SendDeadLetter, WriteItems, send};
use domain::wake::LONGEST_DELAY;
use jiff::{SignedDuration, Timestamp};
use runtime::own::Deliver;

use crate::Problem;
use crate::desk::remind;
use crate::office::Office;
use crate::send::try_once;

/// After so long the rest is left to the next message: an invocation has 30 s, and a try up to 5.
const ENOUGH: SignedDuration = SignedDuration::from_secs(20);
/// So often an outbox is read again after somebody else has changed it.
const READS: u32 = 6;

/// Hands what waits for `receiver` to it, in an invocation that has `begun` then; how many it has taken.
pub(crate) async fn deliver(cloud: &impl Cloud, office: &Office, receiver: &str, begun: Timestamp) -> Result<u32, Problem> {
    let mut sent = 0;
    for _ in 0..READS {
        let items = send(cloud, ReadItems { owner: Delivery::partition(receiver), prefix: String::new() }).await?;
        let mut outbox = Outbox::read(&items)?;
        match empty(cloud, office, receiver, &mut outbox, begun).await? {
            Emptied::Until(count, next) => {
                if let Some(next) = next {
                    wake(cloud, receiver, outbox.pace, next).await?;
                }
                return Ok(sent + count);
            }
            Emptied::Contended(count) => sent += count,
        }
    }
    remind(cloud, Deliver { receiver: receiver.to_owned() }.body(), cloud.now() + SignedDuration::from_secs(1), cloud.now()).await?;
    Ok(sent)
}

/// Has the outbox gone on with at `next`, unless a message that does is on its way.
async fn wake(cloud: &impl Cloud, receiver: &str, mut pace: Pace, next: Timestamp) -> Result<(), Problem> {
    let now = cloud.now();
    // A later one than SQS can wait for comes early, and is sent on.
    let next = next.clamp(now, now + LONGEST_DELAY);
    if !pace.must_wake(next, now) {
        return Ok(());
    }
    remind(cloud, Deliver { receiver: receiver.to_owned() }.body(), next, now).await?;
    pace.wake_at = Some(next);
    // If somebody else goes on with it: two messages do no harm.
    keep(cloud, receiver, &mut pace).await
}

/// How far an outbox was emptied, and how many were taken.
enum Emptied {
    /// As far as may be now; what is left is due then.
    Until(u32, Option<Timestamp>),
    /// Somebody else has changed it.
    Contended(u32),
}

async fn empty(cloud: &impl Cloud, office: &Office, receiver: &str, outbox: &mut Outbox, begun: Timestamp) -> Result<Emptied, Problem> {
    let mut sent = 0;
    // Of a receiver that the routes know no more the fallbacks are tried.
    let channel = office.routes.receiver(receiver).map_or(Channel::Dashboard, Receiver::channel);
    let mut left = Vec::new();
    for delivery in std::mem::take(&mut outbox.waiting) {
        let now = cloud.now();
        if !delivery.is_due(now) {
            left.push(delivery);
            continue;
        }
        if now.duration_since(begun) > ENOUGH {
            return Ok(Emptied::Until(sent, Some(now)));
        }
        let foretold = outbox.pace.foretells(&delivery, now);
        if foretold.is_none()
            && let Err(room) = outbox.pace.bucket.take(Limit::of(channel), now)
        {
            return Ok(Emptied::Until(sent, Some(room)));
        }
        let mut claimed = delivery.claim(now);
        match send(cloud, WriteItems { writes: vec![claimed.rewrite(), outbox.pace.rewrite(receiver)] }).await {
            Err(error) if error.cause == Cause::ConditionFailed => return Ok(Emptied::Contended(sent)),
            outcome => outcome?,
        }
        claimed.revision += 1;
        outbox.pace.revision += 1;
        let outcome = match foretold {
            Some(outcome) => outcome,
            None => {
                let outcome = try_once(cloud, office, &claimed).await?;
                if outbox.pace.hear(&outcome, cloud.now()) {
                    keep(cloud, receiver, &mut outbox.pace).await?;
                }
                outcome
            }
        };
        match settle(cloud, &claimed, outbox.pace.tries(&claimed), &outcome).await? {
            // Who has not taken this takes no other now: each would be waited for.
            Some(again) => return Ok(Emptied::Until(sent, Some(again.next))),
            None => sent += u32::from(outcome == Outcome::Delivered),
        }
    }
    outbox.waiting = left;
    Ok(Emptied::Until(sent, outbox.next()))
}

/// Writes what `receiver` has taken lately. What somebody else has written meanwhile counts, and the next claim finds that out.
async fn keep(cloud: &impl Cloud, receiver: &str, pace: &mut Pace) -> Result<(), Problem> {
    match send(cloud, WriteItems { writes: vec![pace.rewrite(receiver)] }).await {
        Err(error) if error.cause == Cause::ConditionFailed => return Ok(()),
        outcome => outcome?,
    }
    pace.revision += 1;
    Ok(())
}

/// Notes what came of a try, one of `tries`; what is left of it for this receiver.
async fn settle(cloud: &impl Cloud, delivery: &Delivery, tries: Option<Tries>, outcome: &Outcome) -> Result<Option<Delivery>, Problem> {
    let now = cloud.now();
    let chance = f64::from(u32::try_from(cloud.entropy() & 0xffff_ffff).unwrap_or(0)) / f64::from(u32::MAX);
    let next = tries.map_or(Next::Done, |tries| after(delivery.notice.severity, tries, outcome, now, chance));
    let receiver = &delivery.receiver;
    let (line, mut writes, left) = match next {
        Next::Done => (format!("delivered to {receiver}"), vec![delivery.delete()], None),
        Next::Wait(wait) => {
            let mut again = delivery.again(wait, outcome.may_have_arrived(), now);
            let rewrite = again.rewrite();
            again.revision += 1;
            (format!("{receiver} is tried again in {} s: {}", wait.as_secs(), why(outcome)), vec![rewrite], Some(again))
        }
        Next::Fallback | Next::DeadLetter => match delivery.fall_back(now) {
            Some(fallback) => {
                let line = format!("{receiver} was not reached, {} is tried instead: {}", fallback.receiver, why(outcome));
                remind(cloud, Deliver { receiver: fallback.receiver.clone() }.body(), now, now).await?;
                let instead = told_instead(&delivery.notice.incident, &fallback.receiver, now);
                (line, vec![delivery.delete(), fallback.write(), instead], None)
            }
            None => {
                dead_letter(cloud, delivery, outcome).await?;
                (format!("{receiver} was not reached, and nobody is left: {}", why(outcome)), vec![delivery.delete()], None)
            }
        },
    };
    let line = Line { incident: delivery.notice.incident.clone(), at: now, text: line };
    writes.push(line.write(&format!("9#{}", delivery.notice.delivery)));
    send(cloud, WriteItems { writes }).await?;
    Ok(left)
}

/// What nobody could be told of waits among the dead letters, whose alarm runs none of our code.
async fn dead_letter(cloud: &impl Cloud, delivery: &Delivery, outcome: &Outcome) -> Result<(), Problem> {
    let body = serde_json::to_string(delivery).unwrap_or_default();
    Ok(send(cloud, SendDeadLetter { body, reason: "undeliverable".to_owned(), cause: why(outcome) }).await?)
}

fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered => String::new(),
        Outcome::Again { why, .. } | Outcome::Never { why } => why.to_string(),
    }
}
