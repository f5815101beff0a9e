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

// Invariant: a crash cuts exactly where it is aimed, and only its own invocation

#[test]
fn a_crash_before_a_call_leaves_no_effect_and_one_after_it_leaves_it() {
    for (strike, effect, outcome) in [(Strike::CrashBefore, false, Outcome::NotDone), (Strike::CrashAfter, true, Outcome::DoneUnheard)] {
        for latency in [false, true] {
            let simulator = simulator();
            if latency {
                simulator.with_latency();
            }
            simulator.strike(Aim::at("secretsmanager.CreateSecret").of("b"), strike);
            let doomed = start(&simulator, |cloud| async move {
                for name in ["a", "b", "c"] {
                    send(&cloud, secret(name)).await.unwrap();
                }
            });
            simulator.executor().run();
            assert_eq!(doomed.end(), Some(End::Crashed));
            assert_eq!(simulator.log().all().last().map(|entry| (entry.resource.as_str(), entry.outcome)), Some(("b", outcome)));
            let seen =
                run(&simulator, |cloud| async move { (exists(&cloud, "a").await, exists(&cloud, "b").await, exists(&cloud, "c").await) });
            assert_eq!(seen, (Ok(true), Ok(effect), Ok(false)));
            assert_eq!(simulator.unmet_strikes(), 0);
        }
    }
}

#[test]
fn a_crash_in_one_branch_ends_the_other_branches_of_its_invocation_and_no_other_invocation() {
    let simulator = simulator();
    simulator.strike(Aim::nth(1), Strike::CrashAfter);
    let doomed = start(&simulator, |cloud| async move {
        let branch = |names: [&'static str; 2]| {
            let cloud = cloud.clone();
            async move {
                for name in names {
                    send(&cloud, secret(name)).await.unwrap();
                }
            }
        };
        join(branch(["a", "b"]), branch(["c", "d"])).await
    });
    let other = start(&simulator, |cloud| async move { send(&cloud, secret("other")).await });
    simulator.executor().run();
    assert_eq!((doomed.end(), other.end()), (Some(End::Crashed), Some(End::Finished)));
    let made: Vec<_> = simulator.log().all().iter().map(|entry| entry.resource.clone()).collect();
    assert_eq!(made, ["a", "other"]);
}

#[test]
fn a_paused_invocation_goes_on_after_its_deadline_with_the_time_that_it_is_then() {
    let simulator = simulator();
    simulator.strike(Aim::nth(2), Strike::Pause(seconds(120)));
    let late = run(&simulator, |cloud| async move {
        send(&cloud, secret("a")).await.unwrap();
        send(&cloud, secret("b")).await.unwrap();
        cloud.now().duration_since(cloud.deadline)
    });
    assert_eq!(late, seconds(60));
}

#[test]
fn points_name_each_call_of_a_run_and_a_crash_can_be_aimed_at_each() {
    let act = |cloud: Invocation| async move {
        for name in ["a", "b"] {
            send(&cloud, secret(name)).await.unwrap();
            exists(&cloud, "a").await.unwrap();
        }
    };
    let undisturbed = simulator();
    run(&undisturbed, act);
    let points = undisturbed.log().points();
    assert_eq!(points.len(), 4);
    assert_eq!(points[3], ("secretsmanager.DescribeSecret", "a".to_owned(), 2));
    for (number, (operation, resource, occurrence)) in points.into_iter().enumerate() {
        let simulator = simulator();
        simulator.strike(Aim::at(operation).of(&resource).occurrence(occurrence), Strike::CrashAfter);
        start(&simulator, act);
        simulator.executor().run();
        assert_eq!(simulator.log().all().len(), number + 1);
    }
}

// Invariant: faults do what they say

#[test]
fn a_dropped_reply_is_a_time_out_after_the_effect() {
    let simulator = simulator();
    simulator.strike(Aim::nth(1), Strike::DropReply);
    let (reply, seen) = run(&simulator, |cloud| async move { (send(&cloud, secret("a")).await, exists(&cloud, "a").await) });
    assert_eq!(reply.map_err(|error| error.cause), Err(Cause::TimedOut));
    assert_eq!(seen, Ok(true));
}

