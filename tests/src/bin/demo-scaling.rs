//! `make demo-scaling`: a tenant's Celery workers follow their queues, for real: Valkey, Celery, the deployed functions.
//!
//! A task for tomorrow and one of three minutes, then a burst of thousands, a deployment and a restart of the broker in the middle.
//! It takes some twelve minutes, most of them the five after which workers may be taken away.
#![allow(clippy::print_stdout, reason = "it is for people to read")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::chart::{EVERY, Live, Mark, Moment, draw};
use scenarios::eye::Eye;
use scenarios::local_cloud::root;
use scenarios::stage::StageError;
use scenarios::tenancy::{Tenancy, Workers};
use serde_json::{Value, json};

/// Tasks of the burst, and the seconds that each takes.
const BURST: (u64, &str) = (3_000, "0.4");
/// A task that is longer than any scaling in the demo.
const LONG_SECONDS: &str = "180";
/// Tasks that are due: the burst and the long one. The one for tomorrow is none of them.
const DUE: u64 = BURST.0 + 1;
/// How long any part of it may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// From one look at the decisions to the next, in seconds.
const ASK_EVERY: u64 = 3;

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
    say("starting the local cloud with a real Valkey behind each cache, and deploying template.yaml by sam");
    say("then the base, with its sampler, and a tenant of the tier enterprise: one to ten workers");
    let tenancy = Tenancy::stand("demo-scaling", Workers::Real(&[]))?;
    let mut show = Show::begin(&tenancy)?;
    show.tenant("publish.py", &["tomorrow"], "a task for tomorrow")?;
    show.tenant("publish.py", &["long", LONG_SECONDS], "a task of three minutes")?;
    show.until("the first samples", |show| show.samples > 2)?;
    let quiet = show.now().desired == 1;
    let burst = show.second();
    show.tenant("publish.py", &["short", &BURST.0.to_string(), BURST.1], &format!("{} tasks of {} s", BURST.0, BURST.1))?;
    show.until("workers", |show| show.now().desired > 1)?;
    let reaction_seconds = show.second() - burst;
    show.until("more workers", |show| show.now().running >= show.now().desired && show.now().running > 2)?;
    show.tenant("deploy.py", &[], "a deployment")?;
    show.for_seconds(10)?;
    tenancy.stage.cloud.control("POST", "elasticache/replace", &json!({ "group": "mate-demo-dev", "keep_data": true }))?;
    show.mark("the broker restarts");
    show.until("an empty queue", |show| show.ended >= DUE)?;
    show.mark("all is done");
    let drained_seconds = show.second() - burst;
    show.until("few workers again", |show| show.now().desired == 1 && show.now().running == 1)?;
    show.mark("one worker");
    show.live.end();
    report(&show, quiet, reaction_seconds, drained_seconds)
}

/// The demo as it goes.
struct Show<'a> {
    tenancy: &'a Tenancy,
    eye: Eye,
    live: Live,
    began: Instant,
    moments: Vec<Moment>,
    marks: Vec<Mark>,
    /// The pool as `caretaker explain` tells of it.
    pool: Value,
    /// Samples that were decided upon.
    samples: u64,
    /// Tasks that have ended.
    ended: u64,
}

impl<'a> Show<'a> {
    fn begin(tenancy: &'a Tenancy) -> Result<Self, StageError> {
        let (eye, live, began) = (tenancy.eye()?, Live::default(), Instant::now());
        Ok(Self { tenancy, eye, live, began, moments: Vec::new(), marks: Vec::new(), pool: Value::Null, samples: 0, ended: 0 })
    }

    fn now(&self) -> Moment {
        self.moments.last().copied().unwrap_or_default()
    }

