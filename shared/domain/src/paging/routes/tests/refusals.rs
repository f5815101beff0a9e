//! What a file is refused for.

use super::FULL;
use crate::paging::routes::{Fault, Routes};

/// Replaces the first `from` of [`FULL`], and expects this refusal.
fn refused(from: &str, to: &str, expected: &str) {
    assert!(FULL.contains(from), "{from}");
    let error = Routes::load("full.toml", &FULL.replacen(from, to, 1)).expect_err(expected).to_string();
    let error = error.strip_prefix("routing file full.toml is refused at ").unwrap_or(&error);
    assert!(error.starts_with(expected), "{from} as {to}: {error}");
}

/// The same for what cannot even be read: the line is near the change.
fn unread(from: &str, to: &str, expected: &str) {
    let error = Routes::load("full.toml", &FULL.replacen(from, to, 1)).expect_err(expected);
    let changed = 1 + FULL[..FULL.find(from).expect(from)].matches('\n').count();
    let line: usize = error.key.strip_prefix("line ").and_then(|line| line.parse().ok()).expect("a line");
    assert!(changed.abs_diff(line) <= 5, "{from} in line {changed}: {error}");
    assert!(error.fault.to_string().starts_with(expected), "{from} as {to}: {error}");
}

#[test]
fn what_a_file_may_not_have_is_refused_with_its_key() {
    refused("schema = 1", "schema = 2", "schema: is 2, this program reads 1");
    unread("schema = 1", "schema = 1\nroutes = []", "unknown field `routes`");
    refused("id = \"pager\"", "id = \"Pager\"", "receiver.Pager: \"Pager\" is no id: ");
    refused("id = \"chat\"", "id = \"pager\"", "receiver.pager: stands twice");
    refused("id = \"bob\"", "id = \"chat\"", "person.chat: stands twice");
    refused("id = \"office\"\n[[schedule", "id = \"first\"\n[[schedule", "schedule.first: stands twice");
    refused("id = \"notes\"", "id = \"office\"", "route.office: stands twice");
    refused("id = \"rest\"", "id = \"\"", "route.: \"\" is no id");
    unread("kind = \"slack\"", "kind = \"teams\"", "unknown variant `teams`");
    unread("secret = \"slack\"", "secret = \"slack\"\nurl = \"x\"", "unknown field `url`");
    unread("secret = \"slack\"", "", "missing field `secret`");
    unread("zone = \"Europe/Berlin\"", "zone = \"Europe/Atlantis\"", "time zone \"Europe/Atlantis\" is not in the database");
    unread("\"~legacy-.*\"", "\"~legacy-(\"", "\"legacy-(\" is no pattern: ");
    unread("\"!dev\"", "\"!~dev(\"", "label environment: \"dev(\" is no pattern: ");
    unread("handover = \"09:00\"", "handover = \"24:30\"", "");
    unread("days = [\"sun\"]", "days = [\"sunday\"]", "unknown variant `sunday`");
    unread("shift = { weeks = 1 }", "shift = { months = 1 }", "unknown variant `months`");
}

#[test]
fn what_refers_to_nothing_is_refused() {
    refused("fallback = \"hook\"", "fallback = \"hok\"", "receiver.pager.fallback: there is no receiver \"hok\"");
    refused("[\"pager\", \"phone\"]", "[\"pager\", \"phon\"]", "person.ada.receivers: there is no receiver \"phon\"");
    refused("[\"ada\", \"bob\"]", "[\"ada\", \"cy\"]", "schedule.first.rotation.1.people: there is no person \"cy\"");
    refused("person = \"bob\"", "person = \"chat\"", "schedule.first.override.1: there is no person \"chat\"");
    refused(
        "[\"schedule:first\"]",
        "[\"schedule:frst\"]",
        "policy.all.level.1.to: there is no receiver, person or schedule \"schedule:frst\"",
    );
    refused("[\"bob\", \"ada\"]", "[\"bob\", \"first\"]", "policy.all.level.3.to: there is no receiver, person or schedule \"first\"");
    refused("to = [\"hook\"]", "to = [\"hok\"]", "route.mirror.to: there is no receiver, person or schedule \"hok\"");
    refused("policy = \"all\"", "policy = \"al\"", "route.rest.policy: there is no policy \"al\"");
}

