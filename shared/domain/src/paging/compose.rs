//! What is told of an incident: from what is due of it on its desk to a delivery for each receiver that is to hear it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::channel::Channel;
use super::delivery::Delivery;
use super::desk::Desk;
use super::incident::{Incident, Notice as Due, Stage, What as Becomes};
use super::notice::{DedupKey, Notice, What};
use super::routes::{Level, Receiver, Recipient, Routes};
use crate::incident::Severity;

mod group;
mod links;

use group::Group;
pub use links::Places;

/// The deliveries that `due` comes to at `now`.
pub fn deliveries(desk: &Desk, due: &Due, routes: &Routes, places: Places<'_>, now: Timestamp) -> Vec<Delivery> {
    // The signals of an incident that was taken in are another's by now, and its end is told by them.
    let group = Group::of(desk, desk.home(&due.incident));
    let (Some(incident), Some(group)) = (desk.incidents.get(&due.incident), group) else { return Vec::new() };
    let severity = severity(incident, due.what);
    let decision = routes.decide(&group.root.labels(severity), severity, now);
    let recipients: BTreeMap<&str, &Recipient> =
        decision.levels.iter().flat_map(|level| &level.to).map(|recipient| (recipient.receiver.as_str(), recipient)).collect();
    // Who would have been told of it was not, and who likes to know is another.
    let to = if due.what == Becomes::Saved { decision.levels.first().map(Level::receivers).unwrap_or_default() } else { due.to.clone() };
    let hears = |id: &String| hears(due.what, routes.receiver(id), recipients.get(id.as_str()).copied());
    let delivery = |id: String| {
        let recipient = recipients.get(id.as_str());
        let name = recipient.map_or(id.clone(), ToString::to_string);
        let fallbacks = recipient.map(|recipient| recipient.fallbacks.clone()).unwrap_or_default();
        Delivery::new(id, fallbacks, notice(incident, &group, due, places, name, now), now)
    };
    to.into_iter().filter(hears).map(delivery).collect()
}

/// How much what is told matters. What nobody is needed for goes where information goes.
fn severity(incident: &Incident, what: Becomes) -> Severity {
    if what == Becomes::Saved { Severity::Info } else { incident.severity }
}

/// Whether `receiver` is told `what`. Who is no `recipient` any more was told before, and hears of the end.
fn hears(what: Becomes, receiver: Option<&Receiver>, recipient: Option<&Recipient>) -> bool {
    match (what, receiver.map(Receiver::channel)) {
        (_, None | Some(Channel::Dashboard)) => false,
        // Nobody else keeps incidents by their keys.
        (Becomes::Superseded, channel) => channel == Some(Channel::PagerDuty),
        (Becomes::Resolved | Becomes::Merged, _) => recipient.is_none_or(|recipient| recipient.wants_resolved),
        _ => true,
    }
}

fn notice(incident: &Incident, group: &Group<'_>, due: &Due, places: Places<'_>, recipient: String, now: Timestamp) -> Notice {
    let (word, tenants) = (format!("{:?}", due.what).to_lowercase(), group.tenants());
    let is_superseded = due.what == Becomes::Superseded;
    Notice {
        delivery: format!("{}-{word}-{}", incident.id, now.as_millisecond()),
        what: what(&incident.stage, due),
        incident: incident.id.clone(),
        // What goes on under another key ends under the one before.
        key: DedupKey::of_incident(&incident.id, incident.round.saturating_sub(u32::from(is_superseded))),
        severity: severity(incident, due.what),
        title: title(due.what, &group.root.signal.title, tenants.len()),
        since: incident.opened_at,
        now,
        environment: group.root.subject.owner.as_ref().map(|owner| owner.environment().clone()),
        tenants,
        services: group.services(),
        cause: Some(group.cause()),
        members: group.members(),
        evidence: group.root.signal.evidence.clone(),
        tried: group.tried(),
        notes: note(due.what).map(str::to_owned).into_iter().collect(),
        proposal: group.proposal(),
        links: links::of(group.root, places),
        is_repeat: false,
        recipient,
    }
}

fn what(stage: &Stage, due: &Due) -> What {
    match (due.what, stage) {
        (Becomes::Opened | Becomes::Worse, _) => What::Opened,
        (Becomes::Escalated, _) => What::Escalated { level: u32::try_from(due.level + 1).unwrap_or(u32::MAX) },
        (Becomes::Grown, _) => What::Updated,
        (Becomes::Repeated, _) => What::Repeated,
        (Becomes::Unsilenced, _) => What::SilenceEnded { ended: "what kept it quiet".to_owned() },
        (Becomes::Acknowledged, Stage::Acknowledged { by, .. }) => What::Acknowledged { by: by.clone() },
        // Whoever had it has it no more.
        (Becomes::Acknowledged, _) => What::Updated,
        (Becomes::Resolved | Becomes::Merged | Becomes::Superseded, _) => What::Resolved,
        (Becomes::Saved | Becomes::Noted, _) => What::Noted,
    }
}

fn title(what: Becomes, title: &str, tenants: usize) -> String {
    let saved = if what == Becomes::Saved { "repaired, nobody is needed: " } else { "" };
    match tenants {
        0 | 1 => format!("{saved}{title}"),
        many => format!("{saved}{many} tenants: {title}"),
    }
}

fn note(what: Becomes) -> Option<&'static str> {
    match what {
        Becomes::Worse => Some("It is worse than was told before."),
        Becomes::Superseded => Some("It is worse by now, and goes on as another incident."),
        Becomes::Merged => Some("It is of the same fault as another incident, which goes on."),
        Becomes::Saved => Some("Nobody was paged: Caretaker has repaired it while the page was put off."),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
