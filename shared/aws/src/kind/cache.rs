//! Replication groups of ElastiCache, and the snapshot that outlives one.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::cache::{CacheChange, CacheSeen, GONE, ReplicationGroup, description, final_snapshot_name};
use domain::observed::{Observed, Sighting};
use domain::order::Apply;
use domain::plan::{Change, Difference, Removal};
use domain::ports::{
    Cloud, Confidential, CreateReplicationGroup, DecreaseReplicaCount, DeleteCacheSnapshot, DeleteReplicationGroup, DescribeCacheNode,
    DescribeCacheSnapshot, DescribeReplicationGroup, GetSecretValue, IncreaseReplicaCount, ListCacheTags, ModifyReplicationGroup, TagCache,
    send,
};
use domain::resource::Resource;
use serde_json::Value;

use super::plain::{seen, with};
use super::{Adapter, is_anothers, not_of_this_kind, ours, unseen};

impl Adapter for ReplicationGroup {
    /// A group under our name that is another life's counts as gone for the one that leaves: only its snapshot is looked for.
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        match look(cloud, resource).await? {
            Some(observed) if !leaving || !is_anothers(&observed, resource) => Ok(Sighting::Seen(observed)),
            _ if leaving => left_behind(cloud, resource).await,
            _ => Ok(Sighting::Absent),
        }
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => create(cloud, resource, self).await,
            Change::Update(differences) => {
                let (observed, seen) = seen!(RedisReplicationGroup, observed, resource);
                let seen = update(cloud, resource, self, seen, differences).await?;
                Ok(Sighting::Seen(with(observed, Detail::RedisReplicationGroup(seen))))
            }
            // The description follows, as a difference.
            Change::Adopt => {
                let observed = observed.ok_or_else(|| unseen(resource))?;
                send(cloud, TagCache { arn: observed.arn.clone(), tags: resource.tags.clone() }).await?;
                Ok(Sighting::Seen(Observed { tags: resource.tags.clone(), ..observed.clone() }))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        _: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let outcome = match removal {
            Removal::DeleteCache { final_snapshot } => {
                let delete = DeleteReplicationGroup { name: resource.name.clone(), final_snapshot: final_snapshot.clone() };
                send(cloud, delete).await.map(|observed| observed.map_or(Sighting::Absent, Sighting::Seen))
            }
            Removal::DeleteSnapshot(snapshot) => {
                send(cloud, DeleteCacheSnapshot { name: snapshot.clone() }).await.map(|()| Sighting::Absent)
            }
            _ => Err(not_of_this_kind(resource, &Change::Remove(removal.clone()))),
        };
        match outcome {
            Err(error) if error.cause == Cause::NotFound => self.observe(cloud, resource, true).await,
            other => other,
        }
    }
}

