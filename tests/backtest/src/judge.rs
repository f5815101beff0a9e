//! What a replay is worth: waits, misses, worker-hours, elasticity, over a part of the trace.

use serde::Serialize;

use crate::elasticity::{Elasticity, demand, elasticity};
use crate::engine::{Run, replay};
use crate::scaler::Scaler;
use crate::settings::Settings;
use crate::trace::Trace;

/// How long tasks waited until they were begun, in seconds; the nearest rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Waits {
    /// Half of the tasks waited no longer.
    pub p50_seconds: f64,
    /// 95 % of the tasks waited no longer.
    pub p95_seconds: f64,
    /// 99 % of the tasks waited no longer.
    pub p99_seconds: f64,
}

/// A replay's figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Tasks that are judged by.
    pub tasks_count: usize,
    /// Waits.
    pub waits: Waits,
    /// Tasks that waited longer than the objective.
    pub objective_misses_count: usize,
    /// From order to end, of all workers.
    pub worker_hours: f64,
    /// Of those, before they serve.
    pub starting_worker_hours: f64,
    /// Of those, with tasks: what no scaler can save.
    pub busy_worker_hours: f64,
    /// Of those, without.
    pub idle_worker_hours: f64,
    /// Supply against demand.
    pub elasticity: Elasticity,
    /// Changes of the count in the whole replay.
    pub changes_count: u32,
}

/// A part of a trace that is judged, in milliseconds. Workers are paid for from `from` on until `until`, or until all is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Tasks that come from here on count.
    pub from: u64,
    /// At least until here workers are paid for: the objective after the last arrival.
    pub until: u64,
}

impl Part {
    /// All of `trace`.
    pub fn all(trace: &Trace, settings: &Settings) -> Self {
        Self { from: 0, until: trace.span() + settings.objective }
    }

    /// Its second half.
    pub fn second_half(trace: &Trace, settings: &Settings) -> Self {
        Self { from: trace.middle(), ..Self::all(trace, settings) }
    }
}

/// Replays all of `trace` with `scaler`, beginning with one worker, and judges `part`.
pub fn judge(trace: &Trace, settings: &Settings, scaler: &mut dyn Scaler, part: Part) -> (Figures, Run) {
    let run = replay(trace, settings, scaler, settings.bounds.hold(1), part.until);
    (figures(trace, settings, &run, part), run)
}

/// The figures of `run`, a replay of `trace`.
pub fn figures(trace: &Trace, settings: &Settings, run: &Run, part: Part) -> Figures {
    let judged = trace.arrivals.partition_point(|arrival| arrival.at < part.from);
    let mut waits: Vec<u64> = trace.arrivals[judged..].iter().zip(&run.begun[judged..]).map(|(one, begun)| begun - one.at).collect();
    waits.sort_unstable();
    let end = part.until.max(run.finished);
    let hours = |milliseconds: u64| milliseconds as f64 / 3.6e6;
    let (paid, serving) = (hours(run.paid.sum(part.from, end)), hours(run.serving.sum(part.from, end)));
    let busy = hours(busy(trace, run, part.from)) / f64::from(settings.concurrency);
    Figures {
        tasks_count: waits.len(),
        waits: Waits { p50_seconds: rank(&waits, 50), p95_seconds: rank(&waits, 95), p99_seconds: rank(&waits, 99) },
        objective_misses_count: waits.len() - waits.partition_point(|wait| *wait <= settings.objective),
        worker_hours: paid,
        starting_worker_hours: paid - serving,
        busy_worker_hours: busy,
        idle_worker_hours: serving - busy,
        elasticity: elasticity(&demand(trace, settings, part.until), &run.serving, part.from, part.until),
        changes_count: run.changes,
    }
}

/// What is executed after `from`, in milliseconds.
fn busy(trace: &Trace, run: &Run, from: u64) -> u64 {
    let ends = trace.arrivals.iter().zip(&run.begun).map(|(one, begun)| (*begun, begun + one.service));
    ends.map(|(begun, end)| end.saturating_sub(begun.max(from))).sum()
}

/// The wait, in seconds, of the task at place ⌈n · percent / 100⌉ of those `sorted`, which are in milliseconds.
fn rank(sorted: &[u64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).map_or(0.0, |wait| *wait as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaler::fixed::Static;
    use crate::settings::plain;
    use crate::trace::Arrival;

    #[test]
    fn percentiles_are_the_nearest_ranks() {
        let hundred: Vec<u64> = (1..=100).map(|n| n * 1_000).collect();
        assert_eq!([50, 95, 99].map(|percent| rank(&hundred, percent)), [50.0, 95.0, 99.0]);
        assert_eq!([50, 95].map(|percent| rank(&[1_000, 2_000, 9_000], percent)), [2.0, 9.0]);
        assert_eq!(rank(&[], 95), 0.0);
    }

    #[test]
    fn only_the_part_is_judged() {
        // One worker; a task of 40 s at 0 s, then three at 100 s, which wait 0, 40 and 80 s.
        let at = [0, 100_000, 100_000, 100_000];
        let trace = Trace { name: "t".into(), arrivals: at.map(|at| Arrival { at, service: 40_000 }).to_vec() };
        let (figures, run) = judge(&trace, &plain(), &mut Static { count: 1 }, Part::second_half(&trace, &plain()));
        assert_eq!((figures.tasks_count, figures.objective_misses_count), (3, 1));
        assert_eq!((figures.waits.p50_seconds, figures.waits.p95_seconds), (40.0, 80.0));
        // From 50 s to the end of the last task at 220 s.
        assert_eq!((run.finished, figures.worker_hours), (220_000, 170.0 / 3_600.0));
        let parts = [figures.starting_worker_hours, figures.busy_worker_hours, figures.idle_worker_hours];
        assert_eq!(parts.map(|hours| (hours * 3_600.0).round()), [0.0, 120.0, 50.0]);
    }
}
