//! Alarms that go off: the shipped `page-oncall` beside the reconciler.

use domain::incident::{Incident, Severity, Turn};
use domain::ports::Entry;
use jiff::SignedDuration;
use scenarios::driver::shipped;
use scenarios::pager::{HOOK, Pager, ROUTING_KEY};
use scenarios::scenario::Scenario;
use scenarios::simulator::{Aim, Environment, Stoppage, Strike};
use serde_json::{Value, json};

/// The shipped routes, and alarms of an environment that Caretaker did not make, in which people are paged at night.
fn routes() -> String {
    let shipped = include_str!("../../paging/routes.toml");
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
    let incident = Incident {
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
    assert_eq!(slack(&pager), [""; 0]);
    pager.wait(3);
    let told = slack(&pager);
    assert!(told.len() == 1 && told[0].contains("mate-demo-dev-task-failures"), "{told:?}");
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "INSUFFICIENT_DATA")).0, "unknown");
    pager.wait(60);
    assert_eq!(slack(&pager).len(), 1);
    pager.scenario.executor.run_for(SignedDuration::from_secs(1));
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "OK")).0, "over");
    pager.wait(5);
    assert_eq!(slack(&pager).len(), 2, "{:?}", slack(&pager));
}

#[test]
fn the_same_alarm_by_two_roads_is_one() {
    let pager = pager(0);
    let event = pager.alarm("demo", "task-failures", "ALARM");
    assert_eq!(pager.tell(&event).0, "opened");
    assert_eq!(pager.tell(&pager.alarm_by_sns(&event)).0, "repeated");
    assert_eq!(pager.tell(&event).0, "repeated");
    pager.wait(30);
    assert_eq!(slack(&pager).len(), 1);
}

#[test]
fn whose_alarm_it_is_not_is_nobodys_affair() {
    let pager = pager(0);
    let mut foreign = pager.alarm("demo", "x", "ALARM");
    assert_eq!(pager.tell(&foreign).0, "ignored");
    foreign["resources"] = json!([Environment::dev().arn("cloudwatch", "alarm:TargetTracking-service/mate-dev/x-AlarmLow-1")]);
    let (word, why) = pager.tell(&foreign);
    assert!(word == "ignored" && why.contains("target tracking"), "{why}");
    pager.wait(60);
    assert_eq!(pager.letters(), []);
}

