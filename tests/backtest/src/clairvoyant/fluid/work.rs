//! Work as it comes: what each slot brings, and whose wait ends in it.

use crate::settings::Settings;
use crate::trace::Trace;

/// Work as it comes, in milliseconds.
pub(super) struct Work {
    slot: u64,
    /// Before each task.
    before: Vec<u64>,
    /// Before each slot, and after the last.
    pub(super) ends: Vec<u64>,
}

impl Work {
    /// Work of `trace` in so many slots of so many milliseconds.
    pub(super) fn new(trace: &Trace, slot: u64, slots: usize) -> Self {
        let sums = trace.arrivals.iter().scan(0, |sum, one| {
            *sum += one.service;
            Some(*sum)
        });
        let before: Vec<u64> = std::iter::once(0).chain(sums).collect();
        let come = |moment: u64| before[trace.arrivals.partition_point(|one| one.at < moment)];
        let ends = (0..=slots as u64).map(|n| come(n * slot)).collect();
        Self { slot, before, ends }
    }

    /// Of the tasks whose wait ends in `slot`: how many are late, by each backlog at its end.
    pub(super) fn late(&self, trace: &Trace, slot: usize, wait: u64, unit: u64, backlog: usize) -> Vec<u32> {
        let (from, to) = (slot as u64 * self.slot, (slot as u64 + 1) * self.slot);
        let first = trace.arrivals.partition_point(|one| one.at + wait < from);
        let end = trace.arrivals.partition_point(|one| one.at + wait < to);
        let mut late = vec![0; backlog + 1];
        for task in first..end {
            // It has begun if no more is left than what came with it and after it; a unit more, for work is rounded down.
            let since = ((self.ends[slot + 1] - self.before[task]).div_ceil(unit) + 2) as usize;
            late.iter_mut().skip(since).for_each(|late| *late += 1);
        }
        late
    }

    /// What tasks in execution may have left at the end of `slot`, by workers: the most that so many tasks can, which have begun within
    /// their wait.
    pub(super) fn left(&self, trace: &Trace, slot: usize, wait: u64, settings: &Settings) -> Vec<u64> {
        let end = (slot as u64 + 1) * self.slot;
        let come = trace.arrivals.partition_point(|one| one.at < end);
        let longest = trace.arrivals.iter().map(|one| one.service).max().unwrap_or(0);
        let recent = trace.arrivals[..come].iter().rev().take_while(|one| one.at + wait + longest > end);
        let mut left: Vec<u64> = recent.map(|one| one.service.saturating_sub(end.saturating_sub(one.at + wait))).collect();
        left.sort_unstable_by(|one, other| other.cmp(one));
        let most = |workers: u32| left.iter().take((workers * settings.concurrency) as usize).sum();
        (0..=settings.bounds.max).map(most).collect()
    }
}
