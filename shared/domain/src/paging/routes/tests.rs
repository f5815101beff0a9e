use crate::paging::channel::Channel;
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::incident::Severity;
use crate::paging::labels::Label;

pub(in crate::paging::routes) const SHIPPED: &str = include_str!("../../../../../paging/routes.toml");

/// A file with something of everything.
pub(in crate::paging::routes) const FULL: &str = r#"
schema = 1

[[receiver]]
id = "pager"
kind = "pagerduty"
secret = "pagerduty_key-2"
fallback = "hook"
[[receiver]]
id = "chat"
kind = "slack"
secret = "slack"
[[receiver]]
id = "mail"
kind = "email"
topic = "arn:aws:sns:us-east-1:000000000000:alerts"
[[receiver]]
id = "phone"
kind = "sms"
secret = "phone-ada"
[[receiver]]
id = "hook"
kind = "webhook"
secret = "hook"
[[receiver]]
id = "board"
kind = "dashboard"

[[person]]
id = "ada"
name = "Ada"
receivers = ["pager", "phone"]
zone = "Europe/Berlin"
[[person]]
id = "bob"
name = "Bob"
receivers = ["mail"]

[[schedule]]
id = "first"
zone = "Europe/Berlin"
[[schedule.rotation]]
people = ["ada", "bob"]
start = "2026-11-23"
handover = "09:00"
shift = { weeks = 1 }
[[schedule.override]]
person = "bob"
from = "2026-11-24T00:00"
until = "2026-11-25T00:00"

[[schedule]]
id = "office"
[[schedule.rotation]]
people = ["ada"]
start = "2026-11-23"
handover = "09:00"
shift = { days = 1 }
only = [{ from = "08:00", until = "18:00" }]

[[policy]]
id = "all"
repeat = 1
repeat_after_minutes = 60
[[policy.level]]
to = ["schedule:first"]
[[policy.level]]
after_minutes = 10
to = ["schedule:office", "chat", "phone"]
[[policy.level]]
to = ["bob", "ada"]

[[route]]
id = "mirror"
match = { environment = "prod" }
to = ["hook"]
group_wait_seconds = 0
send_resolved = false
continue = true
[[route]]
id = "office"
match = { severity = "warning", environment = "!dev" }
hours = [{ zone = "Europe/Berlin", days = ["mon"], from = "08:00", until = "18:00" }]
to = ["chat"]
[[route]]
id = "notes"
match = { severity = "info" }
to = ["board"]
[[route]]
id = "rest"
policy = "all"

[[inhibit]]
id = "down"
source = { name = "down" }
target = { severity = "warning" }
equal = ["tenant"]

[[maintenance]]
id = "updates"
match = { environment = "staging" }
hours = [{ days = ["sun"], from = "02:00", until = "04:00" }]
once = { from = "2026-12-24T18:00", until = "2026-12-25T06:00" }
reason = "updates"

[[foreign]]
name = "~legacy-.*"
environment = "prod"
severity = "warning"

[[shared]]
name = "fleet"
"#;