#[test]
fn what_could_be_dropped_is_refused() {
    refused("to = [\"bob\", \"ada\"]", "to = []", "policy.all.level.3.to: names nobody");
    refused("to = [\"bob\", \"ada\"]", "to = [\"phone\"]", "policy.all.level.3.to: has SMS as the only channel");
    refused(
        "\"schedule:office\", \"chat\", \"phone\"",
        "\"schedule:office\"",
        "policy.all.level.2.to: has only schedule:office, which leaves",
    );
    refused("\"schedule:office\", \"chat\", \"phone\"", "\"board\"", "policy.all.level.2.to: has only a dashboard");
    refused("[\"pager\", \"phone\"]", "[]", "person.ada.receivers: names nobody");
    refused("[\"pager\", \"phone\"]", "[\"phone\", \"pager\"]", "person.ada.receivers: begins with SMS");
    refused("to = [\"hook\"]", "to = []", "route.mirror: must have either a policy or to");
    refused("to = [\"hook\"]", "to = [\"hook\"]\npolicy = \"all\"", "route.mirror: must have either a policy or to");
    refused("to = [\"hook\"]", "to = [\"phone\"]", "route.mirror.to: has SMS as the only channel");
    refused("match = { severity = \"info\" }", "match = { severity = [\"info\", \"warning\"] }", "route.notes.to: has only a dashboard");
    refused("match = { severity = \"info\" }", "match = { severity = \"notice\" }", "route.notes.match.severity: matches none of critical");
    // Hours, or a matcher, and nothing after them.
    refused(
        "policy = \"all\"\n",
        "policy = \"all\"\nhours = [{ from = \"08:00\", until = \"18:00\" }]\n",
        "route: no route takes all of severity critical",
    );
    refused("id = \"rest\"", "id = \"rest\"\nmatch = { tenant = \"demo\" }", "route: no route takes all of severity critical");
    refused("id = \"rest\"", "id = \"rest\"\nmatch = { severity = \"critical\" }", "route: no route takes all of severity warning");
    refused(
        "[[route]]\nid = \"mirror\"",
        "[[route]]\nid = \"x\"\nto = [\"chat\"]\n[[route]]\nid = \"mirror\"",
        "route.mirror: is never reached: x",
    );
    refused("people = [\"ada\", \"bob\"]", "people = []", "schedule.first.rotation.1.people: names nobody");
    refused("only = [{ from", "only = [{ days = [], from", "schedule.office.rotation.1.only: has no days");
    let levels = FULL.find("[[policy.level]]").unwrap()..FULL.find("[[route]]").unwrap();
    refused(&FULL[levels], "", "policy.all: has no level");
    // Nothing but PagerDuty: dev would be told nothing.
    let alone = "schema = 1\n[[receiver]]\nid = \"p\"\nkind = \"pagerduty\"\nsecret = \"p\"\n[[route]]\nid = \"r\"\nto = [\"p\"]\n";
    let error = Routes::load("f", alone).unwrap_err();
    assert_eq!((error.key.as_str(), error.fault), ("receiver", Fault::NothingForDev));
}

#[test]
fn fallbacks_in_a_circle_are_refused() {
    let circle = "secret = \"hook\"\nfallback = \"pager\"";
    refused("secret = \"hook\"", circle, "receiver.pager.fallback: falls back in a circle: pager to hook to pager");
    refused("fallback = \"hook\"", "fallback = \"pager\"", "receiver.pager.fallback: falls back in a circle: pager to pager");
}

