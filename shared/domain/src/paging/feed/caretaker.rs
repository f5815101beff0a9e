//! What Caretaker itself says: incidents that its functions found, and answers about owners that do not become what they should be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::incident::Severity;
use crate::paging::signal::{About, Producer, Signal, State};
use crate::paging::told::text;
use crate::tenant::{EnvironmentName, Owner, TenantId};

/// So many lines of a list are kept.
const LINES: usize = 50;

/// Why an event of Caretaker is no signal.
#[derive(Debug, Error)]
pub enum NotASignal {
    /// Nobody needs to hear of it.
    #[error("{0} needs nobody")]
    Harmless(String),
    /// It is not as this code writes it.
    #[error("the event of Caretaker cannot be read")]
    Malformed(#[source] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incident {
    dedup_key: String,
    environment: EnvironmentName,
    tenant: Option<TenantId>,
    service: Option<String>,
    severity: String,
    title: String,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(default)]
    tried: Vec<String>,
    #[serde(default)]
    links: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Answer {
    environment: EnvironmentName,
    tenant: Option<TenantId>,
    at: Option<Timestamp>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    waiting: BTreeMap<String, String>,
    #[serde(default)]
    stuck: BTreeMap<String, String>,
    #[serde(default)]
    leftovers: Vec<String>,
}

/// What the incident event `detail_type` of `time` says.
///
/// # Errors
/// See [`NotASignal`].
pub fn incident(detail_type: &str, detail: &Value, time: Timestamp) -> Result<Signal, NotASignal> {
    let incident = Incident::deserialize(detail).map_err(NotASignal::Malformed)?;
    let fault = incident.dedup_key.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Signal {
        key: format!("incident/{}", incident.dedup_key),
        producer: Producer::Caretaker,
        state: if detail_type == "incident-resolved" { State::Over } else { State::Firing },
        at: time,
        // Of newer code perhaps: an unknown word is for the default route, and no reason to tell nobody.
        severity: Severity::read(&incident.severity).or(Some(Severity::Warning)),
        about: About::Owned(owner(incident.environment, incident.tenant), incident.service),
        name: fault,
        title: text::line(&incident.title, text::TITLE),
        cause: text::prose(&incident.cause, text::CAUSE),
        evidence: lines(&incident.evidence),
        tried: lines(&incident.tried),
        links: incident.links,
        muted: None,
    })
}

/// What the answer `detail_type`, such as `tenant-failed`, says. What is ready or gone is over.
///
/// # Errors
/// See [`NotASignal`].
pub fn answer(detail_type: &str, detail: &Value, time: Timestamp) -> Result<Signal, NotASignal> {
    let (word, news) = detail_type.split_once('-').unwrap_or_default();
    let answer = Answer::deserialize(detail).map_err(NotASignal::Malformed)?;
    let (state, severity, title) = match (word, news) {
        ("tenant", "failed") => (State::Firing, Severity::Warning, "it goes no further by itself"),
        ("environment", "failed") => (State::Firing, Severity::Critical, "the base goes no further by itself"),
        ("tenant", "degraded") => (State::Firing, Severity::Warning, "something of it waits"),
        ("environment", "degraded") => (State::Firing, Severity::Critical, "something of the base waits"),
        (_, "removed") if !answer.leftovers.is_empty() => (State::Firing, Severity::Warning, "something of it is left over"),
        (_, "ready" | "removed") => (State::Over, Severity::Info, "it is as it should be"),
        _ => return Err(NotASignal::Harmless(detail_type.to_owned())),
    };
    let owner = owner(answer.environment, answer.tenant);
    let listed = answer.waiting.into_iter().chain(answer.stuck).map(|(resource, why)| format!("{resource}: {why}"));
    Ok(Signal {
        key: format!("owner/{owner}"),
        producer: Producer::Caretaker,
        state,
        at: answer.at.unwrap_or(time),
        severity: Some(severity),
        name: format!("{word}-{news}"),
        title: format!("{}: {title}", owner.tag()),
        cause: answer.reason,
        evidence: listed.chain(answer.leftovers.into_iter().map(|left| format!("left over: {left}"))).collect(),
        about: About::Owned(owner, None),
        tried: Vec::new(),
        links: BTreeMap::new(),
        muted: None,
    })
}

/// What it quotes may come from anywhere.
fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().take(LINES).map(|line| text::line(line, text::EVIDENCE)).collect()
}

fn owner(environment: EnvironmentName, tenant: Option<TenantId>) -> Owner {
    match tenant {
        Some(tenant) => Owner::tenant(environment, tenant),
        None => Owner::Environment(environment),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::incident::{Incident as Event, Turn};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn an_incident_of_ours_is_a_signal_under_its_own_key() {
        let event = Event {
            turn: Turn::Opened,
            dedup_key: "dev/demo/celery/out-of-memory".into(),
            environment: "dev".parse().expect("a name"),
            tenant: Some("demo".parse().expect("an id")),
            service: Some("celery".into()),
            severity: Severity::Info,
            title: "celery: it is being repaired".into(),
            cause: "c".into(),
            evidence: vec!["e".into()],
            tried: vec!["t".into()],
            since: NOW,
            links: BTreeMap::new(),
        };
        for (turn, state) in [(Turn::Opened, State::Firing), (Turn::Resolved, State::Over)] {
            let entry = Event { turn, ..event.clone() }.entry();
            let detail = serde_json::from_str(&entry.detail).expect("it is JSON");
            let signal = incident(&entry.detail_type, &detail, NOW).expect("it is one");
            assert_eq!(
                (signal.key.as_str(), signal.state, signal.name.as_str()),
                ("incident/dev/demo/celery/out-of-memory", state, "out-of-memory")
            );
            assert_eq!(signal.about, About::Owned("tenant#dev#demo".parse().expect("an owner"), Some("celery".into())));
            assert_eq!((signal.severity, signal.tried), (Some(Severity::Info), vec!["t".to_owned()]));
        }
        assert!(matches!(incident("incident-opened", &json!({ "dedupKey": 7 }), NOW), Err(NotASignal::Malformed(_))));
    }

    #[test]
    fn answers_that_need_somebody_fire_until_all_is_as_it_should_be() {
        let check = |kind: &str, extra: Value, expected: Option<(State, Severity)>| {
            let mut detail = json!({ "environment": "dev", "at": "2026-11-21T02:00:00.25Z" });
            detail.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
            if kind.starts_with("tenant") {
                detail["tenant"] = json!("demo");
            }
            let signal = answer(kind, &detail, NOW);
            assert_eq!(signal.as_ref().ok().map(|signal| (signal.state, signal.severity.expect("one"))), expected, "{kind}");
            assert!(signal.is_err() || signal.is_ok_and(|signal| signal.at.to_string() == "2026-11-21T02:00:00.25Z"));
        };
        check("tenant-failed", json!({ "reason": "r", "stuck": { "database": "why" } }), Some((State::Firing, Severity::Warning)));
        check("environment-degraded", json!({ "waiting": { "certificate": "x" } }), Some((State::Firing, Severity::Critical)));
        check("tenant-ready", json!({ "outputs": {} }), Some((State::Over, Severity::Info)));
        check("tenant-removed", json!({ "leftovers": [] }), Some((State::Over, Severity::Info)));
        check("tenant-removed", json!({ "leftovers": ["arn"] }), Some((State::Firing, Severity::Warning)));
        check("tenant-planned", json!({}), None);
        check("tenant-drifted", json!({}), None);
    }
}
