use jiff::Timestamp;

use super::*;
use crate::simulator::Outcome;

const BUCKET: &str = "arn:aws:s3:::mate-acme-two-dev-data";

/// An invocation's calls, the first of which takes the lease of `owner`.
fn log(owner: &str, request: &str) -> Vec<LogEntry> {
    let entry = |operation, resource: &str, request: &str| LogEntry {
        at: Timestamp::UNIX_EPOCH,
        invocation: format!("invocation of {owner}"),
        operation,
        resource: resource.to_owned(),
        request: request.to_owned(),
        mutating: true,
        outcome: Outcome::Done,
    };
    vec![entry(WRITE, &format!("{owner} lease"), ""), entry("any.Operation", "a thing", request)]
}

fn belongings(owner: &str, names: &[(&str, &str)]) -> Belongings {
    let mut belongings = Belongings::of(owner);
    names.iter().for_each(|(id, text)| belongings.note(id, text));
    belongings
}

fn two() -> [Belongings; 2] {
    [
        belongings("tenant#dev#acme", &[("database", "mate-acme-dev"), ("data-bucket", "arn:aws:s3:::mate-acme-dev-data")]),
        belongings("tenant#dev#acme-two", &[("database", "mate-acme-two-dev"), ("data-bucket", BUCKET), ("ecs-group", "sg-0123")]),
    ]
}

// Invariant: the check finds what it is there for.

#[test]
fn a_call_that_names_anothers_resource_is_found() {
    let check = |request: &str, expected: &[(&str, &str)]| {
        let found = namings(&log("tenant#dev#acme", request), &two());
        let found: Vec<_> = found.iter().flat_map(|one| one.ids.iter().map(|id| (one.text.as_str(), id.as_str()))).collect();
        assert_eq!(found, expected, "{request}");
    };
    check(r#"CreateDatabase { name: "mate-acme-dev" }"#, &[]); // its own
    check(r#"CreateDatabase { name: "mate-acme-dev-two" }"#, &[]); // nobody's
    check(r#"DeleteDatabase { name: "mate-acme-two-dev" }"#, &[("mate-acme-two-dev", "database")]);
    check(r#"X { from: ["sg-0123"] }"#, &[("sg-0123", "ecs-group")]); // deep in the request
    check(r#"X { tags: {"caretaker:owner": "tenant/dev/acme-two"} }"#, &[("tenant/dev/acme-two", "owner")]);
    check(r#"X { key: "tenant#dev#acme-two", item: "lease" }"#, &[("tenant#dev#acme-two", "owner")]);
    check(&format!(r#"X {{ policy: String("{BUCKET}/*") }}"#), &[(BUCKET, "data-bucket")]); // what lies in it
    check(r#"X { policy: String("arn:aws:s3:::mate-acme-*") }"#, &[("arn:aws:s3:::mate-acme-*", "data-bucket")]);
    check(r#"X { policy: String("arn:aws:s3:::mate-acme-dev-*") }"#, &[]);
    check(r#"X { policy: "{\"Resource\":\"arn:aws:s3:::*-data\"}" }"#, &[("arn:aws:s3:::*-data", "data-bucket")]); // text in text
}

#[test]
fn the_same_call_made_for_its_owner_is_none() {
    assert_eq!(namings(&log("tenant#dev#acme-two", r#"DeleteDatabase { name: "mate-acme-two-dev" }"#), &two()), []);
}

#[test]
fn a_call_of_an_invocation_that_acts_for_nobody_may_name_nobody() {
    let mut log = log("tenant#dev#acme", r#"DeleteDatabase { name: "mate-acme-dev" }"#);
    log.remove(0);
    assert_eq!(namings(&log, &two()).iter().map(|one| one.by.as_str()).collect::<Vec<_>>(), ["nobody"]);
}

#[test]
fn a_look_names_what_it_likes() {
    let mut log = log("tenant#dev#acme", r#"DescribeDatabase { name: "mate-acme-two-dev" }"#);
    log[1].mutating = false;
    assert_eq!(namings(&log, &two()), []);
}

#[test]
fn a_name_that_two_have_is_told() {
    let [acme, mut two] = two();
    assert_eq!(acme.shared_with(&two), Vec::<&str>::new());
    two.note("database", "mate-acme-dev");
    assert_eq!(acme.shared_with(&two), ["mate-acme-dev"]);
}
