//! Alarms that go off: the shipped `page-oncall` beside the reconciler.

use std::collections::BTreeSet;

use domain::incident::{Incident as Said, Severity, Turn};
use domain::paging::incident::{Incident, Quiet};
use domain::paging::subject::Expected;
use domain::ports::Entry;
use jiff::SignedDuration;
use scenarios::driver::shipped;
use scenarios::pager::{HOOK, Pager, ROUTING_KEY, receiver};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Environment, Faults, Outage, Stoppage, Strike};
use serde_json::{Value, json};

mod levels;
mod outages;

/// The shipped routes, and alarms of an environment that Caretaker did not make, in which people are paged at night.
fn routes() -> String {
    let shipped = include_str!("../../../paging/routes.toml");
    format!("{shipped}\n[[shared]]\nname = \"~prod-.*\"\nenvironment = \"prod\"\nseverity = \"critical\"\n")
}

/// `demo` and so many tenants beside it stand on MATE's base.
fn pager(others: usize) -> Pager {
    let scenario = Scenario::on_mate(0, &shipped());
    for tenant in std::iter::once("demo".to_owned()).chain((0..others).map(|n| format!("other{n}"))) {
        scenario.tell("tenant-created", json!({ "tenant": tenant, "tier": "trial", "version": 1, "image": "dev-1" }));
    }
    scenario.rest();
    let pager = Pager::new(scenario, &routes());
    assert_eq!(pager.scenario.phase("demo"), "Ready");
    pager
}

/// What Slack was told, by its fallback text.
fn slack(pager: &Pager) -> Vec<String> {
    let letters = pager.letters().into_iter().filter(|letter| letter.to == HOOK);
    let text = |body: &str| serde_json::from_str::<Value>(body).expect("JSON")["text"].as_str().expect("a text").to_owned();
    letters.map(|letter| text(&letter.body)).collect()
}

/// The incidents of a desk that are open.
fn open(pager: &Pager, desk: &str) -> Vec<Incident> {
    let items = pager.scenario.simulator.ledger(desk).into_iter().filter(|item| item.key.starts_with("incident#"));
    items.map(|item| item.read::<Incident>().expect("an incident")).filter(Incident::is_open).collect()
}

/// An alarm of the other environment.
fn prod(pager: &Pager, name: &str, state: &str) -> Value {
    let mut event = pager.alarm("x", "y", state);
    event["resources"] = json!([Environment::dev().arn("cloudwatch", &format!("alarm:prod-{name}"))]);
    event["detail"]["alarmName"] = json!(format!("prod-{name}"));
    event
}

fn event(pager: &Pager, entry: &Entry) -> Value {
    let detail: Value = serde_json::from_str(&entry.detail).expect("JSON");
    json!({ "id": "e", "source": entry.source, "detail-type": entry.detail_type, "time": pager.scenario.executor.now(),
        "resources": entry.resources, "detail": detail })
}

fn repair(pager: &Pager, turn: Turn, severity: Severity) -> Value {
    let incident = Said {
        turn,
        dedup_key: "dev/demo/mate-demo-dev-django/out-of-memory".into(),
        environment: "dev".parse().expect("a name"),
        tenant: Some("demo".parse().expect("an id")),
        service: Some("mate-demo-dev-django".into()),
        severity,
        title: "mate-demo-dev-django: it is being repaired".into(),
        cause: "its memory ran out".into(),
        evidence: Vec::new(),
        tried: vec!["raised its memory".into()],
        since: pager.scenario.executor.now(),
        links: [].into(),
    };
    event(pager, &incident.entry())
}

// Invariant: one fault is one page, whatever tells of it in whichever order.

#[test]
fn an_alarm_is_told_after_its_wait_and_its_end_too() {
    let pager = pager(0);
    let (word, why) = pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    assert_eq!(word, "opened", "{why}");
    pager.wait(18);
    assert_eq!(pager.letters(), []);
    pager.wait(3);
    let told = slack(&pager);
    assert!(told.len() == 1 && told[0].contains("mate-demo-dev-task-failures"), "{told:?}");
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "INSUFFICIENT_DATA")).0, "unknown");
    pager.wait(60);
    assert_eq!(slack(&pager).len(), 1);
    pager.scenario.executor.run_for(SignedDuration::from_secs(1));
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "OK")).0, "over");
    pager.wait(5);
    let told = slack(&pager);
    assert!(told.len() == 2 && told[1].contains("Resolved"), "{told:?}");
    assert_eq!(pager.letters().len(), 2, "nobody else is told");
}

