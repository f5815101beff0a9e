use super::*;

fn conduct_of(cause: &Cause, confidence: Confidence, subject: &Subject) -> Conduct {
    conduct(&Fault { cause: cause.clone(), confidence, evidence: Vec::new() }, subject)
}

fn service() -> Subject {
    Subject {
        is_service: true,
        size: Some(Size { cpu: 1_024, memory_mib: 2_048 }),
        memory_cap_mib: Some(4_096),
        raises: 0,
        image: Some("v2".into()),
        good: Some("v2".into()),
        alike: 1,
        wanted: Some(2),
        running: Some(2),
        ..Subject::default()
    }
}

#[test]
fn memory_is_raised_within_bounds_and_a_new_release_goes_back_first() {
    let check = |change: fn(Subject) -> Subject, expected| {
        assert_eq!(conduct_of(&Cause::OutOfMemory, Confidence::Likely, &change(service())), expected)
    };
    let raised =
        Conduct::Act(Remedy::RaiseMemory { from: Size { cpu: 1_024, memory_mib: 2_048 }, to: Size { cpu: 1_024, memory_mib: 3_072 } });
    check(|subject| subject, raised.clone());
    check(|subject| Subject { raises: 1, ..subject }, raised.clone());
    check(|subject| Subject { raises: 2, ..subject }, Conduct::Escalate(Why::RaisedEnough));
    check(|subject| Subject { memory_cap_mib: Some(2_048), ..subject }, Conduct::Escalate(Why::AtMostMemory));
    check(|subject| Subject { memory_cap_mib: None, ..subject }, Conduct::Escalate(Why::AtMostMemory));
    check(|subject| Subject { size: Some(Size { cpu: 16_384, memory_mib: 122_880 }), ..subject }, Conduct::Escalate(Why::AtMostMemory));
    let back = Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() });
    check(|subject| Subject { good: Some("v1".into()), ..subject }, back);
    check(|subject| Subject { good: None, ..subject }, raised);
}

#[test]
fn what_crashes_is_left_to_the_scheduler_until_it_is_a_loop() {
    let check = |cause: &Cause, alike, good: Option<&str>, expected| {
        let subject = Subject { alike, good: good.map(str::to_owned), ..service() };
        assert_eq!(conduct_of(cause, Confidence::Certain, &subject), expected, "{cause:?} {alike} {good:?}");
    };
    check(&Cause::ApplicationError, 1, Some("v1"), Conduct::LeaveToScheduler);
    check(&Cause::ApplicationError, 3, Some("v1"), Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() }));
    check(&Cause::ApplicationError, 3, Some("v2"), Conduct::Escalate(Why::Loop));
    check(&Cause::ApplicationError, 3, None, Conduct::Escalate(Why::Loop));
    // An image that is not there does not come by waiting.
    check(&Cause::ImageMissing, 1, Some("v1"), Conduct::Act(Remedy::Rollback { bad: "v2".into(), good: "v1".into() }));
    check(&Cause::ImageMissing, 1, None, Conduct::Escalate(Why::NoGoodImage));
    check(&Cause::SpotReclaimed, 1, None, Conduct::LeaveToScheduler);
    check(&Cause::SpotReclaimed, 3, None, Conduct::Escalate(Why::Loop));
}

#[test]
fn every_cause_has_a_conduct_and_only_what_is_benign_is_ignored() {
    for cause in Cause::PLAIN {
        let ignored = conduct_of(cause, Confidence::Guess, &service()) == Conduct::Ignore;
        assert_eq!(ignored, cause.is_benign(), "{cause:?}");
    }
    let one_off = Subject { is_service: false, ..service() };
    assert_eq!(conduct_of(&Cause::SpotReclaimed, Confidence::Certain, &one_off), Conduct::Act(Remedy::WakeReconciler));
    assert_eq!(conduct_of(&Cause::SecretMissing, Confidence::Certain, &service()), Conduct::Act(Remedy::WakeReconciler));
    assert_eq!(conduct_of(&Cause::LogGroupMissing, Confidence::Certain, &service()), Conduct::Act(Remedy::CreateLogGroup));
    // Memory is not raised on a guess, and a loop of guesses is a person's.
    assert_eq!(conduct_of(&Cause::OutOfMemory, Confidence::Guess, &service()), Conduct::LeaveToScheduler);
    let often = Subject { alike: 3, ..service() };
    assert_eq!(conduct_of(&Cause::OutOfMemory, Confidence::Guess, &often), Conduct::Escalate(Why::Loop));
    assert_eq!(conduct_of(&Cause::RegistryUnreachable, Confidence::Certain, &service()), Conduct::Escalate(Why::NotOurs));
}

#[test]
fn what_serves_nobody_and_has_no_way_back_stands_still() {
    let down = Subject { alike: 3, running: Some(0), good: None, ..service() };
    let check = |cause: &Cause, confidence, subject: Subject, expected| assert_eq!(conduct_of(cause, confidence, &subject), expected);
    let still = Conduct::Act(Remedy::Quarantine { was: 2 });
    check(&Cause::ImageMissing, Confidence::Certain, down.clone(), still.clone());
    check(&Cause::ApplicationError, Confidence::Likely, down.clone(), still);
    check(&Cause::ApplicationError, Confidence::Guess, down.clone(), Conduct::Escalate(Why::Loop));
    check(&Cause::ImageMissing, Confidence::Certain, Subject { running: Some(1), ..down.clone() }, Conduct::Escalate(Why::NoGoodImage));
    check(&Cause::ImageMissing, Confidence::Certain, Subject { running: None, ..down.clone() }, Conduct::Escalate(Why::NoGoodImage));
    check(&Cause::ImageMissing, Confidence::Certain, Subject { alike: 2, ..down.clone() }, Conduct::Escalate(Why::NoGoodImage));
    check(&Cause::ImageMissing, Confidence::Certain, Subject { rolls_back: true, ..down.clone() }, Conduct::Escalate(Why::NoGoodImage));
    check(&Cause::RegistryUnreachable, Confidence::Certain, down, Conduct::Escalate(Why::NotOurs));
}

#[test]
fn where_ecs_goes_back_nobody_else_does_and_what_others_undo_is_done_twice_more() {
    let bad = Subject { good: Some("v1".into()), ..service() };
    let check = |subject: Subject, expected| assert_eq!(conduct_of(&Cause::ImageMissing, Confidence::Certain, &subject), expected);
    check(Subject { rolls_back: true, ..bad.clone() }, Conduct::LeaveToScheduler);
    check(Subject { undone: 1, ..bad.clone() }, Conduct::Act(Remedy::WakeReconciler));
    check(Subject { undone: 2, ..bad.clone() }, Conduct::Act(Remedy::WakeReconciler));
    check(Subject { undone: 3, ..bad }, Conduct::Escalate(Why::Contended));
}
