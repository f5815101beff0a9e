use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use futures::future::join;
use jiff::SignedDuration;

use super::preemptions::explore;
use super::schedule::{InOrder, Shuffled};
use super::{End, Executor, TaskId, beginning};

type Trace = Rc<RefCell<String>>;

/// A task that makes `calls` calls and notes its name at each.
async fn caller(executor: Executor, name: char, calls: usize, trace: Trace) {
    for _ in 0..calls {
        executor.boundary().await;
        trace.borrow_mut().push(name);
    }
}

fn second(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

#[test]
fn the_clock_jumps_to_the_next_timer_and_timers_of_one_moment_keep_their_order() {
    let executor = Executor::new(InOrder);
    let trace = Trace::default();
    for (wait, name) in [(7_200, 'c'), (60, 'a'), (60, 'b')] {
        let (trace, executor) = (trace.clone(), executor.clone());
        executor.clone().spawn(async move {
            executor.sleep(second(wait)).await;
            trace.borrow_mut().push(name);
        });
    }
    executor.run();
    assert_eq!((trace.borrow().as_str(), executor.now()), ("abc", beginning() + second(7_200)));
}

#[test]
fn all_schedules_up_to_a_bound_of_preemptions_are_tried_once() {
    let check = |most, expected: &[&str]| {
        let seen = RefCell::new(BTreeSet::new());
        let count = explore(most, SignedDuration::ZERO, |executor| {
            let trace = Trace::default();
            executor.spawn(caller(executor.clone(), 'a', 2, trace.clone()));
            executor.spawn(caller(executor.clone(), 'b', 2, trace.clone()));
            executor.run();
            assert!(seen.borrow_mut().insert(trace.take()), "a schedule came twice");
        });
        assert_eq!(count, expected.len());
        assert_eq!(seen.into_inner().iter().map(String::as_str).collect::<Vec<_>>(), expected);
    };
    check(0, &["aabb", "bbaa"]);
    check(1, &["aabb", "abba", "baab", "bbaa"]);
    check(2, &["aabb", "abab", "abba", "baab", "baba", "bbaa"]); // all there are
}

#[test]
fn tasks_beyond_the_pair_do_not_multiply_the_schedules() {
    let count = explore(1, SignedDuration::ZERO, |executor| {
        for name in ['a', 'b', 'c', 'd'] {
            executor.spawn(caller(executor.clone(), name, 2, Trace::default()));
        }
        executor.run();
    });
    assert_eq!(count, 4);
}

#[test]
fn a_seed_gives_one_schedule_and_many_seeds_give_all() {
    let run = |seed| {
        let executor = Executor::new(Shuffled::new(seed, SignedDuration::ZERO));
        let trace = Trace::default();
        executor.spawn(caller(executor.clone(), 'a', 2, trace.clone()));
        executor.spawn(caller(executor.clone(), 'b', 2, trace.clone()));
        executor.run();
        trace.take()
    };
    assert_eq!(run(3), run(3));
    assert_eq!((0..100).map(run).collect::<BTreeSet<_>>().len(), 6);
}

#[test]
fn time_passes_with_each_call_and_timers_in_between_fire_at_their_moment() {
    let executor = Executor::new(Shuffled::new(1, second(10)));
    let fired = Rc::new(RefCell::new(None));
    let (note, clock) = (fired.clone(), executor.clone());
    executor.after(second(15), move || {
        note.replace(Some(clock.now()));
    });
    executor.spawn(caller(executor.clone(), 'a', 2, Trace::default()));
    executor.run();
    assert_eq!((fired.take(), executor.now()), (Some(beginning() + second(15)), beginning() + second(20)));
}

#[test]
fn a_crashed_task_is_dropped_at_once_and_nothing_of_it_runs_on() {
    struct Dropped(Trace);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.borrow_mut().push('!');
        }
    }
    let executor = Executor::new(InOrder);
    let trace = Trace::default();
    let guard = Dropped(trace.clone());
    let branches = join(caller(executor.clone(), 'a', 3, trace.clone()), caller(executor.clone(), 'b', 3, trace.clone()));
    let handle = executor.spawn(async move {
        branches.await;
        drop(guard);
    });
    let ended = Rc::new(RefCell::new(None));
    let note = ended.clone();
    handle.then(move |value| {
        note.replace(Some(value));
    });
    executor.run_until(|| trace.borrow().len() == 2);
    executor.crash(handle.id);
    executor.run();
    assert_eq!((trace.borrow().as_str(), handle.end(), ended.take()), ("ab!", Some(End::Crashed), Some(None)));
}

#[test]
fn a_task_can_crash_itself_while_it_is_on_the_stack() {
    let executor = Executor::new(InOrder);
    let inner = executor.clone();
    let handle = executor.spawn(async move {
        inner.crash(TaskId(0));
        7
    });
    executor.run();
    assert_eq!((handle.end(), handle.take()), (Some(End::Crashed), None));
}
