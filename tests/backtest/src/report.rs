//! What a backtest found, as JSON with units in its keys, and as a table.

pub mod table;

use serde::Serialize;

use crate::clairvoyant::{best, bound};
use crate::engine::Run;
use crate::judge::{Figures, Part, judge};
use crate::settings::Settings;
use crate::trace::Trace;
use crate::tune::{Candidate, grids, score, tune};

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The circumstances.
    pub settings: Circumstances,
    /// A part per trace.
    pub traces: Vec<Judged>,
}

/// The circumstances, the same for all.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the keys say it")]
pub struct Circumstances {
    pub seed: u64,
    pub objective_seconds: f64,
    pub start_delay_least_seconds: f64,
    pub start_delay_most_seconds: f64,
    pub sampling_seconds: f64,
    pub latency_seconds: f64,
    pub min_workers_count: u32,
    pub max_workers_count: u32,
    pub concurrency_tasks: u32,
}

/// One trace.
#[derive(Debug, Serialize)]
pub struct Judged {
    /// Its name.
    pub trace: String,
    /// All of its tasks.
    pub tasks_count: usize,
    /// From its first to its last arrival.
    pub span_hours: f64,
    /// Mean service time.
    pub mean_service_seconds: f64,
    /// Ours first, then the rivals; the clairvoyant's plan last.
    pub scalers: Vec<Row>,
    /// The rival that ε is over: the cheapest of those that scale and keep the objective, or the least late. Static provisioning is none:
    /// it has always too much, and ε over what never has too little is nought.
    pub best_rival: String,
    /// ε of ours with its defaults over that rival; none if a part of ours is 0.
    pub elastic_speedup_over_best_rival_ratio: Option<f64>,
    /// The same of ours as it was tuned.
    pub tuned_elastic_speedup_over_best_rival_ratio: Option<f64>,
}

/// One scaler on one trace.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub parameters: Option<Candidate>,
    /// Points of the grid that it was chosen from; none if it was not chosen.
    pub searched_count: Option<usize>,
    /// On the second half.
    pub figures: Figures,
    /// ε over the best rival; none if a part of its own is 0.
    pub elastic_speedup_over_best_rival_ratio: Option<f64>,
    /// What a clairvoyant needs in any case for the same p95.
    pub clairvoyant_bound_worker_hours: f64,
    /// Its own worker-hours ÷ that.
    pub over_clairvoyant_bound_ratio: f64,
    /// What a clairvoyant's best known plan needs for the same p95; for ours only.
    pub clairvoyant_plan_worker_hours: Option<f64>,
    /// Its own worker-hours ÷ that.
    pub over_clairvoyant_plan_ratio: Option<f64>,
    /// For charts.
    #[serde(skip)]
    pub run: Run,
    /// Milliseconds of the trace at which the run began.
    #[serde(skip)]
    pub begins: u64,
}

impl From<&Settings> for Circumstances {
    fn from(settings: &Settings) -> Self {
        let seconds = |milliseconds: u64| milliseconds as f64 / 1e3;
        Self {
            seed: settings.seed,
            objective_seconds: seconds(settings.objective),
            start_delay_least_seconds: seconds(settings.start_delay.0),
            start_delay_most_seconds: seconds(settings.start_delay.1),
            sampling_seconds: seconds(settings.sampling),
            latency_seconds: seconds(settings.latency),
            min_workers_count: settings.bounds.min,
            max_workers_count: settings.bounds.max,
            concurrency_tasks: settings.concurrency,
        }
    }
}

/// How many steps [`examine`] takes for `trace`.
pub fn steps(trace: &Trace, settings: &Settings) -> u64 {
    let grids: usize = grids(&trace.first_half(), settings).iter().map(|(_, grid)| grid.len() + 1).sum();
    // Ours as it ships, its plan and that of the tuned one, and the clairvoyant.
    grids as u64 + 4
}

