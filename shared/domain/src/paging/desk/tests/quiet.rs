use super::*;
use crate::paging::desk::testing::repair;
use crate::paging::incident::Quiet;

// Invariant: who is not told, is not told for a reason, and is told once that has gone.

#[test]
fn silences_expected_faults_and_a_base_that_is_down_keep_it_quiet() {
    let check = |quiet: &dyn Fn(&mut Bench), expected: &str| {
        let mut bench = Bench::new();
        quiet(&mut bench);
        bench.fire("a", of("demo", "web", &WEB), 0);
        assert_eq!(bench.until(600), [""; 0], "{expected}");
        let why = bench.desk.incidents["i1"].quiet.as_ref().expect("a reason").to_string();
        assert!(why.contains(expected), "{why}");
        (bench.muted, bench.standing) = (None, Standing::default());
        assert_eq!(bench.until(700), ["Opened i1 to first"], "{expected}: its end");
    };
    check(&|bench| bench.muted = Some(("silence s1 of ada".into(), Some(at(650)))), "silence s1 of ada");
    check(&|bench| bench.standing.expected = Some(crate::paging::subject::Expected::Provisioned), "being provisioned");
    check(&|bench| bench.standing.base_down = true, "environment that it stands on is down");
}

#[test]
fn what_cloudwatch_mutes_is_told_once_it_does_so_no_more() {
    let mut bench = Bench::new();
    let muted = Signal { muted: Some("WaitPeriod".into()), ..signal("a", State::Firing, 0) };
    bench.take(muted, of("demo", "web", &WEB), 0);
    assert_eq!(bench.until(100), [""; 0]);
    assert_eq!(bench.desk.incidents["i1"].quiet, Some(Quiet::ByAws("WaitPeriod".into())));
    // ALARM to ALARM, without a suppressor by now.
    assert_eq!(bench.fire("a", of("demo", "web", &WEB), 120), Taken::Known("i1".into()));
    assert_eq!(bench.until(120), ["Opened i1 to first"]);
}

#[test]
fn a_repair_is_waited_for_and_its_success_wakes_nobody() {
    let mut bench = Bench::new();
    bench.take_as(repair("oom", 0), of("demo", "celery", &WEB), Severity::Info, 0);
    bench.fire("alarm", of("demo", "celery", &WEB), 5);
    assert_eq!(bench.until(300), [""; 0]);
    assert_eq!(bench.desk.incidents["i1"].quiet, Some(Quiet::Repaired));
    bench.end("alarm", of("demo", "celery", &WEB), 310);
    bench.end("oom", of("demo", "celery", &WEB), 320);
    assert_eq!(bench.until(320), ["Saved i1 to first"]);
}

#[test]
fn a_repair_that_takes_too_long_or_has_none_of_it_is_not_waited_for() {
    let mut bench = Bench::new();
    bench.take_as(repair("oom", 0), of("demo", "celery", &WEB), Severity::Info, 0);
    bench.fire("alarm", of("demo", "celery", &WEB), 5);
    assert_eq!(bench.until(599), [""; 0]);
    assert_eq!(bench.until(600), ["Opened i1 to first"]);
    // Critical in production: not at all.
    let mut bench = Bench::new();
    bench.defer = SignedDuration::ZERO;
    bench.take_as(repair("oom", 0), of("demo", "celery", &WEB), Severity::Info, 0);
    bench.fire("alarm", of("demo", "celery", &WEB), 5);
    assert_eq!(bench.until(30), ["Opened i1 to first"]);
    // It failed: Caretaker says so under the same key.
    let mut bench = Bench::new();
    bench.take_as(repair("oom", 0), of("demo", "celery", &WEB), Severity::Info, 0);
    bench.fire("alarm", of("demo", "celery", &WEB), 5);
    bench.until(100);
    bench.take_as(repair("oom", 120), of("demo", "celery", &WEB), Severity::Warning, 120);
    assert_eq!(bench.until(120), ["Opened i1 to first"]);
}
