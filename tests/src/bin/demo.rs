//! `make demo`: a tenant's life on the local cloud, from the event to nothing left: a burst that scales its workers, a lack of memory that is
//! repaired, a failover that pages once. With what it took.
//!
//! It takes less than five minutes, since what AWS makes is there at once; `DEMO_PROFILE=fast` takes a twentieth of AWS's time for it.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use scenarios::local_cloud::{Profile, root};
use scenarios::on_call::OnCall;
use scenarios::receivers::Receivers;
use scenarios::stage::{Stage, StageError};
use scenarios::story::Story;
use scenarios::tenancy::Tenancy;
use scenarios::timeline::{Level, Timeline, is_done};
use serde::Serialize;
use serde_json::{Value, json};

/// What a phase of the demo took, and what it came to.
#[derive(Debug, Serialize)]
struct Shown {
    phase: &'static str,
    seconds: f64,
    critical_path: Value,
    levels: Vec<Level>,
    calls_by_action: BTreeMap<String, u64>,
    outputs: Value,
    retained: Value,
    leftovers: Vec<String>,
}

/// In dev PagerDuty is never called.
const ENVIRONMENT: &str = "prod";
const TENANT: [&str; 4] = ["status", "demo", "--environment", ENVIRONMENT];
/// When a picture of work under way is taken: AWS has begun with most of it, and the database takes longer.
const MIDWAY: Duration = Duration::from_secs(8);

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
    let (profile, pace) = match std::env::var("DEMO_PROFILE").as_deref() {
        Ok("fast") => (Profile::Fast, "a twentieth of AWS's durations"),
        _ => (Profile::Instant, "none of AWS's durations"),
    };
    say(&format!("starting PagerDuty, Slack and the local cloud ({pace}) and deploying template.yaml by sam"));
    let receivers = Receivers::start(&root().join(".local").join(format!("demo-receivers-{}", std::process::id())))?;
    let parameters = receivers.parameters();
    // Waits are made for AWS, which takes longer.
    let parameters: Vec<&str> = parameters.iter().map(String::as_str).chain(["PacePercent=5"]).collect();
    let stage = Stage::set_with(profile, "demo", &functions(), &parameters)?;
    say(&format!("deployed in {:.0} s: {}", began.elapsed().as_secs_f64(), stage.output("ProvisionTenantFunction")));
    let tenancy = Tenancy::of(stage, "demo", ENVIRONMENT)?;
    let on_call = OnCall { stage: &tenancy.stage, receivers: &receivers, environment: ENVIRONMENT };
    let (mut figures, fine) = life(&tenancy, on_call)?;
    figures["total_seconds"] = json!(began.elapsed().as_secs_f64());
    write(&figures);
    say(&format!("all of it in {:.0} s; figures in target/demo/demo.json", began.elapsed().as_secs_f64()));
    if std::env::var("DEMO_KEEP").is_ok_and(|value| value == "1") {
        keep(tenancy.stage, receivers);
    }
    Ok(fine)
}

/// All of it; figures, and whether it went well.
fn life(tenancy: &Tenancy, on_call: OnCall<'_>) -> Result<(Value, bool), StageError> {
    let (stage, mut shown) = (&tenancy.stage, Vec::new());
    on_call.furnish()?;
    let mut fine = base(stage, &mut shown)?;
    tenancy.employ(&[])?;
    fine &= show(stage, "create (trial)", "tenant-created", &json!({}), &mut shown)?;
    let second_look = second_look(stage)?;
    let mut story = Story::of(tenancy, on_call);
    say("a burst of tasks, and a task that is out of memory");
    let (work, is_done) = story.work_and_repair()?;
    say("the database fails over");
    let (failover, is_one) = story.fail_over()?;
    fine &= is_done && is_one;
    fine &= show(stage, "grow (standard)", "tenant-updated", &json!({}), &mut shown)?;
    fine &= show(stage, "grow again (enterprise)", "tenant-updated", &json!({ "tier": "enterprise", "version": 3 }), &mut shown)?;
    say("what a plain deletion would do (it keeps the data), asked and not done");
    stage.show(&["plan", "--tenant", "demo", "--environment", ENVIRONMENT, "--delete"])?;
    let (_, status) = stage.ask(&TENANT)?;
    let destroy = json!({ "version": 4, "incarnation": status["incarnation"] });
    fine &= show(stage, "delete with its data", "tenant-destroy-data", &destroy, &mut shown)?;
    fine &= shown.iter().all(|phase| phase.leftovers.is_empty());
    Ok((json!({ "phases": shown, "second_look": second_look, "work_and_repair": work, "failover": failover, "as_expected": fine }), fine))
}

/// Leaves everything standing, and says how to reach it.
fn keep(stage: Stage, receivers: Receivers) {
    let environment: Vec<_> = stage.environment().into_iter().map(|(name, value)| format!("export {name}={value}")).collect();
    let (endpoint, pid) = stage.cloud.keep();
    let other = receivers.keep();
    say(&format!("left standing at {endpoint}; end it with `kill {pid} {other}`\n{}", environment.join("\n")));
}

/// The event's file, of our environment.
fn event(stage: &Stage, name: &str, changes: &Value) -> Result<String, StageError> {
    let mut changes = changes.clone();
    changes["environment"] = json!(ENVIRONMENT);
    stage.event(name, &changes)
}