pub(in crate::paging::routes) fn full() -> Routes {
    Routes::load("full.toml", FULL).expect("a file")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

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

#[test]
fn what_keeps_a_message_back_is_told_in_words() {
    let routes = full();
    let silence: Silence = serde_json::from_value(json!({ "id": "s1", "matchers": { "tenant": "demo" },
        "starts": "2026-11-22T00:00:00Z", "ends": "2026-11-22T12:00:00Z", "by": "ada", "reason": "a test" }))
    .unwrap();
    let labels = Labels::default().with(Label::Environment, "staging").with(Label::Tenant, "demo").of(Severity::Warning);
    let source = Labels::default().with(Label::Tenant, "demo").with(Label::Name, "down");
    let muted = |now: &str, fires| {
        let sources = [Source { key: "alarm/a", labels: &source, fires }];
        routes.muted(&labels, std::slice::from_ref(&silence), &sources, at(now))
    };
    // A Sunday.
    let all: Vec<_> = muted("2026-11-22T03:00:00Z", true).iter().map(|muted| (muted.to_string(), muted.until())).collect();
    let expected = [
        ("silenced by ada until 2026-11-22T12:00:00Z (silence s1)".to_owned(), Some(at("2026-11-22T12:00:00Z"))),
        ("in maintenance until 2026-11-22T04:00:00Z: updates (window updates)".to_owned(), Some(at("2026-11-22T04:00:00Z"))),
        ("muted while alarm/a fires (rule down)".to_owned(), None),
    ];
    assert_eq!(all, expected);
    assert_eq!(muted("2026-11-22T12:00:00Z", false), []);
}

#[test]
fn alarms_that_a_file_names_are_known() {
    let routes = full();
    assert_eq!(routes.foreign("legacy-cpu", "arn").and_then(|listed| listed.severity), Some(Severity::Warning));
    assert_eq!(routes.foreign("other", "arn"), None);
    assert!(routes.shared("fleet", "arn").is_some() && routes.shared("fleet-2", "arn").is_none());
}

#[test]
fn the_readme_names_every_key() {
    let readme = include_str!("../../../../../paging/README.md");
    let schema = schema();
    let mut keys = BTreeSet::new();
    keys_of(&schema, &mut keys);
    let missing: Vec<_> = keys.iter().filter(|key| !readme.contains(key.as_str())).collect();
    assert!(keys.len() > 40 && missing.is_empty(), "{missing:?}");
}

fn keys_of(schema: &serde_json::Value, keys: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) {
        keys.extend(properties.keys().cloned());
    }
    match schema {
        serde_json::Value::Object(members) => members.values().for_each(|value| keys_of(value, keys)),
        serde_json::Value::Array(values) => values.iter().for_each(|value| keys_of(value, keys)),
        _ => {}
    }
}

fn labels() -> impl Strategy<Value = Labels> {
    let text = prop_oneof![
        Just(String::new()),
        prop::sample::select(vec!["dev", "DEV", "staging", "prod", "prod-infra", "mate", "social-flow", "demo", "critical", "alarm"])
            .prop_map(str::to_owned),
        ".{0,20}",
    ];
    prop::collection::vec(text, Label::ALL.len())
        .prop_map(|texts| Label::ALL.into_iter().zip(texts).fold(Labels::default(), |labels, (label, text)| labels.with(label, &text)))
}

proptest! {
    // Invariant: nothing is dropped, and dev calls no PagerDuty.
    #[test]
    fn every_incident_is_told_to_somebody_for_certain(
        labels in labels(),
        severity in prop::sample::select(vec![Severity::Info, Severity::Warning, Severity::Critical]),
        second in 0_i64..4_000_000_000,
        is_full in any::<bool>(),
    ) {
        let routes = Routes::load("f", if is_full { FULL } else { SHIPPED }).expect("a file");
        let decision = routes.decide(&labels, severity, Timestamp::from_second(second).expect("a moment"));
        prop_assert!(!decision.taken.is_empty() && !decision.levels.is_empty());
        prop_assert_eq!(decision.levels[0].wait, jiff::SignedDuration::ZERO);
        prop_assert!(decision.levels.windows(2).all(|two| two[0].wait < two[1].wait));
        for level in &decision.levels {
            let is_told = |channel: Channel| channel.is_enough() || (severity == Severity::Info && channel == Channel::Dashboard);
            prop_assert!(level.to.iter().any(|recipient| is_told(recipient.channel)), "{}", decision.why);
            for recipient in level.to.iter().filter(|_| labels.is_dev()) {
                let all = recipient.fallbacks.iter().chain([&recipient.receiver]);
                let is_paged = all.filter_map(|id| routes.receiver(id)).any(|receiver| receiver.channel() == Channel::PagerDuty);
                prop_assert!(!is_paged, "{}", decision.why);
            }
        }
    }

    #[test]
    fn no_text_makes_a_load_panic(text in ".{0,200}", from in 0_usize..2_000, more in ".{0,5}") {
        let _ = Routes::load("f", &text);
        let at = FULL.char_indices().map(|(at, _)| at).nth(from).unwrap_or(0);
        let _ = Routes::load("f", &format!("{}{more}{}", &FULL[..at], &FULL[at..]));
    }
}