#[test]
fn an_error_comes_before_or_after_the_effect() {
    let check = |strike, effect| {
        let simulator = simulator();
        simulator.strike(Aim::nth(1), strike);
        let (reply, seen) = run(&simulator, |cloud| async move { (send(&cloud, secret("a")).await, exists(&cloud, "a").await) });
        assert_eq!(reply.map_err(|error| error.cause), Err(Cause::Unavailable));
        assert_eq!(seen, Ok(effect));
    };
    check(Strike::Fail(Cause::Unavailable), false);
    check(Strike::FailAfter, true);
}

#[test]
fn a_stale_read_shows_the_world_before_the_change_for_ten_seconds_at_most() {
    let check = |wait, expected| {
        let simulator = simulator();
        simulator.strike(Aim::at("secretsmanager.DescribeSecret"), Strike::Stale);
        let clock = simulator.executor().clone();
        let seen = run(&simulator, move |cloud| async move {
            send(&cloud, secret("a")).await.unwrap();
            clock.sleep(seconds(wait)).await;
            (exists(&cloud, "a").await, exists(&cloud, "a").await)
        });
        assert_eq!(seen, (Ok(expected), Ok(true)));
    };
    check(9, false);
    check(10, true);
}

#[test]
fn a_service_that_is_down_does_not_answer_and_the_others_do() {
    let simulator = simulator();
    let now = simulator.executor().now();
    let outage = Outage { prefix: "secretsmanager.".into(), from: now, until: now + seconds(600) };
    simulator.set_faults(Faults { outages: vec![outage], ..Faults::default() });
    let clock = simulator.executor().clone();
    let seen = run(&simulator, move |cloud| async move {
        let down = send(&cloud, secret("a")).await.map_err(|error| error.cause);
        let other = send(&cloud, file_system("t")).await.is_ok();
        clock.sleep(seconds(600)).await;
        (down, other, send(&cloud, secret("a")).await.is_ok())
    });
    assert_eq!(seen, (Err(Cause::Unavailable), true, true));
}

