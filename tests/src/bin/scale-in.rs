//! `make scale-in`: 10,000 tasks while workers are taken away every ten seconds, at the very moment at which new tasks arrive.
//!
//! Real Celery workers, which give up their protection after five idle seconds instead of thirty, so that there is somebody to take away.
//! It takes some six minutes.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::local_cloud::root;
use scenarios::stage::StageError;
use scenarios::tenancy::{Tenancy, Workers};
use serde_json::{Value, json};

/// Waves of tasks, each with a scale-in as it arrives and a scale-out five seconds after.
const WAVES: u64 = 25;
/// Tasks of a wave.
const TASKS: u64 = 400;
/// Seconds that each takes.
const SECONDS: &str = "0.05";
/// All of them.
const ALL: u64 = WAVES * TASKS;
/// How long the rest may take after the last wave.
const PATIENCE: Duration = Duration::from_secs(300);

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
    println!("== a tenant whose workers are real, and whose count nobody else moves");
    let tenancy = Tenancy::stand("scale-in", Workers::Real(&[("CARETAKER_PROTECTION_IDLE", "5")]))?;
    tenancy.program("bounds.py", &["1", "10", "suspended"])?;
    println!("== {ALL} tasks in {WAVES} waves, from six workers to two and back with each");
    tenancy.program("waves.py", &[&WAVES.to_string(), &TASKS.to_string(), SECONDS])?;
    let mut eye = tenancy.eye()?;
    let (end, mut seen) = (Instant::now() + PATIENCE, Value::Null);
    while seen["tasks_ended"].as_u64() != Some(ALL) && Instant::now() < end {
        std::thread::park_timeout(Duration::from_secs(1));
        seen = eye.look().clone();
    }
    report(&tenancy, &seen)
}

fn report(tenancy: &Tenancy, seen: &Value) -> Result<bool, StageError> {
    let number = |name: &str| seen[name].as_u64().unwrap_or(0);
    let (lost, killed_busy) = (ALL.saturating_sub(number("tasks_ended")), number("starts").saturating_sub(number("ends")));
    let stopped = tenancy.stopped()?;
    let figures = json!({ "tasks": ALL, "tasks_ended": number("tasks_ended"), "tasks_lost": lost, "executions_begun": number("starts"),
        "executions_ended": number("ends"), "executions_killed_busy": killed_busy, "workers_stopped": stopped });
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("scale-in.json"), format!("{figures:#}"))?;
    println!("{ALL} tasks: {lost} lost; {} executions, {killed_busy} killed busy; {stopped} workers were stopped", number("starts"));
    println!("figures in target/bench/scale-in.json");
    // Without workers that were stopped nothing was shown.
    Ok(lost == 0 && killed_busy == 0 && stopped >= WAVES)
}
