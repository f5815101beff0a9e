//! The outbox: what is to be said is written with the state, sent, and only then forgotten.

use std::collections::BTreeMap;

use domain::answer::{Answer, News};
use domain::failure::{CallError, Cause};
use domain::ledger::{ANSWER_PREFIX, Condition, Item, OUTBOX_PREFIX, Write};
use domain::ports::{Cloud, PutEvents, WriteItems, send};
use domain::tenant::Owner;
use jiff::SignedDuration;

/// EventBridge takes at most so many entries in a call (API reference, PutEvents).
const ENTRIES_IN_A_CALL: usize = 10;

/// The writes that put `answers` into the outbox.
pub fn writes(answers: &[Answer]) -> Vec<Write> {
    answers.iter().map(|answer| Write::Put(Item::new(&answer.owner.to_string(), &key(answer), answer), Condition::Always)).collect()
}

fn key(answer: &Answer) -> String {
    format!("{OUTBOX_PREFIX}{}", answer.id)
}

/// The outbox that consists of `answers`.
pub fn outbox(answers: &[Answer]) -> BTreeMap<String, Answer> {
    answers.iter().map(|answer| (key(answer), answer.clone())).collect()
}

/// Sends what the outbox holds and takes out what the bus has taken. What it has not stays for the next pass.
///
/// # Errors
/// The bus or the ledger did not answer, or the bus refused an entry.
pub async fn send_all(cloud: &impl Cloud, owner: &Owner, outbox: &BTreeMap<String, Answer>) -> Result<(), CallError> {
    let all: Vec<_> = outbox.iter().collect();
    for chunk in all.chunks(ENTRIES_IN_A_CALL) {
        let entries = chunk.iter().map(|(_, answer)| answer.entry()).collect();
        let outcomes = send(cloud, PutEvents { entries }).await?;
        let sent = chunk.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok());
        let writes: Vec<_> = sent.map(|((key, _), _)| Write::Delete { owner: owner.to_string(), key: (*key).clone() }).collect();
        if !writes.is_empty() {
            send(cloud, WriteItems { writes }).await?;
        }
        if let Some(refused) = outcomes.into_iter().find_map(Result::err) {
            return Err(CallError::new("events.PutEvents", Cause::Unavailable, refused));
        }
    }
    Ok(())
}

/// So long an answer is kept, for whoever sent the event and listens to no bus.
const ANSWER_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Says `news` of an event that changed nothing, and keeps it under the event's id: a redelivery says the same once more,
/// not another thing.
///
/// # Errors
/// As [`send_all`].
pub async fn say(cloud: &impl Cloud, owner: &Owner, version: u64, event_id: &str, news: News) -> Result<(), CallError> {
    let word = if matches!(news, News::Planned { .. }) { "planned" } else { "refused" };
    let answer = answer(cloud, owner, version, &format!("{word}-{event_id}"), news);
    let mut kept = Item::new(&owner.to_string(), &format!("{ANSWER_PREFIX}{event_id}"), &answer);
    kept.attributes.insert("expiresAt".into(), (cloud.now() + ANSWER_KEPT).as_second().into());
    let answers = [answer];
    let mut all = writes(&answers);
    all.push(Write::Put(kept, Condition::Always));
    send(cloud, WriteItems { writes: all }).await?;
    send_all(cloud, owner, &outbox(&answers)).await
}

fn answer(cloud: &impl Cloud, owner: &Owner, version: u64, id: &str, news: News) -> Answer {
    Answer { id: format!("{}/{id}", owner.tag()), owner: owner.clone(), version, incarnation: None, at: cloud.now(), news }
}
