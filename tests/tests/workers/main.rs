//! Pools of workers: the shipped `scale-workers`, fed with samples as `sample-queues` sends them.

use domain::ledger::{Condition, Item, Write};
use domain::ports::{Operation, ReadOwner, TagService};
use domain::scaling::memory::{Memory, partition};
use domain::scaling::past::{self, Past};
use domain::scaling::sample::QueueDepth;
use jiff::SignedDuration;
use runtime::batch::Message;
use runtime::record::Handled;
use scale_workers::fleet::Fleet;
use scale_workers::handler::handle;
use scenarios::driver::{context_of, event};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Mark, Strike};
use serde_json::{Value, json};

mod races;
mod refusals;

const SERVICE: &str = "workers-demo-dev-celery";

/// A tenant with a pool that stands.
fn standing() -> Scenario {
    let scenario = Scenario::with(0, &context_of("workers"));
    scenario.send(&event("tenant-created", json!({ "blueprint": "workers", "tier": "small", "version": 1 })));
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
    scenario
}

/// A sample of `queue` of the moment, with `change`.
fn sample(scenario: &Scenario, queue: &str, change: Value) -> String {
    let mut sample = json!({ "schema": 1, "sampleId": "s", "tenant": "demo", "environment": "dev", "queue": queue, "ready": 0, "unacked": 0,
        "scheduled": 0, "workers": null, "oldestAgeSeconds": null, "observedAt": scenario.executor.now(), "source": "sample-queues" });
    sample.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    sample.to_string()
}

/// Hands `bodies` to the function as one batch; what became of each: decision and reason.
fn scale(scenario: &Scenario, bodies: &[String]) -> Vec<(&'static str, String)> {
    let cloud = scenario.simulator.invoke(SignedDuration::from_secs(30));
    let record = |body: &String| Message { body: body.clone(), receipt: None, receives: 1 };
    let records: Vec<_> = bodies.iter().map(record).collect();
    let task = scenario.executor.spawn(async move { handle(&cloud, &Fleet::default(), &records).await });
    scenario.executor.run_for(SignedDuration::from_secs(5));
    let handled = task.take().expect("it has ended");
    handled.iter().map(Handled::decision).map(|decision| (decision.decision, decision.reason.clone())).collect()
}

/// Both queues, of which only `celery` has something.
fn both(scenario: &Scenario, ready: u64) -> Vec<String> {
    vec![sample(scenario, "celery", json!({ "ready": ready })), sample(scenario, "reports", json!({}))]
}

fn count(scenario: &Scenario) -> String {
    let line = scenario.standing("service").concat();
    line.split(" wants ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a count").to_owned()
}

fn counts_set(scenario: &Scenario, mark: Mark) -> usize {
    scenario.simulator.log().counts_since(mark).get("ecs.SetDesiredCount").copied().unwrap_or(0)
}

/// Turn and key of each.
fn incidents(scenario: &Scenario) -> Vec<String> {
    let entries = scenario.simulator.announced();
    let ours = entries.iter().filter(|(_, entry)| entry.source == "caretaker.incidents");
    ours.map(|(_, entry)| format!("{} {}", entry.detail_type, entry.resources.concat())).collect()
}

// Invariant: the count follows the sum of all queues of the pool, within its bounds.

#[test]
fn a_backlog_of_two_queues_sets_the_count_once_and_is_bounded() {
    let scenario = standing();
    let batch =
        [sample(&scenario, "celery", json!({ "ready": 20 })), sample(&scenario, "reports", json!({ "unacked": 15, "scheduled": 5 }))];
    let mark = scenario.simulator.log().mark();
    let decisions = scale(&scenario, &batch);
    assert!(decisions.iter().all(|(word, why)| *word == "scaled" && why.contains("from 1 to 3 workers")), "{decisions:?}");
    assert_eq!((count(&scenario).as_str(), counts_set(&scenario, mark)), ("3", 1));
    scenario.wait(10);
    scale(&scenario, &both(&scenario, 10_000));
    assert_eq!(count(&scenario), "8");
    // It falls once the window of five minutes has passed.
    for _ in 0..29 {
        assert_eq!(count(&scenario), "8");
        scenario.wait(5);
        scale(&scenario, &both(&scenario, 0));
    }
    scenario.wait(120);
    scale(&scenario, &both(&scenario, 0));
    assert_eq!(count(&scenario), "1");
}

#[test]
fn a_sample_that_comes_twice_or_late_changes_nothing() {
    let scenario = standing();
    let early = both(&scenario, 5);
    scenario.wait(10);
    let late = both(&scenario, 50);
    scale(&scenario, &late);
    let mark = scenario.simulator.log().mark();
    for bodies in [&late, &early] {
        let decisions = scale(&scenario, bodies);
        assert!(decisions.iter().all(|(word, why)| *word == "held" && why.contains("not newer")), "{decisions:?}");
    }
    assert_eq!((count(&scenario).as_str(), counts_set(&scenario, mark)), ("5", 0));
}

