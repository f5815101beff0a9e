//! The event that plan and apply send: from a file, or built from flags; read by the same parser as the function's.

use std::io::Read;
use std::path::Path;

use aws_adapters::operator::SOURCE;
use domain::intent::Intent;
use domain::order::{Apply, Order, Wish};
use domain::tenant::EnvironmentName;
use jiff::Timestamp;
use provision_tenant::event::{Message, SCHEMA, read};
use serde_json::{Value, json};

use crate::exit::CliError;

/// An event that the function will understand.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Such as `tenant-created`.
    pub detail_type: String,
    /// Its content.
    pub detail: Value,
    /// What the function will read in it.
    pub order: Order,
}

/// What an event is to say beside what the present intent says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The blueprint.
    pub blueprint: Option<String>,
    /// The size.
    pub tier: Option<String>,
    /// The first image.
    pub image: Option<String>,
    /// When changes that interrupt are made.
    pub apply: Option<Apply>,
    /// Options bought beside those that are.
    pub options: Vec<String>,
    /// Options given up.
    pub without: Vec<String>,
    /// It shall go.
    pub delete: bool,
    /// None: the next one.
    pub version: Option<u64>,
}

/// The text of a file; `-` is standard input.
///
/// # Errors
/// It cannot be read.
pub fn load(path: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let outcome =
        if path == Path::new("-") { std::io::stdin().read_to_string(&mut text).map(|_| text) } else { std::fs::read_to_string(path) };
    outcome.map_err(|source| CliError::File { path: path.to_owned(), source })
}

/// Reads an event from the text of `file`: the whole envelope, or the bare detail with its detail-type. `dry_run` asks for a plan, whatever the text says.
///
/// # Errors
/// The function would refuse it, or it is none of ours.
pub fn parse(file: &str, text: &str, detail_type: Option<&str>, dry_run: bool) -> Result<Event, CliError> {
    let not_ours = |why: String| CliError::NotOurs { file: file.to_owned(), why };
    let value: Value = serde_json::from_str(text).map_err(|error| not_ours(format!("it is not JSON: {error}")))?;
    let (detail_type, detail) = match (value["detail-type"].as_str(), detail_type) {
        (Some(own), Some(given)) if own != given => return Err(not_ours(format!("it is of type {own}, --type says {given}"))),
        (Some(own), _) => match value["source"].as_str() {
            Some(SOURCE) => (own.to_owned(), value["detail"].clone()),
            other => return Err(not_ours(format!("its source is {}", other.unwrap_or("missing")))),
        },
        (None, Some(given)) => (given.to_owned(), value),
        (None, None) => return Err(not_ours("it has no envelope; name the detail-type by --type".to_owned())),
    };
    checked(file, detail_type, detail, dry_run)
}

/// The event that changes the present intent as wanted.
///
/// # Errors
/// Something is missing, or the function would refuse it.
pub fn build(
    tenant: &str,
    environment: &EnvironmentName,
    intent: Option<&Intent>,
    wanted: &Wanted,
    dry_run: bool,
) -> Result<Event, CliError> {
    let version = wanted.version.unwrap_or_else(|| intent.map_or(0, |intent| intent.version) + 1);
    let mut detail = json!({ "schema": SCHEMA, "tenant": tenant, "environment": environment, "version": version });
    let standing = intent.and_then(|intent| match &intent.wish {
        Wish::Stands(specification) => Some(specification),
        Wish::Gone(_) => None,
    });
    let detail_type = match (wanted.delete, standing) {
        (true, _) => "tenant-deleted",
        (false, None) => "tenant-created",
        (false, Some(_)) => "tenant-updated",
    };
    if !wanted.delete {
        let or = |wanted: &Option<String>, present: Option<&String>| wanted.clone().or(present.cloned());
        let blueprint = or(&wanted.blueprint, standing.map(|standing| &standing.blueprint));
        let Some(blueprint) = blueprint else {
            return Err(CliError::Usage(format!("tenant {tenant} does not stand in {environment} yet: name its --blueprint")));
        };
        detail["blueprint"] = json!(blueprint);
        detail["tier"] = json!(or(&wanted.tier, standing.and_then(|standing| standing.tier.as_ref())));
        detail["image"] = json!(or(&wanted.image, standing.and_then(|standing| standing.image.as_ref())));
        let apply = wanted.apply.or(standing.and_then(|standing| standing.apply));
        let mut options = standing.map(|standing| standing.options.clone()).unwrap_or_default();
        options.extend(wanted.options.iter().cloned());
        options.retain(|option| !wanted.without.contains(option));
        detail["options"] = options.into_iter().map(|option| (option, json!(true))).collect();
        if apply.is_some() {
            detail["options"]["apply"] = json!(apply);
        }
    }
    checked("the command line", detail_type.to_owned(), detail, dry_run)
}

