//! `make crash-simulated`: the function is killed before and after every call of a life on the whole of MATE, on the simulator.
//!
//! What has become of each point is appended to `target/bench/crash-simulated.jsonl`; a rerun of the same code and blueprint goes on
//! where the last one was stopped.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Mutex;

use scenarios::kills::{Life, Point, table};
use scenarios::local_cloud::root;
use scenarios::parallel::each;
use scenarios::random::hash;
use serde_json::{Value, json};

/// Points between two lines of progress.
const TELL_EVERY: usize = 100;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the crash run failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<bool> {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let (notes, code) = (folder.join("crash-simulated.jsonl"), code()?);
    let points = Life::default().points();
    let mut done = done(&notes, &code)?;
    let left: Vec<_> = points.iter().filter(|point| !done.contains_key(&name(point))).cloned().collect();
    println!("{} points, {} left, code {code}", points.len(), left.len());
    let file = Mutex::new((OpenOptions::new().create(true).append(true).open(&notes)?, 0));
    let rows = each(&left, Life::default, |life, point| {
        let row = json!({ "code": code, "name": name(point), "row": life.kill(point) });
        note(&file, &row).map(|()| row)
    });
    for row in rows {
        let row = row?;
        done.insert(name_of(&row), row["row"].clone());
    }
    report(&folder.join("crash-simulated.json"), &code, &done.into_values().collect::<Vec<_>>())
}

/// What tells this code and blueprint from others: the commit, what has been changed since, and the blueprint.
fn code() -> io::Result<String> {
    let git = |arguments: &[&str]| Command::new("git").args(arguments).current_dir(root()).output();
    let commit = String::from_utf8_lossy(&git(&["rev-parse", "--short=12", "HEAD"])?.stdout).trim().to_owned();
    let changed = hash(&String::from_utf8_lossy(&git(&["diff", "HEAD"])?.stdout));
    let blueprint = hash(&std::fs::read_to_string(root().join("blueprints/mate.toml"))?);
    Ok(format!("{commit}-{changed:016x}-{blueprint:016x}"))
}

fn name(point: &Point) -> String {
    json!(point).to_string()
}

fn name_of(row: &Value) -> String {
    row["name"].as_str().unwrap_or_default().to_owned()
}

/// The points that a former run of the same code has tried. A line that was cut off by its end is none.
fn done(notes: &Path, code: &str) -> io::Result<BTreeMap<String, Value>> {
    if !notes.exists() {
        return Ok(BTreeMap::new());
    }
    let mut done = BTreeMap::new();
    for line in BufReader::new(File::open(notes)?).lines() {
        let row: Value = serde_json::from_str(&line?).unwrap_or_default();
        if row["code"] == code {
            done.insert(name_of(&row), row["row"].clone());
        }
    }
    Ok(done)
}

fn note(file: &Mutex<(File, usize)>, row: &Value) -> io::Result<()> {
    let (file, count) = &mut *file.lock().expect("no thread panics while it writes");
    *count += 1;
    if *count % TELL_EVERY == 0 {
        println!("{count} tried");
    }
    writeln!(file, "{row}")
}

fn report(file: &Path, code: &str, rows: &[Value]) -> io::Result<bool> {
    let is_bad = |row: &&Value| row["converged"] != true || row["killed"] != true || row["doubled"] != json!([]);
    let bad: Vec<_> = rows.iter().filter(is_bad).collect();
    let mut figures = table(rows);
    figures["code"] = json!(code);
    figures["bad"] = json!(bad);
    std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    for row in bad.iter().take(20) {
        println!("another end: {row}");
    }
    println!("{}; the table is target/bench/crash-simulated.json", table(rows));
    Ok(bad.is_empty() && !rows.is_empty())
}