/// Tunes on the first half of `trace` and judges the second. `told` is called after each step.
pub fn examine(trace: &Trace, settings: &Settings, told: &dyn Fn()) -> Judged {
    let judged = |name: &str, candidate: Candidate, searched| {
        let row = row(trace, settings, name, candidate, searched);
        told();
        row
    };
    let mut scalers = vec![judged("caretaker", Candidate::shipped(settings), None)];
    for (name, grid) in grids(&trace.first_half(), settings) {
        scalers.push(judged(name, tune(trace, settings, &grid, told), Some(grid.len())));
    }
    for ours in &mut scalers[..2] {
        plan(trace, settings, ours);
        told();
    }
    let rival = best_rival(&scalers, settings);
    let (rival, against) = (rival.name.clone(), rival.figures.elasticity);
    scalers.extend(clairvoyant(trace, settings));
    told();
    for row in &mut scalers {
        row.elastic_speedup_over_best_rival_ratio = row.figures.elasticity.speedup_over(&against);
    }
    Judged {
        trace: trace.name.clone(),
        tasks_count: trace.arrivals.len(),
        span_hours: trace.span() as f64 / 3.6e6,
        mean_service_seconds: trace.mean_service_seconds(),
        best_rival: rival,
        elastic_speedup_over_best_rival_ratio: scalers[0].elastic_speedup_over_best_rival_ratio,
        tuned_elastic_speedup_over_best_rival_ratio: scalers[1].elastic_speedup_over_best_rival_ratio,
        scalers,
    }
}

/// The first two rows are ours, the last is static.
fn best_rival<'a>(scalers: &'a [Row], settings: &Settings) -> &'a Row {
    let by = |row: &Row| score(&row.figures, settings);
    let better = |one: &'a Row, other: &'a Row| if by(other) < by(one) { other } else { one };
    scalers[3..scalers.len() - 1].iter().fold(&scalers[2], better)
}

fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1e3).round() as u64
}

fn row(trace: &Trace, settings: &Settings, name: &str, candidate: Candidate, searched_count: Option<usize>) -> Row {
    let part = Part::second_half(trace, settings);
    let (figures, run) = judge(trace, settings, candidate.scaler(settings).as_mut(), part);
    let bound = bound(trace, settings, milliseconds(figures.waits.p95_seconds));
    Row {
        name: name.to_owned(),
        parameters: Some(candidate),
        searched_count,
        figures,
        elastic_speedup_over_best_rival_ratio: None,
        clairvoyant_bound_worker_hours: bound,
        over_clairvoyant_bound_ratio: figures.worker_hours / bound,
        clairvoyant_plan_worker_hours: None,
        over_clairvoyant_plan_ratio: None,
        run,
        begins: 0,
    }
}

fn plan(trace: &Trace, settings: &Settings, row: &mut Row) {
    let found = best(trace, settings, milliseconds(row.figures.waits.p95_seconds));
    row.clairvoyant_plan_worker_hours = found.plan.map(|(figures, _)| figures.worker_hours);
    row.over_clairvoyant_plan_ratio = row.clairvoyant_plan_worker_hours.map(|hours| row.figures.worker_hours / hours);
}

/// What a clairvoyant does for the objective.
fn clairvoyant(trace: &Trace, settings: &Settings) -> Option<Row> {
    let found = best(trace, settings, settings.objective);
    let (figures, run) = found.plan?;
    let bound = found.bound_worker_hours;
    Some(Row {
        name: "clairvoyant".to_owned(),
        parameters: None,
        searched_count: None,
        figures,
        elastic_speedup_over_best_rival_ratio: None,
        clairvoyant_bound_worker_hours: bound,
        over_clairvoyant_bound_ratio: figures.worker_hours / bound,
        clairvoyant_plan_worker_hours: Some(figures.worker_hours),
        over_clairvoyant_plan_ratio: Some(1.0),
        run,
        begins: trace.middle(),
    })
}
