//! APIs that are down for a while, or throttle.

use super::*;

// Invariant: an API that is down for ten minutes costs ten minutes, and no event.

fn outage(scenario: &Scenario, prefix: &str, minutes: i64) {
    let from = scenario.executor.now();
    let outages = vec![Outage { prefix: prefix.into(), from, until: from + SignedDuration::from_mins(minutes) }];
    scenario.simulator.set_faults(Faults { outages, ..Faults::default() });
}

/// Brings a scenario to the moment before a phase.
type Prepare = fn(&Scenario);

#[test]
fn any_api_may_be_down_for_ten_minutes_at_any_phase() {
    for prefix in ["rds.", "ecs.", "elasticfilesystem.", "secretsmanager.", "events.", "dynamodb.", ""] {
        let scenario = Scenario::default();
        // Longer than the longest wait between two tries.
        let phases: [(&str, Prepare); 3] =
            [("create", |s| s.want("trial", 1)), ("grow", |s| s.want("standard", 2)), ("delete", |s| s.delete(3))];
        for (version, (phase, act)) in (1..).zip(phases) {
            outage(&scenario, prefix, 10);
            let began = scenario.executor.now();
            act(&scenario);
            other_wants(&scenario, 1);
            scenario.rest();
            let what = format!("{prefix:?} down while it is to {phase}");
            scenario.assert_tidy();
            assert_eq!(scenario.last().version, version, "{what}: {:?}", scenario.heard("demo"));
            assert_ne!(scenario.last().kind, "tenant-failed", "{what}");
            assert!(scenario.executor.now().duration_since(began) < SignedDuration::from_hours(2), "{what}");
            assert_other_ready(&scenario, &what);
        }
        assert_eq!((scenario.phase("demo").as_str(), scenario.counted()), ("Removed", 1), "{prefix:?}");
        assert_eq!(scenario.done("rds.CreateDatabase").len(), 2, "{prefix:?}: one each");
    }
}

#[test]
fn an_outage_in_the_middle_of_a_creation_delays_it_only() {
    for prefix in ["rds.", "ecs.", "elasticfilesystem.", "secretsmanager.", "events.", "dynamodb.", ""] {
        for seconds in [1, 30, 400, 430, 460] {
            let scenario = Scenario::default();
            scenario.want("trial", 1);
            scenario.wait(seconds);
            outage(&scenario, prefix, 10);
            scenario.rest();
            // What only a schedule brings back: a wake-up that could not be sent, an answer that could not be announced.
            scenario.wait(900);
            scenario.sweep("demo");
            scenario.rest();
            let what = format!("{prefix:?} down after {seconds} s");
            scenario.assert_tidy();
            assert_eq!(scenario.phase("demo"), "Ready", "{what}");
            assert_eq!(
                scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 1").count(),
                1,
                "{what}: {:?}",
                scenario.heard("demo")
            );
        }
    }
}

#[test]
fn a_dead_letter_of_a_long_outage_is_kept_word_for_word_and_can_be_redriven() {
    let scenario = Scenario::default();
    outage(&scenario, "dynamodb.", 120);
    scenario.want("trial", 1);
    let sent = scenario.simulator.pending_messages()[0].1.clone();
    scenario.rest();
    let letters = scenario.simulator.dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].body.as_str(), letters[0].reason.as_str()), (sent.as_str(), "gave up"));
    assert!(letters[0].cause.as_deref().is_some_and(|cause| cause.contains("ServiceUnavailable")), "{letters:?}");
    scenario.wait(7200);
    scenario.simulator.send(sent, 0);
    scenario.rest();
    assert_eq!(scenario.heard("demo"), ["tenant-ready 1"]);
}

// Invariant: throttling slows down, and fails nothing.

#[test]
fn many_tenants_at_once_are_throttled_and_all_come_to_be_ready() {
    const TENANTS: usize = 60;
    let scenario = Scenario::default();
    scenario.simulator.set_faults(Faults { throttles: true, ..Faults::default() });
    for n in 0..TENANTS {
        scenario.tell("tenant-created", json!({ "tenant": format!("t{n:02}"), "tier": "trial", "version": 1 }));
    }
    scenario.rest();
    for n in 0..TENANTS {
        let tenant = format!("t{n:02}");
        assert_eq!(
            (scenario.phase(&tenant).as_str(), scenario.heard(&tenant).last()),
            ("Ready", Some(&"tenant-ready 1".to_owned())),
            "{tenant}"
        );
    }
    assert_eq!((scenario.simulator.dead_letters().len(), scenario.counted()), (0, 60));
    assert_eq!(scenario.done("rds.CreateDatabase").len(), TENANTS);
    let throttled = scenario
        .simulator
        .log()
        .all()
        .iter()
        .filter(|entry| entry.outcome == scenarios::simulator::Outcome::Refused(Cause::Throttled))
        .count();
    assert!(throttled > 0, "the buckets were met");
}

#[test]
fn a_throttled_call_of_any_kind_delays_its_tenant_only() {
    let calm = Scenario::default();
    calm.want("trial", 1);
    calm.rest();
    for (operation, resource, occurrence) in calm.simulator.log().points() {
        let scenario = Scenario::default();
        scenario.simulator.strike(Aim::at(operation).of(&resource).occurrence(occurrence), Strike::Fail(Cause::Throttled));
        scenario.want("trial", 1);
        scenario.rest();
        scenario.wait(900);
        scenario.sweep("demo");
        scenario.rest();
        let what = format!("{operation} {resource} #{occurrence}");
        assert_eq!((scenario.phase("demo").as_str(), scenario.simulator.dead_letters().len()), ("Ready", 0), "{what}");
        assert_eq!(
            scenario.heard("demo").iter().filter(|said| *said == "tenant-ready 1").count(),
            1,
            "{what}: {:?}",
            scenario.heard("demo")
        );
        scenario.assert_tidy();
    }
}
