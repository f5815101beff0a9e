//! A shelf: the things of one plain kind, by AWS's own id.

use std::collections::BTreeMap;

use domain::kind::Detail;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::resource::Tags;
use jiff::Timestamp;
use serde::Serialize;

use super::turn::Answer;

/// A thing on a shelf.
#[derive(Debug, Clone)]
pub(super) struct Thing<T> {
    pub(super) name: String,
    pub(super) token: Option<String>,
    pub(super) arn: String,
    pub(super) tags: Tags,
    pub(super) shown: Shown<T>,
}

/// The things of one kind.
#[derive(Debug, Clone)]
pub(super) struct Shelf<T> {
    things: BTreeMap<String, Thing<T>>,
    detail: fn(Shown<T>) -> Detail,
}

impl<T: Clone + Serialize> Shelf<T> {
    /// An empty one, whose things are shown as `detail`.
    pub(super) fn new(detail: fn(Shown<T>) -> Detail) -> Self {
        Self { things: BTreeMap::new(), detail }
    }

    /// How AWS shows a thing.
    pub(super) fn view(&self, thing: &Thing<T>, now: Timestamp) -> Observed {
        Observed { arn: thing.arn.clone(), tags: thing.tags.clone(), at: now, detail: (self.detail)(thing.shown.clone()) }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Thing<T>> {
        self.things.values()
    }

    pub(super) fn len(&self) -> usize {
        self.things.len()
    }

    /// The thing that has all of `tags`.
    pub(super) fn tagged(&self, tags: &Tags, now: Timestamp) -> Option<Observed> {
        let has = |thing: &&Thing<T>| tags.iter().all(|(key, value)| thing.tags.get(key) == Some(value));
        self.things.values().find(has).map(|thing| self.view(thing, now))
    }

    pub(super) fn find(&self, matches: impl Fn(&Thing<T>) -> bool) -> Option<&Thing<T>> {
        self.things.values().find(|thing| matches(thing))
    }

    pub(super) fn get(&self, id: &str) -> Option<&Thing<T>> {
        self.things.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Thing<T>> {
        self.things.get_mut(id)
    }

    /// Puts a thing on the shelf, and shows it.
    pub(super) fn put(&mut self, thing: Thing<T>, now: Timestamp) -> Observed {
        let view = self.view(&thing, now);
        self.things.insert(thing.shown.id.clone(), thing);
        view
    }

    pub(super) fn take(&mut self, id: &str) -> Option<Thing<T>> {
        self.things.remove(id)
    }

    /// Adds or replaces tags. False: it is not here.
    pub(super) fn tag(&mut self, id: &str, tags: &Tags) -> bool {
        let thing = self.things.get_mut(id);
        thing.map(|thing| thing.tags.extend(tags.clone())).is_some()
    }

    /// Whether a thing that is not leaving names `id` among its properties.
    pub(super) fn mentions(&self, id: &str) -> bool {
        let names = |thing: &Thing<T>| serde_json::to_string(&thing.shown.properties).is_ok_and(|text| text.contains(&format!("\"{id}\"")));
        self.things.values().any(|thing| thing.shown.id != id && names(thing))
    }

    /// What was begun is done.
    pub(super) fn becomes_done(&mut self, id: &str) -> bool {
        match self.things.get_mut(id) {
            Some(thing) if matches!(thing.shown.progress, Progress::Working(_)) => {
                thing.shown.progress = Progress::Done;
                true
            }
            _ => false,
        }
    }

    /// A line each, for the census.
    pub(super) fn lines(&self, kind: &str) -> Vec<String> {
        let tags = |tags: &Tags| tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ");
        let line = |thing: &Thing<T>| {
            let properties = serde_json::to_string(&thing.shown.properties).unwrap_or_default();
            format!("{kind} {} {:?} {properties} [{}]", thing.name, thing.shown.progress, tags(&thing.tags))
        };
        self.things.values().filter(|thing| !thing.tags.is_empty()).map(line).collect()
    }

    /// Ids, each with the name that stands for it.
    pub(super) fn names(&self, kind: &str) -> Vec<(String, String)> {
        self.things.iter().map(|(id, thing)| (id.clone(), format!("<{kind} {}>", thing.name))).collect()
    }
}

/// A create with a token that is known: the same thing again, or the caller's own error.
pub(super) fn repeated<T: Clone + Serialize + PartialEq>(
    shelf: &Shelf<T>,
    token: &str,
    wanted: &T,
    now: Timestamp,
    mismatch: impl Fn() -> super::turn::Refused,
) -> Option<Answer<Observed>> {
    let thing = shelf.find(|thing| thing.token.as_deref() == Some(token))?;
    Some(if thing.shown.properties == *wanted { Ok(shelf.view(thing, now)) } else { Err(mismatch()) })
}
