//! A relaxation that dynamic programming solves exactly.
//!
//! Time is cut into slots; the count changes at slots only, and is whole. Work is a fluid: what comes in a slot may be served from its
//! beginning, all workers may serve one task together, and a task counts as begun once all work before it is done. A worker costs its time
//! and, for each start, the start delay in which it is paid and does not serve; those of the beginning are there already. A task that has
//! not begun by the slot that its wait ends in is late. Late tasks cost a penalty λ each; for any λ, *optimum(λ) − λ · (tasks that may be
//! late)* is not above the cost of any schedule that keeps the wait (Lagrange), and the best of them is the bound.
//!
//! A bound must not ask too much anywhere, so an *optimistic* problem counts what tasks in execution may have left as done, reckons with
//! the shortest start delay, and gives back the slots in which a worker begins and ends, of which it may have paid a moment only. It is a
//! bound for pools that begin empty, in which no late task is still executed when a task that is in time begins.
//!
//! State: slot, workers, backlog in units of work. `V(k, n, b) = min over n' of W(k, n', b) + start · max(n' − n, 0)`, where `W` is the
//! slot's cost and `V(k + 1, n', b')`; the minimum over `n'` is two running minima, so that a slot costs workers × backlog.

mod work;

use work::Work;

use crate::settings::Settings;
use crate::trace::Trace;

/// How finely time and work are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// A slot, in milliseconds.
    pub slot: u64,
    /// Units of work that a worker does in a slot.
    pub per_slot: u32,
    /// The largest backlog that is told apart, in units.
    pub backlog: usize,
}

/// Slots of at least so many milliseconds: less than a tenth of a start delay.
const SLOT: u64 = 2_000;
/// Beyond so many, slots are made longer: 2,000 slots × 21 counts × 500 units of backlog are choices of 21 MB.
const SLOTS: u64 = 2_000;
/// Units of backlog that are told apart, about.
const BACKLOG: u64 = 500;
/// Backlog of longer than this, in milliseconds, is told apart from none; 5 % of the tasks may wait for longer than any objective.
const LONGEST: u64 = 600_000;

impl Size {
    /// As fine as there is room.
    pub fn of(trace: &Trace, settings: &Settings) -> Self {
        let slot = SLOT * (trace.span() / (SLOTS * SLOT) + 1);
        let most = busiest(trace, LONGEST).max(1);
        let each = slot * u64::from(settings.concurrency);
        let per_slot = (BACKLOG * each / most).clamp(1, 20);
        Self { slot, per_slot: per_slot as u32, backlog: (most * per_slot / each + 2 * per_slot) as usize }
    }
}

/// The most work that comes within `span` milliseconds, in milliseconds.
fn busiest(trace: &Trace, span: u64) -> u64 {
    let (mut old, mut work, mut most) = (0, 0, 0);
    for arrival in &trace.arrivals {
        work += arrival.service;
        while trace.arrivals[old].at + span < arrival.at {
            work -= trace.arrivals[old].service;
            old += 1;
        }
        most = most.max(work);
    }
    most
}

/// The relaxed problem.
pub struct Fluid {
    size: Size,
    most: usize,
    /// What a start costs, in worker-milliseconds.
    start: f64,
    /// What is given back for each of the first workers, in worker-milliseconds.
    credit: f64,
    allowed: usize,
    /// Units of work that come in each slot.
    coming: Vec<u32>,
    /// Per slot, by backlog at its end: how many of the tasks whose wait ends in it are late.
    late: Vec<Vec<u32>>,
    /// Per slot, by workers: units that tasks in execution may have left.
    left: Vec<Vec<u32>>,
}

/// The best of the relaxed problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Not above the cost of any schedule, in worker-milliseconds.
    pub bound: f64,
    /// Workers in each slot, of the cheapest solution that was met and keeps the wait.
    pub counts: Vec<u32>,
}

/// What is written anew for each penalty.
struct Tables {
    value: Vec<f64>,
    work: Vec<f64>,
    choices: Vec<u8>,
    best: Vec<f64>,
    by: Vec<u8>,
}

impl Tables {
    fn new(slots: usize, most: usize, backlog: usize) -> Self {
        let (width, cells) = (backlog + 1, (most + 1) * (backlog + 1));
        Self {
            value: vec![0.0; cells],
            work: vec![0.0; cells],
            choices: vec![0; slots * cells],
            best: vec![0.0; width],
            by: vec![0; width],
        }
    }
}

struct Solution {
    value: f64,
    late: usize,
    counts: Vec<u32>,
}

impl Fluid {
    /// The problem of serving `trace` so that 95 % of its tasks wait no longer than `wait` milliseconds.
    pub fn new(trace: &Trace, settings: &Settings, wait: u64, size: Size, optimistic: bool) -> Self {
        let slots = ((trace.span() + wait.max(settings.objective)) / size.slot + 60_000 / size.slot + 2) as usize;
        let unit = size.slot * u64::from(settings.concurrency) / u64::from(size.per_slot);
        let work = Work::new(trace, size.slot, slots);
        let most = settings.bounds.max as usize;
        let left = |slot: usize| {
            let milliseconds = if optimistic { work.left(trace, slot, wait, settings) } else { vec![0; most + 1] };
            milliseconds.into_iter().map(|left| left.div_ceil(unit) as u32).collect()
        };
        Self {
            size,
            most,
            start: if optimistic { settings.start_delay.0.saturating_sub(2 * size.slot) } else { settings.mean_start_delay() } as f64,
            credit: if optimistic { size.slot as f64 } else { 0.0 },
            allowed: Settings::allowed_misses(trace.arrivals.len()),
            coming: work.ends.windows(2).map(|pair| (pair[1] / unit - pair[0] / unit) as u32).collect(),
            late: (0..slots).map(|slot| work.late(trace, slot, wait, unit, size.backlog)).collect(),
            left: (0..slots).map(left).collect(),
        }
    }

