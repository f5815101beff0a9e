//! `make crash-local`: the deployed function is killed by the local cloud after calls of a tenant's creation, growth and deletion on
//! the whole of MATE, and its event sent again. Each must come to the very end that an undisturbed tenant comes to.
//!
//! One tenant per point, in batches side by side. All points would take days: `CRASH_EVERY=50` takes every fiftieth. What has become of
//! each is appended to `target/bench/crash-local.jsonl`; a rerun of the same code and blueprint goes on where the last one was stopped.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::local_cloud::{LoggedCall, Profile, root};
use scenarios::notes::Notes;
use scenarios::stage::{Stage, StageError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Tenants side by side: each waits much of its time for the lease of the killed invocation to end. How many of MATE's the local cloud
/// serves at a time on two cores is an estimate.
const BATCH: usize = 10;
/// A killed invocation's lease ends 90 s after its beginning; then there are polls, and nine others.
const PATIENCE: Duration = Duration::from_secs(1_200);
/// How often the event is sent again, as a sender that has heard nothing would do.
const SEND_AGAIN: Duration = Duration::from_secs(60);

/// The phases of a life: its event, what changes in it, its version, and the phase it ends in.
const PHASES: [(&str, &str, u64, &str); 3] =
    [("create", "tenant-created", 1, "ready"), ("grow", "tenant-updated", 2, "ready"), ("delete", "tenant-deleted", 3, "removed")];

/// Where a kill is aimed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Point {
    phase: String,
    service: String,
    operation: String,
    occurrence: u64,
}

/// What an undisturbed life shows: where a kill can be aimed, and what the world and the ledger are after each phase.
#[derive(Debug, Serialize, Deserialize)]
struct Undisturbed {
    points: Vec<Point>,
    ends: BTreeMap<String, Value>,
}

/// What became of a point.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    point: Point,
    killed: bool,
    same_end: bool,
    end: Value,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the crash run failed: {}", runtime::start::chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, StageError> {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
    let every = std::env::var("CRASH_EVERY").map_or(Ok(1), |text| text.parse::<NonZeroUsize>().map(usize::from));
    let every = every.map_err(StageError::Sample)?;
    let (notes, life) = (Notes::open("crash-local")?, Notes::open("crash-local-life")?);
    let stage = Stage::set(Profile::Instant, "crash", &target.join("lambda"))?;
    println!("the base");
    let base = stage.event("environment-created", &json!({}))?;
    stage.show(&["apply", "-f", &base, "--wait", "--timeout", "10m"])?;
    stage.push_images()?;
    let Undisturbed { points, ends } = undisturbed(&stage, &life)?;
    let chosen: Vec<_> = points.into_iter().enumerate().step_by(every).collect();
    let left: Vec<_> = chosen.iter().filter(|(_, point)| notes.get(&name(point)).is_none()).cloned().collect();
    println!("{} points in {} phases, {} left, {BATCH} tenants side by side", chosen.len(), PHASES.len(), left.len());
    for batch in left.chunks(BATCH) {
        for row in try_batch(&stage, batch, &ends)? {
            notes.note(&name(&row.point), json!(row))?;
        }
        report(&notes)?;
    }
    report(&notes)
}

fn name(point: &Point) -> String {
    json!(point).to_string()
}

fn tenant(n: usize) -> String {
    format!("crash-{n:04}")
}

/// The calls of an undisturbed life, and its end after each phase, as an earlier run of the same code has noted them, or as this one
/// lives it. A look that is repeated by a later pass is killed as its first one is.
fn undisturbed(stage: &Stage, notes: &Notes) -> Result<Undisturbed, StageError> {
    const KEY: &str = "undisturbed";
    if let Some(known) = notes.get(KEY).and_then(|known| serde_json::from_value(known).ok()) {
        return Ok(known);
    }
    println!("an undisturbed life");
    let (mut points, mut ends) = (Vec::new(), BTreeMap::new());
    let owner = tenant(9999);
    for (phase, event, version, end) in PHASES {
        let mark = stage.mark()?;
        send(stage, &owner, event)?;
        await_rest(stage, &[(&owner, event, version, end)])?;
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        let calls: Vec<LoggedCall> = stage.cloud.calls(mark, Some(&owner))?;
        for call in calls.into_iter().filter(|call| call.function.is_some()) {
            let count = counts.entry((call.service.clone(), call.operation.clone())).or_default();
            *count += 1;
            if call.mutating || *count == 1 {
                points.push(Point { phase: phase.to_owned(), service: call.service, operation: call.operation, occurrence: *count });
            }
        }
        ends.insert(phase.to_owned(), end_of(stage, &stage.cloud.world()?, &owner)?);
    }
    let life = Undisturbed { points, ends };
    notes.note(KEY, json!(life))?;
    Ok(life)
}

