//! How long a tenant takes against the longest chain of what AWS itself takes, in virtual time with sampled durations.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use scenarios::driver::{LONG, context, event, serve};
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::local_cloud::root;
use scenarios::simulator::{Faults, Limits, Simulator};
use serde_json::json;

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

#[test]
fn a_tenant_is_ready_within_two_percent_of_what_aws_itself_takes() {
    let with: Vec<_> = (0..SEEDS).map(|seed| run(seed, false)).collect();
    let without: Vec<_> = (0..SEEDS).map(|seed| run(seed, true)).collect();
    let ratios = |runs: &[(f64, f64)]| runs.iter().map(|(ready, path)| ready / path).collect::<Vec<_>>();
    let (with, without) = (ratios(&with), ratios(&without));
    let worst = with.iter().copied().fold(0.0, f64::max);
    let figures = json!({ "seeds": SEEDS, "ratio_with_events_median": median(with), "ratio_with_events_worst": worst, "ratio_without_events_median": median(without) });
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("time-to-ready.json"), figures.to_string()).expect("the figures can be written");
    assert!(worst <= 1.02, "{figures}");
}
