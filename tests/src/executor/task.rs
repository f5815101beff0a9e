//! Tasks, and what becomes of them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

/// A task's number, in the order of spawning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub usize);

/// How a task came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned.
    Finished,
    /// It was dropped on the way.
    Crashed,
}

pub(super) type Body = Pin<Box<dyn Future<Output = ()>>>;
type Watcher = Box<dyn FnOnce(End)>;
type Watchers = Rc<RefCell<Vec<Watcher>>>;

pub(super) struct Task {
    body: Option<Body>,
    end: Rc<Cell<Option<End>>>,
    watchers: Watchers,
}

/// A task as its spawner sees it.
pub struct Handle<T> {
    /// Which task.
    pub id: TaskId,
    value: Rc<RefCell<Option<T>>>,
    end: Rc<Cell<Option<End>>>,
    watchers: Watchers,
}

impl<T: 'static> Handle<T> {
    /// How it ended; none: it has not.
    pub fn end(&self) -> Option<End> {
        self.end.get()
    }

    /// What it returned, once. A crashed task returns nothing.
    pub fn take(&self) -> Option<T> {
        if self.end() == Some(End::Finished) { self.value.take() } else { None }
    }

    /// Calls `watcher` with what the task returned, or with none if it was crashed.
    pub fn then(&self, watcher: impl FnOnce(Option<T>) + 'static) {
        let value = self.value.clone();
        self.watchers.borrow_mut().push(Box::new(move |end| {
            let value = if end == End::Finished { value.take() } else { None };
            watcher(value);
        }));
    }
}

impl Task {
    pub(super) fn new<T: 'static>(id: TaskId, future: impl Future<Output = T> + 'static) -> (Self, Handle<T>) {
        let value = Rc::new(RefCell::new(None));
        let (end, watchers) = (Rc::new(Cell::new(None)), Watchers::default());
        let handle = Handle { id, value: value.clone(), end: end.clone(), watchers: watchers.clone() };
        let body: Body = Box::pin(async move {
            let returned = future.await;
            value.replace(Some(returned));
        });
        (Self { body: Some(body), end, watchers }, handle)
    }

    pub(super) fn end(&self) -> Option<End> {
        self.end.get()
    }

    /// For a poll. None: it has ended, or is on the stack already.
    pub(super) fn take(&mut self) -> Option<Body> {
        self.body.take()
    }

    /// After a poll. What is over is to be dropped by the caller.
    pub(super) fn put_back(&mut self, left: Option<Body>) -> (Option<Body>, Vec<Watcher>) {
        match (self.end(), left) {
            (None, Some(body)) => {
                self.body = Some(body);
                (None, Vec::new())
            }
            (None, None) => {
                self.end.set(Some(End::Finished));
                (None, self.watchers.take())
            }
            (Some(_), over) => (over, Vec::new()),
        }
    }

    /// None: it has ended before.
    pub(super) fn crash(&mut self) -> Option<(Option<Body>, Vec<Watcher>)> {
        if self.end().is_some() {
            return None;
        }
        self.end.set(Some(End::Crashed));
        Some((self.body.take(), self.watchers.take()))
    }
}

/// One poll. None: the task has returned.
pub(super) fn poll(mut body: Body, id: TaskId, woken: &Arc<Mutex<VecDeque<TaskId>>>) -> Option<Body> {
    let waker = Waker::from(Arc::new(Bell { id, woken: woken.clone() }));
    match body.as_mut().poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(()) => None,
        Poll::Pending => Some(body),
    }
}

/// Wakes one task.
struct Bell {
    id: TaskId,
    woken: Arc<Mutex<VecDeque<TaskId>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let mut woken = self.woken.lock().expect("one thread");
        if !woken.contains(&self.id) {
            woken.push_back(self.id);
        }
    }
}
