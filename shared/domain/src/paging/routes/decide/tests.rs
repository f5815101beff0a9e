use serde_json::{Value, json};

use super::*;
use crate::paging::routes::tests::{SHIPPED, full};

/// A Monday at noon in Berlin: Ada has the week.
const MONDAY: &str = "2026-11-23T11:00:00Z";

fn decide(routes: &Routes, labels: &Value, severity: Severity, now: &str) -> Decision {
    let labels = serde_json::from_value(labels.clone()).expect("labels");
    routes.decide(&labels, severity, now.parse().expect("a moment"))
}

fn shipped() -> Routes {
    Routes::load("routes.toml", SHIPPED).expect("the shipped file holds together")
}

#[test]
fn the_shipped_file_tells_by_severity_and_never_pages_for_dev() {
    let routes = shipped();
    let check = |labels: Value, severity, expected: &str| {
        assert_eq!(decide(&routes, &labels, severity, MONDAY).why, expected, "{labels}");
    };
    let rounds = |first: &str, second: &str| {
        format!(
            "{first} at once; {second} after 15 min; {second}, sms after 30 min; {first} after 60 min; {second} after 75 min; \
             {second}, sms after 90 min; {first} after 120 min; {second} after 135 min; {second}, sms after 150 min"
        )
    };
    let critical = format!("critical of prod/demo/web: route critical: {}", rounds("pagerduty", "pagerduty, slack"));
    check(json!({ "environment": "prod", "tenant": "demo", "service": "web" }), Severity::Critical, &critical);
    // Nothing is known of it: the default all the same.
    check(json!({}), Severity::Critical, &format!("critical: route critical: {}", rounds("pagerduty", "pagerduty, slack")));
    let dev = format!("critical of dev: route critical: {}; PagerDuty is never called for dev", rounds("slack", "slack"));
    check(json!({ "environment": "dev" }), Severity::Critical, &dev);
    check(json!({ "environment": "prod" }), Severity::Warning, "warning of prod: route warning: slack at once");
    check(json!({ "environment": "prod" }), Severity::Info, "info of prod: route info: email at once");
    // prod-infra has its own channels.
    let own = json!({ "environment": "prod", "blueprint": "prod-infra" });
    let both = "pagerduty, sms at once; pagerduty, sms after 15 min; pagerduty, sms after 30 min; pagerduty, sms after 45 min";
    check(own.clone(), Severity::Critical, &format!("critical of prod: route prod-infra-critical: {both}"));
    check(own.clone(), Severity::Warning, "warning of prod: route prod-infra-warning: email at once");
    check(own, Severity::Info, "info of prod: route prod-infra-info: dashboard at once");
}

#[test]
fn what_cannot_be_reached_is_replaced() {
    let check = |routes: &Routes, labels: Value, severity, expected: &[(&str, &[&str])]| {
        let decision = decide(routes, &labels, severity, MONDAY);
        let found: Vec<_> = decision.levels[0].to.iter().map(|to| (to.receiver.clone(), to.fallbacks.clone())).collect();
        let expected: Vec<_> =
            expected.iter().map(|(receiver, rest)| (receiver.to_string(), rest.iter().map(|id| id.to_string()).collect())).collect();
        assert_eq!(found, expected, "{labels}");
    };
    let shipped = shipped();
    check(&shipped, json!({ "environment": "prod" }), Severity::Critical, &[("pagerduty", &["slack", "email"])]);
    check(&shipped, json!({ "environment": "dev" }), Severity::Critical, &[("slack", &["email"])]);
    check(&shipped, json!({ "environment": "prod" }), Severity::Info, &[("email", &[])]);
    // Ada's own second, then what the file names for her first, then Slack and email.
    check(&full(), json!({ "environment": "staging" }), Severity::Critical, &[("pager", &["phone", "hook", "chat", "mail"])]);
    check(&full(), json!({ "environment": "dev" }), Severity::Critical, &[("chat", &["phone", "hook", "mail"])]);
}

