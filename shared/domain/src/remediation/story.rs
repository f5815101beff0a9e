//! What is said of a fault, from its first stop to its end: always under one key, so that who pages tells of one thing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::attempt::Attempt;
use super::brake::Tripped;
use super::cause::Cause;
use super::conduct::Why;
use super::fault::Fault;
use super::memory::{Memory, Proof, Turn};
use super::proposal::Proposal;
use super::remedy::Remedy;
use crate::incident::{Incident, Severity, Turn as Becomes};
use crate::tenant::Owner;

/// The name of the link that holds a proposal: id, digest and end, apart by blanks.
pub const PROPOSAL: &str = "proposal";

/// Whom a fault is of.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Whose.
    pub owner: &'a Owner,
    /// The service's name, or the one-off task's.
    pub subject: &'a str,
    /// Tasks that run.
    pub running: Option<u32>,
}

impl About<'_> {
    /// The incident of `fault`, told as it becomes.
    fn incident(&self, becomes: Becomes, severity: Severity, fault: &Fault, title: &str, since: Timestamp) -> Incident {
        let tenant = self.owner.tenant_id();
        let path = [self.owner.environment().as_str(), tenant.map_or("", |id| id.as_str()), self.subject, &key(&fault.cause)];
        Incident {
            turn: becomes,
            dedup_key: path.join("/"),
            environment: self.owner.environment().clone(),
            tenant: tenant.cloned(),
            service: Some(self.subject.to_owned()),
            severity,
            title: format!("{}: {title}", self.subject),
            cause: fault.cause.to_string(),
            evidence: fault.evidence.clone(),
            tried: Vec::new(),
            since,
            links: BTreeMap::new(),
        }
    }

    /// At night, if nobody is served.
    fn severity(&self) -> Severity {
        if self.running == Some(0) { Severity::Critical } else { Severity::Warning }
    }

    /// One for all who have it.
    fn common(&self, tripped: Tripped, fault: &Fault, now: Timestamp) -> Incident {
        let path = [self.owner.environment().as_str(), "", "", &key(&fault.cause)];
        let mut evidence = vec![format!("{tripped}.")];
        evidence.extend(fault.evidence.iter().cloned());
        Incident {
            dedup_key: path.join("/"),
            tenant: None,
            service: None,
            title: format!("{}: {tripped}. Nothing is repaired by itself", fault.cause.id()),
            evidence,
            ..self.incident(Becomes::Opened, Severity::Critical, fault, "", now)
        }
    }
}

/// A part of a key. A text that no rule knows is told from others by its digest.
fn key(cause: &Cause) -> String {
    match cause {
        Cause::Unrecognised { text } => format!("unrecognised-{}", &digest(text)[..12]),
        plain => plain.id().to_owned(),
    }
}

/// Tells texts apart.
pub fn digest(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(text.as_bytes()))
}

fn tried(attempt: &Attempt) -> String {
    let by = attempt.by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
    format!("{}: {} (attempt {}{by})", attempt.at, attempt.remedy, attempt.id)
}

impl Memory {
    /// Puts what a person or who pages is to hear of `turn` into the outbox.
    pub fn tell_turn(&mut self, turn: &Turn, fault: &Fault, about: About<'_>, now: Timestamp) {
        let say = |severity, title: &str| about.incident(Becomes::Opened, severity, fault, title, now);
        let incident = match turn {
            Turn::Told(severity) => say(*severity, "a task stopped"),
            Turn::Braked(tripped, false) => about.common(*tripped, fault, now),
            Turn::Proposed(proposal) => {
                let mut incident = say(about.severity(), &format!("may Caretaker {}?", proposal.remedy));
                let (environment, id) = (about.owner.environment(), &proposal.id);
                let tenant = about.owner.tenant_id().map_or("", |tenant| tenant.as_str());
                let command = format!("caretaker approve {tenant} {id} --environment {environment}");
                incident.evidence.push(format!("Approve of it until {}: {command}", proposal.expires));
                // Who tells people makes a link of these, signed, by which one of them can approve.
                let Proposal { id, expires, .. } = proposal;
                incident.links.insert(PROPOSAL.to_owned(), format!("{id} {} {expires}", proposal.digest()));
                incident
            }
            Turn::Observed(remedy) => say(Severity::Info, &format!("Caretaker would {remedy}, and may only observe")),
            Turn::Claimed(attempt) if matches!(attempt.remedy, Remedy::Quarantine { .. }) => {
                say(Severity::Critical, "none of its tasks comes up")
            }
            Turn::Claimed(_) => say(Severity::Info, "it is being repaired"),
            Turn::Escalated(why) => say(about.severity(), &why.to_string()),
            _ => return,
        };
        self.outbox.push(self.with_tried(incident, fault));
    }

    /// Puts what is to be heard of a look at an act's effect into the outbox; `undone` is what was taken away again.
    pub fn tell_proof(&mut self, proof: &Proof, undone: Option<String>, about: About<'_>, now: Timestamp) {
        let incident = match proof {
            Proof::Resume(_) | Proof::Later(_) => return,
            Proof::Proven(attempt) if matches!(attempt.remedy, Remedy::Quarantine { .. }) => {
                let title = "it stands still until a person has cleared it";
                about.incident(Becomes::Opened, Severity::Critical, &attempt.fault, title, attempt.at)
            }
            Proof::Proven(attempt) => {
                let mut incident = about.incident(Becomes::Resolved, Severity::Info, &attempt.fault, "it was repaired", attempt.at);
                incident.evidence.push("All its tasks run, its targets are healthy, and none has stopped of this since.".to_owned());
                incident
            }
            Proof::Failed(attempt, _) => {
                let title = Why::NotProven.to_string();
                let mut incident = about.incident(Becomes::Opened, about.severity(), &attempt.fault, &title, now);
                incident.evidence.extend(undone.map(|lays| format!("It was undone: {lays}.")));
                incident
            }
        };
        self.outbox.push(self.with_tried(incident, &proof.attempt().fault));
    }

    /// What was open is over: its service is steady, and nothing has stopped lately.
    pub fn tell_over(&mut self, about: About<'_>, now: Timestamp) {
        for (id, since) in std::mem::take(&mut self.open) {
            let Some(cause) = Cause::PLAIN.iter().find(|cause| cause.id() == id) else { continue };
            let fault = Fault { cause: cause.clone(), confidence: super::diagnosis::Confidence::Certain, evidence: Vec::new() };
            let mut incident = about.incident(Becomes::Resolved, Severity::Info, &fault, "it is over", since);
            incident.evidence.push(format!("All its tasks run at {now}, and none has stopped lately."));
            self.outbox.push(self.with_tried(incident, &fault));
        }
    }

    /// With all that was done against it lately.
    fn with_tried(&self, mut incident: Incident, fault: &Fault) -> Incident {
        let of_fault = self.attempts.iter().filter(|attempt| attempt.fault.cause == fault.cause);
        incident.tried = of_fault.map(tried).collect();
        incident
    }
}
