//! `make crash`: the function is killed before and after every call of a life on the whole of MATE, on the simulator.
//!
//! What has become of each point is appended to `target/bench/crash.jsonl`; a rerun of the same code and blueprint goes on where the
//! last one was stopped.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::io;
use std::process::ExitCode;

use scenarios::kills::{Life, Point, table};
use scenarios::notes::Notes;
use scenarios::parallel::each;
use serde_json::json;

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
    let notes = Notes::open("crash")?;
    let points = Life::default().points();
    let left: Vec<_> = points.iter().filter(|point| notes.get(&name(point)).is_none()).cloned().collect();
    println!("{} points, {} left, code {}", points.len(), left.len(), notes.code);
    let tried = each(&left, Life::default, |life, point| {
        let row = life.kill(point);
        let mut noted = json!(row);
        noted["good"] = json!(row.is_good());
        let count = notes.note(&name(point), noted)?;
        if count % TELL_EVERY == 0 {
            println!("{count} tried");
        }
        Ok(())
    });
    tried.into_iter().collect::<io::Result<()>>()?;
    report(&notes)
}

fn name(point: &Point) -> String {
    json!(point).to_string()
}

fn report(notes: &Notes) -> io::Result<bool> {
    let rows = notes.rows();
    let bad: Vec<_> = rows.iter().filter(|row| row["good"] != true).collect();
    let mut figures = table(&rows);
    figures["bad"] = json!(bad);
    notes.report(figures)?;
    for row in bad.iter().take(20) {
        println!("another end: {row}");
    }
    println!("{}; the table is target/bench/crash.json", table(&rows));
    Ok(bad.is_empty() && !rows.is_empty())
}
