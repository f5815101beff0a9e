//! The best parameters of each scaler for the first half of a trace, out of a grid of the same size for all.

use domain::scaling::policy::{Follow, Policy};
use serde::Serialize;
use serde_json::json;

use crate::judge::{Figures, Part, judge};
use crate::scaler::caretaker::Caretaker;
use crate::scaler::fixed::Static;
use crate::scaler::hpa::{Hpa, Metric};
use crate::scaler::keda::Keda;
use crate::scaler::tracking::Tracking;
use crate::scaler::{Count, Scaler};
use crate::settings::Settings;
use crate::trace::Trace;

/// A scaler with its parameters, ready to be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "scaler")]
pub enum Candidate {
    /// Ours.
    Caretaker {
        /// As a blueprint has it.
        policy: Box<Policy>,
    },
    /// KEDA with an HPA below.
    Keda {
        /// What is counted.
        count: Count,
        /// Of it, per worker.
        target_tasks: f64,
        /// Stabilization of scale in.
        window_seconds: u32,
        /// Until the last worker goes.
        cooldown_seconds: u32,
    },
    /// The HPA alone.
    Hpa {
        /// What is followed.
        metric: Metric,
        /// Stabilization of scale in.
        window_seconds: u32,
    },
    /// AWS's target tracking.
    TargetTracking {
        /// What is counted.
        count: Count,
        /// Of it, per worker.
        target_tasks: f64,
        /// After a scale out.
        out_cooldown_seconds: u32,
        /// After a scale in.
        in_cooldown_seconds: u32,
    },
    /// Always the same.
    Static {
        /// Workers.
        workers_count: u32,
    },
}

impl Candidate {
    /// Ours as it ships: all defaults, but for the objective and the longest start delay, which are given.
    pub fn shipped(settings: &Settings) -> Self {
        ours(json!({ "follow": drain(settings, 1.0) }))
    }

    /// A scaler that has seen nothing.
    pub fn scaler(&self, settings: &Settings) -> Box<dyn Scaler> {
        match *self {
            Self::Caretaker { ref policy } => Box::new(Caretaker::new(policy.as_ref().clone(), settings.sampling)),
            Self::Keda { count, target_tasks, window_seconds, cooldown_seconds } => {
                Box::new(Keda::new(count, target_tasks, window_seconds, cooldown_seconds))
            }
            Self::Hpa { metric, window_seconds } => Box::new(Hpa::new(metric, window_seconds)),
            Self::TargetTracking { count, target_tasks, out_cooldown_seconds, in_cooldown_seconds } => {
                Box::new(Tracking::new(count, target_tasks, out_cooldown_seconds, in_cooldown_seconds))
            }
            Self::Static { workers_count } => Box::new(Static { count: workers_count }),
        }
    }
}

impl std::fmt::Display for Candidate {
    /// What was chosen, in short.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = |count: &Count| if *count == Count::Ready { "ready" } else { "backlog" };
        match self {
            Self::Caretaker { policy } => {
                let follow = if let Follow::Drain { seconds, .. } = policy.follow { seconds } else { 0 };
                let (window, cooldown, tolerance) = (policy.window_in().as_secs(), policy.cooldown().as_secs(), policy.tolerance_percent);
                write!(to, "drain {follow} s, window {window} s, cooldown {cooldown} s, tolerance {tolerance} %")
            }
            Self::Keda { count: of, target_tasks, window_seconds, cooldown_seconds } => {
                write!(to, "{} {target_tasks}, window {window_seconds} s, cooldown {cooldown_seconds} s", count(of))
            }
            Self::Hpa { metric: Metric::Tasks(of, target), window_seconds } => {
                write!(to, "{} {target}, window {window_seconds} s", count(of))
            }
            Self::Hpa { metric: Metric::Utilization(target), window_seconds } => write!(to, "busy {target}, window {window_seconds} s"),
            Self::TargetTracking { count: of, target_tasks, out_cooldown_seconds, in_cooldown_seconds } => {
                write!(to, "{} {target_tasks}, cooldown {out_cooldown_seconds}/{in_cooldown_seconds} s", count(of))
            }
            Self::Static { workers_count } => write!(to, "{workers_count} workers"),
        }
    }
}

fn drain(settings: &Settings, part: f64) -> serde_json::Value {
    let seconds = |milliseconds: u64| milliseconds.div_ceil(1_000);
    let objective = seconds((settings.objective as f64 * part) as u64);
    json!({ "drain": { "seconds": objective, "start_seconds": seconds(settings.start_delay.1), "until_known": 10.0 } })
}

fn ours(policy: serde_json::Value) -> Candidate {
    let policy = serde_json::from_value(policy).unwrap_or_else(|fault| unreachable!("a policy that is written here is one: {fault}"));
    Candidate::Caretaker { policy: Box::new(policy) }
}

/// The grids, by name: 96 points each, but for static provisioning, which has one per count.
pub fn grids(trace: &Trace, settings: &Settings) -> Vec<(&'static str, Vec<Candidate>)> {
    vec![
        ("caretaker, tuned", caretakers(settings)),
        ("KEDA", kedas(&targets(trace, settings, 8))),
        ("HPA", hpas(&targets(trace, settings, 8))),
        ("target tracking", trackings(&targets(trace, settings, 12))),
        ("static", (settings.bounds.min.max(1)..=settings.bounds.max).map(|workers_count| Candidate::Static { workers_count }).collect()),
    ]
}

