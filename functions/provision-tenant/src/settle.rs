//! settle: state, records and announcements in one conditional write, the lease given back, the next wake-up sent.

use std::collections::BTreeMap;

use domain::answer::{Answer, News};
use domain::failure::{CallError, Cause};
use domain::intent::Intent;
use domain::lease::Lease;
use domain::ledger::{Condition, Item, STATE, Write};
use domain::plan::Plan;
use domain::ports::{Cloud, SendMessage, WriteItems, send};
use domain::settle::{Pass, Phase, State};
use domain::tenant::Owner;
use domain::tenants::count_out;
use domain::wake::{Nudges, Pace, Wake};
use jiff::SignedDuration;
use runtime::own::WakeUp;

use crate::announce::{outbox, send_all, writes as announcements};
use crate::apply::{Work, outputs};
use crate::book::Book;
use crate::handler::Problem;
use crate::pass::{Outcome, is_quiet};
use crate::remember::{record_writes, remember, replace};

/// How long to wait before looking whether an environment has become ready.
const ENVIRONMENT_POLL: SignedDuration = SignedDuration::from_secs(60);

/// What the end of a pass needs to know of its beginning.
#[derive(Debug)]
pub struct Close<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// What the pass was for.
    pub intent: &'a Intent,
    /// As it was read.
    pub book: &'a Book,
    /// The right to write.
    pub lease: &'a Lease,
    /// What a nudge has left.
    pub nudges: Option<Nudges>,
    /// USD a month of what should stand.
    pub monthly_usd: f64,
    /// How long waits are.
    pub pace: Pace,
}

/// Ends a pass that has made a plan.
///
/// # Errors
/// The ledger or the queue did not answer: the pass's record comes back.
pub async fn settle(cloud: &impl Cloud, close: &Close<'_>, mut work: Work<'_>, plan: Plan) -> Result<Outcome, Problem> {
    remember(&mut work, &plan, cloud.now());
    if !close.intent.paused {
        replace(&mut work, &plan);
    }
    let outputs = close.intent.stands().map(|(_, life)| outputs(&work, life).named()).unwrap_or_default();
    let (state, answers) = domain::settle::settle(Pass {
        owner: close.owner,
        intent: close.intent,
        before: close.book.state.as_ref(),
        plan: &plan,
        stands: work.aim.stands.as_ref(),
        records: &work.records,
        drift: &work.drift,
        whole: work.whole,
        tagged: work.tagged.as_deref(),
        outputs: &outputs,
        monthly_usd: close.monthly_usd,
        nudges: close.nudges.as_ref(),
        epoch: close.lease.epoch,
        pace: close.pace,
        now: cloud.now(),
    });
    let writes = record_writes(close.owner, &close.book.records, &work.records);
    let phase = state.phase;
    let lost = close.finish(cloud, state, answers, writes).await?;
    if lost {
        return Ok(Outcome::LeaseLost);
    }
    let open = plan.report.iter().filter(|(_, standing)| !is_quiet(standing)).map(|(place, s)| (place.id.0.clone(), s.to_string()));
    Ok(Outcome::Settled { phase, done: work.done, open: open.collect() })
}

