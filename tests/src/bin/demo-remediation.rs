//! `make demo-remediation`: a game day on the local cloud. Everything fails, one after the other and then mixed, and each fault has to be
//! understood, repaired once, and seen to be repaired; or left alone, for the reason that is expected.
//!
//! It takes some twenty minutes, most of them until fifty tenants stand.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use scenarios::game_day::{Day, Seen, Strike};
use scenarios::local_cloud::{Profile, root};
use scenarios::random::Random;
use scenarios::stage::{Stage, StageError};
use serde_json::{Value, json};

/// Tenants beside `demo`, unless `GAME_DAY_OTHERS` says otherwise; each strike of both rounds needs one of its own.
const OTHERS: usize = 49;
/// Of all so many percent cannot pull at once.
const AWAY_PERCENT: usize = 80;
/// The window of the budgets, which passes in real time: acts of the first round may have used it up.
const WINDOW_SECONDS: i64 = 600;
/// How often to look whether all tenants stand.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long all tenants may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the game day failed: {}", runtime::start::chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, StageError> {
    let began = Instant::now();
    println!("== a local cloud at a twentieth of AWS's time, Caretaker on it by sam, and the waits of remediation at the same pace");
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), std::path::PathBuf::from);
    let stage = Stage::set_with(Profile::Fast, "demo-remediation", &target.join("lambda"), &["PacePercent=5"])?;
    // The functions may do what template.yaml allows them, and nothing else.
    stage.cloud.control("POST", "iam", &json!({ "mode": "enforce" }))?;
    let file = stage.event("environment-created", &json!({}))?;
    stage.run(&["apply", "-f", &file, "--wait", "--timeout", "15m"])?;
    stage.push_images()?;
    let others = std::env::var("GAME_DAY_OTHERS").ok().and_then(|count| count.parse().ok()).unwrap_or(OTHERS);
    println!("== the tenant demo of the tier enterprise, and {others} of the tier trial");
    people(&stage, others)?;
    println!("   all stand after {:.0} s", began.elapsed().as_secs_f64());
    let day = Day(&stage);
    println!("== one after the other");
    let mut all = round(&day, others, &Strike::ALL, 0)?;
    await_budget()?;
    println!("== once more, mixed");
    let mut mixed = Strike::ALL;
    shuffle(&mut mixed);
    all.extend(round(&day, others, &mixed, 1)?);
    let denials = stage.cloud.control("GET", "iam", &Value::Null)?["denials"].take();
    report(&all, &denials, began)
}

/// The same order each time (Fisher and Yates).
fn shuffle(strikes: &mut [Strike]) {
    let mut random = Random::of(5, "game day");
    for last in (1..strikes.len()).rev() {
        strikes.swap(last, random.below(last + 1));
    }
}

fn tenant(n: usize) -> String {
    format!("other{n:02}")
}

/// Has all tenants made, and waits for them.
fn people(stage: &Stage, others: usize) -> Result<(), StageError> {
    let file = stage.event("tenant-created", &json!({ "tier": "enterprise" }))?;
    stage.run(&["apply", "-f", &file])?;
    for n in 0..others {
        let file = stage.event("tenant-created", &json!({ "tenant": tenant(n) }))?;
        stage.run(&["apply", "-f", &file])?;
    }
    let end = Instant::now() + PATIENCE;
    loop {
        let (_, status) = stage.ask(&["status", "--environment", "dev"])?;
        let ready = status.to_string().matches("\"phase\":\"ready\"").count();
        // And the base.
        if ready > others + 1 {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(StageError::Answer("status".to_owned(), format!("{ready} stand: {status}")));
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}

/// Strikes once each, each another tenant, in a round of its own so that what one tenant remembers is not the other's.
fn round(day: &Day<'_>, others: usize, strikes: &[Strike], number: usize) -> Result<Vec<Seen>, StageError> {
    let away: Vec<_> = (0..others).rev().take((others + 1) * AWAY_PERCENT / 100).map(tenant).collect();
    println!(
        "{:<26} {:<10} {:<22} {:<18} {:>7} {:>9} {:>7} {:>6}  decisions",
        "strike", "tenant", "diagnosis", "remedy", "acted", "from stop", "seconds", "calls"
    );
    let mut all = Vec::new();
    for strike in strikes {
        let at = Strike::ALL.iter().position(|one| one == strike).unwrap_or_default();
        // The first is the enterprise tenant's; its second time is a trial tenant's, whose memory was never raised.
        let whose = if at == 0 && number == 0 { "demo".to_owned() } else { tenant(2 * at + number) };
        let seen = day.case(*strike, &whose, &away)?;
        let mark = if seen.as_expected { "" } else { "   NOT AS EXPECTED" };
        let mut words = seen.words.clone();
        words.dedup();
        println!(
            "{:<26} {:<10} {:<22} {:<18} {:>7} {:>9} {:>7.1} {:>6}  {}{mark}",
            json!(strike).as_str().unwrap_or_default(),
            if *strike == Strike::RegistryAway { format!("{} of {}", away.len(), others + 1) } else { seen.tenant.clone() },
            seen.cause,
            seen.remedy.as_deref().unwrap_or("none"),
            seen.acted_seconds.map_or_else(String::new, |seconds| format!("{seconds:.1}")),
            seen.stop_to_act_seconds.map_or_else(String::new, |seconds| format!("{seconds:.2}")),
            seen.seconds,
            seen.calls,
            words.join(", ")
        );
        all.push(seen);
    }
    Ok(all)
}

/// Three disruptive acts in ten minutes are as many as may be, so that the second round waits for the next window.
fn await_budget() -> Result<(), StageError> {
    let now = Timestamp::now().as_second();
    let rest = WINDOW_SECONDS - now.rem_euclid(WINDOW_SECONDS);
    println!("   the budgets have room again in {rest} s");
    std::thread::sleep(Duration::from_secs(u64::try_from(rest).unwrap_or(0) + 1));
    Ok(())
}

fn report(all: &[Seen], denials: &Value, began: Instant) -> Result<bool, StageError> {
    let good = all.iter().all(|seen| seen.as_expected) && *denials == json!([]);
    println!("== calls that the functions' own policies do not allow: {denials}");
    for seen in all.iter().filter(|seen| !seen.as_expected) {
        println!("   {:?} of {}: {:?}, {}", seen.strike, seen.tenant, seen.strike.expected(), json!(seen));
    }
    let folder = root().join("target/demo");
    std::fs::create_dir_all(&folder)?;
    let figures: Value = json!({ "total_seconds": began.elapsed().as_secs_f64(), "cases": all, "denials": denials, "as_expected": good });
    std::fs::write(folder.join("demo-remediation.json"), format!("{figures:#}"))?;
    println!(
        "== {} cases in {:.0} s, {}; figures in target/demo/demo-remediation.json",
        all.len(),
        began.elapsed().as_secs_f64(),
        if good { "all as expected" } else { "not all as expected" }
    );
    Ok(good)
}
