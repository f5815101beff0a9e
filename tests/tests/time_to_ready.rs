//! How long a tenant takes against the longest chain of what AWS itself takes, in virtual time with sampled durations.
#![allow(clippy::print_stdout, reason = "what was run is part of what it shows")]

use std::rc::Rc;

use provision_tenant::handler::Context;
use scenarios::aws_time::longest_chain;
use scenarios::driver::{OWNER, context, event, shipped};
use scenarios::local_cloud::root;
use scenarios::parallel::each;
use scenarios::scenario::Scenario;
use scenarios::simulator::Faults;
use serde_json::{Value, json};

const SEEDS: u64 = 20;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Of an owner: seconds from its event to its answer, of what AWS itself takes, and the chain of that.
struct Run {
    ready: f64,
    aws: f64,
    chain: Vec<String>,
}

impl Run {
    fn ratio(&self) -> f64 {
        self.ready / self.aws
    }
}

fn created(tier: &str) -> String {
    event("tenant-created", json!({ "tier": tier, "version": 1 }))
}

/// A tenant of the small blueprint, with or without AWS's events.
fn small(seed: u64, silent: bool) -> Run {
    let scenario = Scenario::with(seed, &context());
    scenario.simulator.with_latency();
    scenario.simulator.set_faults(Faults { silent, ..Faults::default() });
    measure(&scenario, &created("trial"), OWNER, "tenant-ready")
}

/// The base of MATE, then a tenant of `tier` on it.
fn whole(context: &Rc<Context>, seed: u64, tier: &str) -> [Run; 2] {
    let scenario = Scenario::empty(seed, context);
    scenario.simulator.with_latency();
    let base = event("environment-created", json!({ "version": 1 }));
    [measure(&scenario, &base, "environment#dev", "environment-ready"), measure(&scenario, &created(tier), OWNER, "tenant-ready")]
}

fn measure(scenario: &Scenario, event: &str, owner: &str, answer: &str) -> Run {
    let began = scenario.executor.now();
    scenario.send(event);
    scenario.rest();
    let ready = scenario.simulator.announced().into_iter().find(|(_, entry)| entry.detail_type == answer).map(|(at, _)| at);
    let ready = ready.unwrap_or_else(|| panic!("no {answer}: {:?}", scenario.said().last())).duration_since(began);
    let (aws, chain) = longest_chain(&scenario.simulator.ledger(owner), &scenario.simulator.sampled(), began);
    Run { ready: ready.as_secs_f64(), aws: aws.as_secs_f64(), chain }
}

/// The median and the worst ratio of the runs, and what the worst one waited for.
fn ratios(runs: &[&Run]) -> Value {
    let worst = runs.iter().max_by(|a, b| a.ratio().total_cmp(&b.ratio())).expect("there are runs");
    let late = |run: &Run| format!("{:.0} s late: {}", run.ready - run.aws, run.chain.join(", "));
    json!({ "ratio_median": median(runs.iter().map(|run| run.ratio()).collect()), "ratio_worst": worst.ratio(),
        "runs": runs.iter().map(|run| late(run)).collect::<Vec<_>>(),
        "worst_ready_seconds": worst.ready, "worst_aws_seconds": worst.aws, "worst_chain": worst.chain,
        "ready_median_seconds": median(runs.iter().map(|run| run.ready).collect()) })
}

fn write(name: &str, figures: &Value) {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join(name), figures.to_string()).expect("the figures can be written");
}

/// What the medians come to at most.
const MOST: [(&str, f64); 3] = [("base", 1.02), ("trial", 1.02), ("enterprise", 1.02)];

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
    let ratios = |silent| (0..SEEDS).map(|seed| small(seed, silent).ratio()).collect::<Vec<_>>();
    let (with, without) = (ratios(false), ratios(true));
    let worst = with.iter().copied().fold(0.0, f64::max);
    let figures = json!({ "seeds": SEEDS, "ratio_with_events_median": median(with), "ratio_with_events_worst": worst, "ratio_without_events_median": median(without) });
    write("time-to-ready.json", &figures);
    assert!(worst <= 1.02, "{figures}");
}
