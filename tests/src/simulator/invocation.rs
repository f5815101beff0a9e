//! One invocation of a function: its handle on AWS.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;

use domain::failure::{CallError, Cause};
use domain::ports::{Call, Cloud, Reply};
use jiff::{SignedDuration, Timestamp};

use super::Simulator;
use super::faults::Strike;
use super::log::{Entry, Outcome};
use crate::executor::TaskId;
use crate::random::Random;

/// A caller gives up on a reply after this (the adapters' time-out of one attempt).
const REPLY_TIMEOUT: SignedDuration = SignedDuration::from_secs(10);

/// An invocation: what the function's code gets as AWS.
#[derive(Clone)]
pub struct Invocation {
    simulator: Simulator,
    /// Lambda's request id.
    pub request_id: String,
    /// Lambda ends it then.
    pub deadline: Timestamp,
    random: Rc<RefCell<Random>>,
}

impl Invocation {
    pub(super) fn new(simulator: Simulator, request_id: String, deadline: Timestamp) -> Self {
        let random = Random::of(simulator.seed(), &request_id);
        Self { simulator, request_id, deadline, random: Rc::new(RefCell::new(random)) }
    }

    /// Waits for its turn, then tells which strike meets the call. A crashed task stays here for ever.
    async fn arrive(&self, call: &Call, task: TaskId) -> Option<Strike> {
        let executor = self.simulator.executor();
        self.turn(task).await;
        let strike = self.simulator.meet(call, &self.request_id);
        if let Some(Strike::Pause(wait)) = strike {
            executor.sleep(wait).await;
            self.turn(task).await;
        }
        strike
    }

    async fn turn(&self, task: TaskId) {
        let executor = self.simulator.executor();
        executor.boundary().await;
        if executor.is_crashed(task) {
            // A branch of it was on the stack when another one crashed.
            pending::<()>().await;
        }
    }

    /// The call as the log has it, not done yet.
    fn entry(&self, call: &Call) -> Entry {
        let request = if self.simulator.keeps_requests() { format!("{call:?}") } else { String::new() };
        Entry { request, ..Entry::new(self.simulator.executor().now(), &self.request_id, call) }
    }

    /// Sends the call. The request has its effect also if its caller is gone by then.
    async fn exchange(&self, call: Call, strike: Option<Strike>, task: TaskId) -> Result<Reply, CallError> {
        let executor = self.simulator.executor();
        let (out, back) = self.simulator.latency();
        let slot = Rc::new(RefCell::new(None));
        let effect = {
            let (this, slot) = (self.clone(), slot.clone());
            move || {
                let reply = this.meet_aws(call, strike, task);
                slot.replace(Some(reply));
            }
        };
        if out.is_zero() && back.is_zero() {
            effect();
        } else {
            executor.after(out, effect);
            executor.sleep(out + back).await;
        }
        if executor.is_crashed(task) {
            pending::<()>().await;
        }
        let reply = slot.take();
        reply.expect("the effect comes before the reply")
    }

    fn meet_aws(&self, call: Call, strike: Option<Strike>, task: TaskId) -> Result<Reply, CallError> {
        let executor = self.simulator.executor();
        let mut entry = self.entry(&call);
        let reply = self.simulator.act(call, strike == Some(Strike::Stale));
        let unheard = matches!(strike, Some(Strike::CrashAfter | Strike::FailAfter | Strike::DropReply)) || executor.is_crashed(task);
        entry.outcome = match &reply {
            Ok(_) if unheard => Outcome::DoneUnheard,
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Refused(error.cause),
        };
        self.simulator.note(entry);
        if strike == Some(Strike::CrashAfter) {
            executor.crash(task);
        }
        reply
    }
}

impl Cloud for Invocation {
    fn now(&self) -> Timestamp {
        self.simulator.executor().now()
    }

    fn entropy(&self) -> u128 {
        let mut random = self.random.borrow_mut();
        (u128::from(random.bits()) << 64) | u128::from(random.bits())
    }

    async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let executor = self.simulator.executor();
        let task = executor.current().expect("a call is made by a task of the executor");
        let name = call.name();
        let strike = self.arrive(&call, task).await;
        match strike {
            Some(Strike::CrashBefore) => {
                self.simulator.note(self.entry(&call));
                executor.crash(task);
                pending().await
            }
            Some(Strike::Fail(cause)) => {
                self.simulator.note(self.entry(&call));
                Err(CallError::new(name, cause, format!("{cause:?} on order")))
            }
            Some(Strike::DropReply) => {
                let _unheard = self.exchange(call, strike, task).await;
                executor.sleep(REPLY_TIMEOUT).await;
                Err(CallError::new(name, Cause::TimedOut, "no answer came"))
            }
            Some(Strike::FailAfter) => {
                self.exchange(call, strike, task).await?;
                Err(CallError::new(name, Cause::Unavailable, "InternalFailure: an internal error"))
            }
            _ => self.exchange(call, strike, task).await,
        }
    }
}
