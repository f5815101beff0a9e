//! Keys and what is encrypted with them: none is lost, none is made twice, and none goes before what it encrypts.

use domain::kind::Detail;
use domain::ports::{
    Call, CreateAlias, CreateKey, DeleteAlias, DescribeKey, DisableKeyRotation, PutKeyPolicy, Reply, ScheduleKeyDeletion, SetTopicPolicy,
    UpdateSecret,
};
use domain::resource::Tags;
use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::strikes::{KILLS, Life};
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

#[test]
fn a_kill_at_any_call_leaves_no_key_behind() {
    for events in [vec![created()], vec![created(), deleted(2)]] {
        let life = Life::of("keys", &events, |simulator| simulator.census().of("caretaker:owner").lines);
        let end = life.assert_same_end(&KILLS);
        assert_eq!(end.iter().filter(|line| line.starts_with("key ")).count(), 2, "{end:#?}");
    }
}

// Invariant: drift is repaired.

#[test]
fn what_a_person_has_changed_of_a_key_is_mended() {
    ready().assert_mended(|scenario| _ = by_hand(scenario, DeleteAlias { alias: KEY.to_owned() }));
    ready().assert_mended(|scenario| _ = by_hand(scenario, DisableKeyRotation { id: KEY.to_owned() }));
    ready().assert_mended(|scenario| _ = by_hand(scenario, PutKeyPolicy { id: KEY.to_owned(), policy: json!({ "Statement": [] }).into() }));
    ready().assert_mended(|scenario| _ = by_hand(scenario, ScheduleKeyDeletion { id: KEY.to_owned(), pending_days: 30 }));
    ready().assert_mended(|scenario| {
        by_hand(scenario, ScheduleKeyDeletion { id: KEY.to_owned(), pending_days: 30 });
        by_hand(scenario, DeleteAlias { alias: KEY.to_owned() });
    });
}

#[test]
fn what_a_person_has_changed_of_a_topic_is_mended() {
    ready().assert_mended(|scenario| {
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
