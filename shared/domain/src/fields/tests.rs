use serde_json::json;

use super::*;

#[test]
fn a_moment_is_the_same_in_every_form() {
    let check = |text: &str, expected: Option<&str>| assert_eq!(moment(text), expected.and_then(|at| at.parse().ok()), "{text}");
    check("2026-11-21T02:00:40Z", Some("2026-11-21T02:00:40Z"));
    check("2026-11-21T02:00:40.989+0000", Some("2026-11-21T02:00:40.989Z"));
    check("2026-11-21T02: 00: 40.989+0000", Some("2026-11-21T02:00:40.989Z"));
    // More than milliseconds is forgotten, never rounded up.
    check("2026-11-21T02:00:40.989999Z", Some("2026-11-21T02:00:40.989Z"));
    check("2026-11-21 02:00:40.989", Some("2026-11-21T02:00:40.989Z"));
    check("2026-11-21T02:00:40", Some("2026-11-21T02:00:40Z"));
    check("2026-11-21", Some("2026-11-21T00:00:00Z"));
    check("Fri, 27 Jan 2023 06:02:51 GMT", Some("2023-01-27T06:02:51Z"));
    // Seen: no comma, blanks, and a day of the week that is wrong.
    check("Thu 15 Dec 2022 23: 25: 00 GMT", Some("2022-12-15T23:25:00Z"));
    check("Fri, 05 Apr 2023 12:00:00 GMT", Some("2023-04-05T12:00:00Z"));
    check("yesterday", None);
    check("", None);
    check(&"2".repeat(100_000), None);
}

#[test]
fn members_are_found_in_both_cases_and_types() {
    let value = json!({ "a": " x ", "B": "7", "period": 86_400, "none": null, "yes": "true", "data": "{\"k\":1}",
        "map": { "k": "v", "n": 1 }, "list": [{ "name": "k", "value": "v" }, 3, { "Key": "l", "Value": "w" }] });
    let fields = Fields::of(&value);
    assert_eq!((fields.text("a"), fields.text("b"), fields.text("none"), fields.text("period")), (Some("x"), Some("7"), None, None));
    assert_eq!(
        (fields.count("b"), fields.count("period"), fields.number("b"), fields.number("a")),
        (Some(7), Some(86_400), Some(7.0), None)
    );
    assert!(fields.flag("yes") && !fields.flag("a"));
    assert_eq!(fields.embedded("data"), Some(json!({ "k": 1 })));
    assert_eq!((fields.pairs("map"), fields.pairs("list")), (vec![("k", "v")], vec![("k", "v"), ("l", "w")]));
    assert_eq!(Fields::of(&json!(3)).text("a"), None);
    assert!(Fields::read(&json!(3)).is_none());
}

#[test]
fn a_whole_number_and_a_moment_may_be_numbers() {
    let check = |value: serde_json::Value, whole: Option<i64>, count: Option<u64>, time: Option<&str>| {
        let value = json!({ "it": value });
        let fields = Fields::of(&value);
        let expected = (whole, count, time.and_then(|at| at.parse().ok()));
        assert_eq!((fields.whole("it"), fields.count("it"), fields.time_or_count("it")), expected, "{value}");
        assert_eq!(fields.time("it"), None, "{value}");
    };
    check(json!(137), Some(137), Some(137), Some("1970-01-01T00:02:17Z"));
    check(json!(-1), Some(-1), None, Some("1969-12-31T23:59:59Z"));
    // Seconds with a fraction, and milliseconds.
    check(json!(1_763_690_440.989), None, None, Some("2025-11-21T02:00:40.989Z"));
    check(json!(1_763_690_440_989_i64), Some(1_763_690_440_989), Some(1_763_690_440_989), Some("2025-11-21T02:00:40.989Z"));
    check(json!(3.0), Some(3), Some(3), Some("1970-01-01T00:00:03Z"));
    check(json!(1e300), None, None, None);
    check(json!(" 7 "), Some(7), Some(7), None);
    check(json!(true), None, None, None);
}
