//! What AWS Health says. <https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>

use jiff::{SignedDuration, Timestamp};

use super::super::signal::{About, Producer, Signal, State};
use super::{Core, Event, Heard, Ignored, arn, lines, word};
use crate::fields::Fields;
use crate::incident::Severity::{self, Critical, Info, Warning};

/// The copy from another Region counts after so long, if the event itself has not come: AWS sends both, and the copy is for when the
/// Region itself is in trouble.
pub const WAIT_FOR_PRIMARY: SignedDuration = SignedDuration::from_mins(10);

/// So many entities are named.
const NAMED: usize = 8;

/// What an event says. Later pages of a message tell only of further entities; their count is in the first.
pub(super) fn read(event: &Event<'_>) -> Result<Heard, Ignored> {
    let detail = Fields::of(event.detail);
    let signal = signal(event, detail)?;
    // Pages and copies are told by texts, not numbers and booleans.
    match detail.count("page") {
        Some(page) if page > 1 => Err(Ignored::FurtherPage(page)),
        _ if detail.flag("backupEvent") => Ok(Heard::Unless(signal, WAIT_FOR_PRIMARY)),
        _ => Ok(Heard::Now(signal)),
    }
}

fn signal(event: &Event<'_>, detail: Fields<'_>) -> Result<Signal, Ignored> {
    let id = detail.text("eventArn").and_then(arn).ok_or(Ignored::Missing("eventArn"))?;
    let code = detail.text("eventTypeCode").ok_or(Ignored::Missing("eventTypeCode"))?;
    let (severity, name) = (severity(detail), word(code));
    let core = Core {
        producer: Producer::Health,
        key: format!("health/{id}"),
        state: state(detail, severity),
        at: detail.time("lastUpdatedTime").or(event.time).ok_or(Ignored::Missing("time"))?,
        about: about(detail),
        name: &name,
    };
    let service = detail.text("service").unwrap_or("AWS");
    let region = detail.text("eventRegion").map_or_else(String::new, |region| format!(" in {region}"));
    let title = format!("AWS Health: {service}{region}: {}", told(code, service));
    let signal = core.signal(&title, description(detail));
    Ok(Signal { severity: Some(severity), evidence: evidence(detail), ..signal })
}

/// What is wrong now and with this account's own things is for the night; what is wrong in public, or will be done, is for the day.
fn severity(detail: Fields<'_>) -> Severity {
    let is_own = detail.text("eventScopeCode") == Some("ACCOUNT_SPECIFIC");
    match detail.text("eventTypeCategory").unwrap_or_default() {
        "issue" if is_own => Critical,
        "accountNotification" => Info,
        "scheduledChange" if detail.text("actionability") == Some("INFORMATIONAL") => Info,
        // An unknown category among them.
        _ => Warning,
    }
}

fn state(detail: Fields<'_>, severity: Severity) -> State {
    match detail.text("statusCode").unwrap_or_default() {
        closed if closed.eq_ignore_ascii_case("closed") => State::Over,
        // It asks for nothing, and often is never closed.
        _ if severity == Info => State::Note,
        _ => State::Firing,
    }
}

/// The one thing that is affected, if it is one and is named by its ARN.
fn about(detail: Fields<'_>) -> About {
    let mut entities = detail.objects("affectedEntities").filter_map(|entity| entity.text("entityValue"));
    match (entities.next().and_then(arn), entities.next()) {
        (Some(one), None) if detail.count("totalPages").is_none_or(|pages| pages <= 1) => About::Arn(one.to_owned()),
        _ => About::Account,
    }
}

/// `AWS_ECS_TASK_PATCHING_RETIREMENT` of `ECS` is `task patching retirement`.
fn told(code: &str, service: &str) -> String {
    let code = code.strip_prefix("AWS_").unwrap_or(code);
    let code = code.strip_prefix(service).unwrap_or(code);
    code.trim_matches('_').replace('_', " ").to_lowercase()
}

/// In English, if there is such.
fn description<'a>(detail: Fields<'a>) -> &'a str {
    let is_english = |one: &Fields<'_>| one.text("language").is_some_and(|language| language.to_ascii_lowercase().starts_with("en"));
    let found = detail.objects("eventDescription").find(is_english).or_else(|| detail.objects("eventDescription").next());
    found.and_then(|one| one.text("latestDescription")).unwrap_or_default()
}

fn evidence(detail: Fields<'_>) -> Vec<String> {
    let entities: Vec<_> = detail.objects("affectedEntities").filter(|entity| entity.text("entityValue").is_some()).collect();
    let named = entities.iter().take(NAMED).map(|entity| {
        let status = entity.text("status").map_or_else(String::new, |status| format!(": {}", status.to_ascii_lowercase()));
        format!("{}{status}", entity.text("entityValue").unwrap_or_default())
    });
    let pages = detail.count("totalPages").filter(|pages| *pages > 1).map(|pages| format!("The first of {pages} pages."));
    let more = (entities.len() > NAMED).then(|| format!("{} more are affected.", entities.len() - NAMED));
    let times = [("startTime", "Begins"), ("endTime", "Ends")].map(|(name, word)| detail.time(name).map(|at| sentence(word, at)));
    lines(times.into_iter().flatten().chain(pages).chain(named).chain(more))
}

fn sentence(word: &str, at: Timestamp) -> String {
    format!("{word} {at}.")
}
