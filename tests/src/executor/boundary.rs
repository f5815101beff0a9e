//! The place between two calls, where a task waits for its turn.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use super::{Executor, TaskId};

/// One call that waits. A task with branches may have several.
pub(super) struct Waiting {
    pub(super) task: TaskId,
    turn: Weak<Turn>,
}

#[derive(Default)]
struct Turn {
    granted: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Waiting {
    /// Whether the future that waits is still there.
    pub(super) fn is_wanted(&self) -> bool {
        self.turn.strong_count() > 0
    }

    pub(super) fn grant(&self) {
        if let Some(turn) = self.turn.upgrade() {
            turn.granted.set(true);
            if let Some(waker) = turn.waker.take() {
                waker.wake();
            }
        }
    }
}

pub(super) struct Boundary {
    executor: Executor,
    turn: Option<Rc<Turn>>,
}

impl Boundary {
    pub(super) fn new(executor: Executor) -> Self {
        Self { executor, turn: None }
    }
}

impl Future for Boundary {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let turn = match &self.turn {
            Some(turn) => turn.clone(),
            None => {
                let turn = Rc::<Turn>::default();
                let task = self.executor.current().expect("a boundary is polled by a task");
                self.executor.0.waiting.borrow_mut().push(Waiting { task, turn: Rc::downgrade(&turn) });
                self.turn = Some(turn.clone());
                turn
            }
        };
        if turn.granted.get() {
            return Poll::Ready(());
        }
        turn.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