/// The group with what its nodes show, and with its tags while AWS gives them out.
async fn look(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let Some(mut observed) = send(cloud, DescribeReplicationGroup { name: resource.name.clone() }).await? else {
        return Ok(None);
    };
    if let Detail::RedisReplicationGroup(seen) = &mut observed.detail {
        let node = match seen.members.first() {
            Some(member) => send(cloud, DescribeCacheNode { name: member.clone() }).await?,
            None => None,
        };
        match node {
            Some(node) => seen.node = node,
            // Without its nodes it could be taken for other than it is.
            None if matches!(seen.status.as_str(), "available" | "snapshotting") => return Err(unseen(resource)),
            None => {}
        }
        if seen.status == "available" {
            match send(cloud, ListCacheTags { arn: observed.arn.clone() }).await {
                Ok(tags) => observed.tags = tags,
                // Something has begun to change it: its description says whose it is.
                Err(error) if error.cause == Cause::InvalidState => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Some(observed))
}

async fn left_behind(cloud: &impl Cloud, resource: &Resource) -> Result<Sighting, CallError> {
    let snapshot = send(cloud, DescribeCacheSnapshot { name: final_snapshot_name(resource) }).await?;
    if snapshot.is_none() {
        return Ok(Sighting::Absent);
    }
    let seen = CacheSeen { status: GONE.to_owned(), snapshot, ..CacheSeen::default() };
    Ok(ours(cloud, resource, String::new(), Detail::RedisReplicationGroup(seen)))
}

async fn create(cloud: &impl Cloud, resource: &Resource, desired: &ReplicationGroup) -> Result<Sighting, CallError> {
    let token = token(cloud, desired).await?;
    let create = CreateReplicationGroup { name: resource.name.clone(), desired: desired.clone(), token, tags: resource.tags.clone() };
    match send(cloud, create).await {
        Ok(observed) => Ok(Sighting::Seen(observed)),
        Err(error) if error.cause == Cause::AlreadyExists => desired.observe(cloud, resource, false).await,
        Err(error) => Err(error),
    }
}

/// The token that the secret holds.
async fn token(cloud: &impl Cloud, desired: &ReplicationGroup) -> Result<Confidential, CallError> {
    let id = &desired.auth_secret;
    let secret = send(cloud, GetSecretValue { id: id.clone() }).await?;
    let value: Value = serde_json::from_str(&secret.0).unwrap_or_default();
    match value["token"].as_str() {
        Some(token) => Ok(Confidential(token.to_owned())),
        None => {
            let message = format!("secret {id} has no field token");
            Err(CallError::new("secretsmanager.GetSecretValue", Cause::InvalidRequest, message))
        }
    }
}

/// One call, and what it leads to: AWS takes the next only once the group is available again. New copies come before anything may
/// fail over to them, and go after it may not.
async fn update(
    cloud: &impl Cloud,
    resource: &Resource,
    desired: &ReplicationGroup,
    seen: &CacheSeen,
    differences: &[Difference],
) -> Result<CacheSeen, CallError> {
    let (name, replicas) = (resource.name.clone(), desired.replicas);
    let mut after = seen.clone();
    if replicas > seen.replicas() {
        send(cloud, IncreaseReplicaCount { name, replicas }).await?;
    } else if differences.iter().all(|difference| difference.property == "replicas") {
        send(cloud, DecreaseReplicaCount { name, replicas }).await?;
    } else {
        let change = changed(desired, resource, seen, differences);
        let reply = send(cloud, ModifyReplicationGroup { name, change: change.clone() }).await?;
        if let Detail::RedisReplicationGroup(reply) = reply.detail {
            after.status = reply.status;
        }
        after.accept(&change);
        if !(change.apply_immediately && after.owes()) {
            return Ok(after);
        }
    }
    // The reply may still show it as it was.
    "modifying".clone_into(&mut after.status);
    Ok(after)
}

/// The values wanted of the properties that differ.
fn changed(desired: &ReplicationGroup, resource: &Resource, seen: &CacheSeen, differences: &[Difference]) -> CacheChange {
    let mut change = CacheChange { apply_immediately: resource.apply == Apply::Now, ..CacheChange::default() };
    for difference in differences {
        match difference.property.as_str() {
            "node_type" => change.node_type = Some(desired.node_type.clone()),
            "engine_version" => change.engine_version = Some(desired.engine_version.clone()),
            "multi_az" => change.multi_az = Some(desired.multi_az),
            "security_group" => change.security_group = Some(desired.security_group.clone()),
            "parameter_group" => change.parameter_group = Some(desired.parameter_group.clone()),
            "snapshot_days" => change.snapshot_days = Some(desired.snapshot_days),
            "snapshot_window" => change.snapshot_window.clone_from(&desired.snapshot_window),
            "maintenance_window" => change.maintenance_window.clone_from(&desired.maintenance_window),
            "notification_topic" => change.notification_topic.clone_from(&desired.notification_topic),
            "description" => change.description = Some(description(&resource.tags)),
            // What is owed to the window is asked for again, now: AWS refuses a modification that names nothing.
            "apply" => {
                change.node_type.clone_from(&seen.node.pending.node_type);
                change.engine_version.clone_from(&seen.node.pending.engine_version);
                change.multi_az = seen.pending_multi_az;
            }
            _ => {}
        }
    }
    change
}