/// Makes the base, and pushes the images as its pipeline does.
fn base(stage: &Stage, shown: &mut Vec<Shown>) -> Result<bool, StageError> {
    say("the base: environment-created through the bus");
    let (mark, began) = (stage.mark()?, Instant::now());
    let file = event(stage, "environment-created", &json!({}))?;
    let code = stage.show(&["apply", "-f", &file, "--wait", "--timeout", "10m"])?;
    stage.push_images_to(ENVIRONMENT)?;
    draw(stage, &["--environment", ENVIRONMENT], "base")?;
    let figures = Shown {
        phase: "base",
        seconds: began.elapsed().as_secs_f64(),
        critical_path: Value::Null,
        levels: Vec::new(),
        calls_by_action: stage.calls_by_action(mark)?,
        outputs: Value::Null,
        retained: Value::Null,
        leftovers: Vec::new(),
    };
    tell(&figures);
    shown.push(figures);
    Ok(code == 0)
}

/// Sends one event, lets the tool follow it, and tells what it took.
fn show(stage: &Stage, phase: &'static str, name: &str, changes: &Value, shown: &mut Vec<Shown>) -> Result<bool, StageError> {
    say(&format!("{phase}: {name} through the bus"));
    let (mark, began) = (stage.mark()?, Instant::now());
    let file = event(stage, name, changes)?;
    let mut timeline = Timeline::since(Timestamp::now());
    let mut midway = None;
    let code = stage.show_while(&["apply", "-f", &file, "--wait", "--timeout", "10m"], || {
        let (_, status) = stage.ask(&TENANT)?;
        timeline.note(&status, began.elapsed());
        if midway.is_none() && began.elapsed() > MIDWAY {
            midway = Some(stage.draw(&TENANT[1..], &picture(phase, "working"))?);
        }
        Ok(())
    })?;
    let (_, status) = stage.ask(&TENANT)?;
    midway.iter().for_each(|file| println!("   while at work: {}", file.display()));
    draw(stage, &TENANT[1..], &picture(phase, status["phase"].as_str().unwrap_or("unknown")))?;
    let figures = Shown {
        phase,
        seconds: began.elapsed().as_secs_f64(),
        critical_path: timeline.critical_path(),
        levels: if goes(name) { Vec::new() } else { timeline.levels() },
        calls_by_action: stage.calls_by_action(mark)?,
        outputs: status["outputs"].clone(),
        retained: status["formerLives"].clone(),
        leftovers: leftovers(&status),
    };
    tell(&figures);
    shown.push(figures);
    Ok(code == 0)
}

/// On its way out a tenant goes through its levels backwards.
fn goes(event: &str) -> bool {
    event == "tenant-destroy-data"
}

/// `tenant-create-trial-ready`: after what, and how it stood.
fn picture(phase: &str, stands: &str) -> String {
    format!("tenant-{}-{stands}", phase.replace(['(', ')'], "").replace(' ', "-"))
}

fn draw(stage: &Stage, owner: &[&str], name: &str) -> Result<(), StageError> {
    println!("   a picture of it: {}", stage.draw(owner, name)?.display());
    Ok(())
}

fn tell(figures: &Shown) {
    let all: u64 = figures.calls_by_action.values().sum();
    println!("\n   {:.1} s; critical path {}; {all} calls:", figures.seconds, figures.critical_path["sentence"].as_str().unwrap_or("-"));
    for level in &figures.levels {
        let Level { level, resources, seconds_aws, seconds_overhead } = level;
        println!("     level {level}: {resources} resources, AWS {seconds_aws:.1} s at most, overhead {seconds_overhead:.1} s at most");
    }
    let calls: Vec<_> = figures.calls_by_action.iter().map(|(action, count)| format!("{count} {action}")).collect();
    for line in calls.chunks(4) {
        println!("     {}", line.join(", "));
    }
    list("outputs", &listed(&figures.outputs));
    list("retained", &listed(&figures.retained));
    list("leftovers", &figures.leftovers);
}

fn list(what: &str, lines: &[String]) {
    println!("   {what}: {}", if lines.is_empty() { "none" } else { "" });
    lines.iter().for_each(|line| println!("     {line}"));
}

/// The members of an object, or the elements of a list, a line each.
fn listed(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| format!("{name} {}", text(value))).collect(),
        Value::Array(elements) => elements.iter().map(text).collect(),
        _ => Vec::new(),
    }
}

/// What is neither ready, gone nor kept on purpose.
fn leftovers(status: &Value) -> Vec<String> {
    let open = status["resources"].as_array().into_iter().flatten().filter(|resource| !is_done(resource));
    open.filter_map(|resource| resource["id"].as_str().map(str::to_owned)).collect()
}

/// A converged tenant is looked at once more: nothing may change, and little be read.
fn second_look(stage: &Stage) -> Result<Value, StageError> {
    say("a second, whole look at the converged tenant, as once a day");
    let mark = stage.mark()?;
    stage.show(&["retry", "demo", "--environment", ENVIRONMENT, "--wait"])?;
    let calls = stage.calls(mark)?;
    let of_aws = calls.iter().filter(|call| !matches!(call.service.as_str(), "dynamodb" | "sqs" | "events"));
    let (changes, reads): (Vec<_>, Vec<_>) = of_aws.partition(|call| Stage::changes_aws(call));
    println!("   {} changes and {} reads of AWS", changes.len(), reads.len());
    Ok(json!({ "aws_changes": changes.len(), "aws_reads": reads.len() }))
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
