//! The page of an incident: what it is, what has happened, and a button to take it on.

use askama::Template;
use jiff::Timestamp;

use super::{PARAMETER, STYLE, moment, notice, render};
use crate::answering::claims::Claims;
use crate::paging::desk::{Desk, Line};
use crate::paging::incident::Incident;

/// An incident as its page shows it.
#[derive(Debug, Clone)]
pub struct View {
    id: String,
    title: String,
    severity: &'static str,
    since: Timestamp,
    tenants: usize,
    members: Vec<String>,
    more: usize,
    timeline: Vec<(String, String)>,
}

/// So many of its signals, and of the newest lines of its timeline, are shown.
const SIGNALS: usize = 20;
const LINES: usize = 50;

#[derive(Template)]
#[template(path = "answering/incident.html")]
struct Question<'a> {
    claims: &'a Claims,
    view: &'a View,
    token: &'a str,
}

impl View {
    /// Of `incident` on `desk`, with the lines of its timeline in their order.
    pub fn new(desk: &Desk, incident: &Incident, lines: &[Line]) -> Self {
        let members: Vec<_> = desk.members(&incident.id).map(|(_, heard)| heard).collect();
        let tenants: std::collections::BTreeSet<_> =
            members.iter().filter_map(|heard| heard.subject.owner.as_ref()?.tenant_id().cloned()).collect();
        let shown = lines.iter().rev().take(LINES).rev();
        Self {
            id: incident.id.clone(),
            title: desk.root(&incident.id).map_or_else(|| "an incident".to_owned(), |(_, root)| root.signal.title.clone()),
            severity: incident.severity.word(),
            since: incident.opened_at,
            tenants: tenants.len(),
            more: members.len().saturating_sub(SIGNALS),
            members: members.iter().take(SIGNALS).map(|heard| heard.signal.title.clone()).collect(),
            timeline: shown.map(|line| (line.at.strftime("%H:%M:%S").to_string(), line.text.clone())).collect(),
        }
    }
}

/// Asks whether whom `claims` names takes on what `view` shows; the button hands `token` back.
pub fn incident(claims: &Claims, view: &View, token: &str) -> String {
    render(&Question { claims, view, token })
}

/// Says that it is taken on.
pub fn acknowledged(claims: &Claims) -> String {
    let what = format!("You have incident {}, as {}: nobody else is woken for it.", claims.id, claims.recipient);
    notice("Acknowledged", &[what, "Its end is told where you were asked. You can close this page.".to_owned()])
}
