//! Keys and what is encrypted with them: none is lost, none is made twice, and none goes before what it encrypts.

use std::collections::BTreeSet;

use domain::kind::Detail;
use domain::ports::{
    Call, CreateAlias, CreateKey, DeleteAlias, DescribeKey, DisableKeyRotation, PutKeyPolicy, Reply, ScheduleKeyDeletion, SetTopicPolicy,
    UpdateSecret,
};
use domain::resource::Tags;
use jiff::SignedDuration;
use scenarios::driver::{context_of, event, serve};
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Limits, Simulator, Strike};
use serde_json::json;

const KEY: &str = "alias/keys-demo-dev";
const ALARM_KEY: &str = "alias/keys-demo-dev-alarms";

fn created() -> String {
    event("tenant-created", json!({ "blueprint": "keys", "version": 1 }))
}

fn deleted(version: u64) -> String {
    event("tenant-deleted", json!({ "version": version }))
}

fn ready() -> Scenario {
    let scenario = Scenario::with(0, &context_of("keys"));
    scenario.send(&created());
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"], "{:?}", scenario.said());
    scenario
}

fn by_hand(scenario: &Scenario, call: impl Into<Call>) -> Reply {
    scenario.simulator.by_hand(call).expect("AWS takes it")
}

/// The id of the key that `alias` leads to.
fn id(scenario: &Scenario, alias: &str) -> String {
    match by_hand(scenario, DescribeKey { id: alias.to_owned() }) {
        Reply::DescribeKey(Some(key)) => match key.detail {
            Detail::KmsKey(seen) => seen.id,
            other => panic!("{other:?} is no key"),
        },
        other => panic!("{alias} leads nowhere: {other:?}"),
    }
}

// Invariant: a crash after any call changes nothing of the end; no key is left behind.

/// What stands after `events`, with the function killed at one call of the last one's work; and how many calls that made.
fn end_with_kill(events: &[String], kill: Option<(usize, Strike)>) -> (Vec<String>, usize) {
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, 0);
    serve(&simulator, &context_of("keys"), Limits::default());
    let (last, before) = events.split_last().expect("there is one");
    for event in before {
        simulator.send(event.clone(), 0);
        executor.run_for(SignedDuration::from_hours(2));
    }
    let mark = simulator.log().mark();
    if let Some((at, strike)) = kill {
        simulator.strike(Aim::nth(at), strike);
    }
    for _ in 0..2 {
        // A sender that has heard nothing sends again.
        simulator.send(last.clone(), 0);
        executor.run_for(SignedDuration::from_hours(2));
    }
    let calls = simulator.log().since(mark).len();
    let end = simulator.census().of("caretaker:owner").lines;
    executor.clear();
    (end, calls)
}

#[test]
fn a_kill_at_any_call_leaves_no_key_behind() {
    for events in [vec![created()], vec![created(), deleted(2)]] {
        let (expected, calls) = end_with_kill(&events, None);
        assert_eq!(expected.iter().filter(|line| line.starts_with("key ")).count(), 2, "{expected:#?}");
        for strike in [Strike::CrashBefore, Strike::CrashAfter] {
            let ends: BTreeSet<_> = (1..=calls).map(|at| end_with_kill(&events, Some((at, strike))).0).collect();
            assert_eq!(ends, BTreeSet::from([expected.clone()]), "{strike:?}");
        }
    }
}

// Invariant: drift is repaired.

