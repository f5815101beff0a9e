//! A decision: reminders first, then one write, then the act, then what is said.

use domain::failure::{CallError, Cause};
use domain::incident::Incident;
use domain::ledger::{Condition, Write};
use domain::ports::{Cloud, PutEvents, SendReminder, WriteItems, send};
use domain::remediation::attempt::{Attempt, AttemptState};
use domain::remediation::brake::Alike;
use domain::remediation::budget::counters;
use domain::remediation::conduct::Subject;
use domain::remediation::fault::Fault;
use domain::remediation::memory::{Around, Memory, Turn};
use jiff::Timestamp;
use runtime::own::Reminder;

use crate::act::act;
use crate::case::Case;
use crate::ledger::{Problem, Remembered, alike, full_until, remembered};

/// SQS delays by at most so many seconds; a reminder that is due later comes early, and is sent on.
const LONGEST_DELAY: i64 = 900;
/// So often what has become of an act is noted again where somebody else has written meanwhile.
const TRIES: u32 = 5;

/// What goes with a decision.
#[derive(Default)]
pub(crate) struct Due {
    /// Written with it, one for each item.
    writes: Vec<Write>,
    /// Sent before it: body, and when it is to be seen.
    pub(crate) reminders: Vec<(String, Timestamp)>,
    /// Done after it.
    pub(crate) act: Option<Attempt>,
}

impl Due {
    /// Has `write` done, instead of an earlier one of the same item: stops of one batch bring the same.
    pub(crate) fn write(&mut self, write: Write) {
        self.writes.retain(|earlier| earlier.of() != write.of());
        self.writes.push(write);
    }
}

impl<C: Cloud> Case<'_, C> {
    /// Has `decide` decide upon `fault` of `subject`, with all that it is held against, and puts down what goes with it. None: there is
    /// nothing to decide.
    pub(crate) async fn decide(
        &self,
        memory: &mut Memory,
        fault: &Fault,
        subject: &Subject,
        due: &mut Due,
        decide: impl Fn(&mut Memory, &Subject, &Around<'_>) -> Option<(Fault, Turn)>,
    ) -> Result<Option<Turn>, Problem> {
        let (owner, policy) = (&self.known.owner, self.known.policy());
        let environment = owner.environment();
        let alike = alike(self.cloud, environment, &fault.cause).await?.with(owner, self.now);
        let id = format!("{:016x}", self.cloud.entropy() >> 64);
        let brake = alike.brake(&fault.cause, self.common, self.now).map(|tripped| (tripped, alike.is_told(self.now)));
        let mut around = Around { policy: &policy, brake, full_until: None, id: &id, pace: self.pace, now: self.now };
        let before = memory.clone();
        let Some((mut fault, mut turn)) = decide(memory, subject, &around) else { return Ok(None) };
        if let Turn::Claimed(attempt) = &turn {
            let counters = counters(owner, fault.cause.id(), attempt.remedy.harm(), self.common.tenants, self.now);
            around.full_until = full_until(self.cloud, &counters).await?;
            if around.full_until.is_some() {
                *memory = before;
                let Some(again) = decide(memory, subject, &around) else { return Ok(None) };
                (fault, turn) = again;
            } else {
                counters.iter().for_each(|counter| due.write(counter.claim()));
            }
        }
        memory.tell_turn(&turn, &fault, self.about(), self.now);
        self.put_down(&turn, &fault, due);
        Ok(Some(turn))
    }

    /// What goes with `turn`.
    pub(crate) fn put_down(&self, turn: &Turn, fault: &Fault, due: &mut Due) {
        let reminder = |id: &str| Reminder { owner: self.known.owner.clone(), subject: self.known.name().to_owned(), id: id.to_owned() };
        match turn {
            Turn::Waits(waiting) => due.reminders.push((reminder(&waiting.id).of_wait(), waiting.until)),
            Turn::Claimed(attempt) => {
                due.reminders.push((reminder(&attempt.id).of_effect(), attempt.check_at));
                if let Some(laid) = self.known.overlay(attempt) {
                    due.write(Write::Put(laid.item(&self.known.owner), Condition::Always));
                }
                due.act = Some(attempt.clone());
            }
            Turn::Braked(_, false) => due.write(Alike::tell(self.known.owner.environment(), fault.cause.id(), self.now)),
            _ => {}
        }
    }

    /// Does what is `due`, with what is `remembered`. What fails after the write is done by whoever comes next.
    pub(crate) async fn settle(&self, mut remembered: Remembered, due: Due) -> Result<(), Problem> {
        for (body, at) in due.reminders {
            remind(self.cloud, body, at, self.now).await?;
        }
        remembered.memory.revision += 1;
        let (owner, name) = (&self.known.owner, self.known.name());
        let mut writes = vec![remembered.memory.write(owner, name, remembered.before, self.now)];
        writes.extend(due.writes);
        send(self.cloud, WriteItems { writes }).await?;
        if let Some(attempt) = &due.act {
            act(self, attempt).await?;
        }
        self.say(remembered.memory, due.act.map(|attempt| attempt.id)).await
    }

    /// Says what is to be said, and notes that, and that the act `done` was done.
    async fn say(&self, mut memory: Memory, done: Option<String>) -> Result<(), Problem> {
        let (owner, name) = (&self.known.owner, self.known.name());
        let said = std::mem::take(&mut memory.outbox);
        if said.is_empty() && done.is_none() {
            return Ok(());
        }
        let mut unsaid = Vec::new();
        for some in said.chunks(10) {
            let entries = some.iter().map(Incident::entry).collect();
            let outcomes = send(self.cloud, PutEvents { entries }).await?;
            unsaid.extend(some.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_err()).map(|(incident, _)| incident.clone()));
        }
        for _ in 0..TRIES {
            memory.outbox.retain(|incident| !said.contains(incident) || unsaid.contains(incident));
            memory.outbox.extend(unsaid.iter().filter(|incident| !memory.outbox.contains(incident)).cloned().collect::<Vec<_>>());
            if let Some(id) = &done {
                memory.note(id, AttemptState::Done);
            }
            let before = memory.revision;
            memory.revision += 1;
            match send(self.cloud, WriteItems { writes: vec![memory.write(owner, name, Some(before), self.now)] }).await {
                Err(error) if error.cause == Cause::ConditionFailed => {}
                outcome => return Ok(outcome?),
            }
            memory = remembered(self.cloud, owner, name).await?.memory;
        }
        // The check of the act sees to it.
        Ok(())
    }
}

/// Sends `body` to this function itself, to be seen at `at`.
pub(crate) async fn remind(cloud: &impl Cloud, body: String, at: Timestamp, now: Timestamp) -> Result<(), CallError> {
    // Rounded up: one that comes too soon would be sent again at once.
    let delay = (at.duration_since(now).as_millis().clamp(0, 1_000 * i128::from(LONGEST_DELAY)) + 999) / 1_000;
    send(cloud, SendReminder { body, delay_seconds: u16::try_from(delay).unwrap_or(900) }).await
}
