//! ElastiCache: replication groups and their snapshots.

mod observed;
mod settings;

use aws_sdk_elasticache::types::{CacheCluster, ReplicationGroup, Tag};
use domain::failure::{CallError, Cause};
use domain::kind::cache::{CacheChange, description};
use domain::observed::Observed;
use domain::ports::{
    Call, CreateReplicationGroup, DecreaseReplicaCount, DeleteCacheSnapshot, DeleteReplicationGroup, DescribeCacheNode, DescribeCacheNodes,
    DescribeCacheSnapshot, DescribeReplicationGroup, DescribeReplicationGroups, IncreaseReplicaCount, ListCacheTags,
    ModifyReplicationGroup, Reply, TagCache,
};
use domain::resource::Tags;

use super::failure::{failure, without};
use super::{AwsCloud, once};

/// The only engine of these kinds.
const ENGINE: &str = "redis";
/// The status of a topic that is published to.
const ACTIVE: &str = "active";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.elasticache;
    match call {
        Call::DescribeReplicationGroup(DescribeReplicationGroup { name: id }) => {
            let outcome = client.describe_replication_groups().replication_group_id(id).send().await;
            let found = found(outcome.map_err(|error| failure(name, &error)))?;
            let group = found.and_then(|output| output.replication_groups.unwrap_or_default().into_iter().next());
            Ok(Reply::DescribeReplicationGroup(group.map(|group| observed::group(cloud, &group))))
        }
        Call::DescribeCacheNode(DescribeCacheNode { name: id }) => {
            let outcome = client.describe_cache_clusters().cache_cluster_id(id).send().await;
            let found = found(outcome.map_err(|error| failure(name, &error)))?;
            Ok(Reply::DescribeCacheNode(found.and_then(|output| output.cache_clusters().first().map(observed::node))))
        }
        Call::DescribeReplicationGroups(DescribeReplicationGroups { after }) => {
            let output = client.describe_replication_groups().set_marker(after).send().await.map_err(|error| failure(name, &error))?;
            let named = |one: &ReplicationGroup| (one.replication_group_id().unwrap_or_default().to_owned(), observed::group(cloud, one));
            Ok(Reply::DescribeReplicationGroups((output.replication_groups().iter().map(named).collect(), output.marker)))
        }
        Call::DescribeCacheNodes(DescribeCacheNodes { after }) => {
            let output = client.describe_cache_clusters().set_marker(after).send().await.map_err(|error| failure(name, &error))?;
            let named = |one: &CacheCluster| (one.cache_cluster_id().unwrap_or_default().to_owned(), observed::node(one));
            Ok(Reply::DescribeCacheNodes((output.cache_clusters().iter().map(named).collect(), output.marker)))
        }
        Call::DescribeCacheSnapshot(DescribeCacheSnapshot { name: id }) => {
            let outcome = client.describe_snapshots().snapshot_name(id).send().await;
            let found = found(outcome.map_err(|error| failure(name, &error)))?;
            Ok(Reply::DescribeCacheSnapshot(found.and_then(|output| output.snapshots().first().map(observed::snapshot))))
        }
        Call::ListCacheTags(ListCacheTags { arn }) => {
            let output = client.list_tags_for_resource().resource_name(arn).send().await.map_err(|error| failure(name, &error))?;
            let tag = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            Ok(Reply::ListCacheTags(output.tag_list().iter().filter_map(tag).collect()))
        }
        Call::CreateReplicationGroup(request) => create(cloud, name, request).await.map(Reply::CreateReplicationGroup),
        Call::ModifyReplicationGroup(ModifyReplicationGroup { name: id, change }) => {
            modify(cloud, name, &id, change).await.map(Reply::ModifyReplicationGroup)
        }
        Call::IncreaseReplicaCount(IncreaseReplicaCount { name: id, replicas }) => {
            let request = client.increase_replica_count().replication_group_id(id).new_replica_count(i32::from(replicas));
            let output = request.apply_immediately(true).send().await.map_err(|error| failure(name, &error))?;
            observed::made(cloud, name, output.replication_group()).map(Reply::IncreaseReplicaCount)
        }
        Call::DecreaseReplicaCount(DecreaseReplicaCount { name: id, replicas }) => {
            let request = client.decrease_replica_count().replication_group_id(id).new_replica_count(i32::from(replicas));
            let output = request.apply_immediately(true).send().await.map_err(|error| failure(name, &error))?;
            observed::made(cloud, name, output.replication_group()).map(Reply::DecreaseReplicaCount)
        }
        Call::DeleteReplicationGroup(DeleteReplicationGroup { name: id, final_snapshot }) => {
            let request = client.delete_replication_group().replication_group_id(id).retain_primary_cluster(false);
            let request = request.set_final_snapshot_identifier(final_snapshot);
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteReplicationGroup(output.replication_group().map(|group| observed::group(cloud, group))))
        }
        Call::DeleteCacheSnapshot(DeleteCacheSnapshot { name: id }) => {
            let outcome = client.delete_snapshot().snapshot_name(id).send().await;
            outcome.map(|_| Reply::DeleteCacheSnapshot(())).map_err(|error| failure(name, &error))
        }
        Call::TagCache(TagCache { arn, tags }) => {
            let outcome = client.add_tags_to_resource().resource_name(arn).set_tags(Some(write_tags(tags))).send().await;
            outcome.map(|_| Reply::TagCache(())).map_err(|error| failure(name, &error))
        }
        call => settings::call(cloud, call).await,
    }
}

