//! ElastiCache: replication groups in their states, values owed to the maintenance window, and snapshots. It tells nobody but the groups'
//! topics.

use std::collections::BTreeMap;

use domain::kind::cache::{CacheChange, CacheNode, CachePending, CacheSeen, CacheSnapshot, description};
use domain::kind::database::Endpoint;
use domain::observed::Observed;
use domain::ports::{Call, CreateReplicationGroup, Reply};
use domain::resource::Tags;

use super::environment::Environment;
use super::messaging::Topics;
use super::network::Network;
use super::turn::{Answer, Transition, Turn};
use group::{Group, members, patched};
use settings::Settings;

mod group;
mod refusals;
mod settings;

#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) snapshot: CacheSnapshot,
}

/// Groups and snapshots, by name, and what the groups stand on.
#[derive(Debug, Clone)]
pub(super) struct Caches {
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) snapshots: BTreeMap<String, Kept>,
    pub(super) settings: Settings,
}

impl Default for Caches {
    fn default() -> Self {
        Self { groups: BTreeMap::new(), snapshots: BTreeMap::new(), settings: Settings::new() }
    }
}

impl Caches {
    /// Whether a node's network interface is in the subnet or the security group `id`.
    pub(super) fn are_in(&self, id: &str) -> bool {
        let in_subnet = |name: &str| self.settings.subnet_groups.get(name).is_some_and(|group| group.shown.properties.subnets.contains(id));
        self.groups.values().any(|group| group.seen.node.security_group == id || in_subnet(&group.seen.node.subnet_group))
    }

    /// Reads. None: the call is none of ElastiCache's.
    pub(super) fn read(&self, call: &Call, turn: &Turn) -> Option<Answer<Reply>> {
        let now = turn.now;
        Some(Ok(match call {
            Call::DescribeReplicationGroup(request) => {
                Reply::DescribeReplicationGroup(self.groups.get(&request.name).map(|group| group.view(now)))
            }
            Call::DescribeCacheNode(request) => {
                let group = self.groups.values().find(|group| group.seen.members.contains(&request.name));
                Reply::DescribeCacheNode(group.map(|group| group.seen.node.clone()))
            }
            Call::DescribeReplicationGroups(_) => {
                let all = self.groups.iter().map(|(name, group)| (name.clone(), group.view(now)));
                Reply::DescribeReplicationGroups((all.collect(), None))
            }
            Call::DescribeCacheNodes(_) => {
                let nodes =
                    self.groups.values().flat_map(|group| group.seen.members.iter().map(|id| (id.clone(), group.seen.node.clone())));
                Reply::DescribeCacheNodes((nodes.collect(), None))
            }
            Call::DescribeCacheSnapshot(request) => {
                Reply::DescribeCacheSnapshot(self.snapshots.get(&request.name).map(|kept| kept.snapshot.clone()))
            }
            Call::ListCacheTags(request) => return Some(self.tags_of(&request.arn).map(Reply::ListCacheTags)),
            other => return self.settings.read(other, now),
        }))
    }