#[test]
fn a_route_is_chosen_by_any_label() {
    let base = "schema = 1\n[[receiver]]\nid = \"mail\"\nkind = \"email\"\ntopic = \"{alerts_topic}\"\n";
    for label in Label::ALL {
        let (wanted, other) = match label {
            Label::Severity => ("warning", "info"),
            _ => ("a", "b"),
        };
        let routes = format!(
            "{base}[[route]]\nid = \"own\"\nmatch = {{ {label} = \"{wanted}\" }}\nto = [\"mail\"]\n[[route]]\nid = \"rest\"\nto = [\"mail\"]\n"
        );
        let routes = Routes::load("f", &routes).expect("a file");
        let check = |text: &str, expected: &str| {
            let severity = if text == "info" { Severity::Info } else { Severity::Warning };
            // The severity is that which is given, whatever the labels say.
            let found = decide(&routes, &json!({ "severity": "critical", label.word(): text }), severity, MONDAY);
            assert_eq!(found.taken[0].route, expected, "{label} {text}");
            found
        };
        check(wanted, "own");
        let passed = check(other, "rest").passed;
        let why = format!("{label} is {other:?}, not {wanted:?}");
        assert_eq!(passed.iter().map(|passed| (passed.route.as_str(), passed.why.to_string())).collect::<Vec<_>>(), [("own", why)]);
    }
}

#[test]
fn hours_are_told_where_the_people_are() {
    let routes = full();
    let check = |now: &str, expected: &str| {
        let decision = decide(&routes, &json!({ "environment": "staging" }), Severity::Warning, now);
        assert_eq!(decision.taken[0].route, expected, "{now}");
        let is_passed_for_hours = decision.passed.iter().any(|passed| passed.why.to_string() == "it is not its time");
        assert_eq!(is_passed_for_hours, expected == "rest", "{now}");
    };
    // Mondays from eight to six in Berlin: in winter an hour ahead of UTC, in summer two.
    check("2026-03-23T06:59:59Z", "rest");
    check("2026-03-23T07:00:00Z", "office");
    check("2026-03-30T05:59:59Z", "rest");
    check("2026-03-30T06:00:00Z", "office");
    check("2026-10-19T15:59:59Z", "office");
    check("2026-10-19T16:00:00Z", "rest");
    check("2026-10-26T16:59:59Z", "office");
    check("2026-10-26T17:00:00Z", "rest");
    check("2026-10-27T12:00:00Z", "rest");
}

#[test]
fn a_level_tells_whoever_is_on_call_at_the_moment() {
    let routes = full();
    let check = |now: &str, expected: [&str; 3]| {
        let decision = decide(&routes, &json!({ "environment": "staging" }), Severity::Critical, now);
        let found: Vec<_> = decision.levels[..3].iter().map(Level::to_string).collect();
        assert_eq!(found, expected, "{now}");
    };
    let last = "bob by mail, ada by pager after 40 min";
    check(MONDAY, ["ada by pager at once", "ada by pager, chat, phone after 10 min", last]);
    // Out of the office's hours the level has the others.
    check("2026-11-23T18:00:00Z", ["ada by pager at once", "chat, phone after 10 min", last]);
    // Bob stands in, then takes his turn at nine o'clock.
    check("2026-11-24T07:00:00Z", ["bob by mail at once", "chat, phone after 10 min", last]);
    check("2026-11-30T07:59:00Z", ["ada by pager at once", "chat, phone after 10 min", last]);
    check("2026-11-30T08:00:00Z", ["bob by mail at once", "ada by pager, chat, phone after 10 min", last]);
}

#[test]
fn routes_that_go_on_are_told_together() {
    let decision = decide(&full(), &json!({ "environment": "prod" }), Severity::Critical, MONDAY);
    let taken: Vec<_> = decision.taken.iter().map(|taken| (taken.route.as_str(), taken.policy.as_deref())).collect();
    assert_eq!(taken, [("mirror", None), ("rest", Some("all"))]);
    let seconds = [decision.group_wait, decision.group_interval, decision.repeat].map(|wait| wait.as_secs());
    // Of each the shortest.
    assert_eq!(seconds, [0, 300, 14_400]);
    let first: Vec<_> = decision.levels[0].to.iter().map(|to| (to.to_string(), to.wants_resolved, to.why.as_str())).collect();
    let why = "policy all, level 1: on call by schedule first";
    assert_eq!(first, [("hook".to_owned(), false, "route mirror"), ("ada by pager".to_owned(), true, why)]);
    assert!(decision.wants_resolved());
    let waits: Vec<_> = decision.levels.iter().map(|level| level.wait.as_mins()).collect();
    assert_eq!(waits, [0, 10, 40, 100, 110, 140]);
    assert_eq!(decision.levels[4].to[1].why, "policy all, level 2, round 2");
}

#[test]
fn for_dev_it_is_said_what_stands_in() {
    let decision = decide(&full(), &json!({ "environment": " Dev" }), Severity::Critical, MONDAY);
    assert_eq!(decision.levels[0].to[0].why, "policy all, level 1: on call by schedule first, instead of pager since this is dev");
    // Ada's pager and the chat are one there.
    assert_eq!(decision.levels[1].to_string(), "ada by chat, phone after 10 min");
}
