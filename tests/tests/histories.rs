//! Any history ends as a fresh creation by its newest event would, or with nothing left.
//!
//! `HISTORIES` is the number of sequences (`HISTORIES_MATE` on the whole of MATE), `HISTORIES_SEED` the seed of the first one;
//! the next one has the next seed. A failure names the seed of its own sequence.
#![allow(clippy::print_stdout, reason = "what was run is part of what it shows")]

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::ledger::RESOURCE_PREFIX;
use domain::plan::Fate;
use provision_tenant::handler::Context;
use scenarios::driver::{context, shipped};
use scenarios::history::{Ending, Wish, body, history, live};
use scenarios::parallel::each;
use scenarios::scenario::Scenario;

/// A sequence makes some 1,000 calls in 150 passes on the small blueprint, and some ten times as many on the whole of MATE.
const SMALL: usize = 10_000;
const MATE: usize = 300;

/// A blueprint on its environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// A few resources on a base that stands already.
    Small,
    /// The shipped blueprint, base and all.
    Mate,
}

impl Ground {
    fn context(self) -> Rc<Context> {
        if self == Self::Small { context() } else { shipped() }
    }

    /// At rest, for all sequences to begin with: each thread has its own.
    fn beginning(self) -> (Rc<Context>, Scenario) {
        let context = self.context();
        let scenario = if self == Self::Small { Scenario::with(0, &context) } else { Scenario::on_mate(0, &context) };
        if self == Self::Mate {
            scenario.settle();
        }
        (context, scenario)
    }
}

/// What stands: of the tenant's present life, of each former one, and all else.
#[derive(Debug, Default, PartialEq)]
struct World {
    present: Vec<String>,
    former: BTreeMap<String, Vec<String>>,
    others: Vec<String>,
}

/// Active revisions of former sizes stay until their life ends: how many there are depends on what was met on the way.
fn is_revision(line: &str) -> bool {
    line.starts_with("revision")
}

fn world(scenario: &Scenario) -> World {
    let intent = scenario.intent("demo");
    let present = intent.stands().map(|(_, life)| life.to_string());
    let mut world = World::default();
    let lives = scenario.simulator.lives();
    'lines: for line in scenario.simulator.census().lines {
        let is_ours = line.contains("tenant/dev/demo") || line.contains("mate-demo-dev");
        for life in intent.incarnation.iter().chain(intent.former.keys()).map(ToString::to_string).filter(|_| is_ours) {
            // What carries no tags has the life in its name.
            let shown = lives.get(&life).unwrap_or(&life);
            if line.contains(shown.as_str()) || line.contains(&life) {
                let line = line.replace(shown, "<life>").replace(&life, "<life>");
                let is_present = present.as_ref() == Some(&life);
                if is_present {
                    world.present.push(line)
                } else {
                    world.former.entry(life).or_default().push(line)
                }
                continue 'lines;
            }
        }
        world.others.push(line);
    }
    world.present.sort();
    world
}

/// What fresh lives come to, for all that a history can end in.
struct References {
    standing: BTreeMap<Wish, World>,
    /// Of those that have had the option and have it no more.
    without: BTreeMap<Wish, World>,
    /// What a deletion keeps.
    kept: BTreeSet<String>,
}

impl References {
    fn of(ground: Ground) -> Self {
        let (context, beginning) = ground.beginning();
        let all = ["trial", "standard", "enterprise"].into_iter().flat_map(|tier| [false, true].map(|hipaa| (tier, hipaa)));
        let (mut standing, mut without, mut kept) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for (tier, hipaa) in all.filter(|(_, hipaa)| ground == Ground::Mate || !hipaa) {
            let (wish, bare) = (Wish::Stands { tier, hipaa }, Wish::Stands { tier, hipaa: false });
            let scenario = beginning.fork(&context);
            settle(&scenario, &[wish]);
            standing.insert(wish, world(&scenario));
            let mut versions = vec![wish, Wish::Gone];
            if hipaa {
                versions.insert(1, bare);
                settle(&scenario, &versions[..2]);
                without.insert(bare, world(&scenario));
            }
            settle(&scenario, &versions);
            kept.extend(world(&scenario).former.into_values().flatten());
        }
        Self { standing, without, kept }
    }

    /// The phase and the present life's part of the world that a history has to end in.
    fn end(&self, ending: &Ending, world: &World) -> (&'static str, &[String]) {
        // What was made for an option stays when that is switched off, for it may hold data; it may not have come to be made at all.
        let is_kept_back = ending.had_hipaa && world.present.iter().any(|line| line.contains("caretaker:resource=audit-bucket"));
        match ending.wish {
            Wish::Gone => ("Removed", &[]),
            Wish::Stands { hipaa: false, .. } if is_kept_back => ("Failed", &self.without[&ending.wish].present),
            wish @ Wish::Stands { .. } => ("Ready", &self.standing[&wish].present),
        }
    }
}

/// Tells the last of `wishes`, and lets it come to rest.
fn settle(scenario: &Scenario, wishes: &[Wish]) {
    if let Some(last) = wishes.last() {
        scenario.send(&body(*last, wishes.len() as u64, false));
        scenario.settle();
    }
}

