//! `make demo`: a tenant's life on the local cloud, from the event to nothing left, with what it took.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use scenarios::local_cloud::{Profile, root};
use scenarios::stage::{Stage, StageError};
use serde::Serialize;
use serde_json::{Value, json};

/// What a phase of the demo took, and what it came to.
#[derive(Debug, Serialize)]
struct Shown {
    phase: &'static str,
    seconds: f64,
    critical_path: Value,
    calls_by_action: BTreeMap<String, u64>,
    outputs: Value,
    retained: Value,
    leftovers: Value,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the demo failed: {}", runtime::start::chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, StageError> {
    let began = Instant::now();
    say("starting the local cloud (a twentieth of AWS's durations) and deploying template.yaml by sam");
    let stage = Stage::set(Profile::Fast, "demo", &functions())?;
    say(&format!("deployed in {:.0} s: {}", began.elapsed().as_secs_f64(), stage.output("ProvisionTenantFunction")));
    let mut shown = Vec::new();
    let mut fine = true;
    let phases: [(&str, &str, Value); 3] = [
        ("create (trial)", "tenant-created", json!({})),
        ("grow (standard)", "tenant-updated", json!({})),
        ("delete, data kept", "tenant-deleted", json!({})),
    ];
    for (phase, event, changes) in phases {
        fine &= show(&stage, phase, event, &changes, &mut shown)?;
    }
    let (_, status) = stage.ask(&["status", "demo", "--environment", "dev"])?;
    let destroy = json!({ "version": 4, "incarnation": status["incarnation"] });
    fine &= show(&stage, "destroy the data", "tenant-destroy-data", &destroy, &mut shown)?;
    let second_look = second_look(&stage)?;
    write(&json!({ "phases": shown, "second_look": second_look, "total_seconds": began.elapsed().as_secs_f64() }));
    say(&format!("all of it in {:.0} s; figures in target/demo/demo.json", began.elapsed().as_secs_f64()));
    if std::env::var("DEMO_KEEP").is_ok_and(|value| value == "1") {
        let environment: Vec<_> = stage.environment().into_iter().map(|(name, value)| format!("export {name}={value}")).collect();
        let (endpoint, pid) = stage.cloud.keep();
        say(&format!("left standing at {endpoint}; end it with `kill {pid}`\n{}", environment.join("\n")));
    }
    Ok(fine)
}

/// Sends one event, lets the tool follow it, and tells what it took.
fn show(stage: &Stage, phase: &'static str, event: &str, changes: &Value, shown: &mut Vec<Shown>) -> Result<bool, StageError> {
    say(&format!("{phase}: {event} through the bus"));
    let (mark, began) = (stage.mark()?, Instant::now());
    let code = stage.show(&["apply", "-f", &stage.event(event, changes)?, "--wait", "--timeout", "5m"])?;
    let seconds = began.elapsed().as_secs_f64();
    let (_, status) = stage.ask(&["status", "demo", "--environment", "dev"])?;
    let leftovers: Vec<_> = leftovers(&status);
    let figures = Shown {
        phase,
        seconds,
        critical_path: json!(null),
        calls_by_action: stage.calls_by_action(mark)?,
        outputs: status["outputs"].clone(),
        retained: status["formerLives"].clone(),
        leftovers: json!(leftovers),
    };
    println!("   {seconds:.1} s, {} calls of {} actions", figures.calls_by_action.values().sum::<u64>(), figures.calls_by_action.len());
    for (action, count) in &figures.calls_by_action {
        println!("     {count:4}  {action}");
    }
    shown.push(figures);
    Ok(code == 0)
}

/// What is neither ready, gone nor kept on purpose.
fn leftovers(status: &Value) -> Vec<String> {
    let resources = status["resources"].as_array().cloned().unwrap_or_default();
    let done = |sentence: &str| ["ready", "kept", "gone"].iter().any(|word| sentence.starts_with(word));
    let open = resources.iter().filter(|resource| !done(resource["sentence"].as_str().unwrap_or_default()));
    open.filter_map(|resource| resource["id"].as_str().map(str::to_owned)).collect()
}

/// A converged tenant is looked at once more: nothing may change, and little be read.
fn second_look(stage: &Stage) -> Result<Value, StageError> {
    let created = stage.event("tenant-created", &json!({ "tenant": "second" }))?;
    stage.show(&["apply", "-f", &created, "--wait", "--timeout", "5m"])?;
    let mark = stage.mark()?;
    stage.show(&["retry", "second", "--environment", "dev", "--wait"])?;
    let calls = stage.calls(mark)?;
    let (changes, looks): (Vec<_>, Vec<_>) = calls.iter().filter(|call| call.service != "dynamodb").partition(|call| Stage::changes_aws(call));
    println!("   a second look at a converged tenant: {} changes, {} reads of AWS", changes.len(), looks.len());
    Ok(json!({ "aws_changes": changes.len(), "aws_reads": looks.len() }))
}

/// cargo-lambda's output folder.
fn functions() -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
    target.join("lambda")
}

fn write(value: &Value) {
    let folder = root().join("target/demo");
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("demo.json"), text)) {
        eprintln!("the figures were not written: {error}");
    }
}

fn say(text: &str) {
    println!("\n== {text}");
}
