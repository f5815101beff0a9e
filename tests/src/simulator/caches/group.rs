//! One replication group.

use std::ops::Range;

use domain::kind::Detail;
use domain::kind::cache::{CacheChange, CacheNode, CachePending, CacheSeen, described};
use domain::kind::database::Endpoint;
use domain::observed::Observed;
use domain::resource::Tags;
use jiff::Timestamp;

use super::super::messaging::Topics;
use super::super::turn::{Transition, Turn};

/// A group; its life tells it from a later one of the same name.
#[derive(Debug, Clone)]
pub(in super::super) struct Group {
    pub(super) life: u64,
    pub(in super::super) arn: String,
    pub(in super::super) tags: Tags,
    /// As AWS shows it, its nodes' part included.
    pub(in super::super) seen: CacheSeen,
    /// Shown once the nodes stand.
    pub(super) endpoint: Endpoint,
    /// Seen as `modifying`: what comes in force at its end.
    pub(super) applied: CacheChange,
    pub(super) replicas: u8,
}

/// `name-001` and so on.
pub(super) fn members(name: &str, replicas: u8) -> Vec<String> {
    (1..=u16::from(replicas) + 1).map(|number| format!("{name}-{number:03}")).collect()
}

impl Group {
    /// Without what only its nodes show, and with the tags that its description says.
    pub(super) fn view(&self, now: Timestamp) -> Observed {
        let seen = CacheSeen { node: CacheNode::default(), ..self.seen.clone() };
        let tags = described(&seen.description);
        Observed { arn: self.arn.clone(), tags, at: now, detail: Detail::RedisReplicationGroup(seen) }
    }

    /// Begins to apply what is owed. False: nothing is.
    pub(super) fn apply(&mut self, name: &str, turn: &mut Turn) -> bool {
        if !self.seen.owes() {
            return false;
        }
        let CachePending { node_type, engine_version } = self.seen.node.pending.clone();
        self.applied = CacheChange { node_type, engine_version, multi_az: self.seen.pending_multi_az, ..CacheChange::default() };
        self.work(name, "modify", turn);
        true
    }

    pub(super) fn work(&mut self, name: &str, phase: &'static str, turn: &mut Turn) {
        "modifying".clone_into(&mut self.seen.status);
        let subject = format!("{name}:{:?}:{}", self.seen.node.pending, self.replicas);
        let wait = turn.takes("redis-replication-group", phase, &subject);
        turn.later(wait, Transition::CacheModified { life: self.life });
    }

    pub(super) fn stands(&mut self, name: &str, topics: &Topics, turn: &mut Turn) {
        self.seen.endpoint = Some(self.endpoint.clone());
        "available".clone_into(&mut self.seen.status);
        self.tell_of_nodes("CacheClusterProvisioningComplete", 0..self.seen.members.len(), topics, turn);
        self.tell("CreateReplicationGroupComplete", name, topics, turn);
    }

    /// ElastiCache tells of another node type and of nodes that come and go, and of no other change (user guide, "Event Notifications
    /// and Amazon SNS").
    pub(super) fn modified(&mut self, name: &str, topics: &Topics, turn: &mut Turn) {
        let scaled = self.applied.node_type.is_some();
        let (before, after) = (self.seen.members.len(), usize::from(self.replicas) + 1);
        self.tell_of_nodes("DeleteCacheClusterComplete", after..before, topics, turn);
        self.takes_effect(name);
        self.tell_of_nodes("ReplicationGroupIncreaseReplicaCountFinished", before..after, topics, turn);
        if scaled {
            self.tell("ReplicationGroupScalingComplete", name, topics, turn);
        }
    }

    fn takes_effect(&mut self, name: &str) {
        let applied = std::mem::take(&mut self.applied);
        let seen = &mut self.seen;
        seen.node.node_type = applied.node_type.unwrap_or_else(|| seen.node.node_type.clone());
        seen.node.engine_version = applied.engine_version.map_or_else(|| seen.node.engine_version.clone(), |version| patched(&version));
        seen.multi_az = applied.multi_az.unwrap_or(seen.multi_az);
        seen.failover = applied.multi_az.unwrap_or(seen.failover);
        seen.node.pending = CachePending::default();
        seen.pending_multi_az = None;
        seen.members = members(name, self.replicas);
        "available".clone_into(&mut seen.status);
    }
}

/// What it tells.
impl Group {
    pub(super) fn tell_of_nodes(&mut self, event: &'static str, nodes: Range<usize>, topics: &Topics, turn: &mut Turn) {
        let members = self.seen.members.get(nodes).unwrap_or_default().to_vec();
        members.iter().for_each(|node| self.tell(event, node, topics, turn));
    }

    /// A topic that ElastiCache cannot publish to becomes inactive.
    fn tell(&mut self, event: &'static str, id: &str, topics: &Topics, turn: &mut Turn) {
        let topic = &mut self.seen.node.notification_topic;
        if topic.is_empty() {
            return;
        }
        if topics.hear_caches(topic) { turn.publish(topic, event, id) } else { topic.clear() }
    }
}

/// AWS picks the patch version.
pub(super) fn patched(version: &str) -> String {
    format!("{version}.0")
}
