use serde_json::json;

use super::super::limits::{Bounds, Suspended};
use super::super::reading::Heartbeats;
use super::super::sample::Unusable;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(100_000 + second).expect("a moment")
}

fn per_task(target: f64) -> Policy {
    serde_json::from_value(json!({ "follow": { "backlog-per-task": { "target": target } } })).expect("all else has a default")
}

fn pool(desired: u32) -> Pool {
    Pool::free(desired, desired, Bounds { min: 0, max: 100 })
}

fn reading(second: i64, backlog: u64) -> Reading {
    Reading { at: at(second), backlog, ready: backlog, is_whole: true, heartbeats: None, broker: Some("a".into()) }
}

fn inputs(pool: Pool, reading: Reading) -> Inputs {
    Inputs { policy: Some(per_task(10.0)), pool, now: reading.at, reading: Ok(reading), history: History::default() }
}

fn outcome(inputs: &Inputs) -> Outcome {
    decide(inputs).0.outcome
}

const STAYS: Outcome = Outcome::Hold(Hold::AsItShould);

#[test]
fn a_backlog_brings_workers_at_once_and_takes_them_away_after_the_window() {
    let first = inputs(pool(2), reading(0, 90));
    let (decision, history) = decide(&first);
    assert_eq!(decision.outcome, Outcome::Scale { from: 2, to: 9 });
    let calm = |second| Inputs { history: history.clone(), ..inputs(pool(9), reading(second, 20)) };
    assert_eq!(outcome(&calm(60)), STAYS);
    assert_eq!(decide(&calm(60)).0.clamps, [Clamp { by: Step::Window, from: 2, to: 9 }]);
    assert_eq!(outcome(&calm(301)), Outcome::Scale { from: 9, to: 2 });
}

#[test]
fn what_runs_is_the_base_and_not_what_is_desired() {
    // 50,000 at 10,000 per task is five, however few of three run.
    let one_of_three = Pool { running: 1, ..pool(3) };
    let inputs = Inputs { policy: Some(per_task(10_000.0)), ..inputs(one_of_three, reading(0, 50_000)) };
    assert_eq!(outcome(&inputs), Outcome::Scale { from: 3, to: 5 });
}

#[test]
fn a_queue_that_is_not_known_blocks_the_way_in_and_not_the_way_out() {
    let part = |backlog| Reading { is_whole: false, ..reading(0, backlog) };
    assert_eq!(outcome(&inputs(pool(5), part(10))), STAYS);
    assert_eq!(outcome(&inputs(pool(5), part(90))), Outcome::Scale { from: 5, to: 9 });
}

#[test]
fn nothing_known_changes_nothing_until_the_fallback() {
    let blind = |unknown| {
        let history = History { unknown, ..History::default() };
        let policy: Policy = serde_json::from_value(json!({ "fallback": { "after": 3, "tasks": 4 } })).expect("a policy");
        Inputs { policy: Some(policy), reading: Err(Blind::Unknown), history, ..inputs(pool(2), reading(0, 0)) }
    };
    assert_eq!(outcome(&blind(1)), Outcome::Hold(Hold::Blind(Blind::Unknown)));
    assert_eq!(outcome(&blind(2)), Outcome::Scale { from: 2, to: 4 });
    // It takes none away.
    assert_eq!(outcome(&Inputs { pool: pool(7), ..blind(9) }), Outcome::Hold(Hold::Blind(Blind::Unknown)));
    assert_eq!(decide(&Inputs { reading: Ok(reading(0, 20)), ..blind(2) }).1.unknown, 0);
    let repeated = Inputs { reading: Err(Blind::Unusable(Unusable::Repeated)), ..blind(9) };
    assert_eq!(decide(&repeated).1.unknown, 9, "a repeat is no failure");
}

#[test]
fn the_first_worker_and_the_last_have_rules_of_their_own() {
    assert_eq!(outcome(&inputs(pool(0), reading(0, 1))), Outcome::Scale { from: 0, to: 1 });
    assert_eq!(outcome(&inputs(pool(0), reading(0, 0))), STAYS);
    let slow = |backlog| Inputs { policy: Some(Policy { activation: 5, ..per_task(10.0) }), ..inputs(pool(0), reading(0, backlog)) };
    assert_eq!(outcome(&slow(5)), STAYS);
    assert_eq!(outcome(&slow(6)), Outcome::Scale { from: 0, to: 1 });
    let idle =
        |since: i64| Inputs { history: History { idle_since: Some(at(-since)), ..History::default() }, ..inputs(pool(1), reading(0, 0)) };
    assert_eq!(outcome(&idle(299)), STAYS);
    assert_eq!(outcome(&idle(300)), Outcome::Scale { from: 1, to: 0 });
}

#[test]
fn workers_that_are_busy_are_not_taken_away() {
    let beats = Heartbeats { workers: 6, concurrency: 2.0, active: 8, ..Heartbeats::default() };
    let busy = Reading { heartbeats: Some(beats), ..reading(0, 8) };
    assert_eq!(outcome(&inputs(pool(6), busy)), Outcome::Scale { from: 6, to: 4 });
}

#[test]
fn a_deployment_holds_the_way_in_and_its_base_is_what_is_desired() {
    let deploying = Pool { deploying: true, running: 9, ..pool(5) };
    assert_eq!(outcome(&inputs(deploying, reading(0, 10))), STAYS);
    assert_eq!(outcome(&inputs(deploying, reading(0, 90))), Outcome::Scale { from: 5, to: 9 });
}