#[test]
fn a_database_and_all_that_stands_on_it_is_one_message_in_every_order() {
    let alarms = ["database-connections", "task-failures", "unhealthy-targets", "balancer-5xx"];
    for first in 0..alarms.len() {
        let pager = pager(0);
        for n in 0..alarms.len() {
            let (word, why) = pager.tell(&pager.alarm("demo", alarms[(first + n) % alarms.len()], "ALARM"));
            assert_ne!(word, "ignored", "{why}");
            pager.wait(3);
        }
        pager.wait(60);
        let told = slack(&pager);
        assert_eq!(told.len(), 1, "{first}: {told:?}");
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
    pager.tell(&pager.alarm("demo", "task-failures", "OK"));
    pager.tell(&repair(&pager, Turn::Resolved, Severity::Info));
    pager.wait(60);
    assert_eq!(slack(&pager), [""; 0]);
    let mails: Vec<_> = pager.letters().into_iter().filter(|letter| letter.to.contains(":sns:")).map(|letter| letter.subject).collect();
    assert!(mails.iter().any(|subject| subject.contains("repaired")), "{mails:?}");
}

#[test]
fn a_repair_that_failed_is_told_with_what_was_tried() {
    let pager = pager(0);
    pager.tell(&repair(&pager, Turn::Opened, Severity::Info));
    pager.wait(2);
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    pager.wait(120);
    pager.tell(&repair(&pager, Turn::Opened, Severity::Warning));
    pager.wait(30);
    let letters = pager.letters();
    let told: Vec<_> = letters.iter().filter(|letter| letter.to == HOOK).collect();
    assert!(told.len() == 1 && told[0].body.contains("raised its memory"), "{told:?}");
}

// Invariant: whoever does not answer is followed by the next; whoever has it is left in peace.

#[test]
fn pagerduty_hears_of_production_and_the_levels_follow_until_somebody_has_it() {
    let pager = pager(0);
    assert_eq!(pager.tell(&prod(&pager, "api", "ALARM")).0, "opened");
    pager.wait(2);
    assert_eq!((pager.paged(), slack(&pager).len()), (1, 0), "nothing could explain it: at once");
    pager.wait(15 * 60);
    assert_eq!((pager.paged(), slack(&pager).len()), (1, 1));
    let letters = pager.letters();
    let acknowledge = letters.iter().find(|letter| letter.to == HOOK).expect("Slack").body.clone();
    assert!(acknowledge.contains("https://answers.example.com/?t="), "{acknowledge}");
    let incident = pager.scenario.simulator.ledger("paging#prod").into_iter().find(|item| item.key.starts_with("incident#")).expect("open");
    let id = incident.key.trim_start_matches("incident#").to_owned();
    let order = json!({ "caretaker": "acknowledgement", "desk": "paging#prod", "incident": id, "by": "ada" });
    assert_eq!(pager.tell(&order), ("acknowledged", "ada has it".to_owned()));
    assert_eq!(pager.tell(&order).0, "over");
    pager.wait(3 * 3_600);
    assert_eq!(pager.paged(), 1);
    assert!(pager.letters().iter().all(|letter| !letter.to.starts_with('+')), "nobody was sent a text message");
    assert_eq!(pager.pages().last().expect("some").0, "acknowledge");
}

#[test]
fn a_silence_keeps_it_quiet_until_it_ends() {
    let pager = pager(0);
    let now = pager.scenario.executor.now();
    let silence = json!({ "id": "s1", "matchers": { "tenant": "demo" }, "starts": now, "ends": now + SignedDuration::from_mins(30),
        "by": "ada", "reason": "a test" });
    let order = json!({ "id": "o", "source": "caretaker.tenants", "detail-type": "tenant-privileged", "time": now,
        "detail": { "schema": 1, "action": "silence", "environment": "dev", "silence": silence, "by": "ada" } });
    assert_eq!(pager.tell(&order).0, "silenced");
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    pager.wait(29 * 60);
    assert_eq!(slack(&pager), [""; 0]);
    pager.wait(3 * 60);
    assert_eq!(slack(&pager).len(), 1);
}

#[test]
fn what_an_owner_goes_through_is_expected() {
    let pager = pager(0);
    let scenario = &pager.scenario;
    scenario.tell("tenant-deleted", json!({ "version": 2 }));
    scenario.wait(30);
    let (word, why) = pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    assert!(["opened", "ignored"].contains(&word), "{why}");
    pager.wait(300);
    assert_eq!(slack(&pager), [""; 0]);
}

// Invariant: whatever fails, nothing is lost, and what PagerDuty is told is told once.

#[test]
fn receivers_that_fail_for_ten_minutes_lose_nothing() {
    let pager = pager(0);
    let until = pager.scenario.executor.now() + SignedDuration::from_mins(10);
    for (of, status) in [("pagerduty", Some(503)), ("slack", None), ("caretaker-alerts", Some(500))] {
        pager.scenario.simulator.strike_receivers(Stoppage { of: of.to_owned(), until, status });
    }
    pager.tell(&prod(&pager, "api", "ALARM"));
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    pager.wait(590);
    assert_eq!(pager.letters(), []);
    pager.wait(900);
    let mails = pager.letters().iter().filter(|letter| letter.to.contains(":sns:")).count();
    assert!(pager.paged() + slack(&pager).len() + mails >= 2, "{:?}", pager.letters());
    assert_eq!(pager.scenario.simulator.dead_letters(), []);
}

#[test]
fn who_was_told_instead_hears_of_the_end_too() {
    let pager = pager(0);
    let until = pager.scenario.executor.now() + SignedDuration::from_mins(3);
    pager.scenario.simulator.strike_receivers(Stoppage { of: "pagerduty".to_owned(), until, status: Some(503) });
    pager.tell(&prod(&pager, "api", "ALARM"));
    pager.wait(240);
    assert_eq!((pager.paged(), slack(&pager).len()), (0, 1), "within a minute");
    pager.tell(&prod(&pager, "api", "OK"));
    pager.wait(30);
    let told = slack(&pager);
    assert!(told.len() == 2 && told[1].contains("Resolved"), "{told:?}");
    assert_eq!(pager.pages().last().expect("one").0, "resolve");
}

#[test]
fn killed_at_any_point_it_pages_once() {
    let (reference, context) = (pager(0), shipped());
    let mark = reference.scenario.simulator.log().mark();
    reference.tell(&prod(&reference, "api", "ALARM"));
    reference.wait(3);
    let points = reference.scenario.simulator.log().since(mark).len();
    assert!(points > 8, "{points} calls");
    let rested = pager(0);
    rested.scenario.settle();
    for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::DropReply] {
        for n in 1..=points {
            let pager = rested.fork(&context);
            let invocation = pager.scenario.simulator.invoke(SignedDuration::ZERO).request_id;
            let number: usize = invocation.trim_start_matches("invocation-").parse().expect("a number");
            pager.scenario.simulator.strike(Aim::nth(n).by(&format!("invocation-{}", number + 1)), strike);
            let body = prod(&pager, "api", "ALARM").to_string();
            let told = pager.hand(std::slice::from_ref(&body));
            // SQS gives it back.
            if told.is_none_or(|told| told[0].0 == "retried") {
                pager.wait(180);
                pager.hand(std::slice::from_ref(&body)).expect("it does not crash again");
            }
            pager.wait(120);
            assert_eq!(pager.paged(), 1, "{strike:?} at {n}");
        }
    }
}

