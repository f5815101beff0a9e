//! What is told: a notice for each receiver, in its outbox.

use std::collections::{BTreeMap, BTreeSet};

use domain::incident::Severity;
use domain::ledger::Write;
use domain::paging::delivery::Delivery;
use domain::paging::desk::Desk;
use domain::paging::heard::Heard;
use domain::paging::incident::{Incident, Notice as Due, Stage, What as Becomes};
use domain::paging::notice::{Asked, Concerned, DedupKey, LikelyCause, Links, Members, Notice, What};
use domain::paging::routes::Means;
use domain::paging::routes::{Decision, Recipient};
use domain::paging::runbook::{self, Runbook};
use domain::paging::signal::Producer;
use domain::remediation::story::PROPOSAL;
use jiff::Timestamp;

use crate::office::Office;

/// So many of a thing are told of at most; their number is told beside.
const FIRST: usize = 20;

/// What `due` comes to: receivers, and what is written into their outboxes.
pub(crate) fn deliveries(office: &Office, desk: &Desk, due: &Due, decision: &Decision, now: Timestamp) -> Vec<(String, Write)> {
    let Some(incident) = desk.incidents.get(&due.incident) else { return Vec::new() };
    let recipients: BTreeMap<&str, &Recipient> =
        decision.levels.iter().flat_map(|level| &level.to).map(|recipient| (recipient.receiver.as_str(), recipient)).collect();
    let is_told = |receiver: &&String| {
        let wants = recipients.get(receiver.as_str()).is_none_or(|recipient| recipient.wants_resolved);
        let is_message = office.routes.receiver(receiver).is_some_and(|receiver| !matches!(receiver.means, Means::Dashboard {}));
        let keeps = due.what != Becomes::Superseded
            || office.routes.receiver(receiver).is_some_and(|one| matches!(one.means, Means::PagerDuty { .. }));
        is_message && keeps && (wants || !matches!(due.what, Becomes::Resolved | Becomes::Merged))
    };
    let told = due.to.iter().filter(is_told);
    told.map(|receiver| {
        let recipient = recipients.get(receiver.as_str());
        let notice = notice(office, desk, incident, due, recipient.map_or(receiver.clone(), ToString::to_string), now);
        let fallbacks = recipient.map(|recipient| recipient.fallbacks.clone()).unwrap_or_default();
        let delivery = Delivery::new(receiver.clone(), fallbacks, notice, now);
        (receiver.clone(), delivery.write())
    })
    .collect()
}

