//! Receivers that fail, invocations that crash, and what is kept meanwhile.

use super::*;

// Invariant: whatever fails, nothing is lost, and what PagerDuty is told is told once.

/// No receiver takes anything for so many minutes, each in a way of its own.
fn fail(pager: &Pager, minutes: i64) {
    let until = pager.scenario.executor.now() + SignedDuration::from_mins(minutes);
    for (of, status) in [("pagerduty", Some(503)), ("slack", None), ("caretaker-alerts", Some(500))] {
        pager.scenario.simulator.strike_receivers(Stoppage { of: of.to_owned(), until, status });
    }
}

/// Who has taken something of the one incident of `desk`, which `alarm` has opened.
fn takers(pager: &Pager, desk: &str, alarm: &str) -> Vec<&'static str> {
    let incidents = open(pager, desk);
    assert_eq!(incidents.len(), 1, "{desk}");
    let letters: Vec<_> = pager.letters().into_iter().filter(|letter| letter.body.contains(alarm)).collect();
    // Slack is told no id but in the token of its link.
    let names_it = |body: &str| body.contains(&incidents[0].id);
    assert!(letters.iter().all(|letter| letter.to == HOOK || names_it(&letter.body)), "{letters:?}");
    let mut takers: Vec<_> = letters.iter().map(receiver).collect();
    takers.sort_unstable();
    takers
}

#[test]
fn receivers_that_fail_for_ten_minutes_lose_nothing() {
    let pager = pager(0);
    fail(&pager, 10);
    assert_eq!(pager.tell(&prod(&pager, "api", "ALARM")).0, "opened");
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "ALARM")).0, "opened");
    pager.wait(590);
    assert_eq!(pager.letters(), []);
    pager.wait(900);
    // By mail what no other could be told, and by the second level's receivers what was due after 15 minutes.
    assert_eq!(takers(&pager, "paging#prod", "prod-api"), ["email", "pagerduty", "slack"]);
    assert_eq!(takers(&pager, "paging#dev", "mate-demo-dev-task-failures"), ["email", "slack"]);
    assert_eq!(pager.letters().len(), 5, "{:?}", pager.letters());
    assert_eq!(pager.scenario.simulator.dead_letters(), []);
}

#[test]
fn who_was_told_instead_hears_of_the_end_too() {
    let pager = pager(0);
    let begun = pager.scenario.executor.now();
    let until = begun + SignedDuration::from_mins(3);
    pager.scenario.simulator.strike_receivers(Stoppage { of: "pagerduty".to_owned(), until, status: Some(503) });
    pager.tell(&prod(&pager, "api", "ALARM"));
    pager.wait(240);
    assert_eq!((pager.paged(), slack(&pager).len()), (0, 1));
    let waited = pager.letters()[0].at.duration_since(begun);
    assert!(waited <= SignedDuration::from_secs(65), "within a minute: {waited}");
    pager.tell(&prod(&pager, "api", "OK"));
    pager.wait(30);
    let told = slack(&pager);
    assert!(told.len() == 2 && told[1].contains("Resolved"), "{told:?}");
    assert_eq!(pager.pages().last().expect("one").0, "resolve");
}

#[test]
fn of_all_that_wait_for_who_takes_nothing_each_is_told_to_another_within_a_minute() {
    for status in [Some(503), None] {
        let pager = pager(0);
        let begun = pager.scenario.executor.now();
        let until = begun + SignedDuration::from_mins(10);
        pager.scenario.simulator.strike_receivers(Stoppage { of: "pagerduty".to_owned(), until, status });
        let alarms: Vec<_> = (0..8).map(|n| prod(&pager, &format!("api-{n}"), "ALARM").to_string()).collect();
        pager.hand(&alarms).expect("it does not crash");
        pager.wait(200);
        let told: Vec<_> = pager.letters().into_iter().filter(|letter| receiver(letter) == "slack").collect();
        assert_eq!((pager.paged(), told.len()), (0, 8), "{status:?}");
        // Slack takes one a second, and what ends without an answer takes five.
        let last = told.iter().map(|letter| letter.at.duration_since(begun)).max().expect("some");
        assert!(last <= SignedDuration::from_secs(75), "{status:?}: {last}");
        // Once it answers, it is the one again.
        pager.wait(420);
        pager.tell(&prod(&pager, "web", "ALARM"));
        pager.wait(30);
        assert_eq!(pager.paged(), 1, "{status:?}");
    }
}

