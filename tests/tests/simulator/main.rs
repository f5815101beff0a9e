//! The simulator itself: time, faults, crashes, the queue, the census.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::failure::{CallError, Cause};
use domain::ledger::{Condition, Item, Write};
use domain::ports::{
    Cloud, Confidential, CreateFileSystem, CreateSecret, DescribeFileSystem, DescribeSecret, PutEvents, ReadItem, SendMessage, WriteItems,
    send,
};
use futures::FutureExt;
use futures::future::join;
use jiff::SignedDuration;
use scenarios::executor::schedule::InOrder;
use scenarios::executor::{End, Executor, Handle};
use scenarios::simulator::{Aim, Faults, Invocation, Limits, Outage, Outcome, Received, Simulator, Strike, VISIBILITY, Verdict};
use serde_json::json;

mod faults;
mod queue;

fn simulator() -> Simulator {
    Simulator::new(&Executor::new(InOrder), 1)
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// Starts what an invocation does.
fn start<T: 'static, F: Future<Output = T> + 'static>(simulator: &Simulator, act: impl FnOnce(Invocation) -> F) -> Handle<T> {
    let invocation = simulator.invoke(seconds(60));
    simulator.executor().spawn(act(invocation))
}

/// What an invocation returns.
fn run<T: 'static, F: Future<Output = T> + 'static>(simulator: &Simulator, act: impl FnOnce(Invocation) -> F) -> T {
    let task = start(simulator, act);
    assert!(simulator.executor().run_until(|| task.end().is_some()), "it never ended");
    task.take().expect("it was not crashed")
}

fn secret(name: &str) -> CreateSecret {
    CreateSecret { name: name.into(), token: "t".repeat(32), value: Confidential("v".into()), key: None, tags: BTreeMap::new() }
}

fn file_system(token: &str) -> CreateFileSystem {
    CreateFileSystem { token: token.into(), name: format!("name-{token}"), key: None, tags: BTreeMap::new() }
}

async fn exists(cloud: &impl Cloud, name: &str) -> Result<bool, CallError> {
    send(cloud, DescribeSecret { id: name.into() }).await.map(|seen| seen.is_some())
}

async fn count(cloud: &impl Cloud, condition: Condition) -> Result<(), CallError> {
    let item = Item::new("tenant#dev#demo", "counter", &json!({"count": 1.0, "nothing": null}));
    send(cloud, WriteItems { writes: vec![Write::Put(item, condition)] }).await
}

// Invariant: a request that was sent has its effect, also if its caller ends meanwhile

#[test]
fn a_caller_that_ends_while_its_request_is_on_the_way_does_not_take_it_back() {
    let simulator = simulator();
    simulator.with_latency();
    let doomed = start(&simulator, |cloud| async move { send(&cloud, secret("a")).await });
    let executor = simulator.executor().clone();
    simulator.executor().after(SignedDuration::from_millis(1), move || executor.crash(doomed.id));
    simulator.executor().run();
    assert_eq!(simulator.log().all().iter().map(|entry| entry.outcome).collect::<Vec<_>>(), [Outcome::DoneUnheard]);
}

// Invariant: the ledger is DynamoDB

#[test]
fn a_transaction_is_all_or_nothing_and_refuses_two_writes_of_one_item() {
    let simulator = simulator();
    let seen = run(&simulator, |cloud| async move {
        count(&cloud, Condition::Absent).await.unwrap();
        let again = count(&cloud, Condition::Absent).await.map_err(|error| error.cause);
        let put = |key, condition| Write::Put(Item::new("o", key, &json!({"a": 1})), condition);
        let half = send(&cloud, WriteItems { writes: vec![put("x", Condition::Always), put("y", Condition::is("a", 1))] }).await;
        let x = send(&cloud, ReadItem { owner: "o".into(), key: "x".into() }).await;
        let twice = send(&cloud, WriteItems { writes: vec![put("x", Condition::Always), put("x", Condition::Always)] }).await;
        (again, half.map_err(|error| error.cause), x, twice.map_err(|error| error.cause))
    });
    assert_eq!(seen, (Err(Cause::ConditionFailed), Err(Cause::ConditionFailed), Ok(None), Err(Cause::InvalidRequest)));
}

#[test]
fn numbers_come_back_as_numbers_and_null_does_not_come_back() {
    let simulator = simulator();
    let item = run(&simulator, |cloud| async move {
        count(&cloud, Condition::Absent).await.unwrap();
        send(&cloud, ReadItem { owner: "tenant#dev#demo".into(), key: "counter".into() }).await
    });
    assert_eq!(item.unwrap().unwrap().attributes, json!({"count": 1, "schema": 1}).as_object().unwrap().clone());
}

// Invariant: AWS's events come to the hook, unless they are off

#[test]
fn what_settles_is_told_to_the_hook_and_silence_can_be_ordered() {
    let told = |silent| {
        let simulator = simulator();
        simulator.set_faults(Faults { silent, ..Faults::default() });
        let all = Rc::new(RefCell::new(Vec::new()));
        let note = all.clone();
        simulator.on_aws_event(move |_, told| note.borrow_mut().push(told.clone()));
        let environment = simulator.environment();
        let content = scenarios::fixtures::task_definition("family");
        run(&simulator, move |cloud| async move {
            let revision = send(&cloud, domain::ports::RegisterTaskDefinition { content, tags: BTreeMap::new() }).await.unwrap();
            send(&cloud, scenarios::fixtures::service(&environment, "name", &revision)).await.unwrap();
        });
        simulator.executor().run();
        all.take().len()
    };
    // Its deployment has completed, and it is steady.
    assert_eq!((told(false), told(true)), (2, 0));
}

// Invariant: the census tells what is from what is not

#[test]
fn two_runs_to_the_same_end_have_one_census_and_a_doubled_thing_shows() {
    let census = |seed, tokens: &'static [&'static str]| {
        let simulator = Simulator::new(&Executor::new(InOrder), seed);
        run(&simulator, move |cloud| async move {
            for token in tokens {
                send(&cloud, file_system(token)).await.unwrap();
            }
        });
        simulator.executor().run();
        simulator.census()
    };
    let one = census(1, &["t"]);
    assert_eq!(one, census(2, &["t"]), "ids differ, the census does not");
    assert_eq!(one.lines, ["file-system name-t Available {} [Name=name-t]"]);
    let two = census(1, &["t", "u"]);
    assert_eq!((two.beyond(&one).len(), one.beyond(&two).len()), (1, 0));
}

#[test]
fn a_file_system_takes_the_sampled_time() {
    let simulator = simulator();
    run(&simulator, |cloud| async move { send(&cloud, file_system("t")).await.unwrap() });
    let sampled = simulator.sampled();
    let began = simulator.executor().now();
    simulator.executor().run();
    assert_eq!(simulator.executor().now(), began + sampled[0].takes);
    let seen = run(&simulator, |cloud| async move { send(&cloud, DescribeFileSystem { token: "t".into() }).await });
    assert!(format!("{:?}", seen.unwrap().unwrap().detail).contains("Available"));
}