fn repaired(change: impl Fn(&Scenario)) {
    let scenario = ready();
    let before = scenario.simulator.census();
    change(&scenario);
    assert_ne!(scenario.simulator.census(), before, "it was changed by hand");
    scenario.look_over("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.census(), before);
    assert_eq!(scenario.phase("demo"), "Ready");
}

#[test]
fn what_a_person_has_changed_of_a_key_is_mended() {
    repaired(|scenario| _ = by_hand(scenario, DeleteAlias { alias: KEY.to_owned() }));
    repaired(|scenario| _ = by_hand(scenario, DisableKeyRotation { id: KEY.to_owned() }));
    repaired(|scenario| _ = by_hand(scenario, PutKeyPolicy { id: KEY.to_owned(), policy: json!({ "Statement": [] }).into() }));
    repaired(|scenario| _ = by_hand(scenario, ScheduleKeyDeletion { id: KEY.to_owned(), pending_days: 30 }));
    repaired(|scenario| {
        by_hand(scenario, ScheduleKeyDeletion { id: KEY.to_owned(), pending_days: 30 });
        by_hand(scenario, DeleteAlias { alias: KEY.to_owned() });
    });
}

#[test]
fn what_a_person_has_changed_of_a_topic_is_mended() {
    repaired(|scenario| {
        let arn = scenario.record(&scenario.life(), "alarms").and_then(|record| record.arn).expect("it has an ARN");
        by_hand(scenario, SetTopicPolicy { arn, policy: None });
    });
}

#[test]
fn a_secret_goes_back_under_its_key() {
    let scenario = ready();
    let arn = scenario.record(&scenario.life(), "secret").and_then(|record| record.arn).expect("it has an ARN");
    by_hand(&scenario, UpdateSecret { id: arn.clone(), key: None });
    scenario.look_over("demo");
    scenario.rest();
    let Reply::DescribeSecret(Some(secret)) = by_hand(&scenario, domain::ports::DescribeSecret { id: arn }) else { panic!("it stands") };
    let Detail::Secret(seen) = secret.detail else { panic!("it is a secret") };
    assert!(seen.key.is_some_and(|key| key.ends_with(&id(&scenario, KEY))));
}

#[test]
fn a_converged_owner_of_keys_is_left_alone() {
    let scenario = ready();
    let mark = scenario.simulator.log().mark();
    scenario.look_over("demo");
    scenario.rest();
    assert_eq!(scenario.simulator.log().changes_since(mark), Vec::<&_>::new());
}

// Invariant: a key stays as long as anything that it encrypts.

#[test]
fn a_deletion_keeps_the_key_of_what_it_keeps_and_destroying_that_ends_it() {
    let scenario = ready();
    let kept = id(&scenario, KEY);
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1", "tenant-removed 2"]);
    let retained = &scenario.last().detail["retained"][format!("{}#key", scenario.life())];
    assert_eq!(*retained, json!({ "what": { "key": kept }, "until": null, "monthly_usd": 1.0 }));
    assert_eq!(id(&scenario, KEY), kept);
    assert_eq!(scenario.standing("key [] PendingDeletion").len(), 1, "the alarms' key goes");
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    assert_eq!(scenario.last().kind, "tenant-removed");
    assert_eq!(scenario.simulator.census().lines.len(), 2, "two keys in their pending window: {}", scenario.simulator.census());
    assert_eq!(scenario.standing("key [] PendingDeletion").len(), 2);
}

#[test]
fn the_next_life_makes_keys_of_its_own() {
    let scenario = ready();
    let first = id(&scenario, ALARM_KEY);
    scenario.order("destroy-data", &scenario.life(), None);
    scenario.rest();
    scenario.send(&event("tenant-created", json!({ "blueprint": "keys", "version": 3 })));
    scenario.rest();
    assert_eq!(scenario.last().kind, "tenant-ready", "{:?}", scenario.last());
    assert_ne!(id(&scenario, ALARM_KEY), first);
}

// Invariant: what others own is left alone, and hides nothing of ours.

#[test]
fn an_alias_of_another_is_a_conflict_and_not_taken_over() {
    let scenario = ready();
    let ours = id(&scenario, ALARM_KEY);
    by_hand(&scenario, DeleteAlias { alias: ALARM_KEY.to_owned() });
    let desired = domain::kind::key::Key { description: "another's".into(), policy: json!({}).into(), rotation: false };
    let Reply::CreateKey(made) = by_hand(&scenario, CreateKey { desired, tags: Tags::new() }) else { panic!("a key") };
    let Detail::KmsKey(others) = made.detail else { panic!("a key") };
    by_hand(&scenario, CreateAlias { alias: ALARM_KEY.to_owned(), id: others.id.clone() });
    scenario.look_over("demo");
    scenario.rest();
    assert_eq!((id(&scenario, ALARM_KEY), scenario.standing("key [] Enabled").len()), (others.id.clone(), 1));
    scenario.send(&deleted(2));
    scenario.rest();
    assert_eq!(id(&scenario, ALARM_KEY), others.id, "another's stays");
    let Reply::DescribeKey(Some(gone)) = by_hand(&scenario, DescribeKey { id: ours }) else { panic!("it is pending") };
    assert!(matches!(gone.detail, Detail::KmsKey(seen) if seen.state == domain::kind::key::KeyState::PendingDeletion));
}

#[test]
fn a_kept_key_holds_its_alias_until_the_next_life_takes_it_over_by_order() {
    let scenario = ready();
    let (former, kept) = (scenario.life(), id(&scenario, KEY));
    let arn = scenario.record(&former, "key").and_then(|record| record.arn).expect("it has an ARN");
    scenario.send(&deleted(2));
    scenario.rest();
    scenario.send(&event("tenant-created", json!({ "blueprint": "keys", "version": 3 })));
    scenario.rest();
    assert_eq!(scenario.phase("demo"), "Failed", "it is in the way");
    scenario.order("adopt", &scenario.life(), Some(&arn));
    scenario.rest();
    assert_eq!((scenario.phase("demo").as_str(), id(&scenario, KEY)), ("Ready", kept.clone()));
    scenario.order("destroy-data", &former, None);
    scenario.rest();
    assert_eq!((scenario.phase("demo").as_str(), id(&scenario, KEY)), ("Ready", kept), "it is this life's by now");
}
