//! Orphans: things that carry our tags and that no record names. They are told, never removed: a person finds out whose they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ports::Tagged;
use crate::resource::{INCARNATION_TAG, Place, RESOURCE_TAG};

/// AWS goes on showing what is gone, some of it for an hour (a NAT gateway): only what two daily looks have shown is told.
const PATIENCE: SignedDuration = SignedDuration::from_hours(12);

/// A thing that is provably ours and in no graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// What its tags say: the life and the resource, as far as they do.
    pub of: String,
    /// When it was seen first without a record.
    pub since: Timestamp,
}

impl Orphan {
    /// Whether it has stood long enough without a record to be told.
    pub fn is_certain(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= PATIENCE
    }
}

/// The orphans among all that has an owner's tag, by ARN. `known` has a record now, or had one as the pass began.
pub fn orphans(tagged: &[Tagged], known: &BTreeSet<Place>, before: &BTreeMap<String, Orphan>, now: Timestamp) -> BTreeMap<String, Orphan> {
    let orphan = |thing: &Tagged| {
        if place(thing).is_some_and(|place| known.contains(&place)) {
            return None;
        }
        let since = before.get(&thing.arn).map_or(now, |orphan| orphan.since);
        Some((thing.arn.clone(), Orphan { of: said_of(thing), since }))
    };
    tagged.iter().filter_map(orphan).collect()
}

fn place(thing: &Tagged) -> Option<Place> {
    let incarnation = thing.tags.get(INCARNATION_TAG)?.parse().ok()?;
    Some(Place { incarnation, id: thing.tags.get(RESOURCE_TAG)?.as_str().into() })
}

fn said_of(thing: &Tagged) -> String {
    let tag = |key: &str| thing.tags.get(key).map_or("unknown", String::as_str);
    format!("{} of life {}", tag(RESOURCE_TAG), tag(INCARNATION_TAG))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Tags;
    use crate::tenant::Incarnation;

    #[test]
    fn what_has_our_tags_and_no_record_is_an_orphan_and_told_after_a_second_look() {
        let life = Incarnation::mint(0, 0);
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let thing = |arn: &str, resource: Option<&str>| {
            let mut tags = Tags::from([(INCARNATION_TAG.to_owned(), life.to_string())]);
            tags.extend(resource.map(|id| (RESOURCE_TAG.to_owned(), id.to_owned())));
            Tagged { arn: arn.into(), tags }
        };
        let known = BTreeSet::from([Place { incarnation: life, id: "database".into() }]);
        let all = [thing("arn:db", Some("database")), thing("arn:group", Some("old-group")), thing("arn:odd", None)];
        let first = orphans(&all, &known, &BTreeMap::new(), at(0));
        let found: Vec<_> = first.iter().map(|(arn, orphan)| (arn.as_str(), orphan.of.as_str())).collect();
        assert_eq!(found, [("arn:group", &*format!("old-group of life {life}")), ("arn:odd", &*format!("unknown of life {life}"))]);
        let second = orphans(&all[..2], &known, &first, at(24));
        assert_eq!(second.keys().collect::<Vec<_>>(), ["arn:group"]);
        assert!(second["arn:group"].is_certain(at(24)) && !first["arn:group"].is_certain(at(1)));
    }
}