#[test]
fn a_broker_that_was_replaced_is_told_and_not_believed_to_be_idle() {
    let history = History { readings: vec![reading(-60, 50)], ..History::default() };
    let replaced = Reading { broker: Some("b".into()), ..reading(0, 0) };
    let (decision, history) = decide(&Inputs { history, ..inputs(pool(5), replaced) });
    assert_eq!((decision.outcome, decision.distrust), (STAYS, Some(Distrust::BrokerReplaced { last_seen: 50 })));
    let later = |second| Reading { broker: Some("b".into()), ..reading(second, 0) };
    let later = |second| decide(&Inputs { history: history.clone(), ..inputs(pool(5), later(second)) }).0;
    assert_eq!((later(60).outcome, later(60).distrust), (STAYS, None), "it is told once");
    assert_eq!(later(301).outcome, Outcome::Scale { from: 5, to: 0 });
}

#[test]
fn a_count_that_is_not_to_be_touched_is_not() {
    for held in [Held::Suspended, Held::Paused, Held::Inactive, Held::Foreign, Held::Unbounded, Held::TwoScalers] {
        let inputs = inputs(Pool { held: Some(held), ..pool(5) }, reading(0, 900));
        assert_eq!(outcome(&inputs), Outcome::Hold(Hold::Held(held)));
    }
    let fixed = Inputs { policy: None, ..inputs(pool(4), reading(0, 900)) };
    assert_eq!(outcome(&fixed), Outcome::Hold(Hold::Fixed));
}

#[test]
fn bounds_and_shares_hold() {
    let bounded = |min, max, share| Pool { bounds: Bounds { min, max }, share, ..pool(3) };
    assert_eq!(outcome(&inputs(bounded(1, 8, None), reading(0, 900))), Outcome::Scale { from: 3, to: 8 });
    assert_eq!(outcome(&inputs(bounded(1, 8, Some(5)), reading(0, 900))), Outcome::Scale { from: 3, to: 5 });
    // A share below what it has takes nothing away.
    assert_eq!(outcome(&inputs(bounded(1, 8, Some(2)), reading(0, 900))), STAYS);
    assert_eq!(outcome(&inputs(bounded(2, 8, None), reading(0, 1))), Outcome::Scale { from: 3, to: 2 });
}

#[test]
fn what_is_suspended_in_one_direction_goes_on_in_the_other() {
    let suspended = |inwards, out| Pool { suspended: Suspended { inwards, out, schedules: false }, ..pool(5) };
    let check = |pool, backlog, expected| assert_eq!(outcome(&inputs(pool, reading(0, backlog))), expected);
    check(suspended(true, false), 20, STAYS);
    check(suspended(true, false), 90, Outcome::Scale { from: 5, to: 9 });
    check(suspended(false, true), 20, Outcome::Scale { from: 5, to: 2 });
    check(suspended(false, true), 90, STAYS);
}

#[test]
fn a_schedule_brings_workers_before_the_work_and_only_within_the_bounds() {
    let scheduled = |least: u32, most: Option<u32>| {
        let always = json!([{ "from": "00:00", "until": "00:00", "least": least, "most": most }]);
        Policy { schedules: serde_json::from_value(always).expect("schedules"), ..per_task(10.0) }
    };
    let with = |policy: Policy, pool, reading| Inputs { policy: Some(policy), ..inputs(pool, reading) };
    let check = |inputs: Inputs, expected| assert_eq!(outcome(&inputs), expected, "{:?}", inputs.policy);
    check(with(scheduled(4, None), pool(0), reading(0, 0)), Outcome::Scale { from: 0, to: 4 });
    check(with(scheduled(4, None), pool(4), reading(0, 0)), STAYS);
    check(with(scheduled(4, None), pool(1), reading(0, 90)), Outcome::Scale { from: 1, to: 9 });
    check(with(scheduled(200, None), pool(1), reading(0, 90)), Outcome::Scale { from: 1, to: 100 });
    check(with(scheduled(0, Some(3)), pool(1), reading(0, 90)), Outcome::Scale { from: 1, to: 3 });
    // The hours are known even where the queues are not; and then nobody is taken away.
    let blind = |policy, pool| Inputs { reading: Err(Blind::Unknown), ..with(policy, pool, reading(0, 0)) };
    check(blind(scheduled(4, None), pool(1)), Outcome::Scale { from: 1, to: 4 });
    check(blind(scheduled(0, Some(3)), pool(5)), Outcome::Hold(Hold::Blind(Blind::Unknown)));
    // Whoever suspends schedules means these.
    let off = Pool { suspended: Suspended { schedules: true, ..Suspended::default() }, ..pool(0) };
    check(with(scheduled(4, None), off, reading(0, 0)), STAYS);
}

#[test]
fn logged_inputs_give_the_same_decision_again() {
    let history = History { readings: vec![reading(-60, 50)], ..History::default() };
    let inputs = Inputs { history, ..inputs(pool(2), reading(0, 90)) };
    let logged = serde_json::to_string(&inputs).expect("it is JSON");
    let read: Inputs = serde_json::from_str(&logged).expect("it is read");
    assert_eq!(decide(&read), decide(&inputs));
}
