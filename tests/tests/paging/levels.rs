//! Who is told next, and why nobody is.

use super::*;

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
    let id = open(&pager, "paging#prod").remove(0).id;
    let order = json!({ "caretaker": "acknowledgement", "desk": "paging#prod", "incident": id, "by": "ada" });
    assert_eq!(pager.tell(&order), ("acknowledged", "ada has it".to_owned()));
    assert_eq!(pager.tell(&order).0, "over");
    pager.wait(3 * 3_600);
    // All who were told hear who has it, and nothing after that: neither the third level nor another round.
    let actions: Vec<_> = pager.pages().into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["trigger", "trigger", "acknowledge"]);
    let told = slack(&pager);
    assert!(told.len() == 2 && told[1].contains("Acknowledged by ada"), "{told:?}");
    assert_eq!(pager.letters().len(), 5, "nobody was sent a text message");
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
    assert_eq!(pager.tell(&pager.alarm("demo", "task-failures", "ALARM")).0, "opened");
    pager.wait(29 * 60);
    assert_eq!(pager.letters(), []);
    assert!(matches!(&open(&pager, "paging#dev")[0].quiet, Some(Quiet::Muted(why)) if why.contains("silence s1")));
    pager.wait(3 * 60);
    assert_eq!(slack(&pager).len(), 1);
}

#[test]
fn what_an_owner_goes_through_is_expected() {
    let pager = pager(0);
    let scenario = &pager.scenario;
    // While CloudWatch does not answer, the alarm outlives the order to delete its tenant.
    let from = scenario.executor.now();
    let outages = vec![Outage { prefix: "cloudwatch.".into(), from, until: from + SignedDuration::from_mins(10) }];
    scenario.simulator.set_faults(Faults { outages, ..Faults::default() });
    scenario.delete(2);
    scenario.wait(30);
    let (word, why) = pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    assert_eq!(word, "opened", "{why}");
    pager.wait(300);
    assert_eq!(open(&pager, "paging#dev")[0].quiet, Some(Quiet::Expected(Expected::Deleted)));
    // Once it is gone, no record names it, and it is nobody's.
    scenario.rest();
    assert_eq!(scenario.phase("demo"), "Removed");
    let (word, why) = pager.tell(&pager.alarm("demo", "task-failures", "ALARM"));
    assert!(word == "ignored" && why.contains("nobody's here"), "{word}: {why}");
    pager.wait(300);
    assert_eq!(pager.letters(), []);
}
