use super::*;
use crate::paging::desk::testing::base;
use crate::paging::heard::source;
use crate::paging::signal::Producer;

// Invariant: signals of one fault are one incident, whoever brings them and in whichever order.

#[test]
fn a_fault_is_told_once_after_its_wait_and_once_when_it_is_over() {
    let mut bench = Bench::new();
    assert_eq!(bench.fire("a", of("demo", "web", &WEB), 0), Taken::Opened("i1".into()));
    assert_eq!(bench.until(19), [""; 0]);
    assert_eq!(bench.until(20), ["Opened i1 to first"]);
    assert_eq!(bench.until(600), [""; 0]);
    assert_eq!(bench.end("a", of("demo", "web", &WEB), 700), Taken::Over("i1".into()));
    assert_eq!(bench.until(700), ["Resolved i1 to first"]);
    // Fired again: a new incident.
    assert_eq!(bench.fire("a", of("demo", "web", &WEB), 800), Taken::Opened("i3".into()));
}

#[test]
fn the_same_by_two_roads_is_one_and_what_is_older_is_dropped() {
    let mut bench = Bench::new();
    let web = || of("demo", "web", &WEB);
    bench.fire("a", web(), 10);
    assert_eq!(bench.fire("a", web(), 10), Taken::Repeated);
    assert_eq!(bench.end("a", web(), 9), Taken::Older);
    assert_eq!(bench.end("a", web(), 40), Taken::Over("i1".into()));
    assert_eq!(bench.fire("a", web(), 39), Taken::Older);
    // An end that comes before its beginning pages nobody.
    let mut bench = Bench::new();
    assert_eq!(bench.end("b", web(), 40), Taken::Unheard);
    assert_eq!(bench.fire("b", web(), 39), Taken::Older);
    assert_eq!(bench.open(), [""; 0]);
}

#[test]
fn what_cannot_tell_ends_nothing_and_begins_nothing() {
    let mut bench = Bench::new();
    let web = || of("demo", "web", &WEB);
    assert_eq!(bench.take(signal("a", State::Unknown, 1), web(), 1), Taken::Unknown);
    assert_eq!(bench.open(), [""; 0]);
    bench.fire("a", web(), 2);
    assert_eq!(bench.take(signal("a", State::Unknown, 3), web(), 3), Taken::Unknown);
    assert_eq!(bench.until(60), ["Opened i2 to first"]);
    // It is at fault again without having been over: nothing new.
    assert_eq!(bench.fire("a", web(), 70), Taken::Known("i2".into()));
    assert_eq!(bench.until(70), [""; 0]);
}

#[test]
fn a_cause_and_its_symptoms_are_one_page_in_every_order() {
    let mut signals: Vec<(&str, Subject)> = vec![("database", of("demo", "database", &[]))];
    let symptoms = ["web", "celery", "beat", "api"];
    signals.extend(symptoms.map(|name| (name, of("demo", name, &WEB))));
    for shift in 0..signals.len() {
        signals.rotate_left(shift);
        let mut bench = Bench::new();
        let mut told = Vec::new();
        for (n, (key, subject)) in signals.iter().enumerate() {
            let second = 3 * i64::try_from(n).expect("few");
            told.extend(bench.until(second));
            bench.fire(key, subject.clone(), second);
        }
        told.extend(bench.until(290));
        // What was told at once is told again with what came meanwhile: no new page.
        assert_eq!(told.iter().filter(|told| told.starts_with("Opened")).count(), 1, "{shift}: {told:?}");
        assert!(told.len() <= 2 && told.iter().skip(1).all(|told| told.starts_with("Grown")), "{shift}: {told:?}");
        let open = bench.open().into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(bench.desk.root(&open[0]).expect("a root").0, &source("database"), "{shift}");
        assert_eq!(bench.desk.members(&open[0]).count(), 5, "{shift}");
    }
}

#[test]
fn a_cause_that_comes_late_takes_over_and_pages_nobody() {
    let mut bench = Bench::new();
    bench.fire("web", of("demo", "web", &WEB), 0);
    assert_eq!(bench.until(30), ["Opened i1 to first"]);
    assert_eq!(bench.fire("database", of("demo", "database", &[]), 90), Taken::Joined("i1".into()));
    // That more belongs to it is told later, to those who have it anyway.
    assert_eq!(bench.until(200), [""; 0]);
    assert_eq!(bench.desk.root("i1").expect("a root").1.signal.key, "database");
}

