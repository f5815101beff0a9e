//! What ElastiCache shows, as the domain sees it.

use aws_sdk_elasticache::types::{
    AutomaticFailoverStatus, CacheCluster, MultiAzStatus, PendingAutomaticFailoverStatus, ReplicationGroup, Snapshot,
};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::cache::{CacheNode, CachePending, CacheSeen, CacheSnapshot, described};
use domain::kind::database::Endpoint;
use domain::observed::Observed;
use domain::ports::Cloud;

use crate::client::AwsCloud;

/// The group of a reply that must have one.
pub(super) fn made(cloud: &AwsCloud, name: &str, one: Option<&ReplicationGroup>) -> Result<Observed, CallError> {
    let made = one.map(|one| group(cloud, one));
    made.ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no replication group"))
}

/// A group with the tags that its description says.
pub(super) fn group(cloud: &AwsCloud, one: &ReplicationGroup) -> Observed {
    let description = one.description().unwrap_or_default();
    let pending = one.pending_modified_values().and_then(|owed| owed.automatic_failover_status());
    let seen = CacheSeen {
        status: one.status().unwrap_or_default().to_owned(),
        description: description.to_owned(),
        members: one.member_clusters().to_vec(),
        multi_az: one.multi_az() == Some(&MultiAzStatus::Enabled),
        failover: matches!(one.automatic_failover(), Some(AutomaticFailoverStatus::Enabled | AutomaticFailoverStatus::Enabling)),
        pending_multi_az: pending.map(|owed| *owed == PendingAutomaticFailoverStatus::Enabled),
        key: one.kms_key_id().map(str::to_owned),
        snapshot_days: u8::try_from(one.snapshot_retention_limit().unwrap_or_default()).unwrap_or(u8::MAX),
        snapshot_window: one.snapshot_window().unwrap_or_default().to_owned(),
        endpoint: endpoint(one),
        ..CacheSeen::default()
    };
    let arn = one.arn().unwrap_or_default().to_owned();
    Observed { arn, tags: described(description), at: cloud.now(), detail: Detail::RedisReplicationGroup(seen) }
}

/// Of the one shard's primary node.
fn endpoint(one: &ReplicationGroup) -> Option<Endpoint> {
    let at = one.node_groups().first()?.primary_endpoint()?;
    Some(Endpoint { host: at.address()?.to_owned(), port: u16::try_from(at.port()?).ok()? })
}

/// What a node shows of its group.
pub(super) fn node(one: &CacheCluster) -> CacheNode {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let owed = one.pending_modified_values();
    let security_group = one.security_groups().first().and_then(|group| group.security_group_id());
    // AWS makes a topic inactive that it cannot publish to, and people may.
    let topic = one.notification_configuration().filter(|told| told.topic_status() != Some("inactive"));
    CacheNode {
        node_type: text(one.cache_node_type()),
        engine_version: text(one.engine_version()),
        security_group: text(security_group),
        parameter_group: text(one.cache_parameter_group().and_then(|group| group.cache_parameter_group_name())),
        subnet_group: text(one.cache_subnet_group_name()),
        maintenance_window: text(one.preferred_maintenance_window()),
        notification_topic: text(topic.and_then(|told| told.topic_arn())),
        pending: CachePending {
            node_type: owed.and_then(|owed| owed.cache_node_type()).map(str::to_owned),
            engine_version: owed.and_then(|owed| owed.engine_version()).map(str::to_owned),
        },
    }
}

pub(super) fn snapshot(one: &Snapshot) -> CacheSnapshot {
    CacheSnapshot {
        name: one.snapshot_name().unwrap_or_default().to_owned(),
        available: one.snapshot_status() == Some("available"),
        size_mib: one.node_snapshots().iter().filter_map(|node| node.cache_size()).map(mebibytes).sum(),
    }
}

/// AWS writes sizes such as `21 MB`.
fn mebibytes(size: &str) -> u32 {
    let (number, unit) = size.split_once(' ').unwrap_or((size, "MB"));
    let number: u32 = number.parse().unwrap_or(0);
    match unit {
        "GB" => number.saturating_mul(1024),
        "KB" | "B" => number.min(1),
        _ => number,
    }
}
