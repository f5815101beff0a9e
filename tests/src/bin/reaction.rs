//! `make reaction`: how long it takes from the arrival of tasks until the count of workers is set, by the deployed functions.
//!
//! Tasks arrive at random moments between two samples, more each time. Nobody works on them, so that each arrival asks for more workers
//! than there are. It takes some six minutes.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::local_cloud::{LoggedCall, root};
use scenarios::random::Random;
use scenarios::stage::StageError;
use scenarios::tenancy::{Tenancy, Workers};
use serde_json::json;

/// Arrivals that are measured: rounds of so many, each from an empty queue on.
const ARRIVALS: (usize, usize) = (2, 12);
/// From one sample to the next in the base of mate.toml: SECONDS_BETWEEN.
const INTERVAL_SECONDS: f64 = 10.0;
/// What the way from a sample to the count may add.
const EXTRA_SECONDS: f64 = 1.0;
/// Each arrival makes the backlog grow by a fifth, twice what the policy tolerates.
const GROWTH: f64 = 1.2;
/// The backlog before the first one: eight workers' share, as long as the time of a task is not known. Twelve arrivals later it is that
/// of 72: the tenant has no more than 100 vCPUs to share, one a worker.
const FIRST: f64 = 80.0;
/// How long to wait for a count at most.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often to look.
const LOOK_EVERY: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the measurement failed: {}", runtime::start::chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, StageError> {
    println!("== a base with its sampler, and a tenant whose workers are none");
    let tenancy = Tenancy::stand("reaction", Workers::Absent)?;
    tenancy.program("bounds.py", &["1", "1000"])?;
    let (mut random, mut taken) = (Random::of(4, "reaction"), Vec::new());
    for _ in 0..ARRIVALS.0 {
        let mut backlog = FIRST;
        arrive(&tenancy, backlog)?;
        for _ in 0..ARRIVALS.1 {
            std::thread::sleep(Duration::from_secs_f64(INTERVAL_SECONDS * random.unit()));
            let seconds = arrive(&tenancy, backlog * (GROWTH - 1.0))?;
            taken.push(seconds);
            println!("{:>3}  {seconds:>6.2} s", taken.len());
            backlog *= GROWTH;
        }
        change(&tenancy, &["purge"])?;
    }
    report(taken)
}

/// So many tasks arrive; seconds from the moment that the last of them lies in the queue until the count is set.
fn arrive(tenancy: &Tenancy, tasks: f64) -> Result<f64, StageError> {
    change(tenancy, &["short", &tasks.round().to_string(), "1"])
}

/// Seconds from the end of a change of the queue, by `publish.py`, until the count is set.
fn change(tenancy: &Tenancy, arguments: &[&str]) -> Result<f64, StageError> {
    let mark = tenancy.stage.mark()?;
    tenancy.program("publish.py", arguments)?;
    let arrived = Instant::now();
    let is_count = |call: &LoggedCall| call.service == "ecs" && call.operation == "UpdateService";
    while arrived.elapsed() < PATIENCE {
        if tenancy.stage.calls(mark)?.iter().any(is_count) {
            return Ok(arrived.elapsed().as_secs_f64());
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
    Err(StageError::Answer("the tenant".to_owned(), format!("no count was set within {} s", PATIENCE.as_secs())))
}

fn report(mut taken: Vec<f64>) -> Result<bool, StageError> {
    taken.sort_by(f64::total_cmp);
    let quantile = |part: f64| taken[((taken.len() as f64 * part).ceil() as usize).clamp(1, taken.len()) - 1];
    let (p50, p95, longest) = (quantile(0.5), quantile(0.95), quantile(1.0));
    let most = INTERVAL_SECONDS + EXTRA_SECONDS;
    let figures = json!({ "arrivals": taken.len(), "interval_seconds": INTERVAL_SECONDS, "p50_seconds": p50, "p95_seconds": p95,
        "longest_seconds": longest, "allowed_p95_seconds": most, "each_seconds": taken });
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("reaction.json"), format!("{figures:#}"))?;
    println!("of {} arrivals: p50 {p50:.1} s, p95 {p95:.1} s, longest {longest:.1} s; a sample every {INTERVAL_SECONDS} s", taken.len());
    println!("figures in target/bench/reaction.json");
    Ok(p95 <= most)
}
