//! Two at once: one acts.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::SignedDuration;
use provision_tenant::handler::Context;
use scenarios::driver::{aws_event, context, event, serve};
use scenarios::executor::Executor;
use scenarios::executor::preemptions::explore;
use scenarios::executor::schedule::{InOrder, Shuffled};
use scenarios::simulator::{Aim, Faults, Limits, Simulator, Strike};
use serde_json::json;

const TICK: SignedDuration = SignedDuration::from_millis(10);

fn created() -> String {
    event("tenant-created", json!({ "tier": "trial", "version": 1 }))
}

/// Two deliveries of one creation, run until both invocations have ended and the first wake-ups have come.
fn race(executor: &Executor, context: &Rc<Context>, limits: Limits, strike: Option<(Aim, Strike)>) -> Simulator {
    let simulator = Simulator::new(executor, 0);
    simulator.set_faults(Faults { silent: true, ..Faults::default() });
    serve(&simulator, context, limits);
    if let Some((aim, strike)) = strike {
        simulator.strike(aim, strike);
    }
    simulator.send(created(), 0);
    simulator.send(created(), 0);
    executor.run_for(SignedDuration::from_secs(150));
    simulator
}

/// What was made so far, each once: two secrets, a file system with three mount targets, a database.
fn made(simulator: &Simulator) -> Vec<String> {
    let log = simulator.log();
    let made =
        log.all().iter().filter(|entry| entry.had_effect() && entry.operation.contains(".Create")).map(|entry| entry.operation.to_string());
    let mut made: Vec<_> = made.collect();
    made.sort();
    made
}

const EXPECTED: [&str; 7] = [
    "elasticfilesystem.CreateFileSystem",
    "elasticfilesystem.CreateMountTarget",
    "elasticfilesystem.CreateMountTarget",
    "elasticfilesystem.CreateMountTarget",
    "rds.CreateDatabase",
    "secretsmanager.CreateSecret",
    "secretsmanager.CreateSecret",
];

// Invariant: of two invocations at once, one acts.

#[test]
fn every_schedule_with_up_to_two_preemptions_makes_each_thing_once() {
    let context = context();
    let mut worlds = BTreeSet::new();
    let schedules = explore(2, TICK, |executor| {
        let simulator = race(executor, &context, Limits::default(), None);
        worlds.insert(made(&simulator));
    });
    assert!(schedules > 100, "{schedules} schedules only");
    assert_eq!(worlds.into_iter().collect::<Vec<_>>(), [EXPECTED.map(str::to_owned).to_vec()], "over {schedules} schedules");
}

/// Seeds are shared out over threads; each has its own executor.
#[test]
fn ten_thousand_seeded_schedules_make_each_thing_once() {
    const SEEDS: u64 = 10_000;
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) as u64;
    let workers = (0..threads).map(|first| {
        std::thread::spawn(move || {
            let context = context();
            for seed in (first..SEEDS).step_by(usize::try_from(threads).unwrap_or(1)) {
                let executor = Executor::new(Shuffled::new(seed, TICK));
                let simulator = race(&executor, &context, Limits::default(), None);
                assert_eq!(made(&simulator), EXPECTED, "seed {seed}");
                executor.clear();
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.join().expect("no seed fails");
    }
}

#[test]
fn one_that_is_paused_past_its_deadline_does_no_more() {
    let context = context();
    let probe = race(&Executor::new(InOrder), &context, Limits::default(), None);
    let undisturbed = Executor::new(InOrder);
    let simulator = race(&undisturbed, &context, Limits::default(), None);
    undisturbed.run_for(SignedDuration::from_secs(1200));
    let (expected, world) = (made(&simulator), simulator.census().to_string());
    for (operation, resource, occurrence) in probe.log().points() {
        let executor = Executor::new(InOrder);
        let limits = Limits { ends_at_deadline: false, ..Limits::default() };
        // Longer than the deadline and the lease's margin: the other has taken over by then.
        let pause = Strike::Pause(SignedDuration::from_secs(120));
        let aim = Aim::at(operation).of(&resource).occurrence(occurrence);
        let simulator = race(&executor, &context, limits, Some((aim, pause)));
        executor.run_for(SignedDuration::from_secs(1200));
        let what = format!("paused at {operation} {resource} #{occurrence}");
        // Each thing is made once, and the world is the same.
        assert_eq!(made(&simulator), expected, "{what}");
        assert_eq!(simulator.census().to_string(), world, "{what}");
        assert_eq!(simulator.registrations("mate-demo-dev-django"), 1, "{what}");
        executor.clear();
    }
}

// Invariant: events of AWS bring a look forward, they start no second chain.

/// Passes within the fifth minute of a creation in which so many events about the database come; and what is pending afterwards.
fn passes_among(events: usize) -> (usize, usize) {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, 0);
    simulator.set_faults(Faults { silent: true, ..Faults::default() });
    serve(&simulator, &context(), Limits::default());
    simulator.send(created(), 0);
    // By now only the database is under way.
    executor.run_for(SignedDuration::from_secs(240));
    let mark = simulator.log().mark();
    let arn = "arn:aws:rds:us-east-1:123456789012:db:mate-demo-dev";
    for n in 0..events {
        simulator.send(aws_event(arn), u16::try_from(n * 60 / events).unwrap_or(0));
    }
    executor.run_for(SignedDuration::from_secs(60));
    let looks = simulator.log().counts_since(mark).get("rds.DescribeDatabase").copied().unwrap_or(0);
    // Superseded wake-ups are dropped as they come; what is left is one chain.
    executor.run_for(SignedDuration::from_secs(30));
    (looks, simulator.pending_messages().len())
}

#[test]
fn a_thousand_events_in_a_minute_are_one_chain_and_at_most_three_passes_more() {
    let (polls, _) = passes_among(0);
    let (passes, pending) = passes_among(1000);
    assert!(passes <= polls + 3, "{passes} passes, {polls} of them polls");
    assert_eq!(pending, 1);
}

/// A tenant of which the database alone is under way, and no look is due for longer than a nudge may be put off.
fn between_looks(seed: u64) -> Option<(Executor, Simulator)> {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, seed);
    simulator.set_faults(Faults { silent: true, ..Faults::default() });
    serve(&simulator, &context(), Limits::default());
    simulator.send(created(), 0);
    executor.run_for(SignedDuration::from_secs(105));
    let next = simulator.pending_messages().first()?.0;
    (next.duration_since(executor.now()) > SignedDuration::from_secs(70)).then_some((executor, simulator))
}

#[test]
fn an_event_that_comes_too_soon_is_made_up_for_once() {
    let (executor, simulator) = (0..20).find_map(between_looks).expect("some file system is fast");
    let mark = simulator.log().mark();
    let looks = || simulator.log().counts_since(mark).get("rds.DescribeDatabase").copied().unwrap_or(0);
    let arrivals = || simulator.log().counts_since(mark).get("dynamodb.FindOwners").copied().unwrap_or(0);
    let put_off = || simulator.pending_messages().iter().filter(|(_, message)| message.contains("aws.rds")).count();
    let arn = "arn:aws:rds:us-east-1:123456789012:db:mate-demo-dev";
    for _ in 0..5 {
        simulator.send(aws_event(arn), 0);
        executor.run_for(SignedDuration::from_secs(1));
    }
    assert_eq!((arrivals(), looks(), put_off()), (5, 2, 1), "two are heeded at once, and one of the others later");
    executor.run_for(SignedDuration::from_secs(60));
    assert_eq!((arrivals(), looks(), put_off()), (6, 3, 0), "it is not lost");
}
