use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::incident::Severity;
use crate::paging::heard::source;
use crate::paging::incident::{Course, Level, Quiet};
use crate::paging::signal::{About, Producer, Signal, State};
use crate::paging::subject::Subject;
use crate::resource::ResourceId;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("a moment")
}

fn ids(names: &[&str]) -> BTreeSet<ResourceId> {
    names.iter().map(|name| ResourceId::from(*name)).collect()
}

/// A thing of a tenant that stands on others.
fn of(tenant: &str, about: &str, stands_on: &[&str]) -> Subject {
    let owner = format!("tenant#dev#{tenant}").parse().expect("an owner");
    Subject { owner: Some(owner), resource: Some(about.into()), about: ids(&[about]), stands_on: ids(stands_on), ..Subject::default() }
}

fn base() -> Subject {
    Subject { owner: Some("environment#dev".parse().expect("an owner")), about: ids(&["balancer"]), ..Subject::default() }
}

fn signal(key: &str, state: State, second: i64) -> Signal {
    Signal {
        key: key.to_owned(),
        producer: Producer::Alarm,
        state,
        at: at(second),
        severity: None,
        about: About::Account,
        name: key.to_owned(),
        title: format!("{key} is at fault"),
        cause: String::new(),
        evidence: Vec::new(),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    }
}

fn repair(key: &str, second: i64) -> Signal {
    Signal { producer: Producer::Caretaker, tried: vec!["raised its memory".to_owned()], ..signal(key, State::Firing, second) }
}

/// A desk with its own clock.
struct Bench {
    desk: Desk,
    count: usize,
    course: Course,
    muted: Option<(String, Option<Timestamp>)>,
    standing: Standing,
}

impl Bench {
    fn new() -> Self {
        let level = |minutes, to: &str| Level { after: SignedDuration::from_mins(minutes), to: vec![to.to_owned()] };
        let course = Course {
            levels: vec![level(0, "first"), level(30, "second")],
            group_wait: SignedDuration::from_secs(20),
            group_interval: SignedDuration::from_mins(5),
            repeat: SignedDuration::from_hours(4),
            resolved: true,
            defer: SignedDuration::from_mins(10),
        };
        Self { desk: Desk::default(), count: 0, course, muted: None, standing: Standing::default() }
    }

    fn take_as(&mut self, signal: Signal, subject: Subject, severity: Severity, second: i64) -> Taken {
        self.count += 1;
        let (id, wait) = (format!("i{}", self.count), self.course.group_wait);
        self.desk.take(signal, subject, severity, &id, wait, at(second))
    }

    fn take(&mut self, signal: Signal, subject: Subject, second: i64) -> Taken {
        self.take_as(signal, subject, Severity::Critical, second)
    }

    fn fire(&mut self, key: &str, subject: Subject, second: i64) -> Taken {
        self.take(signal(key, State::Firing, second), subject, second)
    }

    fn end(&mut self, key: &str, subject: Subject, second: i64) -> Taken {
        self.take(signal(key, State::Over, second), subject, second)
    }

    /// Looks at all that is due until `second`; what is told, in words.
    fn until(&mut self, second: i64) -> Vec<String> {
        let judged = Judgement { course: self.course.clone(), muted: self.muted.clone(), standing: self.standing.clone() };
        for _ in 0..200 {
            let open = self.desk.incidents.values().filter(|incident| incident.is_open() && incident.due <= at(second));
            let Some((due, id)) = open.map(|incident| (incident.due, incident.id.clone())).min() else { break };
            self.desk.look(&id, &judged, due.max(at(0)));
        }
        self.told()
    }

    fn told(&mut self) -> Vec<String> {
        let words =
            |notice: Notice| format!("{:?} {} to {}", notice.what, notice.incident, notice.to.into_iter().collect::<Vec<_>>().join(" "));
        std::mem::take(&mut self.desk.notices).into_iter().map(words).collect()
    }

    fn open(&self) -> Vec<&str> {
        self.desk.incidents.values().filter(|incident| incident.is_open()).map(|incident| incident.id.as_str()).collect()
    }
}

const WEB: [&str; 2] = ["database", "redis"];

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
        let judged = Judgement { course: bench.course.clone(), muted: None, standing: Standing::default() };
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
    bench.desk.give_back("i1", "bob", at(50_010));
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
    bench.course.defer = SignedDuration::ZERO;
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

// Invariant: what is kept is what was there.

#[test]
fn items_are_the_desk_and_changes_are_few() {
    let mut bench = Bench::new();
    let before = bench.desk.clone();
    bench.fire("a", of("demo", "web", &WEB), 0);
    let writes = bench.desk.writes(&before, "paging#dev", at(0));
    let items = writes.iter().filter_map(|write| match write {
        crate::ledger::Write::Put(item, _) if item.owner == "paging#dev" => Some(item.clone()),
        _ => None,
    });
    let read = Desk::read(&items.collect::<Vec<_>>()).expect("they are ours");
    assert_eq!((read.revision, &read.heard, &read.incidents), (1, &bench.desk.heard, &bench.desk.incidents));
    assert_eq!(writes.len(), 4, "the desk, the source, the incident, a line of its timeline");
    assert_eq!(read.writes(&read, "paging#dev", at(0)), []);
    let mut after = read.clone();
    assert_eq!(after.acknowledge("i1", "ada", at(1)), Ok(()));
    assert_eq!(after.writes(&read, "paging#dev", at(1)).len(), 3);
}
