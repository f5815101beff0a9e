//! Whose resources a call names: what is done for one owner may name nothing of another.
//!
//! Nothing here knows a kind: what an owner has is read from its ledger, and a call names whatever stands in its request's text.

use std::collections::{BTreeMap, BTreeSet};

use domain::intent::Intent;
use domain::ledger::{INTENT, Item, RESOURCE_PREFIX, Record, STATE};
use domain::settle::State;

use crate::simulator::LogEntry;

/// Outputs that tell nothing of whose they are: a port, and AWS's own zone of all load balancers of a region.
const COMMON: [&str; 2] = ["port", "zone"];

/// What `dynamodb.WriteItems` writes as the first of each pass and each order: the owner that it is made for.
const WRITE: &str = "dynamodb.WriteItems";

/// All by which the things of an owner are known: names, ids, ARNs, tokens, lives, keys.
#[derive(Debug, Clone, Default)]
pub struct Belongings {
    /// The owner's key, such as `tenant#dev#acme`.
    pub owner: String,
    /// Each with the ids of the resources that it tells: a base's cluster and its network have the same name.
    pub names: BTreeMap<String, BTreeSet<String>>,
}

/// A call that names what belongs to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming {
    /// For whom the call was made.
    pub by: String,
    /// `service.Operation`
    pub operation: &'static str,
    /// What the call is about.
    pub resource: String,
    /// Whose it names.
    pub of: String,
    /// As what: a name, or a pattern that fits one.
    pub text: String,
    /// The ids of the resources that are meant.
    pub ids: BTreeSet<String>,
}

impl Belongings {
    /// Of `owner`, nothing known yet.
    pub fn of(owner: &str) -> Self {
        let mut belongings = Self { owner: owner.to_owned(), names: BTreeMap::new() };
        belongings.note("owner", owner);
        belongings.note("owner", &owner.replace('#', "/"));
        belongings
    }

    /// Notes what the owner's ledger items tell. What has been noted stays: what is gone may not be named either.
    pub fn learn(&mut self, items: &[Item]) {
        for item in items {
            match item.key.as_str() {
                INTENT => self.learn_intent(&read(item)),
                STATE => self.learn_state(&read(item)),
                key if key.starts_with(RESOURCE_PREFIX) => self.learn_record(&read(item)),
                _ => {}
            }
        }
    }

    fn learn_intent(&mut self, intent: &Intent) {
        for life in intent.incarnation.iter().chain(intent.former.keys()) {
            self.note("life", &life.to_string());
        }
    }

    fn learn_state(&mut self, state: &State) {
        for (output, value) in &state.outputs {
            let (id, name) = output.rsplit_once('.').unwrap_or((output, ""));
            if !COMMON.contains(&name) {
                self.note(id, value);
            }
        }
    }

    fn learn_record(&mut self, record: &Record) {
        let resource = &record.resource;
        for text in [&resource.name, &resource.token].into_iter().chain(&record.arn) {
            self.note(&resource.id.0, text);
        }
    }

    fn note(&mut self, id: &str, text: &str) {
        if !text.is_empty() {
            self.names.entry(text.to_owned()).or_default().insert(id.to_owned());
        }
    }

    /// Texts that tell the things of both: there must be none.
    pub fn shared_with(&self, other: &Self) -> Vec<&str> {
        self.names.keys().filter(|text| other.names.contains_key(*text)).map(String::as_str).collect()
    }

    /// What `request` names of these, by a name or by a pattern.
    fn named_in(&self, request: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (text, ids) in self.names.iter().filter(|(text, _)| names(request, text)) {
            named.entry(text.clone()).or_default().extend(ids.clone());
        }
        for pattern in patterns(request) {
            for (_, ids) in self.names.iter().filter(|(text, _)| text.starts_with("arn:") && fits(pattern, text)) {
                named.entry(pattern.to_owned()).or_default().extend(ids.clone());
            }
        }
        named
    }
}

fn read<T: serde::de::DeserializeOwned>(item: &Item) -> T {
    item.read().unwrap_or_else(|error| panic!("{error}"))
}

/// For whom each invocation that wrote anything to the ledger worked.
pub fn made_for(log: &[LogEntry]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for entry in log.iter().filter(|entry| entry.operation == WRITE) {
        let owner = entry.resource.split(' ').next().unwrap_or_default();
        owners.entry(entry.invocation.clone()).or_insert_with(|| owner.to_owned());
    }
    owners
}

/// The changing calls of `log` that name what belongs to somebody else of `all` than whom they were made for.
pub fn namings(log: &[LogEntry], all: &[Belongings]) -> Vec<Naming> {
    let owners = made_for(log);
    let mut found = Vec::new();
    for entry in log.iter().filter(|entry| entry.mutating) {
        // Who has not written to the ledger has sent a message or an answer at most: it acts for nobody.
        let by = owners.get(&entry.invocation).map_or("nobody", String::as_str);
        for other in all.iter().filter(|other| other.owner != by) {
            let naming = |(text, ids)| Naming {
                by: by.to_owned(),
                operation: entry.operation,
                resource: entry.resource.clone(),
                of: other.owner.clone(),
                text,
                ids,
            };
            found.extend(other.named_in(&entry.request).into_iter().map(naming));
        }
    }
    found
}

/// Whether `name` stands in `text` as a whole: `mate-acme-dev` is not in `mate-acme-dev-django`.
fn names(text: &str, name: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
    text.match_indices(name)
        .any(|(start, _)| !is_part(text[..start].chars().next_back()) && !is_part(text[start + name.len()..].chars().next()))
}

/// ARNs with a star, as policies have them. A star alone grants what the policy's resource limits otherwise.
fn patterns(text: &str) -> BTreeSet<&str> {
    text.split(['"', '\\']).filter(|part| part.starts_with("arn:") && part.contains('*')).collect()
}

fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(left) = name.strip_prefix(first) else { return false };
    if rest.is_empty() {
        return true;
    }
    (0..=left.len()).any(|at| left.is_char_boundary(at) && fits(rest, &left[at..]))
}

#[cfg(test)]
mod tests;