#[test]
fn a_thousand_uncorrelated_faults_of_a_minute_are_all_told_at_pagerdutys_pace() {
    let pager = pager(0);
    let alarms: Vec<_> = (0..1_000).map(|n| prod(&pager, &format!("api-{n}"), "ALARM").to_string()).collect();
    for batch in alarms.chunks(10) {
        for (word, why) in pager.hand(batch).expect("it does not crash") {
            assert_eq!(word, "opened", "{why}");
        }
    }
    // 20 at once, and then one each 0.6 s: ten minutes.
    pager.wait(700);
    assert_eq!(pager.paged(), 1_000);
    let mut moments: Vec<_> = pager.letters().iter().filter(|letter| letter.to.contains("pagerduty")).map(|letter| letter.at).collect();
    moments.sort_unstable();
    let most =
        moments.iter().map(|at| moments.iter().filter(|other| **other >= *at && **other < *at + SignedDuration::from_secs(60)).count());
    assert!(most.max() <= Some(120), "PagerDuty takes 120 a minute");
}

// Invariant: nothing secret is told to whom it is not for.

#[test]
fn no_message_holds_a_key_and_no_item_a_link() {
    let pager = pager(0);
    pager.tell(&prod(&pager, "api", "ALARM"));
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    pager.wait(40);
    for letter in pager.letters() {
        assert!(!letter.body.contains("secret-of-slack"), "{}", letter.body);
        assert_eq!(letter.body.contains(ROUTING_KEY), letter.to.contains("pagerduty"), "{}", letter.body);
        assert_eq!(letter.body.contains("?t="), !letter.to.contains("pagerduty"), "{}", letter.body);
    }
    for partition in ["paging#dev", "paging#prod", "out#slack", "out#pagerduty"] {
        for item in pager.scenario.simulator.ledger(partition) {
            assert!(!json!(item.attributes).to_string().contains("?t="), "{}", item.key);
        }
    }
}
