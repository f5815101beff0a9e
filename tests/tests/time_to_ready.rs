//! How long a tenant takes against the longest chain of what AWS itself takes, in virtual time with sampled durations.
#![allow(clippy::print_stdout, reason = "what was run is part of what it shows")]

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::SignedDuration;
use provision_tenant::handler::Context;
use scenarios::aws_time::longest_chain;
use scenarios::driver::{LONG, context, event, serve, shipped};
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::local_cloud::root;
use scenarios::parallel::each;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Faults, Limits, Simulator};
use serde_json::{Value, json};

const SEEDS: u64 = 20;

/// Seconds from the event to tenant-ready, and of what AWS itself takes: the database's creation, then the service's start.
fn run(seed: u64, silent: bool) -> (f64, f64) {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, seed);
    simulator.with_latency();
    simulator.set_faults(Faults { silent, ..Faults::default() });
    serve(&simulator, &context(), Limits::default());
    let began = executor.now();
    simulator.send(event("tenant-created", json!({ "tier": "trial", "version": 1 })), 0);
    executor.run_for(LONG);
    let ready = simulator.announced().into_iter().find(|(_, entry)| entry.detail_type == "tenant-ready").map(|(at, _)| at);
    let ready = ready.unwrap_or_else(|| panic!("seed {seed}: never ready")).duration_since(began);
    let mut longest: BTreeMap<String, SignedDuration> = BTreeMap::new();
    for sample in simulator.sampled() {
        let longest = longest.entry(sample.kind.to_string()).or_default();
        *longest = (*longest).max(sample.takes);
    }
    let of = |kind: &str| longest.iter().filter(|(name, _)| name.starts_with(kind)).map(|(_, takes)| takes.as_secs_f64()).sum::<f64>();
    executor.clear();
    (ready.as_secs_f64(), of("rds-instance") + of("ecs-"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An owner of the whole of MATE: seconds from its event to its answer, of what AWS itself takes, and the chain of that.
struct Whole {
    ready: f64,
    aws: f64,
    chain: Vec<String>,
}

/// The base, then a tenant of `tier` on it.
fn whole(context: &Rc<Context>, seed: u64, tier: &str) -> [Whole; 2] {
    let scenario = Scenario::empty(seed, context);
    scenario.simulator.with_latency();
    let base = json!({ "schema": 1, "environment": "dev", "version": 1, "blueprint": "mate" });
    let base = json!({ "version": "0", "id": "e", "detail-type": "environment-created", "source": "caretaker.tenants",
        "account": "123456789012", "time": "2026-11-21T02:00:00Z", "region": "us-east-1", "resources": [], "detail": base });
    let base = measure(&scenario, &base.to_string(), "environment#dev", "environment-ready");
    let tenant = event("tenant-created", json!({ "tier": tier, "version": 1 }));
    [base, measure(&scenario, &tenant, "tenant#dev#demo", "tenant-ready")]
}

fn measure(scenario: &Scenario, event: &str, owner: &str, answer: &str) -> Whole {
    let began = scenario.executor.now();
    scenario.send(event);
    scenario.rest();
    let ready = scenario.simulator.announced().into_iter().find(|(_, entry)| entry.detail_type == answer).map(|(at, _)| at);
    let ready = ready.unwrap_or_else(|| panic!("no {answer}: {:?}", scenario.said().last())).duration_since(began);
    let (aws, chain) = longest_chain(&scenario.simulator.ledger(owner), &scenario.simulator.sampled(), began);
    Whole { ready: ready.as_secs_f64(), aws: aws.as_secs_f64(), chain }
}

/// The median and the worst ratio of the runs, and what the worst one waited for.
fn ratios(runs: &[&Whole]) -> Value {
    let ratio = |run: &Whole| run.ready / run.aws;
    let worst = runs.iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b))).expect("there are runs");
    let late = |run: &Whole| format!("{:.0} s late: {}", run.ready - run.aws, run.chain.join(", "));
    json!({ "ratio_median": median(runs.iter().map(|run| ratio(run)).collect()), "ratio_worst": ratio(worst),
        "runs": runs.iter().map(|run| late(run)).collect::<Vec<_>>(),
        "worst_ready_seconds": worst.ready, "worst_aws_seconds": worst.aws, "worst_chain": worst.chain,
        "ready_median_seconds": median(runs.iter().map(|run| run.ready).collect()) })
}

fn write(name: &str, figures: &Value) {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join(name), figures.to_string()).expect("the figures can be written");
}

/// What the medians come to at most. The base is ready within minutes, of which looks five seconds apart lose more: nothing tells of NAT
/// gateways, load balancers and file systems.
const MOST: [(&str, f64); 3] = [("base", 1.04), ("trial", 1.02), ("enterprise", 1.02)];

#[test]
fn base_and_tenants_of_mate_are_ready_about_when_aws_itself_is() {
    let points: Vec<_> = (1..=SEEDS).flat_map(|seed| ["trial", "enterprise"].map(|tier| (seed, tier))).collect();
    let runs = each(&points, shipped, |context, (seed, tier)| whole(context, *seed, tier));
    let of = |tier: &str, owner: usize| {
        points.iter().zip(&runs).filter(|((_, one), _)| *one == tier).map(|(_, run)| &run[owner]).collect::<Vec<_>>()
    };
    let figures = json!({ "seeds": SEEDS, "base": ratios(&of("trial", 0)),
        "trial": ratios(&of("trial", 1)), "enterprise": ratios(&of("enterprise", 1)) });
    println!("time to ready on the whole of MATE: {figures:#}");
    write("time-to-ready-mate.json", &figures);
    for (owner, most) in MOST {
        assert!(figures[owner]["ratio_median"].as_f64().is_some_and(|ratio| ratio <= most), "{owner}: {figures:#}");
    }
}

#[test]
fn a_tenant_is_ready_within_two_percent_of_what_aws_itself_takes() {
    let with: Vec<_> = (0..SEEDS).map(|seed| run(seed, false)).collect();
    let without: Vec<_> = (0..SEEDS).map(|seed| run(seed, true)).collect();
    let ratios = |runs: &[(f64, f64)]| runs.iter().map(|(ready, path)| ready / path).collect::<Vec<_>>();
    let (with, without) = (ratios(&with), ratios(&without));
    let worst = with.iter().copied().fold(0.0, f64::max);
    let figures = json!({ "seeds": SEEDS, "ratio_with_events_median": median(with), "ratio_with_events_worst": worst, "ratio_without_events_median": median(without) });
    write("time-to-ready.json", &figures);
    assert!(worst <= 1.02, "{figures}");
}
