//! The desk as items of the table of paging, and its changes as one transaction.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Desk, Line};
use crate::ledger::{BadItem, Condition, Item, Write};
use crate::paging::heard::Heard;
use crate::paging::id::environment_of;
use crate::paging::incident::{Incident, Stage};
use crate::paging::silence::Silence;
use crate::tenant::EnvironmentName;

const DESK: &str = "desk";
const HEARD: &str = "heard#";
const INCIDENT: &str = "incident#";
/// What the sort keys of silences begin with, on the desk that they are of.
pub const SILENCE: &str = "silence#";
/// Incidents that are over are kept for so long, and timelines.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// What the sort keys of those begin with who were told instead of others.
const INSTEAD: &str = "instead#";
/// So many of each sort are forgotten by one write.
const TIDIED: usize = 5;
/// What was heard goes by itself after so long, should nobody see to it.
const HEARD_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Revision {
    revision: u64,
    wake_at: Option<Timestamp>,
}

/// That there is such an item says all.
#[derive(Serialize)]
struct Instead {}

/// The partition of an environment's desk; none: what is of no environment.
pub fn partition(environment: Option<&EnvironmentName>) -> String {
    format!("paging#{}", environment.map_or("", EnvironmentName::as_str))
}

/// The partition of the desk that the incident `id` is of: its id begins with its environment's name.
pub fn desk_of(id: &str) -> String {
    partition(environment_of(id).as_ref())
}

/// Notes that `receiver` was told of the incident `id` instead of one that could not be reached: it is to hear of the end as well. Whoever
/// delivers writes it, past the desk's revision.
pub fn told_instead(id: &str, receiver: &str, now: Timestamp) -> Write {
    let item = Item::new(&desk_of(id), &format!("{INSTEAD}{id}#{receiver}"), &Instead {}).until(now + HEARD_FOR);
    Write::Put(item, Condition::Always)
}

/// The partition of the timeline of an incident.
pub fn timeline(incident: &str) -> String {
    format!("timeline#{incident}")
}

/// The partition of a desk's incidents that are over.
pub fn past(partition: &str) -> String {
    format!("past#{partition}")
}

/// The sort key of the incident `id`, on its desk and among those that are over.
pub fn incident_key(id: &str) -> String {
    format!("{INCIDENT}{id}")
}

/// The silences among all items of a desk's partition, those that are over for less than a day too.
///
/// # Errors
/// One is of newer code, or broken.
pub fn silences(items: &[Item]) -> Result<Vec<Silence>, BadItem> {
    items.iter().filter(|item| item.key.starts_with(SILENCE)).map(Item::read).collect()
}

/// The receiver whose outbox the partition `partition` is.
pub fn waits(partition: &str) -> Option<&str> {
    partition.strip_prefix(crate::paging::delivery::PREFIX)
}

impl Desk {
    /// Reads the desk from all items of its partition.
    ///
    /// # Errors
    /// One is of newer code, or broken.
    pub fn read(items: &[Item]) -> Result<Self, BadItem> {
        let mut desk = Self::default();
        for item in items {
            if item.key == DESK {
                let revision: Revision = item.read()?;
                (desk.revision, desk.wake_at) = (revision.revision, revision.wake_at);
            } else if let Some(source) = item.key.strip_prefix(HEARD) {
                desk.heard.insert(source.to_owned(), item.read()?);
            } else if let Some((id, receiver)) = item.key.strip_prefix(INSTEAD).and_then(|key| key.split_once('#')) {
                desk.instead.insert((id.to_owned(), receiver.to_owned()));
            } else if let Some(id) = item.key.strip_prefix(INCIDENT) {
                desk.incidents.insert(id.to_owned(), item.read()?);
            }
        }
        Ok(desk)
    }

    /// What has changed since it was `before`, as one transaction that fails if somebody else has changed the desk meanwhile.
    pub fn writes(&self, before: &Self, partition: &str, now: Timestamp) -> Vec<Write> {
        let mut writes = Vec::new();
        for (source, heard) in self.heard.iter().filter(|(source, heard)| before.heard.get(*source) != Some(heard)) {
            writes.push(write_heard(partition, source, heard, now));
        }
        for (id, incident) in self.incidents.iter().filter(|(id, incident)| before.incidents.get(*id) != Some(incident)) {
            writes.extend(write_incident(partition, id, incident, before.incidents.contains_key(id), now));
        }
        let delete = |key: String| Write::Delete { owner: partition.to_owned(), key };
        writes.extend(
            before.heard.keys().filter(|source| !self.heard.contains_key(*source)).map(|source| delete(format!("{HEARD}{source}"))),
        );
        writes.extend(before.incidents.keys().filter(|id| !self.incidents.contains_key(*id)).map(|id| delete(incident_key(id))));
        for (n, line) in self.lines.iter().enumerate() {
            writes.push(line.write(&format!("{n:03}#{}", self.revision)));
        }
        if !writes.is_empty() || self.wake_at != before.wake_at {
            let condition = if before.revision == 0 { Condition::Absent } else { Condition::is("revision", before.revision) };
            writes.insert(
                0,
                Write::Put(Item::new(partition, DESK, &Revision { revision: before.revision + 1, wake_at: self.wake_at }), condition),
            );
        }
        writes
    }

    /// Forgets what is long over.
    pub fn tidy(&mut self, now: Timestamp) {
        let is_open = |id: &String| self.incidents.get(self.home(id)).is_some_and(Incident::is_open);
        let is_past = |heard: &Heard| heard.is_past(now) && !heard.incident.as_ref().is_some_and(is_open);
        let past: Vec<String> =
            self.heard.iter().filter(|(_, heard)| is_past(heard)).map(|(source, _)| source.clone()).take(TIDIED).collect();
        let merged = self.incidents.iter().filter(|(id, incident)| !incident.is_open() && !is_open(id)).map(|(id, _)| id.clone());
        let merged: Vec<String> = merged.filter(|id| matches!(self.incidents[id].stage, Stage::Merged { .. })).take(TIDIED).collect();
        past.iter().for_each(|source| drop(self.heard.remove(source)));
        merged.iter().for_each(|id| drop(self.incidents.remove(id)));
    }
}

impl Line {
    /// Its write. `mark` tells it from other lines of its moment, and orders it among them.
    pub fn write(&self, mark: &str) -> Write {
        let item = Item::new(&timeline(&self.incident), &format!("{}#{mark}", self.at), self).until(self.at + KEPT);
        Write::Put(item, Condition::Always)
    }
}

fn write_heard(partition: &str, source: &str, heard: &Heard, now: Timestamp) -> Write {
    Write::Put(Item::new(partition, &format!("{HEARD}{source}"), heard).until(now + HEARD_FOR), Condition::Always)
}

/// What is over leaves the desk, since that is read with each signal. What was taken in stays: its sources are found by it.
fn write_incident(partition: &str, id: &str, incident: &Incident, was_there: bool, now: Timestamp) -> Vec<Write> {
    let key = incident_key(id);
    if incident.is_open() || matches!(incident.stage, Stage::Merged { .. }) {
        return vec![Write::Put(Item::new(partition, &key, incident), Condition::Always)];
    }
    let mut writes = vec![Write::Put(Item::new(&past(partition), &key, incident).until(now + KEPT), Condition::Always)];
    if was_there {
        writes.push(Write::Delete { owner: partition.to_owned(), key });
    }
    writes
}
