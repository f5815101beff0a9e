//! A first-in-first-out queue and the workers that serve it.

use std::collections::{BTreeMap, VecDeque};

use super::sample::Beat;

/// A task that a worker has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The worker.
    pub worker: u64,
    /// The arrival's place in the trace.
    pub task: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Worker {
    serves: bool,
    busy: u32,
    /// It takes no further task, and ends with its last one.
    leaves: bool,
}

/// Workers and what waits for them.
#[derive(Debug)]
pub struct Pool {
    concurrency: u32,
    queue: VecDeque<usize>,
    workers: BTreeMap<u64, Worker>,
    desired: u32,
    ordered: u64,
    heard: bool,
    completed: u64,
    run_milliseconds: u64,
}

impl Pool {
    /// No workers, nothing waits. Each worker executes `concurrency` tasks side by side.
    pub fn new(concurrency: u32) -> Self {
        let (queue, workers) = (VecDeque::new(), BTreeMap::new());
        Self { concurrency, queue, workers, desired: 0, ordered: 0, heard: false, completed: 0, run_milliseconds: 0 }
    }

    /// `count` workers that serve at once.
    pub fn begin_with(&mut self, count: u32) {
        for worker in self.scale(count) {
            self.serves(worker);
        }
    }

    /// Tasks that each worker executes side by side.
    pub fn concurrency(&self) -> u32 {
        self.concurrency
    }

    /// The count that was ordered last.
    pub fn desired(&self) -> u32 {
        self.desired
    }

    /// Workers that have started and not ended.
    pub fn serving(&self) -> u32 {
        self.workers.values().filter(|worker| worker.serves).count() as u32
    }

    /// Workers that were ordered and have not ended.
    pub fn paid(&self) -> u32 {
        self.workers.len() as u32
    }

    /// Tasks that wait.
    pub fn ready(&self) -> u64 {
        self.queue.len() as u64
    }

    /// Tasks that are executed.
    pub fn active(&self) -> u64 {
        self.workers.values().map(|worker| u64::from(worker.busy)).sum()
    }

    /// The task that has waited longest.
    pub fn oldest(&self) -> Option<usize> {
        self.queue.front().copied()
    }

    /// What the workers have said of themselves; none if there has never been one. Their counters outlive them.
    pub fn beat(&self) -> Option<Beat> {
        let workers = self.serving();
        let (completed, run_milliseconds) = (self.completed, self.run_milliseconds);
        let beat = Beat { workers, concurrency: self.concurrency, active: self.active(), completed, run_milliseconds };
        self.heard.then_some(beat)
    }

    /// `task` comes.
    pub fn arrive(&mut self, task: usize) -> Vec<Started> {
        self.queue.push_back(task);
        self.dispatch()
    }

    /// `worker` has started.
    pub fn serves(&mut self, worker: u64) -> Vec<Started> {
        // It may have been given up before it served.
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.serves = true;
            self.heard = true;
        }
        self.dispatch()
    }

    /// `worker` has done a task that took `service` milliseconds.
    pub fn done(&mut self, worker: u64, service: u64) -> Vec<Started> {
        (self.completed, self.run_milliseconds) = (self.completed + 1, self.run_milliseconds + service);
        let too_many = self.staying() > self.desired;
        if let Some(one) = self.workers.get_mut(&worker) {
            one.busy -= 1;
            one.leaves |= too_many;
            if one.leaves && one.busy == 0 {
                self.workers.remove(&worker);
            }
        }
        self.dispatch()
    }

    /// Orders `desired` workers; returns the new ones. Those that are to go first are the ones that do not serve yet, then idle ones; a
    /// busy one is protected until its task ends.
    pub fn scale(&mut self, desired: u32) -> Vec<u64> {
        self.desired = desired;
        let mut missing = desired.saturating_sub(self.staying());
        for worker in self.workers.values_mut().filter(|worker| worker.leaves).take(missing as usize) {
            worker.leaves = false;
            missing -= 1;
        }
        self.release();
        let new: Vec<u64> = (self.ordered..self.ordered + u64::from(missing)).collect();
        self.ordered += u64::from(missing);
        self.workers.extend(new.iter().map(|id| (*id, Worker::default())));
        new
    }

    fn staying(&self) -> u32 {
        self.workers.values().filter(|worker| !worker.leaves).count() as u32
    }

    fn release(&mut self) {
        let excess = self.staying().saturating_sub(self.desired) as usize;
        let newest = |serves: bool| {
            let idle = self.workers.iter().rev().filter(move |(_, one)| one.serves == serves && one.busy == 0 && !one.leaves);
            idle.map(|(id, _)| *id)
        };
        let going: Vec<u64> = newest(false).chain(newest(true)).take(excess).collect();
        self.workers.retain(|id, _| !going.contains(id));
    }

    fn dispatch(&mut self) -> Vec<Started> {
        let mut started = Vec::new();
        while !self.queue.is_empty() {
            let free = |worker: &Worker| worker.serves && !worker.leaves && worker.busy < self.concurrency;
            let Some((id, worker)) = self.workers.iter_mut().find(|(_, worker)| free(worker)) else { break };
            let Some(task) = self.queue.pop_front() else { break };
            worker.busy += 1;
            started.push(Started { worker: *id, task });
        }
        started
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_begun_in_the_order_in_which_they_came() {
        let mut pool = Pool::new(2);
        pool.begin_with(1);
        assert_eq!(pool.arrive(0), [Started { worker: 0, task: 0 }]);
        assert_eq!(pool.arrive(1), [Started { worker: 0, task: 1 }]);
        assert_eq!((pool.arrive(2).len(), pool.arrive(3).len(), pool.ready(), pool.oldest()), (0, 0, 2, Some(2)));
        assert_eq!(pool.done(0, 1), [Started { worker: 0, task: 2 }]);
    }

    #[test]
    fn idle_workers_go_at_once_and_busy_ones_when_their_task_ends() {
        let mut pool = Pool::new(1);
        pool.begin_with(3);
        pool.arrive(0);
        pool.arrive(1);
        assert_eq!(pool.scale(4), [3]);
        assert_eq!((pool.serving(), pool.paid()), (3, 4));
        pool.scale(0);
        assert_eq!((pool.serving(), pool.paid(), pool.active()), (2, 2, 2), "the starting and the idle one are gone");
        pool.arrive(2);
        assert_eq!((pool.done(0, 1), pool.paid(), pool.ready()), (vec![], 1, 1), "it takes no further task");
        // Wanted again before its task ends, it stays and takes the next one.
        assert!(pool.scale(1).is_empty());
        assert_eq!(pool.done(1, 1), [Started { worker: 1, task: 2 }]);
    }

    #[test]
    fn a_worker_that_leaves_is_called_back_before_a_new_one_is_ordered() {
        let mut pool = Pool::new(2);
        pool.begin_with(1);
        pool.arrive(0);
        pool.arrive(1);
        pool.scale(0);
        pool.done(0, 1);
        assert_eq!((pool.paid(), pool.active()), (1, 1), "its other task is still executed");
        assert_eq!(pool.scale(2), [1]);
        assert_eq!(pool.arrive(2), [Started { worker: 0, task: 2 }]);
    }

    #[test]
    fn workers_count_what_they_have_done() {
        let mut pool = Pool::new(1);
        assert_eq!(pool.beat(), None, "nobody is there to tell");
        pool.begin_with(1);
        pool.arrive(0);
        pool.done(0, 70);
        pool.arrive(1);
        assert_eq!(pool.beat(), Some(Beat { workers: 1, concurrency: 1, active: 1, completed: 1, run_milliseconds: 70 }));
    }
}