    /// Effects. None: the call is none of ElastiCache's.
    pub(super) fn change(&mut self, call: Call, environment: &Environment, network: &Network, turn: &mut Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateReplicationGroup(request) => self.create(request, environment, network, turn).map(Reply::CreateReplicationGroup),
            Call::ModifyReplicationGroup(request) => {
                self.modify(&request.name, &request.change, environment, turn).map(Reply::ModifyReplicationGroup)
            }
            Call::IncreaseReplicaCount(request) => {
                self.set_replicas(&request.name, request.replicas, turn).map(Reply::IncreaseReplicaCount)
            }
            Call::DecreaseReplicaCount(request) => {
                self.set_replicas(&request.name, request.replicas, turn).map(Reply::DecreaseReplicaCount)
            }
            Call::DeleteReplicationGroup(request) => {
                self.delete(&request.name, request.final_snapshot.as_deref(), turn).map(Reply::DeleteReplicationGroup)
            }
            Call::DeleteCacheSnapshot(request) => self.delete_snapshot(&request.name).map(Reply::DeleteCacheSnapshot),
            Call::TagCache(request) => self.tag(&request.arn, request.tags).map(Reply::TagCache),
            other => {
                let nodes: Vec<_> = self.groups.values().map(|group| group.seen.node.clone()).collect();
                return self.settings.change(other, &nodes, environment, turn);
            }
        })
    }

    fn create(
        &mut self,
        request: CreateReplicationGroup,
        environment: &Environment,
        network: &Network,
        turn: &mut Turn,
    ) -> Answer<Observed> {
        self.check_create(&request, environment, network)?;
        let CreateReplicationGroup { name, desired, tags, .. } = request;
        let node = CacheNode {
            node_type: desired.node_type,
            engine_version: patched(&desired.engine_version),
            security_group: desired.security_group,
            parameter_group: desired.parameter_group,
            subnet_group: desired.subnet_group,
            maintenance_window: desired.maintenance_window.unwrap_or_else(|| "sun:05:00-sun:06:00".to_owned()),
            notification_topic: desired.notification_topic.unwrap_or_default(),
            pending: CachePending::default(),
        };
        let seen = CacheSeen {
            status: "creating".to_owned(),
            description: description(&tags),
            members: members(&name, desired.replicas),
            multi_az: desired.multi_az,
            failover: desired.multi_az,
            key: desired.key,
            snapshot_days: desired.snapshot_days,
            snapshot_window: desired.snapshot_window.unwrap_or_else(|| "05:00-06:00".to_owned()),
            node,
            ..CacheSeen::default()
        };
        let endpoint = Endpoint { host: format!("master.{name}.c0ffee.use1.cache.amazonaws.com"), port: 6379 };
        let arn = environment.arn("elasticache", &format!("replicationgroup:{name}"));
        let (life, replicas) = (turn.unique(), desired.replicas);
        let wait = turn.takes("redis-replication-group", "create", &name);
        turn.later(wait, Transition::CacheCreated { life });
        let group = Group { life, arn, tags: tags.clone(), seen, endpoint, applied: CacheChange::default(), replicas };
        let view = Observed { tags, ..group.view(turn.now) };
        self.groups.insert(name, group);
        Ok(view)
    }

    fn modify(&mut self, name: &str, change: &CacheChange, environment: &Environment, turn: &mut Turn) -> Answer<Observed> {
        self.check_modify(name, change, environment)?;
        let group = self.groups.get_mut(name).expect("checked");
        group.seen.accept(change);
        if change.apply_immediately {
            group.apply(name, turn);
        }
        Ok(group.view(turn.now))
    }

    fn set_replicas(&mut self, name: &str, replicas: u8, turn: &mut Turn) -> Answer<Observed> {
        self.check_replicas(name, replicas)?;
        let group = self.groups.get_mut(name).expect("checked");
        group.replicas = replicas;
        group.work(name, "replicas", turn);
        Ok(group.view(turn.now))
    }

    /// What AWS does in the weekly window. False: there is nothing to apply, or the group is not available.
    pub(super) fn open_maintenance_window(&mut self, name: &str, turn: &mut Turn) -> bool {
        let available = self.groups.get_mut(name).filter(|group| group.seen.status == "available");
        available.is_some_and(|group| group.apply(name, turn))
    }

    fn delete(&mut self, name: &str, final_snapshot: Option<&str>, turn: &mut Turn) -> Answer<Option<Observed>> {
        self.check_delete(name, final_snapshot)?;
        let group = self.groups.get_mut(name).expect("checked");
        "deleting".clone_into(&mut group.seen.status);
        let (life, view) = (group.life, group.view(turn.now));
        match final_snapshot {
            Some(snapshot) => {
                let snapshot = CacheSnapshot { name: snapshot.to_owned(), available: false, size_mib: 21 };
                let wait = turn.takes("redis-snapshot", "create", &snapshot.name);
                turn.later(wait, Transition::CacheSnapshotTaken { name: snapshot.name.clone(), of: life });
                self.snapshots.insert(snapshot.name.clone(), Kept { snapshot });
            }
            None => end(name, life, turn),
        }
        Ok(Some(view))
    }

    fn delete_snapshot(&mut self, name: &str) -> Answer<()> {
        self.check_delete_snapshot(name)?;
        self.snapshots.remove(name);
        Ok(())
    }

    fn tag(&mut self, arn: &str, tags: Tags) -> Answer<()> {
        match self.groups.values_mut().find(|group| group.arn == arn) {
            Some(group) => refusals::check_tags(&group.seen).map(|()| group.tags.extend(tags)),
            None => self.settings.tag(arn, &tags),
        }
    }

    fn tags_of(&self, arn: &str) -> Answer<Tags> {
        match self.groups.values().find(|group| group.arn == arn) {
            Some(group) => refusals::check_tags(&group.seen).map(|()| group.tags.clone()),
            None => self.settings.tags_of(arn),
        }
    }

    fn of(&mut self, life: u64, status: &str) -> Option<(String, &mut Group)> {
        let found = self.groups.iter_mut().find(|(_, group)| group.life == life && group.seen.status == status);
        found.map(|(name, group)| (name.clone(), group))
    }

    pub(super) fn becomes(&mut self, transition: &Transition, topics: &Topics, turn: &mut Turn) {
        match transition {
            Transition::CacheCreated { life } => {
                if let Some((name, group)) = self.of(*life, "creating") {
                    group.stands(&name, topics, turn);
                }
            }
            Transition::CacheModified { life } => {
                if let Some((name, group)) = self.of(*life, "modifying") {
                    group.modified(&name, topics, turn);
                }
            }
            Transition::CacheSnapshotTaken { name, of } => {
                if let Some(kept) = self.snapshots.get_mut(name) {
                    kept.snapshot.available = true;
                }
                if let Some((name, group)) = self.of(*of, "deleting") {
                    group.tell_of_nodes("SnapshotComplete", 0..1, topics, turn);
                    end(&name, *of, turn);
                }
            }
            Transition::CacheGone { life } => {
                if let Some((name, group)) = self.of(*life, "deleting") {
                    group.tell_of_nodes("DeleteCacheClusterComplete", 0..group.seen.members.len(), topics, turn);
                    self.groups.remove(&name);
                }
            }
            _ => {}
        }
    }
}

fn end(name: &str, life: u64, turn: &mut Turn) {
    let wait = turn.takes("redis-replication-group", "delete", name);
    turn.later(wait, Transition::CacheGone { life });
}
