//! The raw number: how many workers the backlog asks for, before anything is held against it.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::policy::Follow;
use super::reading::Reading;

/// What has been measured of a pool lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// New tasks a second; none if it is not known.
    pub arrivals: Option<f64>,
    /// Seconds that a task takes; none if it is not known.
    pub task_seconds: Option<f64>,
}

/// How many workers there should be, not yet a whole number, and what asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// Workers that are needed.
    pub workers: f64,
    /// Workers that are worth keeping, at least as many: more would soon have nothing to do.
    pub worth_keeping: f64,
    /// What this follows from.
    pub by: By,
}

/// What a recommendation follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The backlog is to be empty within the objective.
    Drain,
    /// Fewer could not keep up with what arrives.
    Arrivals,
    /// More would have nothing to do: a task occupies one place.
    Tasks,
    /// Backlog per worker.
    BacklogPerTask,
}

/// The workers that `reading` asks for, while `running` of them run.
///
/// With backlog `B` of which `E` tasks are half done on average, arrivals `a` per second, time of a task `s`, `c` tasks side by side in
/// a worker, objective `T` and start delay `L`, what is there is work of `W = (B − E/2)·s/c` worker-seconds. What runs does `r·T` of it
/// until `T`; each worker more does `T − L`. So `w = W/T` if that is at most `r`, else `w = r + (W − r·T)/(T − L)`; but no more than have
/// a task to do. What has not come yet has an objective of its own: it only needs `a·s/c`, so that no backlog grows.
///
/// A worker that is stopped too early must be started again, and is paid while it starts. So those that are there are worth keeping as
/// long as they have work for more than a moment: up to `W` ÷ 10 s.
pub fn recommend(follow: &Follow, reading: &Reading, flow: Flow, running: u32) -> Recommendation {
    let per_task = |target: f64| {
        let workers = reading.backlog as f64 / target;
        Recommendation { workers, worth_keeping: workers, by: By::BacklogPerTask }
    };
    match *follow {
        Follow::BacklogPerTask { target } => per_task(target.get()),
        Follow::Drain { seconds, start_seconds, until_known } => match flow.task_seconds {
            Some(task_seconds) => drain(reading, flow, task_seconds, f64::from(running), f64::from(seconds), f64::from(start_seconds)),
            // Whoever may have a task is worth keeping while nobody knows how long that is.
            None => {
                let unknown = per_task(until_known.get());
                Recommendation { worth_keeping: (reading.backlog as f64).max(unknown.workers), ..unknown }
            }
        },
    }
}

/// A worker that has work for less than this, in seconds, is not worth keeping: it is idle at the next look. In the backtest worker-hours
/// and waits hardly change from 5 to 20 s, for objectives of 1 to 5 minutes and looks 10 to 60 s apart; from 30 s on waits rise.
const WORTH_KEEPING: f64 = 10.0;

fn drain(reading: &Reading, flow: Flow, task_seconds: f64, running: f64, objective: f64, start: f64) -> Recommendation {
    let heartbeats = reading.heartbeats.unwrap_or_default();
    let places = heartbeats.concurrency.max(1.0);
    let arrivals = flow.arrivals.unwrap_or(0.0).max(0.0);
    let (backlog, active) = (reading.backlog as f64, (heartbeats.active.min(reading.backlog)) as f64);
    // An objective that a new worker could not help to meet is met as well as it can be: within one start more.
    let objective = objective.max(2.0 * start).max(1.0);
    let work = (backlog - active / 2.0) * task_seconds / places;
    let spread = work / objective;
    let drained = if spread <= running { spread } else { running + (work - running * objective) / (objective - start) };
    let most_useful = (backlog + arrivals * objective.max(task_seconds)) / places;
    let keeps_up = arrivals * task_seconds / places;
    let (workers, by) = if drained > most_useful { (most_useful, By::Tasks) } else { (drained, By::Drain) };
    let (workers, by) = if workers < keeps_up { (keeps_up, By::Arrivals) } else { (workers, by) };
    Recommendation { workers, worth_keeping: (work / WORTH_KEEPING).min(backlog / places).max(workers), by }
}