#[test]
fn the_same_alarm_by_two_roads_is_one() {
    let pager = pager(0);
    let event = pager.alarm("demo", "task-failures", "ALARM");
    assert_eq!(pager.tell(&event).0, "opened");
    assert_eq!(pager.tell(&pager.alarm_by_sns(&event)).0, "repeated");
    assert_eq!(pager.tell(&event).0, "repeated");
    pager.wait(30);
    assert_eq!((slack(&pager).len(), pager.letters().len()), (1, 1));
}

#[test]
fn whose_alarm_it_is_not_is_nobodys_affair() {
    let pager = pager(0);
    let mut foreign = pager.alarm("demo", "x", "ALARM");
    let (word, why) = pager.tell(&foreign);
    assert!(word == "ignored" && why.contains("nobody's here"), "{why}");
    foreign["resources"] = json!([Environment::dev().arn("cloudwatch", "alarm:TargetTracking-service/mate-dev/x-AlarmLow-1")]);
    let (word, why) = pager.tell(&foreign);
    assert!(word == "ignored" && why.contains("target tracking"), "{why}");
    pager.wait(60);
    assert_eq!(pager.letters(), []);
}

/// All orders of `names`.
fn orders(names: &[&'static str]) -> Vec<Vec<&'static str>> {
    if names.is_empty() {
        return vec![Vec::new()];
    }
    let first = |index: usize| {
        let rest: Vec<_> = names[..index].iter().chain(&names[index + 1..]).copied().collect();
        orders(&rest).into_iter().map(move |rest| [vec![names[index]], rest].concat())
    };
    (0..names.len()).flat_map(first).collect()
}

#[test]
fn a_database_and_all_that_stands_on_it_is_one_message_in_every_order() {
    let (rested, context) = (pager(0), shipped());
    rested.scenario.settle();
    for order in orders(&["database-connections", "task-failures", "unhealthy-targets", "balancer-5xx"]) {
        let pager = rested.fork(&context);
        for (alarm, expected) in order.iter().zip(["opened", "joined", "joined", "joined"]) {
            let (word, why) = pager.tell(&pager.alarm("demo", alarm, "ALARM"));
            assert_eq!(word, expected, "{alarm} of {order:?}: {why}");
            pager.wait(3);
        }
        pager.wait(60);
        let told = slack(&pager);
        assert!(told.len() == 1 && told[0].contains("database-connections"), "{order:?}: {told:?}");
        assert_eq!((open(&pager, "paging#dev").len(), pager.letters().len()), (1, 1), "{order:?}");
    }
}

#[test]
fn the_same_of_many_tenants_is_one_message_that_counts_them() {
    let pager = pager(12);
    let tenants = std::iter::once("demo".to_owned()).chain((0..12).map(|n| format!("other{n}")));
    let alarms: Vec<_> = tenants.map(|tenant| pager.alarm(&tenant, "task-failures", "ALARM").to_string()).collect();
    for batch in alarms.chunks(5) {
        pager.hand(batch).expect("it does not crash");
    }
    pager.wait(60);
    let told = slack(&pager);
    assert!(told.len() == 1 && told[0].contains("13 tenants"), "{told:?}");
}

#[test]
fn a_page_is_put_off_while_it_is_repaired_and_saved_if_that_helps() {
    let pager = pager(0);
    assert_eq!(pager.tell(&repair(&pager, Turn::Opened, Severity::Info)).0, "opened");
    pager.wait(2);
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "ALARM")).0, "joined");
    pager.wait(200);
    assert_eq!(slack(&pager), [""; 0]);
    assert_eq!(open(&pager, "paging#dev")[0].quiet, Some(Quiet::Repaired));
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "OK")).0, "over");
    assert_eq!(pager.tell(&repair(&pager, Turn::Resolved, Severity::Info)).0, "over");
    pager.wait(60);
    assert_eq!(slack(&pager), [""; 0]);
    let mails: Vec<_> = pager.letters().into_iter().filter(|letter| letter.to.contains(":sns:")).map(|letter| letter.subject).collect();
    assert!(mails.len() == 1 && mails[0].contains("repaired"), "{mails:?}");
}

#[test]
fn a_repair_that_failed_is_told_with_what_was_tried() {
    let pager = pager(0);
    pager.tell(&repair(&pager, Turn::Opened, Severity::Info));
    pager.wait(2);
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    pager.wait(120);
    assert_eq!(pager.letters(), [], "it is waited for");
    pager.tell(&repair(&pager, Turn::Opened, Severity::Warning));
    pager.wait(30);
    let letters = pager.letters();
    let told: Vec<_> = letters.iter().filter(|letter| letter.to == HOOK).collect();
    assert!(told.len() == 1 && told[0].body.contains("raised its memory"), "{told:?}");
}
