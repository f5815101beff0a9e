//! What is no event of a known tenant, and what is none of ours.

use super::*;

// Invariant: what is no event of a known tenant is a dead letter at once, with reason and cause, word for word.

fn is_dead_lettered(body: &str, cause: &str) {
    let scenario = beside_another(body);
    let letters = scenario.simulator.dead_letters();
    let what = body.get(..200).unwrap_or(body);
    assert_eq!(letters.len(), 2, "{what}: each of the two, none lost");
    for letter in letters {
        assert_eq!((letter.body.as_str(), letter.reason.as_str()), (body, "malformed"), "{what}");
        let said = letter.cause.unwrap_or_default();
        assert!(said.contains(cause), "{what}: {said}");
    }
    assert_eq!(scenario.simulator.census().of("demo").lines, [""; 0], "{what}");
}

#[test]
fn malformed_json_is_a_dead_letter() {
    for (body, cause) in [
        ("{", "not JSON"),
        ("\u{0}", "not JSON"),
        ("[]", "no EventBridge envelope"),
        ("null", "no EventBridge envelope"),
        ("42", "no EventBridge envelope"),
        ("\"tenant-created\"", "no EventBridge envelope"),
        (r#"{"detail-type":"tenant-created"}"#, "no EventBridge envelope"),
        (r#"{"caretaker":"wake-up","owner":"tenant#moon#demo","wakeId":1,"hops":0}"#, "name its owner"),
        (r#"{"caretaker":"sweep"}"#, "name its owner"),
    ] {
        is_dead_lettered(body, cause);
    }
}

#[test]
fn deeply_nested_json_is_a_dead_letter_and_no_crash() {
    is_dead_lettered(&format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)), "not JSON");
}

#[test]
fn huge_json_is_a_dead_letter() {
    is_dead_lettered(&created(json!({ "image": "x".repeat(LONGEST) })), "bytes, more than");
}

#[test]
fn ids_outside_the_rule_are_dead_letters() {
    for id in [
        "",
        "..",
        "../etc",
        "a:b",
        "tenant#dev#x",
        "Demo",
        "dëmo",
        "demo\u{200b}",
        "demo ",
        "-demo",
        "acme-dev",
        "a--b",
        "abcdefghijklmnopqrstu",
        "ab",
    ] {
        is_dead_lettered(&created(json!({ "tenant": id })), "name its owner");
    }
    for id in [json!(7), json!(null), json!(["demo"]), json!({ "id": "demo" })] {
        is_dead_lettered(&created(json!({ "tenant": id })), "name its owner");
    }
    is_dead_lettered(&created(json!({ "environment": "moon" })), "name its owner");
}

#[test]
fn a_schema_of_another_number_is_a_dead_letter_to_be_redriven_once_newer_code_is_there() {
    for schema in [json!(2), json!(0), json!("1"), json!(null)] {
        is_dead_lettered(&created(json!({ "schema": schema })), "has schema");
    }
}

#[test]
fn a_version_that_is_no_number_is_a_dead_letter() {
    for version in [json!(-1), json!("1"), json!(1.5)] {
        is_dead_lettered(&created(json!({ "version": version })), "name its owner");
    }
}

// Invariant: what is none of ours is dropped without a word.

#[test]
fn events_of_others_are_ignored() {
    for kind in ["order-created", "tenant-ready", "", "TENANT-CREATED"] {
        let scenario = beside_another(&event(kind, json!({})));
        assert_eq!((scenario.simulator.dead_letters().len(), scenario.heard("demo").len()), (0, 0), "{kind}");
    }
}

#[test]
fn what_a_topic_tells_in_a_form_that_nobody_knows_is_ignored() {
    let topic = "arn:aws:sns:us-east-1:123456789012:caretaker-cache-events";
    for message in ["a sentence", "", "{", "[7]", "{}", r#"{"AlarmName":"x"}"#, r#"{"ElastiCache:":null}"#] {
        for topic in [topic, "", "?"] {
            let notification = json!({ "Type": "Notification", "TopicArn": topic, "Message": message });
            let scenario = beside_another(&notification.to_string());
            assert_eq!(scenario.simulator.dead_letters(), [], "{notification}");
        }
    }
    // It was meant to be an event of ours.
    is_dead_lettered(&json!({ "Type": "Notification", "Message": r#"{"detail-type":"tenant-created"}"# }).to_string(), "envelope");
}