/// Why the end of a sequence is not as it should be.
fn faults(scenario: &Scenario, ending: &Ending, references: &References) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let (intent, world) = (scenario.intent("demo"), world(scenario));
    let (phase, expected) = references.end(ending, &world);
    check(intent.version == ending.version, format!("version {} instead of {}", intent.version, ending.version));
    check(scenario.phase("demo") == phase, format!("{} instead of {phase}", scenario.phase("demo")));
    check(scenario.counted() == i64::from(ending.wish != Wish::Gone), format!("{} tenants counted", scenario.counted()));
    check(scenario.unsent("demo") == 0, "answers not sent".to_owned());
    faults.extend(difference(&world.present, expected));
    faults.extend(of_former_lives(&intent.former, &world, references));
    faults.extend(records(scenario, &intent.former));
    faults
}

fn difference(lines: &[String], expected: &[String]) -> Vec<String> {
    let missing = expected.iter().filter(|line| !lines.contains(line)).map(|line| format!("missing: {line}"));
    let more = |line: &&String| !is_revision(line) && !expected.contains(line);
    let count = |of: &[String]| of.iter().filter(|line| !is_revision(line)).count();
    let doubled = (count(lines) > count(expected)).then(|| format!("{} lines instead of {}", count(lines), count(expected)));
    missing.chain(lines.iter().filter(more).map(|line| format!("too much: {line}"))).chain(doubled).collect()
}

/// Of former lives nothing stands but what a deletion keeps, and nothing at all of those whose data was to be destroyed.
fn of_former_lives(former: &BTreeMap<domain::tenant::Incarnation, Fate>, world: &World, references: &References) -> Vec<String> {
    let mut faults = Vec::new();
    for (life, lines) in &world.former {
        let is_destroyed = former.iter().any(|(one, fate)| one.to_string() == *life && *fate == Fate::DestroyData);
        let left = lines.iter().filter(|line| is_destroyed || !references.kept.contains(*line));
        faults.extend(left.map(|line| format!("left of {life}: {line}")));
    }
    faults
}

/// The ledger remembers of former lives only what is kept.
fn records(scenario: &Scenario, former: &BTreeMap<domain::tenant::Incarnation, Fate>) -> Vec<String> {
    let items = scenario.simulator.ledger("tenant#dev#demo").into_iter().filter(|item| item.key.starts_with(RESOURCE_PREFIX));
    let of_former = items.filter(|item| former.keys().any(|life| item.key.contains(&life.to_string())));
    of_former.filter(|item| !item.attributes.contains_key("retained")).map(|item| format!("remembered: {}", item.key)).collect()
}

/// What became of a sequence: how many events it had, and what is wrong in the end.
fn run(ground: Ground, seed: u64, (context, beginning): &(Rc<Context>, Scenario), references: &References) -> (usize, Vec<String>) {
    let steps = history(seed, ground == Ground::Mate);
    let scenario = beginning.fork(context);
    scenario.simulator.reseed(seed);
    let ending = live(&scenario, &steps);
    scenario.rest();
    // Operators redrive, the schedule looks again.
    for letter in scenario.simulator.dead_letters() {
        scenario.simulator.send(letter.body, 0);
    }
    for _ in 0..2 {
        scenario.rest();
        scenario.wait(900);
        scenario.sweep("demo");
    }
    scenario.settle();
    let mut faults = faults(&scenario, &ending, references);
    let mark = scenario.simulator.log().mark();
    scenario.sweep("demo");
    scenario.rest();
    faults.extend(
        scenario.simulator.log().changes_since(mark).iter().map(|entry| format!("not at rest: {} {}", entry.operation, entry.resource)),
    );
    (steps.len(), faults)
}

fn number(variable: &str, default: usize) -> usize {
    let parse = |text: String| text.parse().unwrap_or_else(|error| panic!("{variable}={text}: {error}"));
    std::env::var(variable).map_or(default, parse)
}

fn check(ground: Ground, variable: &str, default: usize) {
    let (count, first) = (number(variable, default), number("HISTORIES_SEED", 1) as u64);
    let seeds: Vec<_> = (first..).take(count).collect();
    let references = References::of(ground);
    let runs = each(&seeds, || ground.beginning(), |beginning, seed| run(ground, *seed, beginning, &references));
    let events: usize = runs.iter().map(|(events, _)| events).sum();
    println!("histories: {count} sequences, {events} events, seed {first}");
    let bad: Vec<_> = seeds.iter().zip(&runs).filter(|(_, (_, faults))| !faults.is_empty()).collect();
    let told = bad.iter().take(3).map(|(seed, (_, faults))| {
        let steps: Vec<_> = history(**seed, ground == Ground::Mate).iter().map(|step| format!("{step:?}")).collect();
        format!("HISTORIES_SEED={seed} {variable}=1:\n{}\n{faults:#?}", steps.join("\n"))
    });
    assert!(bad.is_empty(), "{} of {count} sequences have another end:\n{}", bad.len(), told.collect::<Vec<_>>().join("\n"));
}

// Invariant: whatever has happened to a tenant, in the end it is what its newest event asks for.

#[test]
fn any_history_of_a_small_tenant_ends_as_a_fresh_one_would() {
    check(Ground::Small, "HISTORIES", SMALL);
}

#[test]
fn any_history_on_the_whole_of_mate_ends_as_a_fresh_one_would() {
    check(Ground::Mate, "HISTORIES_MATE", MATE);
}
