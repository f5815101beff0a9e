//! Why somebody was told of an incident, or nobody.

use std::fmt::Write;

use domain::incident::Severity;
use domain::paging::delivery::Delivery;
use domain::paging::desk::Line;
use domain::paging::heard::Heard;
use domain::paging::incident::Stage;
use domain::paging::routes::{Decision, Routes};
use domain::paging::signal::{Producer, State};
use domain::ports::Cloud;
use domain::tenant::Owner;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::apply::named;
use crate::desks::Found;
use crate::exit::{CliError, Exit, Report};
use crate::incidents::{IncidentView, tame, told_last};
use crate::paint::{relative, span};
use crate::read::Ledger;
use crate::routes::decided;

/// Signals that are shown as text; JSON has all.
const SIGNALS: usize = 20;
/// Lines of the timeline that are shown as text, the newest; JSON has all.
const LINES: usize = 40;

/// All that is known of an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Story {
    #[serde(flatten)]
    incident: IncidentView,
    /// Its signals, the root first.
    signals: Vec<SignalView>,
    /// What keeps it quiet by the silences and routes as they are now.
    muted: Vec<String>,
    /// What the routes that this tool was built with say of it now; none: its signals are forgotten.
    decision: Option<Decision>,
    timeline: Vec<Line>,
    waiting: Vec<WaitingView>,
}

/// A signal of an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignalView {
    name: String,
    producer: Producer,
    title: String,
    cause: String,
    severity: Severity,
    owner: Option<Owner>,
    /// The service or the resource that it is about.
    about: Option<String>,
    firing: bool,
    /// What its source said last.
    state: State,
    at: Timestamp,
    role: Role,
}

/// What a signal is to its incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    /// It explains most of the others.
    Root,
    /// It follows from the root.
    Explained,
    /// It came with the others, and may be of the same fault.
    Beside,
}

/// A message that is still to be sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct WaitingView {
    receiver: String,
    fallbacks: Vec<String>,
    since: Timestamp,
    next: Timestamp,
    tries: u32,
}

/// Explains the incident.
///
/// # Errors
/// The table of incidents did not answer, or the routes of this tool are refused.
pub(super) async fn explain<C: Cloud>(ledger: &Ledger<C>, found: &Found, now: Timestamp) -> Result<Report, CliError> {
    let (id, routes) = (&found.incident.id, runtime::routes::load()?);
    let mut receivers: std::collections::BTreeSet<String> = routes.receivers().iter().map(|receiver| receiver.id.clone()).collect();
    receivers.extend(found.incident.told.iter().flat_map(|told| told.receivers.clone()));
    let (timeline, waiting) = (ledger.timeline(id).await?, ledger.waiting(id, &receivers).await?);
    let story = Story::of(found, &routes, timeline, &waiting, now);
    Ok(Report { text: render(&story, now), json: json!(story), exit: Exit::Done })
}

impl Story {
    fn of(found: &Found, routes: &Routes, timeline: Vec<Line>, waiting: &[Delivery], now: Timestamp) -> Self {
        let (incident, desk) = (&found.incident, &found.at.desk);
        let root = desk.root(&incident.id).map(|(_, root)| root);
        let mut signals: Vec<_> = desk.members(&incident.id).map(|(_, heard)| SignalView::of(heard, root)).collect();
        signals.sort_by_key(|signal| (signal.role, !signal.firing, std::cmp::Reverse(signal.severity), signal.at));
        let labels = root.map(|root| root.labels(incident.severity));
        let muted = labels.iter().filter(|_| incident.is_open()).flat_map(|labels| routes.muted(labels, &found.at.silences, &[], now));
        Self {
            incident: IncidentView::of(incident, desk),
            signals,
            muted: muted.map(|muted| tame(&muted.to_string())).collect(),
            decision: labels.as_ref().map(|labels| routes.decide(labels, incident.severity, now)),
            timeline,
            waiting: waiting.iter().map(WaitingView::of).collect(),
        }
    }
}

