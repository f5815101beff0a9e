//! Properties of any history of a tenant, whatever befalls it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Census, Faults, Strike};
use serde_json::json;

/// What a tenant is to be next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Stands(&'static str),
    Gone,
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        3 => prop_oneof![Just("trial"), Just("standard"), Just("enterprise")].prop_map(Wish::Stands),
        1 => Just(Wish::Gone),
    ]
}

fn tell(scenario: &Scenario, wish: Wish, version: usize, dry_run: bool) {
    match wish {
        Wish::Stands(tier) => scenario.tell("tenant-updated", json!({ "tier": tier, "version": version, "dryRun": dry_run })),
        Wish::Gone => scenario.tell("tenant-deleted", json!({ "version": version, "dryRun": dry_run })),
    }
}

fn live(scenario: &Scenario, history: &[Wish]) {
    for (wish, version) in history.iter().zip(1..) {
        tell(scenario, *wish, version, false);
        scenario.rest();
    }
}

/// What must not depend on what has befallen a tenant on its way.
#[derive(Debug, PartialEq)]
struct End {
    world: String,
    revisions: usize,
    said: BTreeMap<String, usize>,
    counted: i64,
    phase: String,
}

fn end(scenario: &Scenario) -> End {
    let mut said = BTreeMap::new();
    for heard in scenario.heard("demo") {
        *said.entry(heard).or_default() += 1;
    }
    End {
        world: scenario.simulator.census().to_string(),
        revisions: scenario.simulator.registrations("mate-demo-dev-django"),
        said,
        counted: scenario.counted(),
        phase: scenario.phase("demo"),
    }
}

/// What stands and costs, without what is kept of lives that have ended.
fn standing(census: &Census) -> Vec<String> {
    let kept = |line: &&String| line.starts_with("snapshot") || line.contains(" in recovery ") || line.contains("Available {} ");
    let lives = |line: &String| (1..10).fold(line.clone(), |line, n| line.replace(&format!("<life {n}>"), "<life>"));
    // Revisions of former sizes stay active until their life ends: how many there are depends on what was met on the way.
    let of_size = |line: &&String| line.starts_with("revision");
    census.lines.iter().filter(|line| !kept(line) && !of_size(line)).map(lives).collect()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}

// Invariant: what a look does not show yet is not gone.

/// The database's secret was made, and a look five seconds later showed AWS as it was before.
#[test]
fn a_stale_look_after_a_creation_leaves_nothing_behind() {
    let scenario = Scenario::of(464_399);
    scenario.simulator.with_latency();
    scenario.simulator.set_faults(Faults::rough(0.062_415_416_837_216_94));
    tell(&scenario, Wish::Stands("trial"), 1, false);
    scenario.wait(11);
    tell(&scenario, Wish::Gone, 2, false);
    scenario.rest();
    assert_eq!(standing(&scenario.simulator.census()), Vec::<String>::new());
}

// Invariant: plan(apply(plan)) is empty.

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn after_any_history_there_is_nothing_left_to_do(history in prop::collection::vec(wish(), 1..5)) {
        let scenario = Scenario::default();
        live(&scenario, &history);
        scenario.assert_tidy();
        let mark = scenario.simulator.log().mark();
        tell(&scenario, history[history.len() - 1], history.len() + 1, true);
        scenario.rest();
        prop_assert_eq!(&scenario.last().kind, "tenant-planned");
        prop_assert_eq!(&scenario.last().detail["steps"], &json!([]));
        scenario.sweep("demo");
        scenario.rest();
        let log = scenario.simulator.log();
        prop_assert_eq!(log.changes_since(mark), Vec::<&_>::new());
    }

    // Invariant: any prefix of a plan, then a re-plan, reaches the same world.

    #[test]
    fn up_to_three_kills_anywhere_in_any_history_change_nothing_about_its_end(
        history in prop::collection::vec(wish(), 1..4),
        kills in prop::collection::vec((0.0..1.0_f64, any::<bool>()), 1..4),
    ) {
        let (last, before) = (history[history.len() - 1], &history[..history.len() - 1]);
        let calm = Scenario::default();
        live(&calm, before);
        let skipped = calm.simulator.log().all().len();
        tell(&calm, last, history.len(), false);
        calm.rest();
        let calls = calm.simulator.log().all().len() - skipped;
        let struck = Scenario::default();
        live(&struck, before);
        for (part, after) in kills {
            let nth = 1 + (part * calls as f64) as usize;
            struck.simulator.strike(Aim::nth(nth), if after { Strike::CrashAfter } else { Strike::CrashBefore });
        }
        tell(&struck, last, history.len(), false);
        struck.rest();
        struck.assert_tidy();
        prop_assert_eq!(end(&struck), end(&calm));
    }
}

// Invariant: nor does bad weather change where a tenant comes to stand, however fast wishes follow each other.

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn in_any_weather_the_newest_wish_is_what_stands(
        seed in 1..1_000_000_u64,
        history in prop::collection::vec((wish(), 0..600_i64), 1..5),
        roughness in 0.0..0.08_f64,
    ) {
        let scenario = Scenario::of(seed);
        scenario.simulator.with_latency();
        scenario.simulator.set_faults(Faults::rough(roughness));
        for ((wish, pause), version) in history.iter().zip(1..) {
            tell(&scenario, *wish, version, false);
            scenario.wait(*pause);
        }
        scenario.rest();
        // The weather clears; operators redrive, the schedule looks again.
        scenario.simulator.set_faults(Faults::default());
        for letter in scenario.simulator.dead_letters() {
            scenario.simulator.send(letter.body, 0);
        }
        for _ in 0..3 {
            scenario.rest();
            scenario.wait(900);
            scenario.sweep("demo");
        }
        scenario.rest();
        let last = history[history.len() - 1].0;
        let stands = last != Wish::Gone;
        prop_assert_eq!(scenario.phase("demo"), if stands { "Ready" } else { "Removed" });
        prop_assert_eq!((scenario.counted(), scenario.unsent("demo")), (i64::from(stands), 0));
        let calm = Scenario::of(seed);
        tell(&calm, last, 1, false);
        calm.rest();
        // A storage that was optimized meanwhile, say.
        calm.wait(86_400);
        scenario.wait(86_400);
        prop_assert_eq!(standing(&scenario.simulator.census()), standing(&calm.simulator.census()));
        let leaks = scenario.standing("revision").into_iter().filter(|line| !stands || !line.contains(&scenario.life_shown())).collect::<Vec<_>>();
        prop_assert_eq!(leaks, Vec::<String>::new());
    }
}