#[test]
fn random_faults_follow_from_the_seed_alone() {
    let outcomes = |seed| {
        let simulator = Simulator::new(&Executor::new(InOrder), seed);
        simulator.set_faults(Faults::rough(0.2));
        run(&simulator, |cloud| async move {
            for number in 0..50 {
                let _any = send(&cloud, secret(&format!("s{number}"))).await;
                let _any = exists(&cloud, &format!("s{number}")).await;
            }
        });
        simulator.log().all().iter().map(|entry| entry.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(5), outcomes(5));
    assert_ne!(outcomes(5), outcomes(6));
    let all = outcomes(5);
    assert!(all.contains(&Outcome::NotDone) && all.contains(&Outcome::DoneUnheard) && all.contains(&Outcome::Done));
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

// Invariant: the queue is SQS with a Lambda behind it

/// Seconds since the start and receive count, for each time that a message was seen.
type Seen = Rc<RefCell<Vec<(i64, u32)>>>;

/// Serves the queue with a function that fails so many times first; returns what it saw.
fn served(failures: usize, limits: Limits) -> (Simulator, Seen) {
    let simulator = simulator();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (start, note) = (simulator.executor().now(), seen.clone());
    simulator.serve(limits, move |cloud, received: Received| {
        let note = note.clone();
        async move {
            note.borrow_mut().push((cloud.now().duration_since(start).as_secs(), received.receive_count));
            if note.borrow().len() > failures { Verdict::Consumed } else { Verdict::Failed }
        }
        .boxed_local()
    });
    (simulator, seen)
}

#[test]
fn a_message_is_seen_after_its_delay_and_again_after_the_visibility_time_out_if_it_failed() {
    let (simulator, seen) = served(1, Limits::default());
    simulator.send("m", 900);
    simulator.executor().run();
    assert_eq!(*seen.borrow(), [(900, 1), (900 + VISIBILITY.as_secs(), 2)]);
    assert!(simulator.pending_messages().is_empty() && simulator.dead_letters().is_empty());
}

#[test]
fn a_message_that_failed_five_times_is_a_dead_letter() {
    let (simulator, seen) = served(99, Limits::default());
    simulator.send("m", 0);
    simulator.executor().run();
    assert_eq!(seen.borrow().len(), 5);
    let dead: Vec<_> = simulator.dead_letters().into_iter().map(|letter| (letter.body, letter.reason)).collect();
    assert_eq!(dead, [("m".to_owned(), "maxReceiveCount".to_owned())]);
}

#[test]
fn a_crashed_invocation_leaves_its_message_and_one_over_its_time_is_ended() {
    let simulator = simulator();
    simulator.strike(Aim::nth(1), Strike::Pause(seconds(100)));
    let receives = Rc::new(RefCell::new(Vec::new()));
    let note = receives.clone();
    simulator.serve(Limits::default(), move |cloud, received| {
        note.borrow_mut().push(received.receive_count);
        async move { if send(&cloud, secret("a")).await.is_ok() { Verdict::Consumed } else { Verdict::Failed } }.boxed_local()
    });
    simulator.send("m", 0);
    simulator.executor().run();
    assert_eq!(*receives.borrow(), [1, 2]);
    assert_eq!(simulator.log().all().len(), 1, "the first invocation was ended before its call");
}

#[test]
fn no_more_invocations_run_than_the_mapping_allows() {
    let simulator = simulator();
    simulator.with_latency();
    let most = Rc::new(RefCell::new(0));
    let (note, watched) = (most.clone(), simulator.clone());
    simulator.serve(Limits { concurrency: 2, ..Limits::default() }, move |cloud, received| {
        let running = watched.running() + 1;
        let known = *note.borrow();
        note.replace(running.max(known));
        async move { if send(&cloud, secret(&received.body)).await.is_ok() { Verdict::Consumed } else { Verdict::Failed } }.boxed_local()
    });
    (0..10).for_each(|number| simulator.send(format!("m{number}"), 0));
    simulator.executor().run();
    assert_eq!((*most.borrow(), simulator.log().all().len()), (2, 10));
}

#[test]
fn a_function_can_send_itself_a_message_and_delays_beyond_sqs_are_refused() {
    let simulator = simulator();
    let outcomes = Rc::new(RefCell::new(Vec::new()));
    let note = outcomes.clone();
    simulator.serve(Limits::default(), move |cloud, received| {
        let note = note.clone();
        async move {
            if received.body == "first" {
                let sent = send(&cloud, SendMessage { body: "second".into(), delay_seconds: 900 }).await;
                let refused = send(&cloud, SendMessage { body: "third".into(), delay_seconds: 901 }).await;
                note.borrow_mut().push((sent.is_ok(), refused.map_err(|error| error.cause)));
            }
            Verdict::Consumed
        }
        .boxed_local()
    });
    simulator.send("first", 0);
    let before = simulator.executor().now();
    simulator.executor().run();
    assert_eq!(*outcomes.borrow(), [(true, Err(Cause::InvalidRequest))]);
    assert!(simulator.executor().now() >= before + seconds(900));
}

#[test]
fn at_least_once_can_be_twice() {
    let (simulator, seen) = served(0, Limits::default());
    simulator.set_faults(Faults { duplicates: 1.0, ..Faults::default() });
    let slow = simulator.clone();
    simulator.serve(Limits::default(), {
        let seen = seen.clone();
        move |_, received| {
            let (seen, clock) = (seen.clone(), slow.executor().clone());
            async move {
                seen.borrow_mut().push((0, received.receive_count));
                clock.sleep(seconds(2)).await;
                Verdict::Consumed
            }
            .boxed_local()
        }
    });
    simulator.send("m", 0);
    simulator.executor().run();
    assert!(seen.borrow().len() > 1, "{seen:?}");
}

#[test]
fn put_events_tells_of_each_entry() {
    let simulator = simulator();
    simulator.set_faults(Faults { loses_entry: 0.5, ..Faults::default() });
    let entry =
        |number: usize| domain::ports::Entry { source: "x", detail_type: format!("e{number}"), detail: "{}".into(), resources: vec![] };
    let (told, eleven) = run(&simulator, move |cloud| async move {
        let told = send(&cloud, PutEvents { entries: (0..10).map(entry).collect() }).await.unwrap();
        (told, send(&cloud, PutEvents { entries: (0..11).map(entry).collect() }).await.map_err(|error| error.cause))
    });
    let arrived = told.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(0 < arrived && arrived < 10);
    assert_eq!((simulator.announced().len(), eleven), (arrived, Err(Cause::InvalidRequest)));
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
