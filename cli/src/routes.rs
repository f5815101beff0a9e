//! `caretaker routes`: whether the pager would start with a routing file, and who would be told by it.

use std::path::Path;

use domain::paging::routes::{Decision, Routes};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::arguments::TestArguments;
use crate::event_file::load;
use crate::exit::{CliError, Exit, Report};
use crate::paint::{Cell, Paint, Tone, cell, table};

/// Checks the routing file; without one those that this tool was built with.
///
/// # Errors
/// It cannot be read, or is refused with file, key and reason.
pub fn check(file: Option<&Path>, paint: Paint) -> Result<Report, CliError> {
    let routes = read(file)?;
    let name = file.map_or_else(|| "the shipped ones".to_owned(), |file| file.display().to_string());
    let receivers: Vec<_> = routes
        .receivers()
        .iter()
        .map(|receiver| json!({ "id": receiver.id, "channel": receiver.channel(), "secret": receiver.secret() }))
        .collect();
    let row = |receiver: &domain::paging::routes::Receiver| -> Vec<Cell> {
        vec![cell(&*receiver.id), cell(receiver.channel().as_str()), cell(receiver.secret().unwrap_or("-"))]
    };
    let rows: Vec<_> = routes.receivers().iter().map(row).collect();
    let accepted = paint.tone(Tone::Good, "accepted");
    let text = format!("routes, {name}: {accepted}\n{}", table(paint, "  ", &["RECEIVER", "CHANNEL", "KEY IN THE SECRET"], &rows));
    Ok(Report { text, json: json!({ "accepted": true, "receivers": receivers }), exit: Exit::Done })
}

/// The JSON schema of routing files.
pub fn schema() -> Report {
    let json = domain::paging::routes::schema();
    Report { text: format!("{json:#}\n"), json, exit: Exit::Done }
}

/// Who would be told of what `arguments` describe.
///
/// # Errors
/// As [`check`].
pub fn test(arguments: &TestArguments, now: Timestamp) -> Result<Report, CliError> {
    let routes = read(arguments.file.as_deref())?;
    let at = arguments.at.unwrap_or(now);
    let decision = routes.decide(&arguments.labels(), arguments.severity, at);
    let lines = decided(&decision).into_iter().map(|(head, what)| format!("{head:<9} {what}\n"));
    let text = format!("at        {at:.0}\n{}", lines.collect::<String>());
    Ok(Report { text, json: json!({ "at": at, "labels": arguments.labels(), "decision": decision }), exit: Exit::Done })
}

fn read(file: Option<&Path>) -> Result<Routes, CliError> {
    match file {
        Some(file) => Ok(Routes::load(&file.display().to_string(), &load(file)?)?),
        None => Ok(runtime::routes::load()?),
    }
}

/// A decision in lines, each with its head.
pub(crate) fn decided(decision: &Decision) -> Vec<(&'static str, String)> {
    let passed = decision.passed.iter().map(|passed| ("passed", format!("{}: {}", passed.route, passed.why)));
    let policy = |policy: &Option<String>| policy.as_ref().map_or_else(String::new, |policy| format!(", by policy {policy}"));
    let taken = decision.taken.iter().map(|taken| ("route", format!("{}{}", taken.route, policy(&taken.policy))));
    let levels = decision.levels.iter().enumerate().map(|(place, level)| ("level", format!("{}: {level}", place + 1)));
    let waits = format!(
        "{} before the first message, {} between two, repeated after {}",
        words(decision.group_wait),
        words(decision.group_interval),
        words(decision.repeat)
    );
    passed.chain(taken).chain(levels).chain([("times", waits), ("so", decision.why.clone())]).collect()
}

fn words(span: SignedDuration) -> String {
    match span.as_secs() {
        0 => "nothing".to_owned(),
        _ => crate::paint::span(span),
    }
}

#[cfg(test)]
mod tests {
    use domain::incident::Severity;

    use super::*;
    use crate::samples::moment;

    fn asked(severity: Severity, environment: &str) -> TestArguments {
        TestArguments {
            severity,
            environment: Some(environment.parse().unwrap()),
            tenant: Some("demo".parse().unwrap()),
            tier: None,
            service: None,
            producer: None,
            name: None,
            resource: None,
            kind: None,
            blueprint: None,
            at: None,
            file: None,
        }
    }

    #[test]
    fn the_shipped_routes_are_accepted() {
        let report = check(None, Paint::PLAIN).unwrap();
        assert!(
            report.text.starts_with("routes, the shipped ones: accepted\n") && report.json["accepted"] == json!(true),
            "{}",
            report.text
        );
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../paging/routes.toml");
        assert_eq!(check(Some(&file), Paint::PLAIN).unwrap().json, report.json);
    }

    #[test]
    fn a_file_that_is_refused_says_where_and_why() {
        let cargo = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let refused = check(Some(&cargo), Paint::PLAIN).unwrap_err();
        assert!(refused.exit() == Exit::NotAsWished && refused.line().contains("Cargo.toml is refused at"), "{}", refused.line());
        assert_eq!(check(Some(Path::new("/nowhere/x.toml")), Paint::PLAIN).unwrap_err().exit(), Exit::NotFound);
    }

    #[test]
    fn a_decision_is_told_in_words() {
        let told = test(&asked(Severity::Critical, "prod"), moment(0)).unwrap();
        let lines = [
            "at        2026-11-21T02:00:00Z",
            "passed    prod-infra-critical: blueprint is \"\", not \"prod-infra\"",
            "route     critical, by policy critical",
            "level     1: pagerduty at once",
            "level     2: pagerduty, slack after 15 min",
        ];
        for line in lines {
            assert!(told.text.lines().any(|told| told == line), "{line:?} is not in\n{}", told.text);
        }
        let dev = test(&asked(Severity::Critical, "dev"), moment(0)).unwrap();
        assert!(dev.text.contains("PagerDuty is never called for dev") && !dev.text.contains("1: pagerduty"), "{}", dev.text);
        assert_eq!(dev.json["labels"], json!({ "severity": "critical", "environment": "dev", "tenant": "demo" }));
    }
}
