//! The queue is SQS with a Lambda behind it.

use super::*;

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
