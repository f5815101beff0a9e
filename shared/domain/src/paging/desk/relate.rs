//! What belongs together.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Desk, TOGETHER};
use crate::incident::Severity;
use crate::paging::heard::Heard;
use crate::paging::incident::{Incident, Stage, What};
use crate::paging::signal::Producer;
use crate::tenant::Owner;

/// So many incidents are taken in by one write: a transaction of DynamoDB has room for 100 items. The rest follows at the next look.
const AT_ONCE: usize = 10;

impl Heard {
    /// Whether this one's fault explains the other's.
    pub fn explains(&self, other: &Self) -> bool {
        self.subject.explains(&other.subject) || self.carries(other)
    }

    /// Whether this one is what is wrong with the environment that the other's tenant stands on.
    fn carries(&self, other: &Self) -> bool {
        match (&self.subject.owner, &other.subject.owner) {
            (Some(Owner::Environment(base)), Some(Owner::Tenant { environment, .. })) => {
                base == environment && self.severity == Severity::Critical
            }
            _ => false,
        }
    }

    fn is_bound(&self, other: &Self) -> bool {
        self.subject.is_bound(&other.subject) || self.carries(other) || other.carries(self)
    }

    /// Whether both may be of one fault, if they come close together.
    fn may_share(&self, other: &Self) -> bool {
        self.subject.may_share(&other.subject) || (self.subject.owner != other.subject.owner && self.class() == other.class())
    }
}

impl Desk {
    /// All open incidents that the source belongs to, the one that takes in the others first: the oldest that was told, or the oldest.
    pub(super) fn relatives(&self, source: &str, now: Timestamp) -> Vec<String> {
        let Some(one) = self.heard.get(source) else { return Vec::new() };
        let is_close = |incident: &Incident| now.duration_since(incident.joined_at) <= TOGETHER;
        let mut found = BTreeSet::new();
        for heard in self.heard.values().filter(|heard| heard.firing || heard.restless_until().is_some_and(|until| until > now)) {
            let Some(incident) =
                heard.incident.as_ref().and_then(|id| self.incidents.get(self.home(id))).filter(|incident| incident.is_open())
            else {
                continue;
            };
            if one.is_bound(heard) || (is_close(incident) && one.may_share(heard)) {
                found.insert(incident.id.clone());
            }
        }
        let mut found: Vec<String> = found.into_iter().collect();
        found.sort_by_key(|id| self.incidents.get(id).map(|incident| (incident.told.is_none(), incident.opened_at)));
        found
    }

    /// Takes `others` into the incident `first`; more than there is room for follow when it is looked at.
    pub(super) fn gather(&mut self, first: &str, others: &[String], now: Timestamp) {
        for other in others.iter().filter(|other| *other != first) {
            if self.merged == AT_ONCE {
                return self.look_soon(first, now);
            }
            self.merged += 1;
            self.merge(other, first, now);
        }
    }

    /// Takes the incident `id` into `into`; those who were told of it hear that.
    fn merge(&mut self, id: &str, into: &str, now: Timestamp) {
        let Some(merged) = self.incidents.get_mut(id) else { return };
        merged.stage = Stage::Merged { into: into.to_owned(), at: now };
        let severity = merged.severity;
        self.tell_all(id, What::Merged);
        if let Some(incident) = self.incidents.get_mut(into) {
            incident.severity = incident.severity.max(severity);
            incident.joined_at = now;
        }
        self.say(into, now, format!("incident {id} is of the same fault, and taken in"));
    }

    /// The source that explains most of the incident: that which nothing else of it explains, the worst and oldest of such. Of those that
    /// are as bad, who says what has happened goes before alarms, which measure what came of it.
    pub fn root<'a>(&'a self, id: &'a str) -> Option<(&'a String, &'a Heard)> {
        let members: Vec<_> = self.members(id).collect();
        let firing: Vec<_> = members.iter().filter(|(_, heard)| heard.firing && !heard.is_repair()).copied().collect();
        let from = if firing.is_empty() { members } else { firing };
        let explained = |one: &Heard| from.iter().any(|(_, other)| other.explains(one) && !one.explains(other));
        let origins: Vec<_> = from.iter().filter(|(_, one)| !explained(one)).copied().collect();
        let from = if origins.is_empty() { from } else { origins };
        let rank = |heard: &Heard| {
            let measures = heard.signal.producer == Producer::Alarm;
            (Reverse(heard.severity), measures, heard.fired.first().copied(), heard.signal.key.clone())
        };
        from.into_iter().min_by_key(|(_, heard)| rank(heard))
    }
}