    fn second(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    fn mark(&mut self, what: &str) {
        self.marks.push(Mark { second: self.second(), what: what.to_owned() });
    }

    /// Runs a program of the tenant's.
    fn tenant(&mut self, name: &str, arguments: &[&str], what: &str) -> Result<(), StageError> {
        self.tenancy.program(name, arguments)?;
        self.mark(what);
        Ok(())
    }

    /// Looks on until `done`.
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> Result<(), StageError> {
        let end = Instant::now() + PATIENCE;
        while !done(self) {
            if Instant::now() > end {
                return Err(StageError::Answer("the demo".to_owned(), format!("waited for {what} for {} s", PATIENCE.as_secs())));
            }
            self.look()?;
        }
        Ok(())
    }

    fn for_seconds(&mut self, seconds: u64) -> Result<(), StageError> {
        (0..seconds).try_for_each(|_| self.look())
    }

    /// One moment.
    fn look(&mut self) -> Result<(), StageError> {
        std::thread::park_timeout(EVERY);
        let second = self.second();
        if second.is_multiple_of(ASK_EVERY) {
            self.ask()?;
        }
        let running = self.tenancy.running()?;
        let desired = self.pool.pointer("/history/left").and_then(Value::as_u64).unwrap_or(1);
        let seen = self.eye.look();
        let number = |name: &str| seen[name].as_u64().unwrap_or(0);
        self.ended = number("tasks_ended");
        let moment = Moment {
            second,
            ready: number("ready"),
            held: number("held"),
            desired: u32::try_from(desired).unwrap_or(0),
            running: u32::try_from(running).unwrap_or(0),
            starts: number("starts"),
            ends: number("ends"),
        };
        self.moments.push(moment);
        let last = self.marks.last().map_or("", |mark| mark.what.as_str());
        self.live.show(&self.moments, last);
        Ok(())
    }

    /// What was decided since the last look.
    fn ask(&mut self) -> Result<(), StageError> {
        let pool = self.tenancy.pool()?;
        self.samples += u64::from(pool["last"]["inputs"]["now"] != self.pool["last"]["inputs"]["now"]);
        let changes = |pool: &Value| pool.pointer("/history/changed").and_then(Value::as_array).map_or(0, Vec::len);
        if changes(&pool) > changes(&self.pool) {
            let change = pool.pointer("/history/changed").and_then(|all| all.as_array()?.last().cloned()).unwrap_or_default();
            self.mark(&format!("{} to {} workers", change["from"], change["to"]));
        }
        self.pool = pool;
        Ok(())
    }
}

fn report(show: &Show<'_>, quiet: bool, reaction_seconds: u64, drained_seconds: u64) -> Result<bool, StageError> {
    let last = show.now();
    let peak = show.moments.iter().map(|moment| moment.running).max().unwrap_or(0);
    let killed_busy = last.starts - last.ends;
    let figures = json!({
        "tasks_due": DUE, "tasks_ended": show.ended, "executions_begun": last.starts, "executions_ended": last.ends,
        "executions_killed_busy": killed_busy, "executions_repeated": last.ends.saturating_sub(show.ended),
        "workers_at_most": peak, "stayed_small_for_tomorrow": quiet, "reaction_seconds": reaction_seconds,
        "drained_seconds": drained_seconds, "faults": show.pool["faults"], "marks": show.marks, "moments": show.moments,
    });
    let folder = root().join("target/demo");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("demo-scaling.json"), format!("{figures:#}"))?;
    let picture = folder.join("demo-scaling.svg");
    draw(&picture, &show.moments, &show.marks).map_err(|why| StageError::Answer("the chart".to_owned(), why))?;
    let good = quiet && show.ended >= DUE && killed_busy == 0 && peak > 2;
    println!("\n{DUE} tasks were due: {} executions begun, {} ended, {killed_busy} killed busy", last.starts, last.ends);
    println!("one worker for a task of tomorrow and a long one: {quiet}; workers at most: {peak}");
    println!("from the burst to the first new count: {reaction_seconds} s; to the last task's end: {drained_seconds} s");
    for mark in &show.marks {
        println!("{:>6} s  {}", mark.second, mark.what);
    }
    say(&format!("figures in target/demo/demo-scaling.json, the picture is {}", picture.display()));
    Ok(good)
}

fn say(what: &str) {
    println!("\n== {what}");
}
