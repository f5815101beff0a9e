//! A deterministic executor in virtual time: one thread, no waiting.
//!
//! Tasks are ordinary futures. At each call to AWS a task stops at a [`Executor::boundary`], where a [`Schedule`] decides who goes on;
//! when nobody can, the clock jumps to the next timer. The same schedule and seed give the same run.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

mod boundary;
pub mod preemptions;
pub mod schedule;
pub mod task;
mod timers;

use boundary::{Boundary, Waiting};
use schedule::Schedule;
use task::Task;
pub use task::{End, Handle, TaskId};
use timers::{Sleep, Timers};

/// The moment at which every run begins.
pub fn beginning() -> Timestamp {
    Timestamp::constant(1_795_226_400, 0) // 2026-11-21T02:00:00Z
}

/// The executor. Clones share it.
#[derive(Clone)]
pub struct Executor(Rc<Inner>);

struct Inner {
    now: Cell<Timestamp>,
    timers: RefCell<Timers>,
    tasks: RefCell<Vec<Task>>,
    woken: Arc<Mutex<VecDeque<TaskId>>>,
    waiting: RefCell<Vec<Waiting>>,
    schedule: RefCell<Box<dyn Schedule>>,
    /// The task that is being polled.
    current: Cell<Option<TaskId>>,
    /// The task that last went on from a boundary.
    last: Cell<Option<TaskId>>,
    on_clear: RefCell<Vec<Box<dyn FnOnce()>>>,
}

impl Executor {
    /// An executor whose boundaries are ruled by `schedule`.
    pub fn new(schedule: impl Schedule + 'static) -> Self {
        Self(Rc::new(Inner {
            now: Cell::new(beginning()),
            timers: RefCell::default(),
            tasks: RefCell::default(),
            woken: Arc::default(),
            waiting: RefCell::default(),
            schedule: RefCell::new(Box::new(schedule)),
            current: Cell::new(None),
            last: Cell::new(None),
            on_clear: RefCell::default(),
        }))
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    /// Starts a task.
    pub fn spawn<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> Handle<T> {
        let mut tasks = self.0.tasks.borrow_mut();
        let id = TaskId(tasks.len());
        let (task, handle) = Task::new(id, future);
        tasks.push(task);
        self.wake(id);
        handle
    }

    fn wake(&self, id: TaskId) {
        self.0.woken.lock().expect("one thread").push_back(id);
    }

    /// Does `action` at a moment of virtual time; what is past comes at once.
    pub fn at(&self, moment: Timestamp, action: impl FnOnce() + 'static) {
        self.0.timers.borrow_mut().add(moment.max(self.now()), Box::new(action));
    }

    /// Does `action` after a while.
    pub fn after(&self, wait: SignedDuration, action: impl FnOnce() + 'static) {
        self.at(self.now() + wait, action);
    }

    /// Waits in virtual time.
    pub fn sleep(&self, wait: SignedDuration) -> impl Future<Output = ()> + use<> {
        Sleep::new(self.clone(), wait)
    }

    /// Waits until the schedule lets the current task go on.
    pub fn boundary(&self) -> impl Future<Output = ()> + use<> {
        Boundary::new(self.clone())
    }

    /// The task that is being polled, if one is.
    pub fn current(&self) -> Option<TaskId> {
        self.0.current.get()
    }

    /// Ends a task as `kill -9` does: its future is dropped, nothing of it runs on.
    pub fn crash(&self, id: TaskId) {
        let crashed = self.0.tasks.borrow_mut().get_mut(id.0).and_then(Task::crash);
        // Dropped, and told, outside the borrow: destructors and watchers may use the executor.
        if let Some((future, watchers)) = crashed {
            drop(future);
            watchers.into_iter().for_each(|watcher| watcher(End::Crashed));
        }
    }

    /// Whether a task has been crashed; one that still is on the stack must not go on.
    pub fn is_crashed(&self, id: TaskId) -> bool {
        self.0.tasks.borrow().get(id.0).is_some_and(|task| task.end() == Some(End::Crashed))
    }

    /// Goes one step: a woken task, else a task at a boundary, else the next timer. False: nothing is left.
    pub fn step(&self) -> bool {
        self.poll_one() || self.grant_one() || self.fire_one(None)
    }

    /// Whether nothing will happen any more.
    pub fn is_idle(&self) -> bool {
        self.0.timers.borrow().is_empty() && self.0.waiting.borrow().is_empty() && self.0.woken.lock().expect("one thread").is_empty()
    }

    /// Runs until nothing is left.
    pub fn run(&self) {
        while self.step() {}
    }

    /// Runs until `done` or until nothing is left; tells which.
    pub fn run_until(&self, mut done: impl FnMut() -> bool) -> bool {
        while !done() {
            if !self.step() {
                return done();
            }
        }
        true
    }

    /// Runs for a while of virtual time.
    pub fn run_for(&self, while_: SignedDuration) {
        let end = self.now() + while_;
        while self.poll_one() || self.grant_one() || self.fire_one(Some(end)) {}
        self.0.now.set(end.max(self.now()));
    }

    fn poll_one(&self) -> bool {
        let Some(id) = self.0.woken.lock().expect("one thread").pop_front() else {
            return false;
        };
        let Some(future) = self.0.tasks.borrow_mut().get_mut(id.0).and_then(Task::take) else {
            return true;
        };
        let before = self.0.current.replace(Some(id));
        let left = task::poll(future, id, &self.0.woken);
        self.0.current.set(before);
        // Put back unless it has ended, or was crashed while it was on the stack.
        let (over, watchers) = self.0.tasks.borrow_mut()[id.0].put_back(left);
        drop(over);
        watchers.into_iter().for_each(|watcher| watcher(End::Finished));
        true
    }

    fn grant_one(&self) -> bool {
        let mut waiting = self.0.waiting.take();
        waiting.retain(Waiting::is_wanted);
        if waiting.is_empty() {
            return false;
        }
        let tasks: Vec<_> = waiting.iter().map(|waiting| waiting.task).collect();
        let mut schedule = self.0.schedule.borrow_mut();
        let chosen = waiting.remove(schedule.choose(&tasks, self.0.last.get()).min(tasks.len() - 1));
        let tick = schedule.tick();
        drop(schedule);
        self.0.waiting.borrow_mut().splice(0..0, waiting);
        self.0.last.set(Some(chosen.task));
        self.pass(tick);
        chosen.grant();
        true
    }

    /// Lets a while pass that belongs to a step: timers that come due in it fire at their moments.
    fn pass(&self, tick: SignedDuration) {
        if tick.is_zero() {
            return;
        }
        let end = self.now() + tick;
        while self.fire_one(Some(end)) {}
        self.0.now.set(end);
    }

    fn fire_one(&self, end: Option<Timestamp>) -> bool {
        let Some((moment, action)) = self.0.timers.borrow_mut().next(end) else {
            return false;
        };
        self.0.now.set(moment);
        action();
        true
    }

    /// Calls `action` at [`Executor::clear`]: what shares the executor lets go of it there.
    pub fn on_clear(&self, action: impl FnOnce() + 'static) {
        self.0.on_clear.borrow_mut().push(Box::new(action));
    }

    /// Drops all tasks and timers, which hold on to the executor: without it ten thousand runs would stay in memory.
    pub fn clear(&self) {
        let tasks = self.0.tasks.take();
        let timers = self.0.timers.take();
        let waiting = self.0.waiting.take();
        let actions = self.0.on_clear.take();
        drop((tasks, timers, waiting));
        actions.into_iter().for_each(|action| action());
    }
}

#[cfg(test)]
mod tests;