async fn create(cloud: &AwsCloud, name: &str, create: CreateReplicationGroup) -> Result<Observed, CallError> {
    let desired = create.desired;
    let request = cloud
        .elasticache
        .create_replication_group()
        .replication_group_id(create.name)
        .replication_group_description(description(&create.tags))
        .engine(ENGINE)
        .engine_version(desired.engine_version)
        .cache_node_type(desired.node_type)
        .num_cache_clusters(1 + i32::from(desired.replicas))
        .automatic_failover_enabled(desired.multi_az)
        .multi_az_enabled(desired.multi_az)
        .cache_subnet_group_name(desired.subnet_group)
        .security_group_ids(desired.security_group)
        .cache_parameter_group_name(desired.parameter_group)
        .auth_token(&create.token.0)
        .transit_encryption_enabled(true)
        .at_rest_encryption_enabled(true)
        .set_kms_key_id(desired.key)
        .snapshot_retention_limit(i32::from(desired.snapshot_days))
        .set_snapshot_window(desired.snapshot_window)
        .set_preferred_maintenance_window(desired.maintenance_window)
        .set_notification_topic_arn(desired.notification_topic)
        .auto_minor_version_upgrade(true)
        .set_tags(Some(write_tags(create.tags.clone())));
    let output = request.customize().config_override(config()).send().await;
    let output = output.map_err(|error| without(failure(name, &error), &create.token.0))?;
    let made = observed::made(cloud, name, output.replication_group())?;
    Ok(Observed { tags: create.tags, ..made })
}

async fn modify(cloud: &AwsCloud, name: &str, id: &str, change: CacheChange) -> Result<Observed, CallError> {
    // Notifications are sent only while it is active, and AWS may have made it inactive (API reference, ModifyReplicationGroup).
    let notified = change.notification_topic.as_ref().map(|_| ACTIVE.to_owned());
    let request = cloud
        .elasticache
        .modify_replication_group()
        .replication_group_id(id)
        .apply_immediately(change.apply_immediately)
        .set_cache_node_type(change.node_type)
        .set_engine_version(change.engine_version)
        .set_automatic_failover_enabled(change.multi_az)
        .set_multi_az_enabled(change.multi_az)
        .set_security_group_ids(change.security_group.map(|group| vec![group]))
        .set_cache_parameter_group_name(change.parameter_group)
        .set_snapshot_retention_limit(change.snapshot_days.map(i32::from))
        .set_snapshot_window(change.snapshot_window)
        .set_preferred_maintenance_window(change.maintenance_window)
        .set_notification_topic_arn(change.notification_topic)
        .set_notification_topic_status(notified)
        .set_replication_group_description(change.description);
    let output = request.send().await.map_err(|error| failure(name, &error))?;
    observed::made(cloud, name, output.replication_group())
}

/// None of what AWS does not know.
fn found<T>(outcome: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match outcome {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.cause == Cause::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn config() -> aws_sdk_elasticache::config::Builder {
    aws_sdk_elasticache::config::Builder::default().retry_config(once())
}

fn write_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
