use serde_json::{Value, json};

use super::*;

fn schedule(value: Value) -> Schedule {
    serde_json::from_value(value).expect("a schedule")
}

fn check(schedule: &Schedule, now: &str, expected: Option<&str>) {
    let found = schedule.on_call(now.parse().expect("a moment"));
    let found = found.map(|found| match found {
        OnCall::Turn(person) => person.to_owned(),
        OnCall::Instead(person) => format!("{person} instead"),
    });
    assert_eq!(found.as_deref(), expected, "{now}");
}

fn weekly(more: Value) -> Schedule {
    let mut rotation = json!({ "people": ["ada", "bob", "cy"], "start": "2026-11-23", "handover": "09:00", "shift": { "weeks": 1 } });
    rotation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    schedule(json!({ "id": "primary", "zone": "Europe/Berlin", "rotation": [rotation] }))
}

#[test]
fn turns_change_at_the_handover_and_begin_again_after_the_last() {
    let weekly = weekly(json!({}));
    // A Monday; in winter Berlin is an hour ahead of UTC.
    check(&weekly, "2026-11-23T08:00:00Z", Some("ada"));
    check(&weekly, "2026-11-30T07:59:59Z", Some("ada"));
    check(&weekly, "2026-11-30T08:00:00Z", Some("bob"));
    check(&weekly, "2026-12-07T08:00:00Z", Some("cy"));
    check(&weekly, "2026-12-14T08:00:00Z", Some("ada"));
    // Before the start it goes backwards: there is always somebody.
    check(&weekly, "2026-11-23T07:59:59Z", Some("cy"));
    check(&weekly, "2026-11-16T07:59:59Z", Some("bob"));
}

#[test]
fn the_hour_of_the_handover_stays_when_clocks_are_changed() {
    let weekly = weekly(json!({ "start": "2026-03-23" }));
    check(&weekly, "2026-03-23T08:00:00Z", Some("ada"));
    // Summer since the 29th: 09:00 is 07:00 UTC.
    check(&weekly, "2026-03-30T06:59:59Z", Some("ada"));
    check(&weekly, "2026-03-30T07:00:00Z", Some("bob"));
    check(&weekly, "2026-10-19T07:00:00Z", Some("ada"));
    // Winter since the 25th.
    check(&weekly, "2026-10-26T07:59:59Z", Some("ada"));
    check(&weekly, "2026-10-26T08:00:00Z", Some("bob"));
}

#[test]
fn a_handover_that_clocks_skip_or_show_twice_happens_once() {
    let nightly = weekly(json!({ "start": "2026-03-28", "handover": "02:30", "shift": { "days": 1 } }));
    // On the 29th 02:30 is skipped; it is handed over at 03:30, which is 01:30 UTC.
    check(&nightly, "2026-03-29T00:59:59Z", Some("ada"));
    check(&nightly, "2026-03-29T01:29:59Z", Some("ada"));
    check(&nightly, "2026-03-29T01:30:00Z", Some("bob"));
    check(&nightly, "2026-03-30T00:30:00Z", Some("cy"));
    let nightly = weekly(json!({ "start": "2026-10-24", "handover": "02:30", "shift": { "days": 1 } }));
    // On the 25th it is 02:30 at 00:30 UTC, and again at 01:30 UTC.
    check(&nightly, "2026-10-25T00:29:59Z", Some("ada"));
    check(&nightly, "2026-10-25T00:30:00Z", Some("bob"));
    check(&nightly, "2026-10-25T01:10:00Z", Some("bob"));
    check(&nightly, "2026-10-26T01:29:59Z", Some("bob"));
    check(&nightly, "2026-10-26T01:30:00Z", Some("cy"));
}

#[test]
fn shifts_may_be_hours_or_days() {
    let halves = weekly(json!({ "people": ["ada", "bob"], "shift": { "hours": 12 } }));
    check(&halves, "2026-11-23T08:00:00Z", Some("ada"));
    check(&halves, "2026-11-23T20:00:00Z", Some("bob"));
    check(&halves, "2026-11-24T08:00:00Z", Some("ada"));
    // In summer still at nine o'clock.
    check(&halves, "2027-07-05T06:59:59Z", Some("bob"));
    check(&halves, "2027-07-05T07:00:00Z", Some("ada"));
    let pairs = weekly(json!({ "shift": { "days": 2 } }));
    check(&pairs, "2026-11-25T07:59:59Z", Some("ada"));
    check(&pairs, "2026-11-25T08:00:00Z", Some("bob"));
}

#[test]
fn an_override_goes_before_all() {
    let mut weekly = weekly(json!({}));
    weekly.overrides = serde_json::from_value(json!([
        { "person": "dee", "from": "2026-11-24T18:00", "until": "2026-11-25T06:00" },
        { "person": "eve", "from": "2026-11-25T00:00", "until": "2026-11-25T08:00" },
    ]))
    .unwrap();
    check(&weekly, "2026-11-24T16:59:59Z", Some("ada"));
    check(&weekly, "2026-11-24T17:00:00Z", Some("dee instead"));
    check(&weekly, "2026-11-25T04:59:59Z", Some("dee instead"));
    check(&weekly, "2026-11-25T05:00:00Z", Some("eve instead"));
    check(&weekly, "2026-11-25T07:00:00Z", Some("ada"));
}

#[test]
fn the_first_rotation_that_is_on_counts_and_none_is_a_gap() {
    let rotation = |person: &str, only: Value| json!({ "people": [person], "start": "2026-11-23", "handover": "09:00", "shift": { "weeks": 1 }, "only": only });
    let office = json!([{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "until": "18:00" }]);
    let night = json!([{ "days": ["mon", "tue", "wed", "thu"], "from": "18:00", "until": "08:00" }]);
    let both = schedule(json!({ "id": "s", "rotation": [rotation("ada", office), rotation("bob", night)] }));
    check(&both, "2026-11-23T07:59:59Z", None);
    check(&both, "2026-11-23T08:00:00Z", Some("ada"));
    check(&both, "2026-11-23T18:00:00Z", Some("bob"));
    check(&both, "2026-11-24T07:59:59Z", Some("bob"));
    check(&both, "2026-11-27T18:00:00Z", None);
}

#[test]
fn a_gap_is_seen_beforehand() {
    let check = |only: Value, expected| {
        let rotations = only
            .as_array()
            .unwrap()
            .iter()
            .map(|only| json!({ "people": ["ada"], "start": "2026-11-23", "handover": "09:00", "shift": { "days": 1 }, "only": only }));
        let schedule = schedule(json!({ "id": "s", "rotation": rotations.collect::<Vec<_>>() }));
        assert_eq!(schedule.has_gap(), expected, "{only}");
    };
    let (day, night) = (json!({ "from": "08:00", "until": "18:00" }), json!({ "from": "18:00", "until": "08:00" }));
    check(json!([]), true);
    check(json!([[]]), false);
    check(json!([[day]]), true);
    check(json!([[day], []]), false);
    check(json!([[day, night]]), false);
    check(json!([[day], [night]]), false);
    check(json!([[{ "from": "00:00", "until": "00:00" }]]), false);
    check(json!([[{ "days": [], "from": "00:00", "until": "00:00" }]]), true);
    check(json!([[{ "days": ["mon"], "from": "00:00", "until": "00:00" }]]), true);
    check(json!([[day], [{ "from": "18:00", "until": "07:59" }]]), true);
    check(json!([[day], [{ "days": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "18:00", "until": "08:00" }]]), true);
}