/// Holds an event against the function's own parser.
fn checked(file: &str, detail_type: String, mut detail: Value, dry_run: bool) -> Result<Event, CliError> {
    let not_ours = |why: &str| CliError::NotOurs { file: file.to_owned(), why: why.to_owned() };
    if !detail.is_object() {
        return Err(not_ours("its detail is no object"));
    }
    if dry_run && detail_type == "tenant-privileged" {
        return Err(not_ours("a privileged order has no dry run"));
    }
    if dry_run {
        detail["dryRun"] = json!(true);
    }
    // Id and time are EventBridge's own once it is sent; here they only stand in for them.
    let envelope = json!({ "id": "local", "source": SOURCE, "detail-type": detail_type, "time": Timestamp::UNIX_EPOCH, "detail": detail });
    let message =
        read(&envelope.to_string(), None).map_err(|source| CliError::Event { file: file.to_owned(), source: Box::new(source) })?;
    match message {
        Message::Order(Order::Wish(order)) if order.dry_run && !dry_run => {
            Err(CliError::Usage(format!("{file} asks for a dry run: use caretaker plan")))
        }
        Message::Order(order) => Ok(Event { detail_type, detail, order }),
        Message::Ignored(why) if detail_type == "tenant-privileged" => Err(not_ours(&format!("{why} and has a verb of its own"))),
        _ => Err(not_ours(&format!("detail-type {detail_type:?} is none of ours"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::book;

    fn refusal(text: &str, detail_type: Option<&str>, dry_run: bool) -> String {
        parse("x.json", text, detail_type, dry_run).unwrap_err().line()
    }

    const BARE: &str = r#"{"schema":1,"tenant":"demo","environment":"dev","blueprint":"mate","tier":"trial","version":1}"#;

    #[test]
    fn an_envelope_and_a_bare_detail_with_its_type_are_the_same() {
        let bare = parse("x.json", BARE, Some("tenant-created"), false).unwrap();
        let envelope = format!(r#"{{"source":"caretaker.tenants","detail-type":"tenant-created","detail":{BARE}}}"#);
        assert_eq!(parse("x.json", &envelope, None, false).unwrap(), bare);
    }

    #[test]
    fn what_the_function_would_refuse_is_refused_before_it_is_sent() {
        let check = |text: &str, detail_type: Option<&str>, dry_run: bool, expected: &str| {
            let line = refusal(text, detail_type, dry_run);
            assert!(line.contains(expected), "{line}");
        };
        check("nonsense", None, false, "not JSON");
        check(BARE, None, false, "--type");
        check(BARE, Some("tenant-crated"), false, "none of ours");
        check("[]", Some("tenant-created"), false, "no object");
        check(&BARE.replace("demo", "De_mo"), Some("tenant-created"), false, "lower-case");
        check(&BARE.replace("\"schema\":1", "\"schema\":7"), Some("tenant-created"), false, "schema 7");
        check(&BARE.replace("tier", "teir"), Some("tenant-created"), false, "teir");
        check(&BARE.replace("}", ",\"dryRun\":true}"), Some("tenant-created"), false, "use caretaker plan");
        check(r#"{"source":"aws.rds","detail-type":"RDS DB Instance Event","detail":{}}"#, None, false, "its source is aws.rds");
        let pause = r#"{"schema":1,"action":"pause","tenant":"demo","environment":"dev","version":1}"#;
        check(pause, Some("tenant-privileged"), true, "no dry run");
        let approve = pause.replace("pause", "approve");
        check(&approve, Some("tenant-privileged"), false, "\"approve\" is remediate-task's and has a verb of its own");
    }

    #[test]
    fn a_plan_always_asks_for_a_dry_run() {
        let event = parse("x.json", BARE, Some("tenant-created"), true).unwrap();
        assert!(event.detail["dryRun"] == json!(true) && matches!(event.order, Order::Wish(order) if order.dry_run));
    }

    #[test]
    fn what_flags_leave_out_is_taken_from_the_present_intent() {
        let dev: EnvironmentName = "dev".parse().unwrap();
        let standard = Wanted { tier: Some("standard".into()), ..Wanted::default() };
        let intent = book(4, 4).intent.unwrap();
        let event = build("demo", &dev, Some(&intent), &standard, false).unwrap();
        assert_eq!(event.detail_type, "tenant-updated");
        let said = ["blueprint", "tier", "version", "image"].map(|key| event.detail[key].to_string());
        assert_eq!(said, ["\"mate\"", "\"standard\"", "5", "\"dev-f539de6\""]);
        let deleted = build("demo", &dev, Some(&intent), &Wanted { delete: true, ..Wanted::default() }, true).unwrap();
        assert_eq!((deleted.detail_type.as_str(), deleted.detail.get("tier")), ("tenant-deleted", None));
        let new = build("demo", &dev, None, &standard, true).unwrap_err();
        assert!(new.line().contains("--blueprint"), "{}", new.line());
    }
}
