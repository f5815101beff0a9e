//! When each resource came to rest, seen from outside, and the chain of them that took the longest.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

mod levels;

pub use levels::Level;

/// The moments of a phase.
#[derive(Debug, Default)]
pub struct Timeline {
    since: Timestamp,
    began: BTreeMap<String, Duration>,
    moved: BTreeMap<String, bool>,
    rested: BTreeMap<String, Duration>,
    needs: BTreeMap<String, Vec<String>>,
}

/// Whether a resource of the tool's status is ready, gone or kept on purpose.
pub fn is_done(resource: &Value) -> bool {
    let sentence = resource["sentence"].as_str().unwrap_or_default();
    ["ready", "kept", "gone"].iter().any(|word| sentence.starts_with(word))
}

impl Timeline {
    /// Of a phase that began then; changes before it are none of it.
    pub fn since(since: Timestamp) -> Self {
        Self { since, ..Self::default() }
    }

    /// Notes what a status, asked `elapsed` after the beginning, shows.
    pub fn note(&mut self, status: &Value, elapsed: Duration) {
        for resource in status["resources"].as_array().into_iter().flatten() {
            let id = resource["id"].as_str().unwrap_or_default().to_owned();
            let needs = resource["needs"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            self.needs.insert(id.clone(), needs.collect());
            self.note_change(&id, resource, elapsed);
            if is_done(resource) {
                // What never moved in this phase is no part of its path.
                if self.moved.contains_key(&id) || self.began.contains_key(&id) {
                    self.rested.entry(id).or_insert(elapsed);
                }
            } else {
                self.rested.remove(&id);
                self.moved.insert(id, true);
            }
        }
    }

    /// The moment at which AWS took the first change; if the ledger does not tell it, the first at which one shows.
    fn note_change(&mut self, id: &str, resource: &Value, elapsed: Duration) {
        let told = resource["changedAt"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
        let told = told.and_then(|at| Duration::try_from(at.duration_since(self.since)).ok());
        let sentence = resource["sentence"].as_str().unwrap_or_default();
        let held = ["waiting: on ", "under way", "due"].iter().any(|word| sentence.starts_with(word));
        if let Some(at) = told.or((!held && !is_done(resource)).then_some(elapsed)) {
            let first = self.began.entry(id.to_owned()).or_insert(at);
            *first = at.min(*first);
        }
    }

    /// From the resource that rested last, back over the one that each had to wait for longest.
    pub fn critical_path(&self) -> Value {
        let mut path: Vec<(&String, Duration)> = Vec::new();
        let mut last = self.rested.iter().max_by_key(|(_, at)| **at);
        while let Some((id, at)) = last {
            path.push((id, *at));
            let waited_for = |(other, rested): &(&String, &Duration)| *rested < at && (self.joined(id, other) || self.joined(other, id));
            last = self.rested.iter().filter(waited_for).max_by_key(|(_, at)| **at);
        }
        path.reverse();
        let mut before = Duration::ZERO;
        let mut steps = Vec::new();
        for (id, at) in path {
            steps.push(json!({ "resource": id, "seconds": (at - before).as_secs_f64() }));
            before = at;
        }
        let words: Vec<_> = steps
            .iter()
            .map(|step| format!("{} {:.1} s", step["resource"].as_str().unwrap_or_default(), step["seconds"].as_f64().unwrap_or(0.0)))
            .collect();
        json!({ "seconds": before.as_secs_f64(), "steps": steps, "sentence": words.join(", then ") })
    }

    /// Whether `a` is made after `b`: in a deletion it goes before it.
    fn joined(&self, a: &str, b: &str) -> bool {
        self.needs.get(a).is_some_and(|needs| needs.iter().any(|need| need == b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_critical_path_goes_back_over_what_was_waited_for() {
        let status = |database: &str, secret: &str, service: &str| {
            json!({ "resources": [
                { "id": "database", "sentence": database, "needs": ["secret"] },
                { "id": "secret", "sentence": secret, "needs": [] },
                { "id": "service", "sentence": service, "needs": ["database", "secret"] },
            ]})
        };
        let mut timeline = Timeline::default();
        timeline.note(&status("waiting: on secret", "due", "waiting: on database"), Duration::from_secs(1));
        timeline.note(&status("waiting: creating", "ready", "waiting: on database"), Duration::from_secs(2));
        timeline.note(&status("ready", "ready", "waiting: 0 of 1"), Duration::from_secs(20));
        timeline.note(&status("ready", "ready", "ready"), Duration::from_secs(25));
        assert_eq!(timeline.critical_path()["sentence"], "secret 2.0 s, then database 18.0 s, then service 5.0 s");
    }
}
