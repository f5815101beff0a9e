use super::*;

// Invariant: it goes on until somebody has it, and no longer.

#[test]
fn who_does_not_answer_is_followed_by_the_next_level() {
    let mut bench = Bench::new();
    bench.fire("a", of("demo", "database", &[]), 0);
    assert_eq!(bench.until(0), ["Opened i1 to first"], "nothing could explain it");
    assert_eq!(bench.until(1_799), [""; 0]);
    assert_eq!(bench.until(1_800), ["Escalated i1 to second"]);
    assert_eq!(bench.until(1_801 + 4 * 3_600), ["Repeated i1 to second"]);
}

#[test]
fn what_somebody_has_goes_no_further_unless_it_gets_worse() {
    let mut bench = Bench::new();
    bench.take_as(signal("a", State::Firing, 0), of("demo", "web", &WEB), Severity::Warning, 0);
    bench.until(20);
    assert_eq!(bench.desk.acknowledge("i1", "ada", at(60)), Ok(()));
    assert_eq!(bench.told(), ["Acknowledged i1 to first"]);
    assert_eq!(bench.desk.acknowledge("i1", "bob", at(61)), Err(Over::Acknowledged { by: "ada".into(), at: at(60) }));
    assert_eq!(bench.until(50_000), [""; 0]);
    bench.fire("b", of("demo", "web", &WEB), 50_001);
    assert_eq!(bench.until(50_001), ["Superseded i1 to first", "Worse i1 to first"]);
    assert_eq!(bench.desk.acknowledge("i1", "bob", at(50_002)), Ok(()));
    bench.told();
    assert_eq!(bench.desk.give_back("i1", "bob", at(50_010)), Ok(()));
    assert_eq!(bench.until(53_000), ["Escalated i1 to second"]);
    assert_eq!(bench.desk.acknowledge("i9", "bob", at(1)), Err(Over::Unknown));
}

#[test]
fn what_joins_later_is_told_after_the_interval_once() {
    let mut bench = Bench::new();
    bench.fire("a", of("demo", "web", &WEB), 0);
    bench.until(20);
    bench.fire("b", of("demo", "web", &WEB), 60);
    assert_eq!(bench.until(319), [""; 0]);
    assert_eq!(bench.until(320), ["Grown i1 to first"]);
    assert_eq!(bench.until(1_000), [""; 0]);
}

#[test]
fn what_was_told_at_once_is_told_again_with_all_that_came_within_the_wait() {
    let mut bench = Bench::new();
    for n in 0..31 {
        bench.fire(&format!("database-{n}"), of(&format!("tenant{n}"), "database", &[]), n / 4);
        bench.until(n / 4);
    }
    assert_eq!(bench.desk.incidents["i1"].told.as_ref().expect("told").members.len(), 1);
    assert_eq!(bench.until(19), [""; 0]);
    assert_eq!(bench.until(20), ["Grown i1 to first"]);
    assert_eq!(bench.desk.incidents["i1"].told.as_ref().expect("told").members.len(), 31);
}

#[test]
fn what_flaps_stays_open_until_it_is_quiet() {
    let mut bench = Bench::new();
    let web = || of("demo", "web", &WEB);
    let mut told = Vec::new();
    for n in 0..3 {
        bench.fire("a", web(), 100 * n);
        told.extend(bench.until(100 * n + 30));
        bench.end("a", web(), 100 * n + 50);
        told.extend(bench.until(100 * n + 60));
    }
    // The third time it is known to flap.
    assert_eq!(told, ["Opened i1 to first", "Resolved i1 to first", "Opened i3 to first", "Resolved i3 to first", "Opened i5 to first"]);
    assert_eq!(bench.fire("a", web(), 400), Taken::Known("i5".into()));
    bench.end("a", web(), 450);
    assert_eq!(bench.until(450 + 899), [""; 0]);
    assert_eq!(bench.until(450 + 900), ["Resolved i5 to first"]);
}

#[test]
fn what_flaps_while_it_is_silenced_is_no_note_at_its_end() {
    let mut bench = Bench::new();
    let web = || of("demo", "web", &WEB);
    bench.muted = Some(("silence s1 of ada".into(), None));
    for n in 0..3 {
        bench.fire("a", web(), 100 * n);
        bench.until(100 * n + 30);
        bench.end("a", web(), 100 * n + 50);
        assert_eq!(bench.until(100 * n + 60), [""; 0]);
    }
    assert_eq!(bench.open().len(), 1, "it flaps");
    assert_eq!(bench.until(250 + 900), [""; 0]);
    assert_eq!(bench.open(), [""; 0]);
}

#[test]
fn only_what_somebody_has_is_given_back() {
    let mut bench = Bench::new();
    assert_eq!(bench.desk.give_back("i1", "ada", at(0)), Err(Over::Unknown.into()));
    bench.fire("a", of("demo", "web", &WEB), 0);
    bench.until(20);
    assert_eq!(bench.desk.give_back("i1", "ada", at(30)), Err(NotHeld::Free));
    assert_eq!(bench.desk.acknowledge("i1", "ada", at(40)), Ok(()));
    assert_eq!(bench.desk.give_back("i1", "ada", at(50)), Ok(()));
    assert_eq!(bench.desk.give_back("i1", "ada", at(60)), Err(NotHeld::Free));
    let lines = bench.desk.lines.iter().filter(|line| line.text == "given back by ada").count();
    assert_eq!(lines, 1, "what changes nothing is no line");
    bench.until(60);
    bench.end("a", of("demo", "web", &WEB), 70);
    bench.until(70);
    assert_eq!(bench.desk.give_back("i1", "ada", at(80)), Err(Over::Resolved { at: at(70) }.into()));
}

#[test]
fn an_end_is_told_to_those_who_were_told_and_want_to_hear_it() {
    let check = |wants_resolved, ends_at, signal: &dyn Fn(State, i64) -> Signal, expected: &[&str]| {
        let mut bench = Bench::new();
        bench.decision.levels.iter_mut().flat_map(|level| &mut level.to).for_each(|one| one.wants_resolved = wants_resolved);
        bench.take(signal(State::Firing, 0), of("demo", "web", &WEB), 0);
        let mut told = bench.until(ends_at - 1);
        bench.take(signal(State::Over, ends_at), of("demo", "web", &WEB), ends_at);
        told.extend(bench.until(ends_at));
        assert_eq!(told, expected, "{wants_resolved} {ends_at}");
        assert_eq!(bench.open(), [""; 0]);
        assert_eq!(bench.desk.lines.last().map(|line| line.text.as_str()), Some("resolved"));
    };
    let plain = |state, second| signal("a", state, second);
    let repaired = |state, second| Signal { tried: vec!["restarted it".to_owned()], ..signal("a", state, second) };
    check(true, 60, &plain, &["Opened i1 to first", "Resolved i1 to first"]);
    check(false, 60, &plain, &["Opened i1 to first"]);
    // Before anybody was told.
    check(true, 10, &plain, &[]);
    check(false, 10, &plain, &[]);
    check(true, 10, &repaired, &["Saved i1 to first"]);
    check(false, 10, &repaired, &["Saved i1 to first"]);
}
