//! Every no has a reason.

use super::*;

// Invariant: every no has a reason, changes no count, and leaves the other records of its batch alone.

#[test]
fn what_cannot_be_acted_upon_is_told_why_and_the_rest_of_the_batch_is_done() {
    let scenario = standing();
    let good = both(&scenario, 30);
    let bodies = [
        sample(&scenario, "celery", json!({ "ready": -4 })),
        sample(&scenario, "celery", json!({ "tenant": "nobody" })),
        sample(&scenario, "mails", json!({ "ready": 900 })),
        "{".to_owned(),
        good[0].clone(),
        good[1].clone(),
    ];
    let decisions = scale(&scenario, &bodies);
    let words: Vec<_> = decisions.iter().map(|(word, _)| *word).collect();
    assert_eq!(words, ["dead-lettered", "ignored", "ignored", "dead-lettered", "scaled", "scaled"]);
    let reasons = ["integer `-4`", "the tenant is unknown", "no pool of the tenant works on this queue", "not JSON"];
    for ((_, why), expected) in decisions.iter().zip(reasons) {
        assert!(why.contains(expected), "{why}");
    }
    assert_eq!(count(&scenario), "3");
}

#[test]
fn samples_that_cannot_be_true_hold_the_count() {
    let scenario = standing();
    let now = scenario.executor.now();
    let at = |seconds: i64| json!({ "ready": 900, "observedAt": now + SignedDuration::from_secs(seconds) });
    let cases = [
        (at(100), "a moment that has not come"),
        (at(-200), "too old"),
        (json!({ "ready": 1_u64 << 50 }), "cannot be true"),
        (json!({ "unacked": 1, "scheduled": 2 }), "cannot be true"),
        (json!({ "ready": null }), "nothing could be seen"),
    ];
    for (change, expected) in cases {
        let decisions = scale(&scenario, &[sample(&scenario, "celery", change)]);
        assert!(decisions[0].0 == "held" && decisions[0].1.contains(expected), "{decisions:?}");
    }
    assert_eq!(count(&scenario), "1");
}

#[test]
fn a_service_that_is_not_to_be_touched_is_not() {
    let scenario = standing();
    let held = |expected: &str| {
        let decisions = scale(&scenario, &both(&scenario, 900));
        assert!(decisions.iter().all(|(word, why)| *word == "held" && why.contains(expected)), "{decisions:?}");
        assert_eq!(count(&scenario), "1");
        scenario.wait(10);
    };
    scenario.simulator.suspend("mate-dev", SERVICE, true);
    held("scaling of the service is suspended");
    scenario.simulator.suspend("mate-dev", SERVICE, false);
    scenario.order("pause", &scenario.life(), None);
    scenario.rest();
    held("the tenant is paused");
    scenario.order("resume", &scenario.life(), None);
    scenario.rest();
    scale(&scenario, &both(&scenario, 900));
    assert_eq!(count(&scenario), "8");
}

#[test]
fn a_service_that_carries_anothers_tags_is_left_alone() {
    let scenario = standing();
    let arn = scenario.simulator.environment().arn("ecs", &format!("service/mate-dev/{SERVICE}"));
    let tags = [("caretaker:owner".to_owned(), "tenant/dev/other".to_owned())].into();
    scenario.simulator.by_hand(TagService { arn, tags }).expect("it stands");
    let mark = scenario.simulator.log().mark();
    let decisions = scale(&scenario, &both(&scenario, 900));
    assert!(decisions.iter().all(|(word, why)| *word == "held" && why.contains("does not carry the tenant's tags")), "{decisions:?}");
    assert_eq!(counts_set(&scenario, mark), 0);
}

#[test]
fn two_scalers_on_one_service_are_told_and_ours_steps_back() {
    let scenario = standing();
    for other in [5, 2, 6, 2] {
        scale(&scenario, &both(&scenario, 30));
        scenario.simulator.set_desired_count(SERVICE, other);
        scenario.wait(10);
    }
    let decisions = scale(&scenario, &both(&scenario, 30));
    assert!(decisions[0].1.contains("somebody else moves the count"), "{decisions:?}");
    assert_eq!(count(&scenario), "2");
    let said = incidents(&scenario);
    assert_eq!(said, ["incident-opened dev/demo/workers-demo-dev-celery/two-scalers"]);
}
