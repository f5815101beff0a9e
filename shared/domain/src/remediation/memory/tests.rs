use super::super::attempt::Effect;
use super::super::cause::Cause;
use super::super::conduct::{Subject, Why};
use super::super::diagnosis::Confidence;
use super::super::policy::Mode;
use super::super::remedy::Remedy;
use super::super::size::Size;
use super::*;
use crate::incident::Severity;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(100_000 + second).expect("a moment")
}

fn service() -> Subject {
    Subject {
        is_service: true,
        size: Some(Size { cpu: 512, memory_mib: 1_024 }),
        memory_cap_mib: Some(4_096),
        image: Some("v2".into()),
        wanted: Some(2),
        running: Some(2),
        ..Subject::default()
    }
}

fn fault(cause: &Cause) -> Fault {
    Fault { cause: cause.clone(), confidence: Confidence::Certain, evidence: Vec::new() }
}

fn around<'a>(policy: &'a Policy, id: &'a str, second: i64) -> Around<'a> {
    Around { policy, brake: None, full_until: None, id, pace: Pace::AWS, now: at(second) }
}

/// The n-th task stops at that second.
fn stop(memory: &mut Memory, task: i64, cause: &Cause, second: i64) -> Turn {
    let (task, id, policy) = (format!("task-{task}"), format!("attempt-{second}"), Policy::default());
    let fault = fault(cause);
    match memory.hear(Stop { task: &task, version: 5 }, &fault, Some("v2"), at(second)) {
        None => Turn::Repeated,
        Some(()) => memory.decide(&fault, &service(), &around(&policy, &id, second)),
    }
}

fn prove(memory: &mut Memory, id: &str, second: i64) -> Option<AttemptState> {
    let good = Effect { steady: Some(true), healthy: Some(true), ..Effect::default() };
    memory.prove(id, good, Pace::AWS, at(second)).map(|proof| match proof {
        Proof::Proven(attempt) | Proof::Failed(attempt, _) | Proof::Resume(attempt) | Proof::Later(attempt) => attempt.state,
    })
}

#[test]
fn one_stop_counts_once_whatever_order_it_is_told_in() {
    let mut memory = Memory::default();
    let mut tell = |version| memory.hear(Stop { task: "t", version }, &fault(&Cause::LogGroupMissing), None, at(0));
    assert_eq!(tell(7), Some(()));
    for version in [7, 5, 7] {
        assert_eq!(tell(version), None);
    }
    assert_eq!(memory.stops.len(), 1);
}

#[test]
fn of_many_stops_at_once_one_brings_an_act_and_the_same_act_is_not_repeated() {
    let mut memory = Memory::default();
    memory.releases.ran("v2", at(-9_000));
    let Turn::Claimed(attempt) = stop(&mut memory, 1, &Cause::OutOfMemory, 0) else { panic!("it acts") };
    let (from, to) = (Size { cpu: 512, memory_mib: 1_024 }, Size { cpu: 512, memory_mib: 2_048 });
    assert_eq!(attempt.remedy, Remedy::RaiseMemory { from, to });
    for task in 2..180 {
        assert_eq!(stop(&mut memory, task, &Cause::OutOfMemory, task), Turn::Busy("attempt-0".into()));
    }
    memory.note("attempt-0", AttemptState::Done);
    assert_eq!(prove(&mut memory, "attempt-0", 600), Some(AttemptState::Proven));
    assert_eq!(prove(&mut memory, "attempt-0", 601), None, "it is known");
    // Its size is not seen to have grown: the same act again would help no more.
    assert_eq!(stop(&mut memory, 200, &Cause::OutOfMemory, 4_000), Turn::Escalated(Why::TriedAlready));
    assert_eq!(stop(&mut memory, 201, &Cause::OutOfMemory, 4_001), Turn::ToldBefore);
}

#[test]
fn a_stop_after_the_act_took_hold_is_its_failure() {
    let claimed = |memory: &mut Memory| {
        assert!(matches!(stop(memory, 1, &Cause::LogGroupMissing, 0), Turn::Claimed(_)));
        memory.note("attempt-0", AttemptState::Done);
    };
    // A task that began before it, then one that began after it.
    let mut memory = Memory::default();
    claimed(&mut memory);
    stop(&mut memory, 2, &Cause::LogGroupMissing, 100);
    let mut earlier = memory.clone();
    assert_eq!(prove(&mut earlier, "attempt-0", 300), Some(AttemptState::Proven));
    stop(&mut memory, 3, &Cause::LogGroupMissing, 200);
    assert_eq!(prove(&mut memory, "attempt-0", 300), Some(AttemptState::Failed));
}

#[test]
fn an_act_of_which_nobody_knows_is_done_again_and_one_under_way_is_looked_at_later() {
    let mut memory = Memory::default();
    stop(&mut memory, 1, &Cause::LogGroupMissing, 0);
    assert_eq!(prove(&mut memory, "attempt-0", 300), Some(AttemptState::Claimed));
    memory.note("attempt-0", AttemptState::Done);
    let deploying = Effect { steady: Some(false), healthy: Some(true), deploying: true, still: None };
    for second in [600, 900] {
        let proof = memory.prove("attempt-0", deploying, Pace::AWS, at(second));
        assert!(matches!(&proof, Some(Proof::Later(attempt)) if attempt.check_at == at(second + 300)), "{proof:?}");
    }
    assert!(matches!(memory.prove("attempt-0", deploying, Pace::AWS, at(1_200)), Some(Proof::Failed(..))));
    assert!(memory.open.contains_key("log-group-missing"));
}

