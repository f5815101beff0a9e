use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::incident::Severity;
use crate::paging::labels::Label;

mod drawn;
mod refusals;

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