fn notice(office: &Office, desk: &Desk, incident: &Incident, due: &Due, recipient: String, now: Timestamp) -> Notice {
    let members: Vec<&Heard> = desk.members(&incident.id).map(|(_, heard)| heard).collect();
    let root = desk.root(&incident.id).map(|(_, heard)| heard);
    let tenants = tenants(&members);
    let severity = if matches!(due.what, Becomes::Saved) { Severity::Info } else { incident.severity };
    Notice {
        delivery: format!("{}-{}-{}", incident.id, becomes_word(due.what), now.as_millisecond()),
        what: what(incident, due),
        incident: incident.id.clone(),
        key: DedupKey::of_incident(&incident.id, incident.round - u32::from(due.what == Becomes::Superseded)),
        severity,
        title: title(root, due.what, &tenants),
        since: incident.opened_at,
        now,
        environment: root.and_then(|root| root.subject.owner.as_ref()).map(|owner| owner.environment().clone()),
        tenants,
        services: members
            .iter()
            .filter_map(|heard| heard.subject.service.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .take(FIRST)
            .collect(),
        cause: root.map(|root| cause(root, &members)),
        members: Members { count: members.len(), first: members.iter().take(FIRST).map(|heard| heard.signal.title.clone()).collect() },
        evidence: root.map(|root| root.signal.evidence.clone()).unwrap_or_default(),
        tried: members.iter().flat_map(|heard| heard.signal.tried.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        notes: notes(due.what),
        proposal: members.iter().find_map(|heard| asked(heard)),
        links: Links {
            runbook: root.map(|root| runbook::url(&office.places.runbooks, runbook_of(root).slug())),
            dashboard: dashboard(office, root),
            ..Links::default()
        },
        is_repeat: false,
        recipient,
    }
}

/// What remediation asks for by `heard`, as it has written it there.
fn asked(heard: &Heard) -> Option<Asked> {
    let mut parts = heard.signal.links.get(PROPOSAL).filter(|_| heard.firing)?.split(' ');
    let (id, digest, expires) = (parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some(Asked { owner: heard.subject.owner.clone()?, subject: heard.subject.service.clone()?, id, digest, expires })
}

fn what(incident: &Incident, due: &Due) -> What {
    match (due.what, &incident.stage) {
        (Becomes::Opened | Becomes::Worse, _) => What::Opened,
        (Becomes::Escalated, _) => What::Escalated { level: u32::try_from(due.level + 1).unwrap_or(u32::MAX) },
        (Becomes::Grown, _) => What::Updated,
        (Becomes::Repeated, _) => What::Repeated,
        (Becomes::Unsilenced, _) => What::SilenceEnded { ended: "what kept it quiet".to_owned() },
        (Becomes::Acknowledged, Stage::Acknowledged { by, .. }) => What::Acknowledged { by: by.clone() },
        (Becomes::Acknowledged, _) => What::Updated,
        (Becomes::Resolved | Becomes::Merged | Becomes::Superseded, _) => What::Resolved,
        (Becomes::Saved | Becomes::Noted, _) => What::Noted,
    }
}

fn becomes_word(what: Becomes) -> String {
    format!("{what:?}").to_lowercase()
}

fn title(root: Option<&Heard>, what: Becomes, tenants: &[Concerned]) -> String {
    let title = root.map_or("an incident without signals", |root| root.signal.title.as_str());
    let saved = if what == Becomes::Saved { "repaired, nobody is needed: " } else { "" };
    match tenants.len() {
        0 | 1 => format!("{saved}{title}"),
        many => format!("{saved}{many} tenants: {title}"),
    }
}

fn tenants(members: &[&Heard]) -> Vec<Concerned> {
    let mut worst: BTreeMap<_, (std::cmp::Reverse<Severity>, Concerned)> = BTreeMap::new();
    for heard in members {
        let Some(id) = heard.subject.owner.as_ref().and_then(|owner| owner.tenant_id()) else { continue };
        let concerned = Concerned { id: id.clone(), tier: heard.subject.tier.clone() };
        let rank = std::cmp::Reverse(heard.severity);
        let entry = worst.entry(id.clone()).or_insert((rank, concerned));
        entry.0 = entry.0.min(rank);
    }
    let mut all: Vec<_> = worst.into_values().collect();
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().map(|(_, concerned)| concerned).collect()
}

fn cause(root: &Heard, members: &[&Heard]) -> LikelyCause {
    let explained = members.iter().filter(|heard| heard.signal.key != root.signal.key && root.explains(heard)).count();
    let explains = match explained {
        0 => String::new(),
        1 => "1 other signal is of something that stands on it".to_owned(),
        many => format!("{many} other signals are of things that stand on it"),
    };
    LikelyCause { what: root.signal.cause.clone(), explains }
}

fn notes(what: Becomes) -> Vec<String> {
    match what {
        Becomes::Worse => vec!["It is worse than was told before.".to_owned()],
        Becomes::Superseded => vec!["It is worse by now, and goes on as another incident.".to_owned()],
        Becomes::Merged => vec!["It is of the same fault as another incident, which goes on.".to_owned()],
        Becomes::Saved => vec!["Nobody was paged: Caretaker has repaired it while the page was put off.".to_owned()],
        _ => Vec::new(),
    }
}

/// What to do about what `root` says.
pub(crate) fn runbook_of(root: &Heard) -> Runbook {
    match root.signal.producer {
        Producer::Alarm => match &root.subject.resource {
            Some(resource) => Runbook::of_alarm(resource.generation().0),
            None => Runbook::of_own_alarm(&root.signal.name),
        },
        Producer::Caretaker => match root.signal.key.strip_prefix("incident/") {
            Some(key) => Runbook::of_incident(key),
            // Of an answer the word says what it is about.
            None => Runbook::of_incident(&format!("///{}", root.signal.name)),
        },
        producer => Runbook::of_feed(producer, &root.signal.name),
    }
}

/// The dashboard of a tenant, as its blueprint names it, in the console.
fn dashboard(office: &Office, root: Option<&Heard>) -> Option<String> {
    let name = root?.subject.dashboard.as_ref()?;
    let region = &office.places.region;
    Some(format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}"))
}