#[test]
fn an_act_whose_check_was_lost_does_not_hold_up_the_next() {
    let mut memory = Memory::default();
    stop(&mut memory, 1, &Cause::LogGroupMissing, 0);
    assert!(memory.busy(at(2_099)).is_some());
    assert!(memory.busy(at(2_100)).is_none());
}

#[test]
fn crashes_are_counted_by_us_and_those_of_an_hour_ago_are_not() {
    let mut memory = Memory::default();
    memory.releases.ran("v2", at(-9_000));
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
fn what_many_may_have_waits_and_is_one_incident_if_they_do() {
    let mut memory = Memory::default();
    let Turn::Waits(waiting) = stop(&mut memory, 1, &Cause::SecretMissing, 0) else { panic!("it waits") };
    assert_eq!((waiting.until, waiting.pause), (at(15), Pause::Others));
    assert_eq!(stop(&mut memory, 2, &Cause::SecretMissing, 5), Turn::Waited);
    let policy = Policy::default();
    let again = |memory: &mut Memory, brake| {
        let around = Around { brake, ..around(&policy, "next", 15) };
        memory.decide_again("attempt-0", &service(), false, &around).map(|(_, turn)| turn)
    };
    let tripped = Tripped::Many { failing: 40, of: 50 };
    assert_eq!(again(&mut memory.clone(), Some((tripped, true))), Some(Turn::Braked(tripped, true)));
    let Some(Turn::Claimed(attempt)) = again(&mut memory, None) else { panic!("it acts") };
    assert_eq!((attempt.remedy, attempt.id.as_str()), (Remedy::WakeReconciler, "next"));
    assert_eq!(again(&mut memory, None), None, "it waits no more");
}

#[test]
fn what_finds_no_room_waits_for_it_and_is_told_after_an_hour() {
    let (mut memory, policy) = (Memory::default(), Policy::default());
    let full = |id, second, until| Around { full_until: Some(at(until)), ..around(&policy, id, second) };
    let missing = fault(&Cause::LogGroupMissing);
    let turn = memory.decide(&missing, &service(), &full("first", 0, 600));
    assert!(matches!(&turn, Turn::Waits(waiting) if waiting.pause == Pause::Budget && waiting.until == at(600)), "{turn:?}");
    let (mut steady, mut busy) = (memory.clone(), memory.clone());
    assert_eq!(steady.decide_again("first", &service(), true, &full("second", 600, 1_200)).map(|(_, turn)| turn), Some(Turn::Over));
    let turn = busy.decide_again("first", &service(), false, &full("second", 600, 1_200)).map(|(_, turn)| turn);
    assert!(matches!(&turn, Some(Turn::Waits(waiting)) if waiting.since == at(0) && waiting.id == "second"), "{turn:?}");
    let turn = busy.decide_again("second", &service(), false, &full("third", 3_600, 4_200)).map(|(_, turn)| turn);
    assert_eq!(turn, Some(Turn::Escalated(Why::NoBudget)));
}

#[test]
fn a_policy_holds_an_act_back_until_a_person_says_yes() {
    let stop_with = |mode| {
        let (mut memory, policy) = (Memory::default(), Policy { mode, ..Policy::default() });
        memory.releases.ran("v2", at(-9_000));
        let turn = memory.decide(&fault(&Cause::OutOfMemory), &service(), &around(&policy, "a", 0));
        (memory, turn)
    };
    let (memory, turn) = stop_with(Mode::Observe);
    assert!(matches!(turn, Turn::Observed(Remedy::RaiseMemory { .. })) && memory.attempts.is_empty());
    let (mut memory, turn) = stop_with(Mode::Approve);
    let Turn::Proposed(proposal) = turn else { panic!("it asks") };
    assert_eq!(memory.attempts, []);
    let policy = Policy { mode: Mode::Approve, ..Policy::default() };
    assert_eq!(memory.decide(&fault(&Cause::OutOfMemory), &service(), &around(&policy, "b", 60)), Turn::ToldBefore);
    let mut approve = |id: &str, digest: &str, second| memory.approve(id, Some(digest), "amy", &around(&policy, "c", second));
    assert_eq!(approve("other", &proposal.digest(), 61), None);
    assert_eq!(approve("a", "of another remedy", 61), None);
    assert_eq!(approve("a", &proposal.digest(), 4 * 3_600), None, "it is too late");
    let attempt = approve("a", &proposal.digest(), 61).expect("it is claimed");
    assert_eq!((attempt.remedy, attempt.by.as_deref()), (proposal.remedy.clone(), Some("amy")));
    assert_eq!(approve("a", &proposal.digest(), 62), None, "once");
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut memory = Memory::default();
    for n in 0..3_000 {
        stop(&mut memory, n, &Cause::Unrecognised { text: format!("text {n}") }, n * 10);
    }
    assert!(memory.told.len() <= 50 && memory.stops.len() <= 2_001 && memory.tasks.len() <= 2_000, "{}", memory.tasks.len());
    let mut quiet = Memory::default();
    stop(&mut quiet, 1, &Cause::ApplicationError, 0);
    stop(&mut quiet, 2, &Cause::ApplicationError, 26 * 3_600);
    assert_eq!((quiet.tasks.len(), quiet.stops.len()), (1, 1));
}
