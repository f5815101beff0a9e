//! What we see of a replication group, part of it in its nodes, and what can be asked of it.

use serde::{Deserialize, Serialize};

use crate::kind::database::Endpoint;
use crate::resource::{IDENTITY, Tags};

/// Values that AWS has accepted and will bring in force at the next maintenance window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachePending {
    /// The node type to come.
    pub node_type: Option<String>,
    /// The version to come.
    pub engine_version: Option<String>,
}

/// What AWS shows of a group in its nodes only; all have the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheNode {
    /// Such as `cache.t4g.micro`.
    pub node_type: String,
    /// With the patch version.
    pub engine_version: String,
    /// `sg-…`
    pub security_group: String,
    /// Its name.
    pub parameter_group: String,
    /// Its name.
    pub subnet_group: String,
    /// Such as `sun:05:00-sun:06:00`.
    pub maintenance_window: String,
    /// The ARN of the topic that is told of events; empty: none, or one that AWS has made inactive since it could not publish to it.
    #[serde(default)]
    pub notification_topic: String,
    /// Owed to the maintenance window.
    pub pending: CachePending,
}

/// A final snapshot that we see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSnapshot {
    /// Its name.
    pub name: String,
    /// Proven usable.
    pub available: bool,
    /// What the nodes held, MiB.
    pub size_mib: u32,
}

/// What we see of a group. Once it is gone, what remains may be its snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSeen {
    /// AWS's word: `available`, `creating`, …; `gone` when only the snapshot is left.
    pub status: String,
    /// Whose it is: see [`description`].
    pub description: String,
    /// Its nodes, by id.
    pub members: Vec<String>,
    /// Copies stand in other zones.
    pub multi_az: bool,
    /// A copy takes over by itself.
    pub failover: bool,
    /// The failover, and with it the zones, to come at the maintenance window.
    pub pending_multi_az: Option<bool>,
    /// The key's ARN; none: AWS's own.
    pub key: Option<String>,
    /// Days of automatic snapshots.
    pub snapshot_days: u8,
    /// Such as `03:00-04:00`.
    pub snapshot_window: String,
    /// What its nodes show.
    pub node: CacheNode,
    /// Of the primary node; absent while it is being created.
    pub endpoint: Option<Endpoint>,
    /// The final snapshot, if it was looked for and is there.
    pub snapshot: Option<CacheSnapshot>,
}

impl CacheSeen {
    /// Copies beside the primary node.
    pub fn replicas(&self) -> u8 {
        u8::try_from(self.members.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// Whether copies in other zones and failover are, or will be, as `wanted`, both of them.
    pub fn is_spread(&self, wanted: bool) -> bool {
        self.pending_multi_az.map_or(self.multi_az == wanted && self.failover == wanted, |owed| owed == wanted)
    }

    /// Whether something is owed to the maintenance window.
    pub fn owes(&self) -> bool {
        self.node.pending != CachePending::default() || self.pending_multi_az.is_some()
    }

    /// How it shows once AWS has accepted `change`: some values at once, others owed. Asking for what is there takes back what is owed.
    pub fn accept(&mut self, change: &CacheChange) {
        fn set<T: Clone>(value: &mut T, wanted: Option<&T>) {
            if let Some(wanted) = wanted {
                value.clone_from(wanted);
            }
        }
        fn owe<T: PartialEq + Clone>(pending: &mut Option<T>, wanted: Option<&T>, current: &T) {
            if let Some(wanted) = wanted {
                *pending = (wanted != current).then(|| wanted.clone());
            }
        }
        let node = &mut self.node;
        owe(&mut node.pending.node_type, change.node_type.as_ref(), &node.node_type);
        owe(&mut node.pending.engine_version, change.engine_version.as_ref(), &node.engine_version);
        if let Some(wanted) = change.multi_az {
            self.pending_multi_az = (wanted != self.multi_az || wanted != self.failover).then_some(wanted);
        }
        set(&mut node.security_group, change.security_group.as_ref());
        set(&mut node.parameter_group, change.parameter_group.as_ref());
        set(&mut node.maintenance_window, change.maintenance_window.as_ref());
        set(&mut node.notification_topic, change.notification_topic.as_ref());
        set(&mut self.snapshot_days, change.snapshot_days.as_ref());
        set(&mut self.snapshot_window, change.snapshot_window.as_ref());
        set(&mut self.description, change.description.as_ref());
    }
}

/// Properties of a group that change; none: stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheChange {
    /// The node type.
    pub node_type: Option<String>,
    /// The version.
    pub engine_version: Option<String>,
    /// Copies in other zones, with automatic failover.
    pub multi_az: Option<bool>,
    /// The one security group.
    pub security_group: Option<String>,
    /// The parameter group's name.
    pub parameter_group: Option<String>,
    /// Days of automatic snapshots.
    pub snapshot_days: Option<u8>,
    /// When they are taken.
    pub snapshot_window: Option<String>,
    /// When changes may be applied.
    pub maintenance_window: Option<String>,
    /// The topic that is told of events, from now on.
    pub notification_topic: Option<String>,
    /// Whose it is.
    pub description: Option<String>,
    /// Now, or in the maintenance window.
    pub apply_immediately: bool,
}

/// What the description of a group with `tags` says: whose it is. AWS gives a group's tags out only while it is available
/// (`InvalidReplicationGroupState`, hashicorp/terraform-provider-aws#30444), its description always.
pub fn description(tags: &Tags) -> String {
    let parts = IDENTITY.iter().filter_map(|key| Some(format!("{key}={}", tags.get(*key)?)));
    parts.collect::<Vec<_>>().join(" ")
}

/// The tags that a description says; none of a description that is not ours.
pub fn described(description: &str) -> Tags {
    let pairs = description.split(' ').filter_map(|part| part.split_once('='));
    pairs.filter(|(key, _)| IDENTITY.contains(key)).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
