use serde_json::{Value, json};

use super::*;

fn matchers(value: Value) -> Matchers {
    serde_json::from_value(value).expect("matchers")
}

#[test]
fn texts_are_compared_whole() {
    let check = |matcher: Value, text: &str, expected| {
        let labels = Labels::default().with(Label::Tenant, text);
        assert_eq!(matchers(json!({ "tenant": matcher })).matches(&labels), expected, "{matcher} {text:?}");
    };
    check(json!("demo"), "demo", true);
    check(json!("demo"), "demo2", false);
    check(json!(["demo", "acme"]), "acme", true);
    check(json!(["demo", "acme"]), "", false);
    check(json!("!demo"), "demo", false);
    check(json!("!demo"), "acme", true);
    // A missing label is an empty text.
    check(json!("!demo"), "", true);
    check(json!(""), "", true);
    check(json!(""), "demo", false);
    check(json!("!"), "", false);
    check(json!("!"), "demo", true);
    // Anchored, alternatives too.
    check(json!("~dem"), "demo", false);
    check(json!("~dem."), "demo", true);
    check(json!("~demo|acme"), "demo-2", false);
    check(json!("~demo|acme"), "my-acme", false);
    check(json!("~.*"), "", true);
    check(json!("~.+"), "", false);
    check(json!("!~demo|acme"), "acme", false);
    check(json!("!~demo|acme"), "other", true);
    check(json!(["~a.*", "demo"]), "acme", true);
    check(json!("~(?i)DEMO"), "demo", true);
}

#[test]
fn all_labels_must_be_as_they_are_asked_for() {
    let both = matchers(json!({ "environment": "prod", "tenant": "demo" }));
    let labels = |environment: &str, tenant: &str| Labels::default().with(Label::Environment, environment).with(Label::Tenant, tenant);
    assert!(both.matches(&labels("prod", "demo")));
    let why = |environment: &str, tenant: &str| both.mismatch(&labels(environment, tenant)).map(|why| why.to_string());
    assert_eq!(why("prod", "demo"), None);
    assert_eq!(why("dev", "acme").as_deref(), Some("environment is \"dev\", not \"prod\""));
    assert_eq!(why("prod", "").as_deref(), Some("tenant is \"\", not \"demo\""));
    assert!(matchers(json!({})).matches(&labels("prod", "demo")));
}

#[test]
fn what_matches_nothing_known_is_told_apart() {
    let check = |value: Value, expected| assert_eq!(matchers(value.clone()).match_nothing_known(), expected, "{value}");
    check(json!({}), true);
    check(json!({ "tenant": "~.*" }), true);
    check(json!({ "tenant": "!demo" }), true);
    check(json!({ "tenant": "demo" }), false);
    check(json!({ "tenant": "!demo", "environment": "dev" }), false);
}

#[test]
fn what_is_no_matcher_says_which_label_and_why() {
    let check = |value: Value, expected: &str| {
        let error = serde_json::from_value::<Matchers>(value).expect_err("none").to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(json!({ "tennant": "demo" }), "unknown variant `tennant`, expected one of `severity`, `environment`, ");
    check(json!({ "tenant": [] }), "label tenant: an empty list matches nothing");
    check(json!({ "tenant": 1 }), "a text or a list of texts");
    check(json!({ "tenant": vec!["a"; 51] }), "label tenant: a list of 51 texts, allowed are 50");
    check(json!({ "tenant": "a".repeat(513) }), "label tenant: a text of 513 characters, allowed are 512");
    check(json!({ "name": ["a", "!b"] }), "label name: \"!b\" stands beside other texts");
    check(json!({ "name": ["a", "!~b"] }), "label name: \"!~b\" stands beside other texts");
    check(json!({ "name": "~a(" }), "label name: \"a(\" is no pattern: ");
    check(json!({ "name": "~a)|(?:b" }), "label name: \"a)|(?:b\" is no pattern: ");
    check(json!({ "name": "~(((a{99}){99}){99}){99}" }), "label name: \"(((a{99}){99}){99}){99}\" is no pattern: ");
}

#[test]
fn matchers_read_back_as_they_are_written() {
    let written = json!({ "environment": "!dev", "name": ["~a.*", "b"] });
    assert_eq!(json!(matchers(written.clone())), written);
}