#[test]
fn changes_are_kept_for_those_who_ask_later() {
    let scenario = standing();
    scale(&scenario, &both(&scenario, 30));
    scenario.wait(10);
    scale(&scenario, &both(&scenario, 30));
    scenario.wait(10);
    scale(&scenario, &both(&scenario, 50));
    let owner = past::partition(&"tenant#dev#demo".parse().expect("an owner"));
    let reply = scenario.simulator.by_hand(ReadOwner { owner }).expect("the table answers");
    let items = ReadOwner::of(reply).expect("items");
    let changes: Vec<Past> = items.iter().map(|item| item.read().expect("a change")).collect();
    let counts: Vec<_> = changes.iter().map(|change| (change.from, change.to)).collect();
    assert_eq!(counts, [(1, 3), (3, 5)], "what changes nothing is not kept");
    assert!(changes[0].pool == SERVICE && changes[0].why.contains("from 1 to 3 workers"), "{changes:?}");
    assert!(
        items.iter().all(|item| item.attributes["expiresAt"].as_i64() > Some(scenario.executor.now().as_second())),
        "they go by themselves"
    );
}

// Invariant: what the pools of an environment share is shared by all its tenants, and nobody loses what it has.

#[test]
fn vcpus_are_shared_by_all_tenants_of_an_environment() {
    let scenario = standing();
    scenario.send(&event("tenant-created", json!({ "tenant": "other", "blueprint": "workers", "tier": "small", "version": 1 })));
    scenario.rest();
    let of = |tenant: &str, ready: u64| {
        let both = [("celery", ready), ("reports", 0)];
        both.map(|(queue, ready)| sample(&scenario, queue, json!({ "tenant": tenant, "ready": ready }))).to_vec()
    };
    let said = |bodies: &[String]| scale(&scenario, bodies).swap_remove(0).1;
    assert!(said(&of("demo", 900)).starts_with("from 1 to 8 workers"));
    // Three vCPUs are twelve workers, of which eight are the first one's.
    let second = said(&of("other", 900));
    assert!(second.starts_with("from 1 to 4 workers") && second.contains("4 instead of 8: others need what they share"), "{second}");
    scenario.wait(301);
    assert!(said(&of("demo", 0)).starts_with("from 8 to 1 workers"));
    assert!(said(&of("other", 900)).starts_with("from 4 to 8 workers"));
}

// Invariant: what pools share is shared, and nobody loses what it has.

#[test]
fn a_pool_takes_no_more_than_its_share_of_the_connections() {
    let scenario = standing();
    let mut item = scenario.simulator.ledger("pools#dev").remove(0);
    item.attributes["pool"]["connections"] = json!({ "most": 10, "each": 2 });
    scenario.simulator.write_ledger(&[Write::Put(item.clone(), Condition::Always)]);
    let decisions = scale(&scenario, &both(&scenario, 900));
    assert!(decisions[0].1.contains("5 instead of 8"), "{decisions:?}");
    assert_eq!(count(&scenario), "5");
    // A second pool, of another queue, finds nothing left.
    (item.key, item.attributes["name"]) = ("demo#other".into(), json!("other"));
    item.attributes["pool"]["queues"] = json!(["mails"]);
    item.attributes["pool"]["service"] = json!("other");
    scenario.simulator.write_ledger(&[Write::Put(item, Condition::Always)]);
    let decisions = scale(&scenario, &[sample(&scenario, "mails", json!({ "ready": 900 }))]);
    assert!(decisions[0].1.contains("there is no active service"), "{decisions:?}");
}

// Invariant: a pool is a resource like any other.

#[test]
fn a_pool_goes_with_its_tenant_and_before_its_service() {
    let scenario = standing();
    assert_eq!(scenario.simulator.ledger("pools#dev").len(), 1);
    scenario.send(&event("tenant-deleted", json!({ "version": 2 })));
    scenario.rest();
    assert_eq!(scenario.simulator.ledger("pools#dev").len(), 0);
    let decisions = scale(&scenario, &both(&scenario, 900));
    assert!(decisions.iter().all(|(word, _)| *word == "ignored"), "{decisions:?}");
}

#[test]
fn a_pool_that_was_changed_by_hand_is_set_back() {
    let scenario = standing();
    let change = |scenario: &Scenario| {
        let mut item = scenario.simulator.ledger("pools#dev").remove(0);
        item.attributes["pool"]["queues"] = json!(["other"]);
        scenario.simulator.write_ledger(&[Write::Put(item, Condition::Always)]);
    };
    scenario.assert_mended(change);
    let item = scenario.simulator.ledger("pools#dev").remove(0);
    assert_eq!(item.attributes["pool"]["queues"], json!(["celery", "reports"]));
}

#[test]
fn a_depth_holds_what_its_contract_names() {
    let read: QueueDepth = serde_json::from_str(&sample(&Scenario::default(), "celery", json!({}))).expect("it is one");
    assert_eq!((read.queue.as_str(), read.run_id, read.stranded), ("celery", None, None));
}