/// Arrivals are counted over so long: bursts of background work last for minutes, and what came before is no reason to keep workers.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The flow of late in `readings`, which are of one broker and in order.
pub fn flow(readings: &[Reading]) -> Flow {
    let beats: Vec<_> = readings.iter().filter_map(|reading| reading.heartbeats).collect();
    let task_seconds = beats.last().and_then(|last| last.task_seconds(beats.first()));
    let known: Vec<_> = readings.iter().filter(|reading| reading.is_whole && reading.heartbeats.is_some()).collect();
    let Some(last) = known.last() else { return Flow { arrivals: None, task_seconds } };
    // Looks that are further apart than a minute are still two looks.
    let first = known.iter().rev().find(|reading| last.at.duration_since(reading.at) >= MINUTE).unwrap_or(&known[0]);
    let seconds = last.at.duration_since(first.at).as_secs_f64();
    let completed = |reading: &Reading| reading.heartbeats.map_or(0, |heartbeats| heartbeats.completed) as f64;
    let done = completed(last) - completed(first);
    // A counter that has gone back is another one.
    let arrived = done + last.backlog as f64 - first.backlog as f64;
    Flow { arrivals: (seconds > 0.0 && done >= 0.0).then(|| (arrived / seconds).max(0.0)), task_seconds }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::reading::Heartbeats;
    use super::*;
    use crate::kind::scaling::Level;

    fn reading(second: i64, backlog: u64, heartbeats: Option<Heartbeats>) -> Reading {
        let at = Timestamp::from_second(second).expect("a moment");
        Reading { at, backlog, ready: backlog, is_whole: true, heartbeats, broker: None }
    }

    fn beating(active: u64, completed: u64) -> Option<Heartbeats> {
        Some(Heartbeats { workers: 1, concurrency: 2.0, active, completed, failed: 0, seconds: 6.0 * completed as f64 })
    }

    #[test]
    fn a_backlog_per_task_is_divided_by_its_target() {
        let check = |backlog, target, expected: f64| {
            let got = recommend(&Follow::BacklogPerTask { target: Level::of(target) }, &reading(0, backlog, None), Flow::default(), 1);
            assert!((got.workers - expected).abs() < 1e-3, "{got:?}");
        };
        check(8_600, 2_150.0, 4.0);
        check(50_000, 10_000.0, 5.0);
        // 10 minutes of latency at 250 ms a task is 2,400.
        check(12_001, 2_400.0, 5.0004);
    }

    #[test]
    fn a_backlog_is_emptied_within_the_objective() {
        let follow = Follow::Drain { seconds: 60, start_seconds: 30, until_known: Level::of(10.0) };
        let check = |backlog, active, arrivals, task_seconds, running, expected: (f64, By)| {
            let flow = Flow { arrivals: Some(arrivals), task_seconds: Some(task_seconds) };
            let got = recommend(&follow, &reading(0, backlog, beating(active, 0)), flow, running);
            assert!((got.workers - expected.0).abs() < 1e-3 && got.by == expected.1, "{got:?} instead of {expected:?}");
        };
        // Nothing waits and nothing arrives.
        check(0, 0, 0.0, 6.0, 3, (0.0, By::Drain));
        // 100 tasks of 6 s, two at a time: 300 worker-seconds. Five that run do all of it in 60 s; one does 60, and the rest is done in 30 s.
        check(100, 0, 0.0, 6.0, 5, (5.0, By::Drain));
        check(100, 0, 0.0, 6.0, 1, (9.0, By::Drain));
        // One task a second of 6 s, two at a time, needs three for itself alone.
        check(0, 0, 1.0, 6.0, 3, (3.0, By::Arrivals));
        // And with some backlog no more, for that and what comes later need not be done at once.
        check(20, 6, 1.0, 6.0, 3, (3.0, By::Arrivals));
        check(80, 6, 1.0, 6.0, 3, (4.7, By::Drain));
        // Ten tasks of three minutes that have begun: they cannot be done faster by more workers.
        check(10, 10, 0.0, 180.0, 5, (5.0, By::Tasks));
        check(0, 0, 1.0, 180.0, 90, (90.0, By::Arrivals));
    }

    #[test]
    fn never_fewer_are_recommended_than_keep_up_with_what_arrives() {
        let follow = Follow::Drain { seconds: 60, start_seconds: 30, until_known: Level::of(10.0) };
        let tasks = [0, 1, 7, 500].into_iter().flat_map(|backlog| [0, backlog / 2, backlog].map(|active| (backlog, active)));
        let loads = [0.0, 0.3, 40.0].into_iter().flat_map(|arrivals| [0.2, 6.0, 900.0].map(|seconds| (arrivals, seconds)));
        for ((backlog, active), (arrivals, seconds)) in tasks.flat_map(|tasks| loads.clone().map(move |load| (tasks, load))) {
            for running in [0, 1, 10, 10_000] {
                let flow = Flow { arrivals: Some(arrivals), task_seconds: Some(seconds) };
                let got = recommend(&follow, &reading(0, backlog, beating(active, 0)), flow, running);
                assert!(got.workers >= arrivals * seconds / 2.0 - 1e-9, "{got:?}: {backlog} {active} {arrivals} {seconds} {running}");
            }
        }
    }

    #[test]
    fn workers_that_have_work_for_ten_seconds_are_worth_keeping() {
        let follow = Follow::Drain { seconds: 60, start_seconds: 30, until_known: Level::of(10.0) };
        let check = |backlog, active, arrivals, running, expected: (f64, f64)| {
            let flow = Flow { arrivals: Some(arrivals), task_seconds: Some(6.0) };
            let got = recommend(&follow, &reading(0, backlog, beating(active, 0)), flow, running);
            assert!((got.workers - expected.0).abs() < 1e-3 && (got.worth_keeping - expected.1).abs() < 1e-3, "{got:?}");
        };
        // 120 worker-seconds: two workers hold the objective, twelve have something to do for ten seconds.
        check(40, 0, 0.0, 9, (2.0, 12.0));
        // Four tasks need no more than two workers of two places.
        check(4, 0, 0.0, 9, (0.2, 1.2));
        check(1, 0, 0.0, 9, (0.05, 0.3));
        // What keeps up is worth keeping.
        check(0, 0, 1.0, 9, (3.0, 3.0));
        check(0, 0, 0.0, 9, (0.0, 0.0));
    }

    #[test]
    fn without_a_time_of_tasks_a_plain_number_of_them_is_a_workers_share() {
        let follow = Follow::Drain { seconds: 60, start_seconds: 30, until_known: Level::of(10.0) };
        let got = recommend(&follow, &reading(0, 45, None), Flow::default(), 1);
        assert_eq!((got.workers, got.worth_keeping, got.by), (4.5, 45.0, By::BacklogPerTask));
    }

    #[test]
    fn arrivals_are_what_was_done_and_what_has_come_to_wait() {
        let check = |readings: &[Reading], expected| assert_eq!(flow(readings).arrivals, expected);
        check(&[reading(0, 10, beating(0, 100)), reading(60, 40, beating(0, 130))], Some(1.0));
        check(&[reading(0, 100, beating(0, 100)), reading(60, 40, beating(0, 130))], Some(0.0));
        // What came more than a minute ago is past, unless there are no later looks.
        check(&[reading(0, 0, beating(0, 100)), reading(40, 0, beating(0, 700)), reading(100, 0, beating(0, 730))], Some(0.5));
        check(&[reading(0, 0, beating(0, 100)), reading(90, 0, beating(0, 190))], Some(1.0));
        // One look says nothing of a rate, nor do counters that have begun anew or that nobody tells.
        check(&[reading(0, 10, beating(0, 100))], None);
        check(&[reading(0, 10, beating(0, 100)), reading(60, 10, beating(0, 5))], None);
        check(&[reading(0, 10, None), reading(60, 10, None)], None);
    }
}