fn try_batch(stage: &Stage, batch: &[(usize, Point)], ends: &BTreeMap<String, Value>) -> Result<Vec<Row>, StageError> {
    // Each owner first lives undisturbed up to its own phase.
    for (phase, event, version, end) in PHASES {
        let before: Vec<_> = batch.iter().filter(|(_, point)| position(&point.phase) > position(phase)).map(|(n, _)| tenant(*n)).collect();
        for owner in &before {
            send(stage, owner, event)?;
        }
        await_rest(stage, &before.iter().map(|owner| (owner.as_str(), event, version, end)).collect::<Vec<_>>())?;
    }
    let mut faults = Vec::new();
    for (n, point) in batch {
        let fault = json!({ "kind": "kill", "service": point.service, "operation": point.operation, "contains": tenant(*n),
            "function": stage.output("ProvisionTenantFunction"), "occurrence": point.occurrence });
        faults.push(stage.cloud.add_fault(&fault)?);
        send(stage, &tenant(*n), PHASES[position(&point.phase)].1)?;
    }
    let owners: Vec<_> = batch.iter().map(|(n, _)| tenant(*n)).collect();
    let waited = batch.iter().zip(&owners).map(|((_, point), owner)| {
        let (_, event, version, end) = PHASES[position(&point.phase)];
        (owner.as_str(), event, version, end)
    });
    await_rest(stage, &waited.collect::<Vec<_>>())?;
    let fired = fired(stage)?;
    let world = stage.cloud.world()?;
    let rows = batch.iter().zip(faults).map(|((n, point), fault)| {
        let end = end_of(stage, &world, &tenant(*n))?;
        let same_end = ends.get(&point.phase) == Some(&end);
        Ok(Row { point: point.clone(), killed: fired.get(&fault).copied().unwrap_or(false), same_end, end })
    });
    let rows = rows.collect::<Result<Vec<_>, StageError>>()?;
    stage.cloud.control("DELETE", "faults", &Value::Null)?;
    Ok(rows)
}

fn position(phase: &str) -> usize {
    PHASES.iter().position(|(name, ..)| *name == phase).unwrap_or(0)
}

fn fired(stage: &Stage) -> Result<BTreeMap<u64, bool>, StageError> {
    let answer = stage.cloud.control("GET", "faults", &Value::Null)?;
    let faults = answer["faults"].as_array().cloned().unwrap_or_default();
    Ok(faults.iter().map(|fault| (fault["id"].as_u64().unwrap_or(0), fault["fired"].as_u64().unwrap_or(0) > 0)).collect())
}

fn send(stage: &Stage, tenant: &str, event: &str) -> Result<(), StageError> {
    let file = stage.event(event, &json!({ "tenant": tenant }))?;
    stage.run(&["apply", "-f", &file]).map(drop)
}

/// Waits until each owner has come to rest; whoever has not is sent its event again.
fn await_rest(stage: &Stage, owners: &[(&str, &str, u64, &str)]) -> Result<(), StageError> {
    let (began, mut sent) = (Instant::now(), Instant::now());
    loop {
        let (_, status) = stage.ask(&["status"])?;
        let tenants = status["tenants"].as_array().cloned().unwrap_or_default();
        let at_rest = |(owner, _, version, end): &(&str, &str, u64, &str)| {
            tenants
                .iter()
                .any(|one| one["tenant"] == *owner && one["version"] == *version && one["settled"] == true && one["phase"] == *end)
        };
        let open: Vec<_> = owners.iter().filter(|owner| !at_rest(owner)).collect();
        if open.is_empty() || began.elapsed() > PATIENCE {
            return Ok(());
        }
        if sent.elapsed() > SEND_AGAIN {
            sent = Instant::now();
            for (owner, event, ..) in open {
                send(stage, owner, event)?;
            }
        }
        std::thread::park_timeout(Duration::from_secs(1));
    }
}

/// What stands of an owner in `world`, and what the ledger says of it, without what tells two owners apart.
fn end_of(stage: &Stage, world: &BTreeMap<String, Value>, tenant: &str) -> Result<Value, StageError> {
    let (_, status) = stage.ask(&["status", tenant, "--environment", "dev"])?;
    let resources = status["resources"].as_array().cloned().unwrap_or_default();
    let word = |resource: &Value| resource["sentence"].as_str().unwrap_or_default().split([' ', ':']).next().unwrap_or_default().to_owned();
    let named = resources.iter().map(|one| (one["id"].as_str().unwrap_or_default().to_owned(), word(one)));
    // What went in the very last pass is said once to be gone, what went before it is not said at all.
    let standing: BTreeMap<_, _> = named.filter(|(_, word)| word != "gone").collect();
    Ok(
        json!({ "world": world.get(&format!("tenant/dev/{tenant}")), "phase": status["phase"], "resources": standing, "unsent": status["unsent"] }),
    )
}

fn report(notes: &Notes) -> Result<bool, StageError> {
    let rows = notes.rows();
    let killed = rows.iter().filter(|row| row["killed"] == true).count();
    let bad: Vec<_> = rows.iter().filter(|row| row["same_end"] != true).collect();
    notes.report(json!({ "points": rows.len(), "killed": killed, "other_end": bad.len(), "rows": rows }))?;
    for row in &bad {
        println!("another end: {row}");
    }
    println!("{} points, {killed} killed, {} with another end; the table is target/bench/crash-local.json", rows.len(), bad.len());
    Ok(bad.is_empty() && killed > 0)
}
