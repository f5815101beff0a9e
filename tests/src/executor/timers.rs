//! Moments of virtual time at which something happens.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};

use super::Executor;

type Action = Box<dyn FnOnce()>;

/// Ordered by moment; what falls on the same one comes in the order in which it was set.
#[derive(Default)]
pub(super) struct Timers {
    set: BTreeMap<(Timestamp, u64), Action>,
    count: u64,
}

impl Timers {
    pub(super) fn add(&mut self, moment: Timestamp, action: Action) {
        self.count += 1;
        self.set.insert((moment, self.count), action);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Takes the next one, unless it lies after `end`.
    pub(super) fn next(&mut self, end: Option<Timestamp>) -> Option<(Timestamp, Action)> {
        let entry = self.set.first_entry()?;
        if end.is_some_and(|end| entry.key().0 > end) {
            return None;
        }
        let ((moment, _), action) = entry.remove_entry();
        Some((moment, action))
    }
}

/// A wait in virtual time. Dropped before its end, it wakes nobody.
pub(super) struct Sleep {
    executor: Executor,
    wait: SignedDuration,
    state: Option<Rc<Alarm>>,
}

#[derive(Default)]
struct Alarm {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Sleep {
    pub(super) fn new(executor: Executor, wait: SignedDuration) -> Self {
        Self { executor, wait, state: None }
    }

    fn alarm(&mut self) -> Rc<Alarm> {
        let executor = &self.executor;
        let wait = self.wait;
        self.state
            .get_or_insert_with(|| {
                let alarm = Rc::<Alarm>::default();
                let ring = Rc::downgrade(&alarm);
                executor.after(wait, move || {
                    if let Some(alarm) = ring.upgrade() {
                        alarm.rung.set(true);
                        if let Some(waker) = alarm.waker.take() {
                            waker.wake();
                        }
                    }
                });
                alarm
            })
            .clone()
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let alarm = self.alarm();
        if alarm.rung.get() {
            return Poll::Ready(());
        }
        alarm.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