impl Close<'_> {
    /// Writes all at once; says whether the lease was lost instead.
    async fn finish(&self, cloud: &impl Cloud, mut state: State, answers: Vec<Answer>, records: Vec<Write>) -> Result<bool, Problem> {
        self.send_wake(cloud, state.wake.as_ref()).await?;
        let leaves = state.phase == Phase::Removed && self.intent.counted;
        let (intent, counting) = if leaves { self.leave(&mut state) } else { (self.intent.check(self.owner), Vec::new()) };
        let mut writes = vec![self.lease.release(self.owner), intent, state_write(self.owner, &state)];
        writes.extend(counting);
        writes.extend(announcements(&answers));
        writes.extend(records.iter().cloned());
        match send(cloud, WriteItems { writes }).await {
            Err(error) if error.cause == Cause::ConditionFailed => return self.overtaken(cloud, state, records).await,
            outcome => outcome.map_err(Problem::Call)?,
        }
        self.tell(cloud, &answers).await?;
        Ok(false)
    }

    /// A tenant that is gone is no longer counted by its environment.
    fn leave(&self, state: &mut State) -> (Write, Vec<Write>) {
        let next = Intent { counted: false, revision: self.intent.revision + 1, ..self.intent.clone() };
        state.revision = next.revision;
        (next.write(self.owner, Some(self.intent)), vec![count_out(self.owner)])
    }

    /// The intent has moved meanwhile: what was seen is kept, nothing is said of what is no longer wanted, and the owner is woken at once.
    async fn overtaken(&self, cloud: &impl Cloud, mut state: State, records: Vec<Write>) -> Result<bool, Problem> {
        let hops = state.wake.as_ref().map_or(0, |wake| wake.hops);
        let wake = Wake { id: self.lease.epoch, at: cloud.now(), since: cloud.now(), hops };
        self.send_wake(cloud, Some(&wake)).await?;
        state.wake = Some(wake);
        state.revision = self.intent.revision;
        state.announced = self.book.state.as_ref().and_then(|before| before.announced);
        let mut writes = vec![self.lease.release(self.owner), state_write(self.owner, &state)];
        writes.extend(records);
        match send(cloud, WriteItems { writes }).await {
            Err(error) if error.cause == Cause::ConditionFailed => Ok(true),
            outcome => outcome.map(|()| false).map_err(Problem::Call),
        }
    }

    /// Sent before the state that makes it the pending one: a crash between the two leaves the earlier one pending.
    async fn send_wake(&self, cloud: &impl Cloud, wake: Option<&Wake>) -> Result<(), CallError> {
        let Some(wake) = wake else { return Ok(()) };
        let body = WakeUp { owner: self.owner.clone(), wake_id: wake.id, hops: wake.hops }.body();
        // It must not overtake the write that makes it the pending one.
        const SHORTEST_DELAY: u16 = 1;
        send(cloud, SendMessage { body, delay_seconds: wake.delay_seconds(cloud.now()).max(SHORTEST_DELAY) }).await
    }

    /// Sends what earlier passes and this one have to say.
    async fn tell(&self, cloud: &impl Cloud, answers: &[Answer]) -> Result<(), CallError> {
        let mut all = self.book.outbox.clone();
        all.extend(outbox(answers));
        if all.is_empty() { Ok(()) } else { send_all(cloud, self.owner, &all).await }
    }

    /// Ends a pass over a tenant whose environment is not ready.
    ///
    /// # Errors
    /// As [`settle`].
    pub async fn await_environment(&self, cloud: &impl Cloud) -> Result<Outcome, Problem> {
        let (epoch, now) = (self.lease.epoch, cloud.now());
        let chain = self.book.state.as_ref().and_then(|state| state.wake.as_ref());
        let (since, hops) = chain.map_or((now, 0), |chain| (chain.since, chain.hops + 1));
        let wake = Wake { id: epoch, at: now + ENVIRONMENT_POLL, since, hops };
        if wake.is_worn_out(now) {
            return self.fail(cloud, "its environment has not become ready within a day").await;
        }
        let state = self.bare(Phase::AwaitingEnvironment, Some(wake), now);
        let lost = self.finish(cloud, state, Vec::new(), Vec::new()).await?;
        Ok(if lost {
            Outcome::LeaseLost
        } else {
            Outcome::Settled { phase: Phase::AwaitingEnvironment, done: Vec::new(), open: BTreeMap::new() }
        })
    }

    /// Ends a pass over a wish that cannot be met.
    ///
    /// # Errors
    /// As [`settle`].
    pub async fn fail(&self, cloud: &impl Cloud, reason: &str) -> Result<Outcome, Problem> {
        let now = cloud.now();
        let mut state = self.bare(Phase::Failed, None, now);
        let said = state.announced == Some((self.intent.version, Phase::Failed));
        state.announced = Some((self.intent.version, Phase::Failed));
        let answer = Answer {
            id: format!("{}/{:016}", self.owner.tag(), self.lease.epoch),
            owner: self.owner.clone(),
            version: self.intent.version,
            incarnation: self.intent.incarnation,
            at: now,
            news: News::Failed { reason: reason.to_owned(), stuck: BTreeMap::new() },
        };
        let answers = if said { Vec::new() } else { vec![answer] };
        let lost = self.finish(cloud, state, answers, Vec::new()).await?;
        let open = BTreeMap::from([("reason".to_owned(), reason.to_owned())]);
        Ok(if lost { Outcome::LeaseLost } else { Outcome::Settled { phase: Phase::Failed, done: Vec::new(), open } })
    }

    fn bare(&self, phase: Phase, wake: Option<Wake>, now: jiff::Timestamp) -> State {
        let empty = || State::new(phase, self.intent.version, self.intent.revision, now);
        let before = self.book.state.clone().unwrap_or_else(empty);
        State {
            phase,
            version: self.intent.version,
            revision: self.intent.revision,
            retries: self.intent.retries,
            wake,
            failures: 0,
            monthly_usd: 0.0,
            settled_at: now,
            ..before
        }
    }
}

fn state_write(owner: &Owner, state: &State) -> Write {
    Write::Put(Item::new(&owner.to_string(), STATE, state), Condition::Always)
}
