//! An incident in a line.

use std::collections::BTreeSet;

use domain::incident::Severity;
use domain::paging::desk::Desk;
use domain::paging::incident::{Incident, Quiet, Stage, Told};
use domain::tenant::{EnvironmentName, Owner, TenantId};
use jiff::Timestamp;
use serde::Serialize;

use crate::paint::{Cell, Paint, Tone, cell, count, cut, relative, table};

/// Characters of a title in the list: `explain INCIDENT` has the whole of it.
const LONGEST_TITLE: usize = 64;
/// Characters of how an incident stands in the list.
const LONGEST_STAGE: usize = 44;

const HEADINGS: [&str; 7] = ["INCIDENT", "SEVERITY", "STAGE", "SINCE", "TENANTS", "TOLD LAST", "TITLE"];

/// An incident, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentView {
    /// Its id.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// How far it is.
    pub stage: Stage,
    /// Why nobody is told at present; none: who is to be told is.
    pub quiet: Option<Quiet>,
    /// The same two in words.
    pub stands: String,
    /// Where; none if it is of no environment.
    pub environment: Option<EnvironmentName>,
    /// When its first signal came.
    pub since: Timestamp,
    /// Whom it concerns.
    pub tenants: BTreeSet<TenantId>,
    /// What its root says; none: that is forgotten.
    pub title: Option<String>,
    /// What was told of it last; none: nobody was told.
    pub told: Option<Told>,
}

impl IncidentView {
    /// The incident, on its desk.
    pub fn of(incident: &Incident, desk: &Desk) -> Self {
        let owners = desk.members(&incident.id).filter_map(|(_, heard)| heard.subject.owner.as_ref());
        Self {
            id: incident.id.clone(),
            severity: incident.severity,
            stage: incident.stage.clone(),
            quiet: incident.quiet.clone().filter(|_| incident.is_open()),
            stands: stands(incident),
            environment: domain::paging::id::environment_of(&incident.id),
            since: incident.opened_at,
            tenants: owners.filter_map(Owner::tenant_id).cloned().collect(),
            title: desk.root(&incident.id).map(|(_, root)| tame(&root.signal.title)),
            told: incident.told.clone(),
        }
    }
}

/// How an incident stands, in words.
fn stands(incident: &Incident) -> String {
    match (&incident.stage, &incident.quiet) {
        (Stage::Open, Some(why)) => format!("quiet: {}", tame(&why.to_string())),
        (Stage::Open, None) => "open".to_owned(),
        (Stage::Acknowledged { by, .. }, _) => format!("{} has it", tame(by)),
        (Stage::Resolved { .. }, _) => "over".to_owned(),
        (Stage::Merged { into, .. }, _) => format!("part of {into}"),
    }
}

/// `text` without what a terminal would obey: alarms and tags are written by others.
pub fn tame(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The table, and a line that sums it up.
pub fn render(views: &[IncidentView], all: bool, now: Timestamp, paint: Paint) -> String {
    if views.is_empty() {
        return format!("no incident is open{}\n", if all { ", and none was lately" } else { "" });
    }
    let rows: Vec<_> = views.iter().map(|view| row(view, now)).collect();
    let open = views.iter().filter(|view| matches!(view.stage, Stage::Open | Stage::Acknowledged { .. })).count();
    let over = views.len() - open;
    let over = if all { format!("; {over} over lately") } else { String::new() };
    format!("{}\n{} open{over}\n", table(paint, "", &HEADINGS, &rows), count(u64::try_from(open).unwrap_or(u64::MAX), "incident"))
}

fn row(view: &IncidentView, now: Timestamp) -> Vec<Cell> {
    vec![
        (Tone::Strong, view.id.clone()),
        (tone(view), view.severity.to_string()),
        cell(cut(&view.stands, LONGEST_STAGE)),
        cell(relative(view.since, now)),
        cell(view.tenants.len().to_string()),
        cell(view.told.as_ref().map_or_else(|| "nobody".to_owned(), |told| told_last(told, now))),
        (Tone::Faint, cut(view.title.as_deref().unwrap_or("-"), LONGEST_TITLE)),
    ]
}

/// What was told last, and to whom.
pub(crate) fn told_last(told: &Told, now: Timestamp) -> String {
    let receivers: Vec<_> = told.receivers.iter().map(String::as_str).collect();
    format!("level {}, {}: {}", told.level + 1, relative(told.at, now), receivers.join(", "))
}

fn tone(view: &IncidentView) -> Tone {
    match (&view.stage, view.severity) {
        (Stage::Resolved { .. } | Stage::Merged { .. }, _) => Tone::Faint,
        (_, Severity::Critical) => Tone::Bad,
        (_, Severity::Warning) => Tone::Moving,
        (_, Severity::Info) => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use domain::paging::subject::Expected;

    use super::*;
    use crate::samples::{moment, paging};

    #[test]
    fn an_incident_is_told_in_a_line() {
        let desk = paging::desk();
        let views: Vec<_> = [paging::DATABASE, paging::LOAD].map(|id| IncidentView::of(&desk.incidents[id], &desk)).into();
        let words = |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
        let expected = "\
INCIDENT SEVERITY STAGE SINCE TENANTS TOLD LAST TITLE
dev-0k3c9v4a7d2f critical open 10 min ago 1 level 1, 9 min ago: pagerduty the database is gone
dev-0k3c9v4a7d30 warning bob has it 5 min ago 1 nobody the load is high

2 incidents open";
        assert_eq!(words(&render(&views, false, moment(0), Paint::PLAIN)), words(expected));
        assert_eq!(render(&[], false, moment(0), Paint::PLAIN), "no incident is open\n");
    }

    #[test]
    fn how_an_incident_stands_is_said_in_words() {
        let check = |stage: Stage, quiet: Option<Quiet>, expected: &str| {
            let incident = Incident { stage, quiet, ..Incident::open("x".into(), Severity::Info, moment(0), moment(0)) };
            assert_eq!(stands(&incident), expected);
        };
        check(Stage::Open, None, "open");
        check(Stage::Open, Some(Quiet::Expected(Expected::Provisioned)), "quiet: it is expected: it is being provisioned");
        check(Stage::Acknowledged { by: "amy".into(), at: moment(0) }, Some(Quiet::BaseDown), "amy has it");
        check(Stage::Resolved { at: moment(0) }, None, "over");
        check(Stage::Merged { into: "dev-y".into(), at: moment(0) }, None, "part of dev-y");
    }

    #[test]
    fn what_others_have_written_commands_no_terminal() {
        assert_eq!(tame("gone\x1b[2J\r\nover\u{9b}1m"), "gone [2J  over 1m");
    }
}
