//! What ElastiCache refuses of replication groups and their snapshots.

use domain::failure::Cause;
use domain::kind::cache::{CacheChange, CacheSeen};
use domain::ports::CreateReplicationGroup;

use super::super::environment::Environment;
use super::super::network::Network;
use super::super::turn::{Answer, Refused};
use super::{Caches, Group};

/// Letters, digits and single hyphens, beginning with a letter, not ending with a hyphen.
fn check_identifier(text: &str, parameter: &str, longest: usize) -> Answer<()> {
    let legal = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.len() <= longest;
    if legal { Ok(()) } else { Err(Refused::fact("elasticache_identifier", Cause::InvalidRequest, &[("parameter", parameter)])) }
}

/// AWS gives tags of a group out, and takes them, only while it is available.
pub(super) fn check_tags(seen: &CacheSeen) -> Answer<()> {
    if seen.status == "available" { Ok(()) } else { Err(Refused::fact("elasticache_tags_not_available", Cause::InvalidState, &[])) }
}

impl Caches {
    fn group(&self, name: &str) -> Answer<&Group> {
        self.groups.get(name).ok_or_else(|| Refused::fact("elasticache_group_missing", Cause::NotFound, &[("name", name)]))
    }

    fn available(&self, name: &str) -> Answer<&Group> {
        let group = self.group(name)?;
        match group.seen.status.as_str() {
            "available" => Ok(group),
            _ => Err(Refused::fact("elasticache_modify_not_available", Cause::InvalidState, &[])),
        }
    }

    pub(super) fn check_create(&self, request: &CreateReplicationGroup, environment: &Environment, network: &Network) -> Answer<()> {
        let (name, desired) = (&request.name, &request.desired);
        check_identifier(name, "ReplicationGroupIdentifier", 40)?;
        if self.groups.contains_key(name) {
            return Err(Refused::fact("elasticache_group_exists", Cause::AlreadyExists, &[("name", name)]));
        }
        if desired.multi_az && desired.replicas == 0 {
            return Err(Refused::fact("elasticache_failover_needs_replica", Cause::InvalidRequest, &[]));
        }
        let token = &request.token.0;
        if !(16..=128).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic() && !b"/@\"".contains(&byte)) {
            return Err(Refused::fact("elasticache_auth_token", Cause::InvalidRequest, &[]));
        }
        self.settings.check_used(&desired.subnet_group, &desired.parameter_group)?;
        check_topic(desired.notification_topic.as_deref(), environment)?;
        check_security_group(&desired.security_group, network)
    }

    pub(super) fn check_modify(&self, name: &str, change: &CacheChange, environment: &Environment) -> Answer<()> {
        let group = self.available(name)?;
        if change.multi_az == Some(true) && group.seen.replicas() == 0 {
            return Err(Refused::fact("elasticache_failover_needs_replica", Cause::InvalidRequest, &[]));
        }
        check_topic(change.notification_topic.as_deref(), environment)?;
        match &change.parameter_group {
            Some(parameters) => self.settings.check_used(&group.seen.node.subnet_group, parameters),
            None => Ok(()),
        }
    }

    pub(super) fn check_replicas(&self, name: &str, replicas: u8) -> Answer<()> {
        let group = self.available(name)?;
        if replicas == 0 && group.seen.failover {
            return Err(Refused::fact("elasticache_failover_keeps_replica", Cause::InvalidRequest, &[]));
        }
        Ok(())
    }

    pub(super) fn check_delete(&self, name: &str, final_snapshot: Option<&str>) -> Answer<()> {
        let status = &self.group(name)?.seen.status;
        if status != "available" {
            let names = [("name", name), ("status", status.as_str())];
            return Err(Refused::fact("elasticache_delete_not_available", Cause::InvalidState, &names));
        }
        let Some(snapshot) = final_snapshot else {
            return Ok(());
        };
        check_identifier(snapshot, "SnapshotName", 255)?;
        match self.snapshots.contains_key(snapshot) {
            true => Err(Refused::fact("elasticache_snapshot_exists", Cause::AlreadyExists, &[("name", snapshot)])),
            false => Ok(()),
        }
    }

    pub(super) fn check_delete_snapshot(&self, name: &str) -> Answer<()> {
        match self.snapshots.get(name) {
            None => Err(Refused::fact("elasticache_snapshot_missing", Cause::NotFound, &[("name", name)])),
            Some(kept) if !kept.snapshot.available => {
                Err(Refused::fact("elasticache_snapshot_delete_not_available", Cause::InvalidState, &[]))
            }
            Some(_) => Ok(()),
        }
    }
}

/// A topic is of the group's own account and region.
fn check_topic(topic: Option<&str>, environment: &Environment) -> Answer<()> {
    match topic.filter(|topic| !topic.starts_with(&environment.arn("sns", ""))) {
        Some(_) => Err(Refused::fact("elasticache_topic_of_others", Cause::InvalidRequest, &[("account", &environment.account)])),
        None => Ok(()),
    }
}

fn check_security_group(id: &str, network: &Network) -> Answer<()> {
    if network.has_group(id) {
        return Ok(());
    }
    Err(Refused::fact("elasticache_security_group_missing", Cause::InvalidRequest, &[("id", id)]))
}