#[test]
fn what_mutes_too_much_is_refused() {
    refused("source = { name = \"down\" }", "source = {}", "inhibit.down.source: matches what has no labels at all");
    refused("target = { severity = \"warning\" }", "target = { tier = \"!x\" }", "inhibit.down.target: matches what has no labels");
    refused("match = { environment = \"staging\" }", "match = {}", "maintenance.updates.match: matches what has no labels");
    refused(
        "days = [\"sun\"], from = \"02:00\", until = \"04:00\"",
        "from = \"02:00\", until = \"02:00\"",
        "maintenance.updates.hours: is always on",
    );
    refused("days = [\"sun\"]", "days = []", "maintenance.updates.hours: has no days");
    refused("2026-12-25T06:00", "2026-12-24T06:00", "maintenance.updates.once: ends before it begins");
    refused("name = \"~legacy-.*\"", "name = \"~.*\"", "foreign.1: matches what has no labels at all");
    refused("name = \"~legacy-.*\"\n", "", "foreign.1: matches what has no labels at all");
    refused(
        "environment = \"prod\"\nseverity",
        "environment = \"production\"\nseverity",
        "foreign.1.environment: \"production\" is none of",
    );
    refused("name = \"fleet\"", "name = \"fleet\"\ntenant = \"demo\"", "shared.1.tenant: names a tenant");
    let times = FULL.find("hours = [{ days = [\"sun\"]").unwrap()..FULL.find("reason = ").unwrap();
    refused(&FULL[times], "", "maintenance.updates: has neither hours nor once");
}

#[test]
fn numbers_out_of_range_are_refused() {
    refused("group_wait_seconds = 0", "group_wait_seconds = 901", "route.mirror.group_wait_seconds: is 901, allowed are 0 to 900");
    refused("group_wait_seconds = 0", "group_interval_seconds = 0", "route.mirror.group_interval_seconds: is 0, allowed are 1 to 86400");
    refused("group_wait_seconds = 0", "repeat_minutes = 0", "route.mirror.repeat_minutes: is 0, allowed are 1 to 10080");
    refused("after_minutes = 10", "after_minutes = 0", "policy.all.level.2.after_minutes: is 0, allowed are 1 to 1440");
    refused("repeat = 1", "repeat = 11", "policy.all.repeat: is 11, allowed are 0 to 10");
    refused("repeat_after_minutes = 60", "repeat_after_minutes = 0", "policy.all.repeat_after_minutes: is 0, allowed are 1 to 1440");
    refused("shift = { weeks = 1 }", "shift = { weeks = 0 }", "schedule.first.rotation.1.shift: is 0, allowed are 1 to 52");
    refused("until = \"2026-11-25T00:00\"", "until = \"2026-11-24T00:00\"", "schedule.first.override.1: ends before it begins");
}

#[test]
fn a_secret_in_place_of_its_key_is_refused_and_not_repeated() {
    let check = |secret: &str, is_key: bool| {
        let found = Routes::load("f", &FULL.replacen("secret = \"slack\"", &format!("secret = {secret:?}"), 1));
        assert_eq!(found.is_ok(), is_key, "{secret}");
        if let Err(error) = found {
            assert_eq!((error.key.as_str(), &error.fault), ("receiver.chat.secret", &Fault::Secret));
            assert!(secret.is_empty() || !error.to_string().contains(secret), "{error}");
        }
    };
    check("slack", true);
    check("slack_web-hook-2", true);
    check("", false);
    check("https://hooks.slack.com/services/T0/B0/x", false);
    check("hooks.slack.com", false);
    check("e93facc04764012d7bfb002500d5d1a6", false);
    check("xoxb-123456789012-abc", false);
    check("f47ac10b-58cc-4372-a567-0e02b2c3d479", false);
    check("+4915112345678", false);
    check("Slack", false);
    check("arn:aws:secretsmanager:us-east-1:000000000000:secret:x", false);
    // Nor what stands where the reader of TOML does not want it.
    unread("secret = \"slack\"", "secret = 4915112345678", "invalid type: integer (masked)");
    unread("kind = \"slack\"", "kind = \"https://hooks.slack.com/x\"", "unknown variant (masked)");
    // Topics are no secrets.
    refused("arn:aws:sns:us-east-1:000000000000:alerts", "arn:aws:sqs:us-east-1:000000000000:alerts", "receiver.mail.topic: is neither");
    refused(
        "arn:aws:sns:us-east-1:000000000000:alerts",
        "{alert_topic}",
        "receiver.mail.topic: is neither the ARN of an SNS topic nor {alerts_topic}",
    );
}
