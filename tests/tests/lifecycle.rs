//! What a tenant goes through, on the simulator.

use std::rc::Rc;

use jiff::SignedDuration;
use provision_tenant::handler::Context;
use scenarios::driver::{LONG, OWNER, context, event, serve};
use scenarios::executor::Executor;
use scenarios::executor::schedule::InOrder;
use scenarios::simulator::{Limits, Simulator};
use serde_json::{Value, json};

struct Stage {
    executor: Executor,
    simulator: Simulator,
}

fn stage() -> Stage {
    let context: Rc<Context> = context();
    let executor = Executor::new(InOrder);
    let simulator = Simulator::new(&executor, 0);
    serve(&simulator, &context, Limits::default());
    Stage { executor, simulator }
}

impl Stage {
    fn send(&self, kind: &str, detail: Value) -> &Self {
        self.simulator.send(event(kind, detail), 0);
        self
    }

    fn rest(&self) -> &Self {
        self.executor.run_for(LONG);
        self
    }

    fn created(&self, version: u64) -> &Self {
        self.send("tenant-created", json!({ "tier": "trial", "version": version }))
    }

    fn item(&self, key: &str) -> Value {
        let items = self.simulator.ledger(OWNER);
        items.into_iter().find(|item| item.key == key).map_or(Value::Null, |item| Value::Object(item.attributes))
    }

    fn phase(&self) -> Value {
        self.item("state")["phase"].clone()
    }

    fn said(&self) -> Vec<String> {
        self.simulator.announced().into_iter().map(|(_, entry)| entry.detail_type).collect()
    }

    fn last(&self) -> Value {
        self.simulator.announced().last().map_or(Value::Null, |(_, entry)| serde_json::from_str(&entry.detail).expect("JSON"))
    }
}

// Invariant: the newest version's wish is the end, whatever order events come in.

#[test]
fn an_update_before_its_creation_ends_as_the_update_says() {
    let stage = stage();
    stage.send("tenant-updated", json!({ "tier": "standard", "version": 2 })).created(1).rest();
    assert_eq!((stage.phase(), &stage.item("intent")["version"]), (json!("ready"), &json!(2)));
    assert_eq!(stage.said(), ["tenant-ready"]);
}

#[test]
fn a_deletion_while_creating_unwinds_and_ends_removed() {
    let stage = stage();
    stage.created(1);
    stage.executor.run_for(SignedDuration::from_secs(30));
    stage.send("tenant-deleted", json!({ "version": 2 })).rest();
    assert_eq!(stage.phase(), json!("removed"));
    assert_eq!(stage.last()["leftovers"], json!([]));
}

#[test]
fn a_deletion_of_what_never_was_succeeds() {
    let stage = stage();
    stage.send("tenant-deleted", json!({ "version": 1 })).rest();
    assert_eq!((stage.phase(), stage.said()), (json!("removed"), vec!["tenant-removed".to_owned()]));
}

#[test]
fn one_version_with_two_contents_is_refused_and_told() {
    let stage = stage();
    stage.created(1).rest().send("tenant-updated", json!({ "tier": "standard", "version": 1 })).rest();
    assert_eq!(stage.said(), ["tenant-ready", "tenant-failed"]);
    assert_eq!(stage.phase(), json!("ready"));
}

// Invariant: a name used again never meets the former life's things.

#[test]
fn a_new_life_has_new_secrets_and_file_systems_and_the_former_ones_stay_kept() {
    let stage = stage();
    stage.created(1).rest();
    let first = stage.item("intent")["incarnation"].clone();
    stage.send("tenant-deleted", json!({ "version": 2 })).rest().created(3).rest();
    let second = stage.item("intent")["incarnation"].clone();
    assert_ne!(first, second);
    assert_eq!(stage.phase(), json!("ready"));
    let outputs = stage.item("state")["outputs"].to_string();
    let former = first.as_str().expect("a life");
    assert!(!outputs.contains(former), "{outputs}");
    let items = stage.simulator.ledger(OWNER);
    let kept =
        items.iter().filter(|item| item.key.starts_with(&format!("res#{former}"))).filter(|item| item.attributes.contains_key("retained"));
    assert_eq!(kept.count(), 4, "two secrets, the file system and the snapshot");
}

#[test]
fn a_creation_while_the_former_life_leaves_waits_for_its_names() {
    let stage = stage();
    stage.created(1).rest().send("tenant-deleted", json!({ "version": 2 }));
    stage.executor.run_for(SignedDuration::from_secs(20));
    stage.created(3).rest();
    assert_eq!(stage.phase(), json!("ready"));
    assert!(stage.simulator.dead_letters().is_empty());
}

// Invariant: a second look at what has converged changes nothing.

#[test]
fn a_second_look_makes_no_change_and_seven_reads() {
    let stage = stage();
    stage.created(1).rest();
    let mark = stage.simulator.log().mark();
    stage.simulator.send(json!({ "caretaker": "sweep", "owner": OWNER }).to_string(), 0);
    stage.rest();
    let counts = stage.simulator.log().counts_since(mark);
    let reads: usize = counts.iter().filter(|(name, _)| !name.starts_with("dynamodb.") && !name.starts_with("sqs.")).map(|(_, n)| *n).sum();
    assert_eq!((stage.simulator.log().changes_since(mark).len(), reads), (0, 7), "{counts:?}");
}

// Invariant: what nobody can carry out has a clear end, and stops nobody else.

#[test]
fn impossible_wishes_are_told_and_leave_no_intent() {
    for change in [
        json!({ "blueprint": "mat" }),
        json!({ "tier": "gold" }),
        json!({ "options": { "hipaa": true } }),
        json!({ "options": { "x": 1 } }),
    ] {
        let stage = stage();
        let mut detail = json!({ "tier": "trial", "version": 1 });
        detail.as_object_mut().expect("an object").extend(change.as_object().cloned().expect("an object"));
        stage.send("tenant-created", detail).rest();
        assert_eq!(stage.said(), ["tenant-failed"], "{change}");
        assert_eq!(stage.item("intent"), Value::Null, "{change}");
    }
}

#[test]
fn what_is_no_event_is_dead_lettered_at_once_and_others_go_on() {
    let stage = stage();
    stage.simulator.send("{".to_owned(), 0);
    stage.simulator.send(event("tenant-created", json!({ "schema": 9, "tier": "trial", "version": 1 })), 0);
    stage.simulator.send(event("tenant-created", json!({ "tenant": "../x", "tier": "trial", "version": 1 })), 0);
    stage.created(1).rest();
    assert_eq!(stage.simulator.dead_letters().len(), 3);
    assert_eq!(stage.phase(), json!("ready"));
}

#[test]
fn a_quota_ends_as_failed_with_its_reason_and_a_retry_goes_on() {
    let stage = stage();
    stage.simulator.set_quota("rds.CreateDBInstance", Some(0));
    stage.created(1).rest();
    assert_eq!((stage.phase(), stage.said()), (json!("failed"), vec!["tenant-failed".to_owned()]));
    stage.simulator.set_quota("rds.CreateDBInstance", None);
    let life = stage.item("intent")["incarnation"].clone();
    stage.send("tenant-privileged", json!({ "action": "retry", "version": 1, "incarnation": life })).rest();
    assert_eq!(stage.phase(), json!("ready"));
}