impl SignalView {
    fn of(heard: &Heard, root: Option<&Heard>) -> Self {
        let (signal, subject) = (&heard.signal, &heard.subject);
        let role = match root {
            Some(root) if root.signal.key == signal.key => Role::Root,
            Some(root) if root.explains(heard) => Role::Explained,
            _ => Role::Beside,
        };
        Self {
            name: tame(&signal.name),
            producer: signal.producer,
            title: tame(&signal.title),
            cause: tame(&signal.cause),
            severity: heard.severity,
            owner: subject.owner.clone(),
            about: subject.service.clone().or_else(|| subject.resource.as_ref().map(|id| id.0.clone())),
            firing: heard.firing,
            state: signal.state,
            at: signal.at,
            role,
        }
    }
}

impl WaitingView {
    fn of(delivery: &Delivery) -> Self {
        Self {
            receiver: delivery.receiver.clone(),
            fallbacks: delivery.fallbacks.clone(),
            since: delivery.created,
            next: delivery.next,
            tries: delivery.tries.map_or(0, |tries| tries.count),
        }
    }
}

/// The story in lines.
fn render(story: &Story, now: Timestamp) -> String {
    let view = &story.incident;
    let mut text = format!("incident {}: {}\n", view.id, view.title.as_deref().unwrap_or("its signals are forgotten"));
    for (head, what) in stands(view, now).into_iter().chain(signals(&story.signals, now)).chain(course(story, now)) {
        let _ = writeln!(text, "  {head:<9} {what}");
    }
    let _ = write!(text, "{}", timeline(&story.timeline));
    text
}