#[test]
fn of_what_is_as_bad_what_has_happened_is_the_cause_and_not_what_is_measured() {
    let check = |said: Severity, measured: Severity, expected: &str| {
        let mut bench = Bench::new();
        let database = || of("demo", "database", &[]);
        bench.take_as(signal("connections", State::Firing, 0), database(), measured, 0);
        let failover = Signal { producer: Producer::Database, ..signal("failover", State::Firing, 5) };
        bench.take_as(failover, database(), said, 5);
        assert_eq!(bench.desk.root("i1").expect("a root").1.signal.key, expected, "{said:?} {measured:?}");
    };
    check(Severity::Critical, Severity::Critical, "failover");
    check(Severity::Critical, Severity::Warning, "failover");
    check(Severity::Info, Severity::Critical, "connections");
}

#[test]
fn two_incidents_that_turn_out_to_be_one_are_merged_into_the_one_that_was_told_first() {
    let mut bench = Bench::new();
    // An hour apart, what only stands on the same is two.
    bench.fire("web", of("demo", "web", &WEB), 0);
    assert_eq!(bench.until(30), ["Opened i1 to first"]);
    assert_eq!(bench.fire("celery", of("demo", "celery", &WEB), 1_000), Taken::Opened("i2".into()));
    assert_eq!(bench.until(1_100), ["Opened i2 to first"]);
    assert_eq!(bench.fire("database", of("demo", "database", &[]), 1_200), Taken::Joined("i1".into()));
    assert_eq!(bench.told(), ["Merged i2 to first"]);
    assert_eq!((bench.open(), bench.desk.members("i1").count()), (vec!["i1"], 3));
    // Its end is the end of all.
    for key in ["web", "celery", "database"] {
        assert_eq!(bench.end(key, of("demo", key, &[]), 1_300), Taken::Over("i1".into()));
    }
    assert_eq!(bench.until(1_300), ["Resolved i1 to first"]);
}

#[test]
fn the_same_of_fifty_tenants_is_one_page_and_what_comes_later_another() {
    let mut bench = Bench::new();
    for n in 0..50 {
        bench.fire(&format!("web-{n}"), of(&format!("tenant{n}"), "web", &WEB), n);
    }
    assert_eq!(bench.until(100), ["Opened i1 to first"]);
    assert_eq!(bench.open(), ["i1"]);
    assert!(matches!(bench.fire("late", of("late", "web", &WEB), 1_000), Taken::Opened(_)));
    // Another fault of another tenant is none of it.
    assert!(matches!(bench.fire("other", of("tenant3", "bucket", &[]), 1_001), Taken::Opened(_)));
}

#[test]
fn a_base_that_is_down_takes_in_what_its_tenants_have_a_part_at_a_time() {
    let mut bench = Bench::new();
    for n in 0..25 {
        bench.fire(&format!("{n}"), of(&format!("tenant{n}"), &format!("thing{n}"), &["database"]), n);
    }
    assert_eq!(bench.open().len(), 25);
    bench.fire("balancer", base(), 26);
    assert_eq!(bench.open().len(), 15, "ten at once");
    for _ in 0..2 {
        let desk = std::mem::take(&mut bench.desk);
        bench.desk = Desk { heard: desk.heard, incidents: desk.incidents, ..Desk::default() };
        let judged = bench.judged();
        let id = bench.open()[0].to_owned();
        bench.desk.look(&id, &judged, at(27));
    }
    assert_eq!(bench.open().len(), 1);
    assert_eq!(bench.desk.root(bench.open()[0]).expect("a root").1.signal.key, "balancer");
}

#[test]
fn a_thousand_symptoms_of_one_cause_are_one_incident() {
    let mut bench = Bench::new();
    for n in 0..1_000 {
        bench.fire(&format!("a{n}"), of("demo", &format!("web{n}"), &WEB), n / 10);
    }
    assert_eq!((bench.open().len(), bench.until(200)), (1, vec!["Opened i1 to first".to_owned()]));
}
