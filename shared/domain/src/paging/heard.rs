//! What was heard last of each source of signals: it orders them, and tells which of them flap.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::labels::{Label, Labels};
use super::signal::{Producer, Signal, State};
use super::subject::Subject;
use crate::incident::Severity;
use crate::remediation::story::digest;
use crate::tenant::Owner;

/// What was heard last of one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heard {
    /// What it said.
    pub signal: Signal,
    /// Whom it is of.
    pub subject: Subject,
    /// How much it matters.
    pub severity: Severity,
    /// Whether it is at fault. Not knowing ends nothing, so this is not what it said last.
    pub firing: bool,
    /// The incident that it belongs to.
    pub incident: Option<String>,
    /// When it began to fire lately, the newest last.
    pub fired: Vec<Timestamp>,
    /// When it was over last.
    pub over_at: Option<Timestamp>,
}

/// How a signal follows another of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It was said before.
    Older,
    /// It says the same.
    Same,
    /// It says more.
    Newer,
}

/// A source that has begun to fire so often within [`FLAPS_WITHIN`] flaps: its incident stays open until it is quiet.
const FLAPS: usize = 3;
const FLAPS_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// A source that flaps is over once it was quiet for so long.
pub(super) const QUIET: SignedDuration = SignedDuration::from_mins(15);
/// What is over is remembered for so long, since what is late would seem new otherwise: SNS and EventBridge try for up to a day.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(25);

/// Tells sources apart in sort keys: their own keys may be long.
pub fn source(key: &str) -> String {
    digest(key).chars().take(24).collect()
}

impl Heard {
    /// What `signal` is the first word of.
    pub fn of(signal: Signal, subject: Subject, severity: Severity) -> Self {
        let firing = signal.state == State::Firing;
        let (fired, over_at) = if firing { (vec![signal.at], None) } else { (Vec::new(), Some(signal.at)) };
        Self { signal, subject, severity, firing, incident: None, fired, over_at }
    }

    /// How `signal` follows what was said last. Moments may be told to the second: at the same one an end follows its beginning, and what
    /// is worse or no longer muted what was before.
    pub(super) fn compare(&self, signal: &Signal, severity: Severity) -> Order {
        match signal.at.cmp(&self.signal.at) {
            Ordering::Less => Order::Older,
            Ordering::Greater => Order::Newer,
            Ordering::Equal if signal.state == State::Over && self.firing => Order::Newer,
            Ordering::Equal if signal.state == State::Firing && self.firing => {
                let is_news = severity > self.severity || (signal.muted.is_none() && self.signal.muted.is_some());
                if is_news { Order::Newer } else { Order::Same }
            }
            Ordering::Equal => Order::Same,
        }
    }

    /// Takes in that it fires, with what is said by now.
    pub(super) fn fire(&mut self, signal: Signal, subject: Subject, severity: Severity) {
        if !self.firing {
            self.fired.retain(|at| signal.at.duration_since(*at) < FLAPS_WITHIN);
            self.fired.push(signal.at);
        }
        (self.firing, self.subject, self.severity, self.signal) = (true, subject, severity, signal);
    }

    /// Takes in that it is over.
    pub(super) fn end(&mut self, signal: Signal) {
        (self.firing, self.over_at) = (false, Some(signal.at));
        self.signal.at = signal.at;
        self.signal.state = signal.state;
        // What was tried is told with the end.
        if !signal.tried.is_empty() {
            self.signal.tried = signal.tried;
        }
    }

    /// Until when it counts as at fault although it says that it is over.
    pub fn restless_until(&self) -> Option<Timestamp> {
        let flaps = self.fired.len() >= FLAPS;
        self.over_at.filter(|_| flaps && !self.firing).map(|at| at + QUIET)
    }

    /// Whether Caretaker says by it that a repair is under way.
    pub fn is_repair(&self) -> bool {
        self.signal.producer == Producer::Caretaker && self.firing && self.severity == Severity::Info && !self.signal.tried.is_empty()
    }

    /// What such faults of several tenants have in common.
    pub fn class(&self) -> String {
        let resource = self.subject.resource.as_ref().map_or("", |id| id.generation().0);
        let fault = if self.signal.producer == Producer::Alarm { "" } else { &self.signal.name };
        format!("{}/{resource}/{fault}", self.subject.blueprint.as_deref().unwrap_or_default())
    }

    /// What routes, silences and rules are told of it, at `severity`: that of its incident, or its own.
    pub fn labels(&self, severity: Severity) -> Labels {
        let subject = &self.subject;
        let owner = subject.owner.as_ref();
        Labels::default()
            .of(severity)
            .with(Label::Environment, owner.map_or("", |owner| owner.environment().as_str()))
            .with(Label::Tenant, owner.and_then(Owner::tenant_id).map_or("", |id| id.as_str()))
            .with(Label::Tier, subject.tier.as_deref().unwrap_or_default())
            .with(Label::Service, subject.service.as_deref().unwrap_or_default())
            .with(Label::Producer, self.signal.producer.word())
            .with(Label::Name, &self.signal.name)
            .with(Label::Resource, subject.resource.as_ref().map_or("", |id| id.0.as_str()))
            .with(Label::Kind, subject.kind.as_deref().unwrap_or_default())
            .with(Label::Blueprint, subject.blueprint.as_deref().unwrap_or_default())
    }

    /// Whether it may be forgotten.
    pub(super) fn is_past(&self, now: Timestamp) -> bool {
        !self.firing && now.duration_since(self.signal.at) > REMEMBERED
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::paging::signal::About;

    #[test]
    fn routes_are_told_whose_it_is_and_what_it_is_about() {
        let signal = Signal {
            key: "alarm/a".into(),
            producer: Producer::Alarm,
            state: State::Firing,
            at: Timestamp::UNIX_EPOCH,
            severity: None,
            about: About::Account,
            name: "mate-demo-dev-task-failures".into(),
            title: String::new(),
            cause: String::new(),
            evidence: Vec::new(),
            tried: Vec::new(),
            links: BTreeMap::new(),
            muted: None,
        };
        let subject = Subject {
            owner: Some("tenant#dev#demo".parse().expect("an owner")),
            blueprint: Some("mate".into()),
            resource: Some("task-failures".into()),
            ..Subject::default()
        };
        let check = |subject: Subject, expected: serde_json::Value| {
            let labels = Heard::of(signal.clone(), subject, Severity::Warning).labels(Severity::Critical);
            assert_eq!(json!(labels), expected);
        };
        // The severity is the incident's.
        let known = json!({ "severity": "critical", "environment": "dev", "tenant": "demo", "producer": "alarm",
            "name": "mate-demo-dev-task-failures", "resource": "task-failures", "blueprint": "mate" });
        check(subject, known);
        let nobodys = json!({ "severity": "critical", "producer": "alarm", "name": "mate-demo-dev-task-failures" });
        check(Subject::default(), nobodys);
    }
}