type Lines = Vec<(&'static str, String)>;

fn stands(view: &IncidentView, now: Timestamp) -> Lines {
    let since = match &view.stage {
        Stage::Open => String::new(),
        Stage::Acknowledged { at, .. } | Stage::Resolved { at } | Stage::Merged { at, .. } => format!(", {}", relative(*at, now)),
    };
    let told = view.told.as_ref().map_or_else(|| "nobody was told".to_owned(), |told| told_last(told, now));
    let where_ = view.environment.as_ref().map_or_else(|| "of no environment".to_owned(), |environment| format!("in {environment}"));
    let tenants: Vec<_> = view.tenants.iter().map(|tenant| tenant.as_str()).collect();
    let of = if tenants.is_empty() { String::new() } else { format!(", of {}", tenants.join(", ")) };
    vec![
        ("is", format!("{} {where_}{of}", view.severity)),
        ("since", relative(view.since, now)),
        ("stands", format!("{}{since}", view.stands)),
        ("told", told),
    ]
}

fn signals(signals: &[SignalView], now: Timestamp) -> Lines {
    let explained = signals.iter().filter(|signal| signal.role == Role::Explained).count();
    let line = |signal: &SignalView| {
        let head = match signal.role {
            Role::Root => "root",
            Role::Explained => "follows",
            Role::Beside => "beside",
        };
        (head, said(signal, now))
    };
    let mut lines: Lines = signals.iter().take(SIGNALS).map(line).collect();
    if let Some(root) = signals.first().filter(|signal| signal.role == Role::Root) {
        if !root.cause.is_empty() {
            lines.insert(1, ("because", root.cause.clone()));
        }
        lines.push(("explains", format!("the root explains {explained} of {} other signals", signals.len() - 1)));
    }
    if signals.len() > SIGNALS {
        lines.push(("signals", format!("{} more; --json has them all", signals.len() - SIGNALS)));
    }
    lines
}

fn said(signal: &SignalView, now: Timestamp) -> String {
    let fires = match (signal.firing, signal.state) {
        (true, State::Unknown) => "fires, and cannot tell any more",
        (true, _) => "fires",
        (false, State::Note) => "has happened",
        (false, _) => "over",
    };
    let owner = signal.owner.as_ref().map(named);
    let about: Vec<_> = owner.iter().chain(&signal.about).map(String::as_str).collect();
    let of = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
    format!("{} {fires}, {}: {}{of}", signal.severity, relative(signal.at, now), signal.title)
}

fn course(story: &Story, now: Timestamp) -> Lines {
    let muted = story.muted.iter().map(|why| ("muted", why.clone()));
    let routes = story.decision.iter().flat_map(decided);
    let waits = story.waiting.iter().map(|waiting| ("waits", waits(waiting, now)));
    muted.chain(routes).chain(waits).collect()
}

fn waits(waiting: &WaitingView, now: Timestamp) -> String {
    let else_ = if waiting.fallbacks.is_empty() { String::new() } else { format!("; if it fails, {}", waiting.fallbacks.join(", ")) };
    let tries = if waiting.tries == 0 { "not tried yet".to_owned() } else { format!("tried {} times", waiting.tries) };
    let since = span(now.duration_since(waiting.since));
    format!("a message to {} for {since}, {tries}, due {}{else_}", waiting.receiver, relative(waiting.next, now))
}

fn timeline(lines: &[Line]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let older = lines.len().saturating_sub(LINES);
    let older = if older > 0 { format!("  {older} earlier lines; --json has them all\n") } else { String::new() };
    let newest = lines.iter().skip(lines.len().saturating_sub(LINES));
    format!("timeline\n{older}{}", newest.map(|line| format!("  {:.0}  {}\n", line.at, tame(&line.text))).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{moment, paging};

    async fn explained(id: &str) -> Report {
        let ledger = Ledger { cloud: paging::shelf(), table: "caretaker-ledger".into() };
        let found = ledger.incident(id).await.unwrap().expect("it is there");
        explain(&ledger, &found, moment(0)).await.unwrap()
    }

    #[tokio::test]
    async fn an_incident_is_told_from_its_signals_to_its_deliveries() {
        let report = explained(paging::DATABASE).await;
        let lines = [
            "incident dev-0k3c9v4a7d2f: the database is gone",
            "  is        critical in dev, of demo",
            "  stands    open",
            "  told      level 1, 9 min ago: pagerduty",
            "  root      critical fires, 10 min ago: the database is gone (demo in dev, database)",
            "  because   the disk is full",
            "  follows   warning fires, 9 min ago: tasks fail (demo in dev, mate-demo-dev-django)",
            "  explains  the root explains 1 of 1 other signals",
            "  passed    prod-infra-critical: blueprint is \"mate\", not \"prod-infra\"",
            "  route     critical, by policy critical",
            "  waits     a message to slack for 60 s, tried 2 times, due in 30 s; if it fails, email",
            "timeline",
            "  2026-11-21T01:50:00Z  critical: the database is gone",
            "  2026-11-21T01:50:20Z  told first: level 1, pagerduty",
            "  2026-11-21T01:50:21Z  delivered to pagerduty",
        ];
        for line in lines {
            assert!(report.text.lines().any(|told| told == line), "{line:?} is not in\n{}", report.text);
        }
        // PagerDuty is never called for dev, whatever the routes say.
        assert!(report.text.contains("PagerDuty is never called for dev"), "{}", report.text);
    }

    #[tokio::test]
    async fn why_nobody_is_told_is_said() {
        let report = explained(paging::ACCOUNT).await;
        assert!(report.text.contains("  stands    quiet: other signals of the same fault are waited for\n"), "{}", report.text);
        assert!(report.text.contains("  told      nobody was told\n"), "{}", report.text);
        let muted = explained(paging::LOAD).await;
        assert!(muted.text.contains("  muted     silenced by amy until "), "{}", muted.text);
    }

    #[tokio::test]
    async fn what_is_long_over_is_told_by_its_timeline() {
        let report = explained(paging::OVER).await;
        assert!(report.text.starts_with("incident dev-0k3c9v4a7c00: its signals are forgotten\n"), "{}", report.text);
        assert!(report.text.contains("timeline\n  2026-11-20T23:00:00Z  warning: the queue is long\n"), "{}", report.text);
        assert_eq!((&report.json["decision"], report.json["signals"].as_array().map(Vec::len)), (&json!(null), Some(0)));
    }

    #[tokio::test]
    async fn scripts_find_the_same_in_the_json() {
        let json = explained(paging::DATABASE).await.json;
        assert_eq!((&json["signals"][0]["role"], &json["signals"][1]["role"]), (&json!("root"), &json!("explained")));
        assert_eq!((&json["id"], &json["severity"]), (&json!(paging::DATABASE), &json!("critical")));
        assert_eq!(json["decision"]["taken"][0]["route"], "critical");
        assert_eq!(json["waiting"][0]["receiver"], "slack");
        assert_eq!(json["timeline"].as_array().map(Vec::len), Some(3));
    }
}
