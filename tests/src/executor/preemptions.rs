//! All schedules of two tasks with few preemptions.
//!
//! A preemption is a switch away from a task that could go on. Most races need one or two of them
//! (Musuvathi, Qadeer: "Iterative context bounding", PLDI 2007), and so many can be tried out completely.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::SignedDuration;

use super::schedule::Schedule;
use super::{Executor, TaskId};

/// A decision between going on and switching.
#[derive(Debug, Clone, Copy)]
struct Decision {
    switched: bool,
    /// Whether the other choice was allowed.
    open: bool,
}

/// The decisions of the present run, and how many of its first ones are given.
#[derive(Debug, Default)]
struct Path {
    decisions: Vec<Decision>,
    at: usize,
    preemptions: usize,
}

/// A schedule that follows a path and notes where it could have gone otherwise.
struct Along {
    path: Rc<RefCell<Path>>,
    pair: [TaskId; 2],
    most: usize,
    tick: SignedDuration,
}

impl Schedule for Along {
    /// Only the pair is ruled: others wait until none of it can go on, first come, first served.
    fn choose(&mut self, waiting: &[TaskId], last: Option<TaskId>) -> usize {
        let first_of = |task: TaskId| waiting.iter().position(|waiting| *waiting == task);
        let [one, other] = self.pair.map(first_of);
        match (one, other) {
            (None, None) => 0,
            (Some(only), None) | (None, Some(only)) => only,
            (Some(one), Some(other)) if last == Some(self.pair[1]) => self.decide(other, one, true),
            (Some(one), Some(other)) => self.decide(one, other, last == Some(self.pair[0])),
        }
    }

    fn tick(&self) -> SignedDuration {
        self.tick
    }
}

impl Along {
    fn decide(&self, stay: usize, switch: usize, costs: bool) -> usize {
        let mut path = self.path.borrow_mut();
        let at = path.at;
        path.at += 1;
        if at == path.decisions.len() {
            let open = !costs || path.preemptions < self.most;
            path.decisions.push(Decision { switched: false, open });
        }
        let switched = path.decisions[at].switched;
        path.preemptions += usize::from(switched && costs);
        if switched { switch } else { stay }
    }
}

/// Turns the path into the next one: the last open decision is taken the other way. False: all are done.
fn advance(path: &mut Path) -> bool {
    while let Some(decision) = path.decisions.pop() {
        if decision.open && !decision.switched {
            path.decisions.push(Decision { switched: true, open: false });
            return true;
        }
    }
    false
}

/// Calls `run` with a fresh executor for every schedule of the first two tasks that it spawns with at most `most` preemptions;
/// `tick` passes with each call. Returns how many schedules there were.
pub fn explore(most: usize, tick: SignedDuration, mut run: impl FnMut(&Executor)) -> usize {
    let path = Rc::<RefCell<Path>>::default();
    let mut count = 0;
    loop {
        path.borrow_mut().at = 0;
        path.borrow_mut().preemptions = 0;
        let executor = Executor::new(Along { path: path.clone(), pair: [TaskId(0), TaskId(1)], most, tick });
        run(&executor);
        executor.clear();
        count += 1;
        if !advance(&mut path.borrow_mut()) {
            return count;
        }
    }
}
