//! `make demo-paging`: what a human would see of alarms and incidents, on the local cloud with receivers that hold to their services' rules.
//!
//! Signals come in seeded random order, symptoms before their cause, one producer 90 s late, and the number of pages has to be the same. It
//! takes some sixteen minutes: the second level of a page comes after fifteen, and all else happens meanwhile.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::local_cloud::{Profile, root};
use scenarios::on_call::OnCall;
use scenarios::paging_day::cases::{self, TENANTS, one_of_many};
use scenarios::paging_day::{Seen, play};
use scenarios::random::Random;
use scenarios::receivers::Receivers;
use scenarios::stage::{Stage, StageError};
use serde_json::{Value, json};

/// Tenants that all have the same fault, unless `PAGING_OTHERS` says otherwise.
const OTHERS: usize = 8;
/// Of the order of signals, unless `PAGING_SEED` says otherwise.
const SEED: u64 = 6;
/// PagerDuty is called for neither dev nor anything that a person likes to know.
const ENVIRONMENT: &str = "prod";
/// How often to look whether all tenants stand.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long all tenants may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the demo of paging failed: {}", runtime::start::chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn asked<T: std::str::FromStr>(variable: &str, otherwise: T) -> T {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

fn run() -> Result<bool, StageError> {
    let began = Instant::now();
    let (others, seed) = (asked("PAGING_OTHERS", OTHERS), asked("PAGING_SEED", SEED));
    println!("== PagerDuty and Slack with their rules, a local cloud at a twentieth of AWS's time, Caretaker on it by sam");
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), std::path::PathBuf::from);
    let receivers = Receivers::start(&root().join(".local").join(format!("demo-paging-receivers-{}", std::process::id())))?;
    let parameters = receivers.parameters();
    let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let stage = Stage::set_with(Profile::Fast, "demo-paging", &target.join("lambda"), &parameters)?;
    // The functions may do what template.yaml allows them, and nothing else.
    stage.cloud.control("POST", "iam", &json!({ "mode": "enforce" }))?;
    let on_call = OnCall { stage: &stage, receivers: &receivers, environment: ENVIRONMENT };
    on_call.furnish()?;
    println!("== two pages of an environment that nobody has made: one is acknowledged, the next level comes after a quarter of an hour");
    head();
    let paged = Instant::now();
    let mut all = Vec::new();
    show(&mut all, play(&on_call, vec![cases::levels(true), cases::levels(false)], paged)?);
    people(&stage, others)?;
    on_call.subscribe()?;
    println!(
        "== {} tenants stand after {:.0} s; signals in the order of seed {seed}",
        TENANTS.len() + others,
        began.elapsed().as_secs_f64()
    );
    head();
    let stand = Instant::now();
    let mut random = Random::of(seed, "paging");
    show(&mut all, play(&on_call, cases::first(&on_call, others, &mut random), Instant::now())?);
    show(&mut all, play(&on_call, cases::second(&on_call, &mut random), Instant::now())?);
    show(&mut all, play(&on_call, vec![cases::composite(&on_call, &mut random)], Instant::now())?);
    let busy_seconds = stand.elapsed().as_secs_f64();
    println!("   all of it after {busy_seconds:.0} s; now for the second level, {:.0} s after the first", paged.elapsed().as_secs_f64());
    show(&mut all, play(&on_call, vec![cases::next_levels(true), cases::next_levels(false)], paged)?);
    report(&on_call, &all, &json!({ "tenants": TENANTS.len() + others, "seed": seed, "cases_seconds": busy_seconds }), began)
}

fn head() {
    println!("   what people see: pages by PagerDuty, messages on Slack, mails, incidents of PagerDuty that are over");
    println!("{:<58} {:>7} {:>7}  {:<20}  {:<20}", "case", "signals", "seconds", "expected", "seen");
}

fn show(all: &mut Vec<Seen>, more: Vec<Seen>) {
    more.iter().for_each(|seen| println!("{seen}"));
    all.extend(more);
}

/// Has the base and all tenants made, and waits for them.
fn people(stage: &Stage, others: usize) -> Result<(), StageError> {
    let file = stage.event("environment-created", &json!({ "environment": ENVIRONMENT }))?;
    stage.run(&["apply", "-f", &file, "--wait", "--timeout", "15m"])?;
    stage.push_images_to(ENVIRONMENT)?;
    for tenant in TENANTS.map(str::to_owned).into_iter().chain((0..others).map(one_of_many)) {
        let file = stage.event("tenant-created", &json!({ "tenant": tenant, "environment": ENVIRONMENT }))?;
        stage.run(&["apply", "-f", &file])?;
    }
    let end = Instant::now() + PATIENCE;
    loop {
        let (_, status) = stage.ask(&["status", "--environment", ENVIRONMENT])?;
        let ready = status.to_string().matches("\"phase\":\"ready\"").count();
        // And the base.
        if ready > TENANTS.len() + others {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(StageError::Answer("status".to_owned(), format!("{ready} stand: {status}")));
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}

fn report(on_call: &OnCall<'_>, all: &[Seen], more: &Value, began: Instant) -> Result<bool, StageError> {
    let denials = on_call.stage.cloud.control("GET", "iam", &Value::Null)?["denials"].take();
    let lost = on_call.lost()?;
    let good = all.iter().all(|seen| seen.as_expected) && denials == json!([]) && lost == 0;
    println!("== dead letters of paging: {lost}; calls that the functions' own policies do not allow: {denials}");
    for seen in all.iter().filter(|seen| !seen.as_expected) {
        println!("   {}", json!(seen));
    }
    let folder = root().join("target/demo");
    std::fs::create_dir_all(&folder)?;
    let seconds = began.elapsed().as_secs_f64();
    let figures =
        json!({ "total_seconds": seconds, "run": more, "cases": all, "dead_letters": lost, "denials": denials, "as_expected": good });
    std::fs::write(folder.join("demo-paging.json"), format!("{figures:#}"))?;
    let words = if good { "all as expected" } else { "not all as expected" };
    println!("== {} cases in {seconds:.0} s, {words}; figures in target/demo/demo-paging.json", all.len());
    Ok(good)
}
