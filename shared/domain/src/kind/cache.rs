//! A replication group of ElastiCache for Redis OSS: slow, may hold data, may take a snapshot at its end, and may owe changes to its
//! maintenance window.

mod seen;

pub use seen::{CacheChange, CacheNode, CachePending, CacheSeen, CacheSnapshot, described, description};

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, compare};
use crate::name::{NameRule, shorten};
use crate::order::Apply;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// A snapshot's name keeps the rule of names, up to 255 characters (ElastiCache user guide, "Taking manual backups").
const SNAPSHOT_NAME_LONGEST: usize = 255;

/// USD per GiB and month of a snapshot whose group is gone (AWS price list, us-east-1, 2026).
const SNAPSHOT_USD_PER_GIB: f64 = 0.085;

/// A replication group as it should be: one primary node and its copies. It is encrypted on its way and where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplicationGroup {
    /// Major and minor version, such as `7.1`. It only rises.
    pub engine_version: String,
    /// Such as `cache.t4g.micro`.
    pub node_type: String,
    /// Copies beside the primary node, 0 to 5.
    pub replicas: u8,
    /// The copies stand in other zones, and one takes over by itself; needs a copy.
    pub multi_az: bool,
    /// Its name; fixed at creation.
    pub subnet_group: String,
    /// `sg-…`
    pub security_group: String,
    /// Its name.
    pub parameter_group: String,
    /// The ARN of a secret with the field `token`, read once at creation.
    pub auth_secret: String,
    /// The ARN of the key that it is encrypted with, fixed at creation; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
    /// Days of automatic snapshots; 0: none.
    pub snapshot_days: u8,
    /// When the daily snapshot is taken, UTC, such as `03:00-04:00`; none: AWS chooses.
    #[serde(default)]
    pub snapshot_window: Option<String>,
    /// When changes may be applied, UTC, such as `sun:05:00-sun:06:00`; none: AWS chooses.
    #[serde(default)]
    pub maintenance_window: Option<String>,
    /// The ARN of the topic that it tells of its events, of the same account and region and not encrypted; none: whom it tells is left alone.
    #[serde(default)]
    pub notification_topic: Option<String>,
}

/// The status of [`CacheSeen`] when the group is gone and its snapshot is what is left.
pub const GONE: &str = "gone";

impl Kind for ReplicationGroup {
    const KIND: &'static str = "redis-replication-group";
    const CHANGES_OFTEN: bool = true;
    const SENDS_EVENTS: bool = true;
    /// ElastiCache: 1 to 40 letters, digits and single hyphens, beginning with a letter (API reference, CreateReplicationGroup).
    const NAME: NameRule = NameRule { longest: 40, also: "", double_hyphen: false };
    const OUTPUTS: &'static [&'static str] = &["host", "port"];
    type Seen = CacheSeen;

    /// The medians of `local/facts/durations.toml`.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(match change {
            Change::Create => 420,
            Change::Remove(Removal::DeleteCache { final_snapshot: None }) => 240,
            // The snapshot of a small group comes first.
            Change::Remove(_) => 90 + 240,
            _ => 600,
        })
    }

    /// While a snapshot is taken it serves its clients as always, and only takes no changes.
    fn judge(&self, resource: &Resource, seen: &CacheSeen) -> Judgement {
        match seen.status.as_str() {
            GONE => return Judgement::act(Change::Create),
            "available" | "snapshotting" => {}
            "create-failed" => return Judgement::broken("the cache is create-failed"),
            other => return Judgement::settling(format!("the cache is {other}")),
        }
        if let Some(why) = self.never(seen) {
            return Judgement::refused(why);
        }
        let busy = seen.status == "snapshotting";
        match differences(self, resource, seen) {
            found if found.is_empty() && !seen.owes() => Judgement::in_sync(),
            _ if busy => Judgement::settling("a snapshot is being taken of the cache"),
            found if !found.is_empty() => Judgement::act(Change::Update(found)),
            _ if resource.apply == Apply::Window => Judgement::in_sync_but("changes wait for the maintenance window"),
            _ => Judgement::act(Change::Update(vec![Difference::new("apply", "window", "now")])),
        }
    }

    /// Delete, with a final snapshot where it holds data that is to be kept, and wait until that is proven.
    fn depart(&self, resource: &Resource, seen: &CacheSeen, fate: Fate) -> Departure {
        let keeps = resource.protects_data && fate == Fate::KeepData;
        match seen.status.as_str() {
            GONE => snapshot_departs(seen, fate),
            "available" => Departure::Act(Removal::DeleteCache { final_snapshot: keeps.then(|| final_snapshot_name(resource)) }),
            // It never held anything, and AWS takes no snapshot of it.
            "create-failed" => Departure::Act(Removal::DeleteCache { final_snapshot: None }),
            other => Departure::Wait(format!("the cache is {other}")),
        }
    }

    fn outputs(seen: &CacheSeen) -> Vec<(&'static str, String)> {
        let endpoint = seen.endpoint.as_ref();
        endpoint.map(|endpoint| vec![("host", endpoint.host.clone()), ("port", endpoint.port.to_string())]).unwrap_or_default()
    }
}

