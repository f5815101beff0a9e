//! A function behind the tenant queue: the event source mapping with batch size 1.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::queue::Received;
use super::{Invocation, Simulator};

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is deleted.
    Consumed,
    /// It comes back when its visibility time-out ends.
    Failed,
}

/// How the function runs.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Lambda ends an invocation after this.
    pub timeout: SignedDuration,
    /// MaximumConcurrency of the mapping.
    pub concurrency: usize,
    /// Lambda ends what is over its time. Without it a frozen invocation lives on, as no rule of ours may forbid.
    pub ends_at_deadline: bool,
}

impl Default for Limits {
    /// As template.yaml has it.
    fn default() -> Self {
        Self { timeout: SignedDuration::from_secs(60), concurrency: 10, ends_at_deadline: true }
    }
}

type Handler = Rc<dyn Fn(Invocation, Received) -> LocalBoxFuture<'static, Verdict>>;

/// The mapping's state.
#[derive(Default)]
pub(super) struct Mapping {
    function: RefCell<Option<(Limits, Handler)>>,
    running: RefCell<usize>,
    /// When it looks next.
    due: RefCell<Option<Timestamp>>,
}

impl Mapping {
    pub(super) fn clear(&self) {
        self.function.take();
    }
}

impl Simulator {
    /// Has `handler` called with each message of the tenant queue, in an invocation of its own.
    pub fn serve(&self, limits: Limits, handler: impl Fn(Invocation, Received) -> LocalBoxFuture<'static, Verdict> + 'static) {
        self.mapping().function.replace(Some((limits, Rc::new(handler))));
        self.look();
    }

    /// How many invocations of the served function run.
    pub fn running(&self) -> usize {
        *self.mapping().running.borrow()
    }

    /// Has the mapping look at the queue when its next message becomes visible.
    pub(super) fn look(&self) {
        if self.mapping().function.borrow().is_none() {
            return;
        }
        let Some(next) = self.world().queue.next() else {
            return;
        };
        let next = next.max(self.executor().now());
        if self.mapping().due.borrow().is_some_and(|due| due <= next) {
            return;
        }
        self.mapping().due.replace(Some(next));
        let this = self.clone();
        self.executor().at(next, move || {
            // An earlier look may have been set since: it has taken this one's place.
            if *this.mapping().due.borrow() == Some(next) {
                this.mapping().due.replace(None);
                this.receive();
            }
        });
    }

    fn receive(&self) {
        let Some((limits, handler)) = self.mapping().function.borrow().clone() else {
            return;
        };
        while self.running() < limits.concurrency {
            let Some(received) = self.take_message() else {
                break;
            };
            self.run(limits, &handler, received);
        }
        // At full concurrency the end of an invocation is the next look.
        if self.running() < limits.concurrency {
            self.look();
        }
    }

    fn take_message(&self) -> Option<Received> {
        let now = self.executor().now();
        let mut world = self.world_mut();
        let duplicates = world.faults.duplicates;
        let twice = world.chances.chance(duplicates);
        world.queue.receive(now, twice)
    }

    fn run(&self, limits: Limits, handler: &Handler, received: Received) {
        let invocation = self.invoke(limits.timeout);
        let (deadline, id) = (invocation.deadline, received.id);
        let task = self.executor().spawn(handler(invocation, received));
        *self.mapping().running.borrow_mut() += 1;
        let this = self.clone();
        task.then(move |verdict| {
            *this.mapping().running.borrow_mut() -= 1;
            if verdict == Some(Verdict::Consumed) {
                this.world_mut().queue.delete(id);
            }
            this.look();
        });
        if limits.ends_at_deadline {
            let executor = self.executor().clone();
            self.executor().at(deadline, move || executor.crash(task.id));
        }
    }
}
