use super::super::size::Size;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(100_000 + second).expect("a moment")
}

fn service() -> Subject {
    Subject {
        is_service: true,
        size: Some(Size { cpu: 512, memory_mib: 1_024 }),
        memory_cap_mib: Some(4_096),
        image: Some("v2".into()),
        good: Some("v2".into()),
        ..Subject::default()
    }
}

/// The n-th task stops at that second.
fn stop(memory: &mut Memory, task: i64, cause: &Cause, second: i64) -> Turn {
    let (task, id) = (format!("task-{task}"), format!("attempt-{second}"));
    memory.take(Stop { task: &task, version: 5, cause, confidence: Confidence::Certain }, &service(), Mode::Act, None, &id, at(second))
}

#[test]
fn one_stop_counts_once_whatever_order_it_is_told_in() {
    let mut memory = Memory::default();
    let mut tell = |version| {
        memory.take(
            Stop { task: "t", version, cause: &Cause::LogGroupMissing, confidence: Confidence::Certain },
            &service(),
            Mode::Act,
            None,
            "a",
            at(0),
        )
    };
    assert!(matches!(tell(7), Turn::Claimed(_)));
    for version in [7, 5, 7] {
        assert_eq!(tell(version), Turn::Repeated);
    }
    assert_eq!(memory.stops.len(), 1);
}

#[test]
fn of_many_stops_at_once_one_brings_an_act_and_the_same_act_is_not_repeated() {
    let mut memory = Memory::default();
    let Turn::Claimed(attempt) = stop(&mut memory, 1, &Cause::OutOfMemory, 0) else { panic!("it acts") };
    assert_eq!(attempt.remedy, Remedy::RaiseMemory(Size { cpu: 512, memory_mib: 2_048 }));
    for task in 2..180 {
        assert_eq!(stop(&mut memory, task, &Cause::OutOfMemory, task), Turn::Busy("attempt-0".into()));
    }
    assert_eq!(memory.prove("attempt-0", Some(true), Some(true)).map(|attempt| attempt.state), Some(AttemptState::Proven));
    assert_eq!(memory.prove("attempt-0", Some(true), Some(true)), None, "it is known");
    // Its size is not seen to have grown: the same act again would help no more.
    assert_eq!(stop(&mut memory, 200, &Cause::OutOfMemory, 4_000), Turn::Escalated(Why::TriedAlready));
}

#[test]
fn a_stop_after_the_act_took_hold_is_its_failure() {
    let mut memory = Memory::default();
    stop(&mut memory, 1, &Cause::CredentialsRotated, 0);
    memory.note("attempt-0", AttemptState::Done);
    // A task that began before it, then one that began after it.
    stop(&mut memory, 2, &Cause::CredentialsRotated, 100);
    let mut earlier = memory.clone();
    assert_eq!(earlier.prove("attempt-0", Some(true), Some(true)).map(|attempt| attempt.state), Some(AttemptState::Proven));
    stop(&mut memory, 3, &Cause::CredentialsRotated, 400);
    assert_eq!(memory.prove("attempt-0", Some(true), Some(true)).map(|attempt| attempt.state), Some(AttemptState::Failed));
}

#[test]
fn crashes_are_counted_by_us_and_those_of_an_hour_ago_are_not() {
    let mut memory = Memory::default();
    for (task, second, expected) in [(1, 0, Turn::Left), (2, 60, Turn::Left), (3, 700, Turn::Left), (4, 720, Turn::Left)] {
        assert_eq!(stop(&mut memory, task, &Cause::ApplicationError, second), expected);
    }
    assert_eq!(stop(&mut memory, 5, &Cause::ApplicationError, 740), Turn::Escalated(Why::Loop));
}

#[test]
fn what_nobody_knows_is_told_once_a_text() {
    let mut memory = Memory::default();
    let unknown = |text: &str| Cause::Unrecognised { text: text.into() };
    assert_eq!(stop(&mut memory, 1, &unknown("a # of <arn>"), 0), Turn::Told(Severity::Info));
    assert_eq!(stop(&mut memory, 2, &unknown("a # of <arn>"), 1), Turn::ToldBefore);
    assert_eq!(stop(&mut memory, 3, &unknown("another"), 2), Turn::Told(Severity::Info));
    assert_eq!(memory.attempts, [], "and nothing is done");
}

#[test]
fn a_brake_or_a_mode_holds_an_act_back() {
    let tripped = Some(Tripped { failing: 40, of: 50 });
    let take = |mode, brake| {
        let mut memory = Memory::default();
        let turn = memory.take(
            Stop { task: "t", version: 1, cause: &Cause::SecretMissing, confidence: Confidence::Certain },
            &service(),
            mode,
            brake,
            "a",
            at(0),
        );
        assert_eq!(memory.attempts.len(), usize::from(matches!(turn, Turn::Claimed(_))));
        turn
    };
    assert_eq!(take(Mode::Act, tripped), Turn::Braked(Tripped { failing: 40, of: 50 }));
    assert_eq!(take(Mode::Observe, None), Turn::Withheld(Mode::Observe, Remedy::WakeReconciler));
    assert_eq!(take(Mode::Approve, None), Turn::Withheld(Mode::Approve, Remedy::WakeReconciler));
    assert!(matches!(take(Mode::Act, None), Turn::Claimed(_)));
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut memory = Memory::default();
    for n in 0..3_000 {
        stop(&mut memory, n, &Cause::Unrecognised { text: format!("text {n}") }, n * 60);
    }
    assert!(memory.told.len() <= 50 && memory.stops.len() <= 361 && memory.tasks.len() <= 1_501, "{}", memory.tasks.len());
}