impl ReplicationGroup {
    /// Why it can never come to be as it is wanted.
    fn never(&self, seen: &CacheSeen) -> Option<String> {
        let fixed = |property: &str, is: &str, wanted: &str| {
            (is != wanted).then(|| format!("{property} is fixed at creation: it is {is:?}, wanted is {wanted:?}"))
        };
        if self.multi_az && self.replicas == 0 {
            return Some("multi_az needs a replica".to_owned());
        }
        fixed("subnet_group", &seen.node.subnet_group, &self.subnet_group)
            .or_else(|| fixed("key", seen.key.as_deref().unwrap_or_default(), self.key.as_deref()?))
    }
}

/// Pending values count as observed: what is already owed is not asked again.
fn differences(desired: &ReplicationGroup, resource: &Resource, seen: &CacheSeen) -> Vec<Difference> {
    let (node, pending) = (&seen.node, &seen.node.pending);
    let mut found = Vec::new();
    compare(&mut found, "node_type", pending.node_type.as_ref().unwrap_or(&node.node_type), &desired.node_type);
    let version = pending.engine_version.as_ref().unwrap_or(&node.engine_version);
    if release(version) < release(&desired.engine_version) {
        compare(&mut found, "engine_version", version, &desired.engine_version);
    }
    // The last copy goes only once nothing may fail over to it any more.
    let last_waits = desired.replicas == 0 && seen.failover && seen.pending_multi_az == Some(false);
    if !last_waits {
        compare(&mut found, "replicas", &seen.replicas(), &desired.replicas);
    }
    if !seen.is_spread(desired.multi_az) {
        compare(&mut found, "multi_az", &!desired.multi_az, &desired.multi_az);
    }
    compare(&mut found, "security_group", &node.security_group, &desired.security_group);
    compare(&mut found, "parameter_group", &node.parameter_group, &desired.parameter_group);
    compare(&mut found, "snapshot_days", &seen.snapshot_days, &desired.snapshot_days);
    if let Some(window) = &desired.snapshot_window {
        compare(&mut found, "snapshot_window", &seen.snapshot_window, window);
    }
    if let Some(window) = &desired.maintenance_window {
        compare(&mut found, "maintenance_window", &node.maintenance_window, window);
    }
    if let Some(topic) = &desired.notification_topic {
        compare(&mut found, "notification_topic", &node.notification_topic, topic);
    }
    compare(&mut found, "description", &seen.description, &description(&resource.tags));
    found
}

/// Major and minor version: AWS shows `7.1.0` for `7.1`, and moves the last one itself.
fn release(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

fn snapshot_departs(seen: &CacheSeen, fate: Fate) -> Departure {
    match (&seen.snapshot, fate) {
        (None, _) => Departure::Gone,
        (Some(snapshot), Fate::DestroyData) => Departure::Act(Removal::DeleteSnapshot(snapshot.name.clone())),
        (Some(snapshot), Fate::KeepData) if snapshot.available => Departure::Kept(Retention {
            what: Retained::CacheSnapshot(snapshot.name.clone()),
            until: None,
            monthly_usd: (f64::from(snapshot.size_mib) / 1024.0 * SNAPSHOT_USD_PER_GIB * 100.0).round() / 100.0,
        }),
        (Some(_), Fate::KeepData) => Departure::Wait("its final snapshot is being taken".into()),
    }
}

/// `{name}-{incarnation}`: a fixed name would fail at the second deletion.
pub fn final_snapshot_name(resource: &Resource) -> String {
    shorten(format!("{}-{}", resource.name, resource.incarnation), SNAPSHOT_NAME_LONGEST)
}

#[cfg(test)]
mod tests;