/// The invocation that comes next.
fn next_invocation(pager: &Pager) -> String {
    let invocation = pager.scenario.simulator.invoke(SignedDuration::ZERO).request_id;
    let number: usize = invocation.trim_start_matches("invocation-").parse().expect("a number");
    format!("invocation-{}", number + 1)
}

#[test]
fn killed_at_any_point_it_pages_once() {
    let (rested, context) = (pager(0), shipped());
    rested.scenario.settle();
    let reference = rested.fork(&context);
    let invocation = next_invocation(&reference);
    reference.tell(&prod(&reference, "api", "ALARM"));
    let points = reference.scenario.simulator.log().all().iter().filter(|entry| entry.invocation == invocation).count();
    assert!(points > 8, "{points} calls");
    for strike in [Strike::CrashBefore, Strike::CrashAfter, Strike::DropReply] {
        for n in 1..=points {
            let pager = rested.fork(&context);
            pager.scenario.simulator.strike(Aim::nth(n).by(&next_invocation(&pager)), strike);
            let body = prod(&pager, "api", "ALARM").to_string();
            let told = pager.hand(std::slice::from_ref(&body));
            assert_eq!(told.is_none(), strike != Strike::DropReply, "{strike:?} at {n} is met");
            // SQS gives it back.
            if told.is_none_or(|told| told[0].0 == "retried") {
                pager.wait(180);
                pager.hand(std::slice::from_ref(&body)).expect("it does not crash again");
            }
            pager.wait(120);
            assert_eq!((pager.paged(), open(&pager, "paging#prod").len()), (1, 1), "{strike:?} at {n}");
            assert_eq!(pager.scenario.simulator.dead_letters(), [], "{strike:?} at {n}");
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

/// Sees that no item of the table of paging holds a link or a key. The outboxes in which something waits.
fn waiting(pager: &Pager) -> BTreeSet<&'static str> {
    let ids: Vec<_> = ["paging#dev", "paging#prod"].into_iter().flat_map(|desk| open(pager, desk)).map(|incident| incident.id).collect();
    let timelines = ids.iter().map(|id| format!("timeline#{id}"));
    let outboxes = ["out#email", "out#pagerduty", "out#slack"];
    let partitions = ["paging#dev", "paging#prod"].into_iter().chain(outboxes).map(str::to_owned).chain(timelines);
    for item in partitions.flat_map(|partition| pager.scenario.simulator.ledger(&partition)) {
        let kept = json!(item.attributes).to_string();
        assert!(["?t=", "secret-of-slack", ROUTING_KEY].iter().all(|secret| !kept.contains(secret)), "{}: {kept}", item.key);
    }
    let waits = |outbox: &&str| pager.scenario.simulator.ledger(outbox).iter().any(|item| item.key != "pace");
    outboxes.into_iter().filter(waits).collect()
}

#[test]
fn no_message_holds_a_key_and_no_item_a_link() {
    let pager = pager(0);
    fail(&pager, 5);
    pager.tell(&prod(&pager, "api", "ALARM"));
    pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    let mut waited = BTreeSet::new();
    for _ in 0..240 {
        pager.wait(1);
        waited.extend(waiting(&pager));
    }
    assert_eq!(waited, BTreeSet::from(["out#email", "out#pagerduty", "out#slack"]));
    assert_eq!(pager.letters(), []);
    // By then all has been let through, and the second level is told by its own receivers.
    pager.wait(1_000);
    assert_eq!(waiting(&pager), BTreeSet::new());
    for letter in pager.letters() {
        assert!(!letter.body.contains("secret-of-slack"), "{}", letter.body);
        assert_eq!(letter.body.contains(ROUTING_KEY), letter.to.contains("pagerduty"), "{}", letter.body);
        assert_eq!(letter.body.contains("?t="), !letter.to.contains("pagerduty"), "{}", letter.body);
    }
    let takers: BTreeSet<_> = pager.letters().iter().map(receiver).collect();
    assert_eq!(takers, BTreeSet::from(["email", "pagerduty", "slack"]));
}