/// Tasks per worker around what AWS recommends, acceptable wait ÷ time of a task: from a twentieth of it to twice, evenly on a log scale.
fn targets(trace: &Trace, settings: &Settings, points: u32) -> Vec<f64> {
    let recommended = settings.objective as f64 / 1e3 / trace.mean_service_seconds() * f64::from(settings.concurrency);
    let (least, most) = (recommended / 20.0, recommended * 2.0);
    let at = |n: u32| least * (most / least).powf(f64::from(n) / f64::from(points - 1));
    (0..points).map(|n| (at(n) * 100.0).round().max(1.0) / 100.0).collect()
}

fn caretakers(settings: &Settings) -> Vec<Candidate> {
    let mut all = Vec::new();
    for part in [0.5, 0.75, 1.0, 1.25, 1.5, 2.0] {
        for window_seconds in [0, 30, 60, 300] {
            for cooldown_seconds in [30, 300] {
                for tolerance in [0, 10] {
                    all.push(ours(json!({
                        "follow": drain(settings, part), "tolerance_percent": tolerance,
                        "in": { "window_seconds": window_seconds }, "cooldown_seconds": cooldown_seconds,
                    })));
                }
            }
        }
    }
    all
}

fn kedas(targets: &[f64]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for target_tasks in targets {
        for count in [Count::Ready, Count::Backlog] {
            for window_seconds in [0, 60, 300] {
                for cooldown_seconds in [30, 300] {
                    all.push(Candidate::Keda { count, target_tasks: *target_tasks, window_seconds, cooldown_seconds });
                }
            }
        }
    }
    all
}

fn hpas(targets: &[f64]) -> Vec<Candidate> {
    let tasks =
        [Count::Ready, Count::Backlog].into_iter().flat_map(|count| targets.iter().map(move |target| Metric::Tasks(count, *target)));
    let busy = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9].map(Metric::Utilization);
    let windows = |metric| [0, 60, 120, 300].map(|window_seconds| Candidate::Hpa { metric, window_seconds });
    tasks.chain(busy).flat_map(windows).collect()
}

fn trackings(targets: &[f64]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for target_tasks in targets {
        for count in [Count::Ready, Count::Backlog] {
            for out_cooldown_seconds in [0, 300] {
                for in_cooldown_seconds in [0, 300] {
                    all.push(Candidate::TargetTracking { count, target_tasks: *target_tasks, out_cooldown_seconds, in_cooldown_seconds });
                }
            }
        }
    }
    all
}

/// The candidate with the fewest worker-hours of those that keep the objective on the first half of `trace`, or the one with the least
/// p95. `told` is called after each.
pub fn tune(trace: &Trace, settings: &Settings, grid: &[Candidate], told: &dyn Fn()) -> Candidate {
    let half = trace.first_half();
    let part = Part::all(&half, settings);
    let scores = grid.iter().map(|candidate| {
        let (figures, _) = judge(&half, settings, candidate.scaler(settings).as_mut(), part);
        told();
        (score(&figures, settings), candidate)
    });
    let best = scores.min_by(|(one, _), (other, _)| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    best.map_or_else(|| Candidate::shipped(settings), |(_, candidate)| candidate.clone())
}

/// Less is better: whether the objective is missed, then what is to be low.
pub fn score(figures: &Figures, settings: &Settings) -> (bool, f64) {
    let misses = figures.waits.p95_seconds * 1e3 > settings.objective as f64;
    (misses, if misses { figures.waits.p95_seconds } else { figures.worker_hours })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::plain;
    use crate::trace::Arrival;

    fn trace() -> Trace {
        let arrivals = (0..400).map(|n| Arrival { at: n * 1_000, service: 3_000 }).collect();
        Trace { name: "t".into(), arrivals }
    }

    #[test]
    fn every_grid_has_as_many_points() {
        let sizes: Vec<_> = grids(&trace(), &plain()).into_iter().map(|(name, grid)| (name, grid.len())).collect();
        assert_eq!(sizes, [("caretaker, tuned", 96), ("KEDA", 96), ("HPA", 96), ("target tracking", 96), ("static", 20)]);
    }

    #[test]
    fn targets_lie_around_the_acceptable_wait_divided_by_the_time_of_a_task() {
        // 60 s ÷ 3 s.
        assert_eq!(targets(&trace(), &plain(), 2), [1.0, 40.0]);
    }

    #[test]
    fn the_cheapest_that_keeps_the_objective_is_taken() {
        // Three are always busy: with two the queue grows without end, more only cost more.
        let grid = &grids(&trace(), &plain())[4].1;
        assert_eq!(tune(&trace(), &plain(), grid, &|| ()), Candidate::Static { workers_count: 3 });
        assert_eq!(tune(&trace(), &plain(), &grid[..2], &|| ()), Candidate::Static { workers_count: 2 }, "or the least late one");
    }
}