    /// The bound, and the cheapest schedule on the way to it.
    pub fn optimum(&self) -> Optimum {
        let mut tables = Tables::new(self.coming.len(), self.most, self.size.backlog);
        let allowed = self.allowed as f64;
        let mut held = self.solve(0.0, &mut tables);
        if held.late <= self.allowed {
            return Optimum { bound: held.value, counts: held.counts };
        }
        let (mut bound, mut low, mut high) = (held.value, 0.0, 10_000.0);
        while held.late > self.allowed && high < 1e12 {
            high *= 4.0;
            held = self.solve(high, &mut tables);
            bound = bound.max(held.value - high * allowed);
        }
        // Of the penalty only the order matters: what a task more or less costs moves the bound by a ten-thousandth.
        while high - low > high / 64.0 && held.late < self.allowed {
            let penalty = f64::midpoint(low, high);
            let solution = self.solve(penalty, &mut tables);
            bound = bound.max(solution.value - penalty * allowed);
            if solution.late > self.allowed {
                low = penalty;
            } else {
                (high, held) = (penalty, solution);
            }
        }
        Optimum { bound, counts: held.counts }
    }

    fn solve(&self, penalty: f64, tables: &mut Tables) -> Solution {
        let width = self.size.backlog + 1;
        // At the end nothing is left but what rounding may have left.
        tables.value.fill(f64::INFINITY);
        tables.value.chunks_mut(width).for_each(|row| row[..2].fill(0.0));
        for slot in (0..self.coming.len()).rev() {
            self.serve(slot, penalty, tables);
            self.choose(slot, tables);
        }
        // Those of the beginning are there already: the first choice is by cost without starts.
        let cost = |workers: usize| tables.work[workers * width] - self.credit * workers as f64;
        let first = (0..=self.most).min_by(|one, other| cost(*one).total_cmp(&cost(*other))).unwrap_or(0);
        let (late, counts) = self.follow(&tables.choices, first);
        Solution { value: cost(first), late, counts }
    }

    fn next(&self, slot: usize, workers: usize, backlog: usize) -> usize {
        let served = workers * self.size.per_slot as usize;
        (backlog + self.coming[slot] as usize).saturating_sub(served).min(self.size.backlog)
    }

    fn late(&self, slot: usize, workers: usize, after: usize) -> u32 {
        self.late[slot][after.saturating_sub(self.left[slot][workers] as usize)]
    }

    /// `W`: what a slot costs with each count and each backlog.
    fn serve(&self, slot: usize, penalty: f64, tables: &mut Tables) {
        let width = self.size.backlog + 1;
        for (workers, row) in tables.work.chunks_mut(width).enumerate() {
            let (time, after) = (workers as f64 * self.size.slot as f64, &tables.value[workers * width..][..width]);
            for (backlog, cost) in row.iter_mut().enumerate() {
                let next = self.next(slot, workers, backlog);
                *cost = time + penalty * f64::from(self.late(slot, workers, next)) + after[next];
            }
        }
    }

    /// `V`: the best count to go to from each count: one that is not higher, or a higher one and its starts.
    fn choose(&self, slot: usize, tables: &mut Tables) {
        let width = self.size.backlog + 1;
        let Tables { value, work, choices, best, by } = tables;
        let choices = &mut choices[slot * value.len()..][..value.len()];
        best.fill(f64::INFINITY);
        for workers in 0..=self.most {
            let row = workers * width..(workers + 1) * width;
            let cells = best.iter_mut().zip(by.iter_mut()).zip(&work[row.clone()]);
            for (((best, by), cost), (value, choice)) in cells.zip(value[row.clone()].iter_mut().zip(&mut choices[row])) {
                *by = if cost < best { workers as u8 } else { *by };
                *best = best.min(*cost);
                (*value, *choice) = (*best, *by);
            }
        }
        best.fill(f64::INFINITY);
        for workers in (0..=self.most).rev() {
            let starts = self.start * workers as f64;
            let row = workers * width..(workers + 1) * width;
            let cells = best.iter_mut().zip(by.iter_mut()).zip(&work[row.clone()]);
            for (((best, by), cost), (value, choice)) in cells.zip(value[row.clone()].iter_mut().zip(&mut choices[row])) {
                let started = cost + starts;
                *by = if started < *best { workers as u8 } else { *by };
                *best = best.min(started);
                *choice = if *best - starts < *value { *by } else { *choice };
                *value = value.min(*best - starts);
            }
        }
    }

    fn follow(&self, choices: &[u8], first: usize) -> (usize, Vec<u32>) {
        let width = self.size.backlog + 1;
        let (mut workers, mut backlog, mut late) = (first, 0, 0);
        let counts = (0..self.coming.len()).map(|slot| {
            if slot > 0 {
                workers = usize::from(choices[(slot * (self.most + 1) + workers) * width + backlog]);
            }
            backlog = self.next(slot, workers, backlog);
            late += self.late(slot, workers, backlog) as usize;
            workers as u32
        });
        let counts = counts.collect();
        (late, counts)
    }
}

#[cfg(test)]
mod tests;
