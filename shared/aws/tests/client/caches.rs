use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::cache::{CacheChange, CacheNode, CachePending, CacheSeen, CacheSnapshot, ReplicationGroup};
use domain::kind::database::Endpoint;
use domain::ports::{
    Confidential, CreateDatabase, CreateReplicationGroup, DeleteReplicationGroup, DescribeCacheNode, DescribeCacheParameters,
    DescribeCacheSnapshot, DescribeReplicationGroup, IncreaseReplicaCount, ListCacheTags, ModifyDbParameterGroup, ModifyReplicationGroup,
    ResetCacheParameterGroup,
};
use serde_json::json;

use crate::wire::{exchange, rds_refusal, request, tags, xml};

const LIFE: &str = "01j9zzzzzzzzzzzzzzzzzzzzzz";
const TOPIC: &str = "arn:aws:sns:us-east-1:1:cache-events";

fn create() -> CreateReplicationGroup {
    let desired = ReplicationGroup {
        engine_version: "7.1".into(),
        node_type: "cache.t4g.micro".into(),
        replicas: 1,
        multi_az: true,
        subnet_group: "mate-dev".into(),
        security_group: "sg-1".into(),
        parameter_group: "mate-demo".into(),
        auth_secret: "secret".into(),
        key: Some("arn:aws:kms:us-east-1:1:key/k".into()),
        snapshot_days: 3,
        snapshot_window: None,
        maintenance_window: Some("sun:05:00-sun:06:00".into()),
        notification_topic: Some(TOPIC.into()),
    };
    let tags = tags(&[("caretaker:owner", "tenant/dev/demo"), ("caretaker:incarnation", LIFE), ("Tenant", "demo")]);
    CreateReplicationGroup { name: "mate-demo".into(), desired, token: Confidential("correct-horse-battery".into()), tags }
}

/// As ElastiCache shows a group with a failover owed to its window.
fn group() -> String {
    format!(
        "<ReplicationGroupId>mate-demo</ReplicationGroupId><ARN>arn:aws:elasticache:us-east-1:1:replicationgroup:mate-demo</ARN>\
        <Description>caretaker:owner=tenant/dev/demo caretaker:incarnation={LIFE}</Description><Status>modifying</Status>\
        <PendingModifiedValues><AutomaticFailoverStatus>enabled</AutomaticFailoverStatus></PendingModifiedValues>\
        <MemberClusters><ClusterId>mate-demo-001</ClusterId><ClusterId>mate-demo-002</ClusterId></MemberClusters>\
        <NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId><PrimaryEndpoint><Address>master.mate-demo.x</Address><Port>6379</Port>\
        </PrimaryEndpoint></NodeGroup></NodeGroups><AutomaticFailover>disabled</AutomaticFailover><MultiAZ>disabled</MultiAZ>\
        <SnapshotRetentionLimit>3</SnapshotRetentionLimit><SnapshotWindow>03:00-04:00</SnapshotWindow><KmsKeyId>k</KmsKeyId>"
    )
}

fn of_group(action: &str) -> crate::wire::Answer {
    xml(action, &format!("<ReplicationGroup>{}</ReplicationGroup>", group()))
}

#[test]
fn a_cache_is_made_encrypted_and_its_description_says_whose_it_is() {
    let sent = request(create(), of_group("CreateReplicationGroup"));
    let expected = json!({
        "ReplicationGroupId": "mate-demo", "Engine": "redis", "EngineVersion": "7.1", "CacheNodeType": "cache.t4g.micro",
        "ReplicationGroupDescription": format!("caretaker:owner=tenant/dev/demo caretaker:incarnation={LIFE}"),
        "NumCacheClusters": "2", "AutomaticFailoverEnabled": "true", "MultiAZEnabled": "true", "CacheSubnetGroupName": "mate-dev",
        "SecurityGroupIds.SecurityGroupId.1": "sg-1", "CacheParameterGroupName": "mate-demo", "AuthToken": "correct-horse-battery",
        "TransitEncryptionEnabled": "true", "AtRestEncryptionEnabled": "true", "KmsKeyId": "arn:aws:kms:us-east-1:1:key/k",
        "SnapshotRetentionLimit": "3", "PreferredMaintenanceWindow": "sun:05:00-sun:06:00", "AutoMinorVersionUpgrade": "true",
        "NotificationTopicArn": TOPIC,
        "Tags.Tag.1.Key": "Tenant", "Tags.Tag.1.Value": "demo",
        "Tags.Tag.2.Key": "caretaker:incarnation", "Tags.Tag.2.Value": LIFE,
        "Tags.Tag.3.Key": "caretaker:owner", "Tags.Tag.3.Value": "tenant/dev/demo",
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateReplicationGroup", expected));
}

#[test]
fn a_cache_is_seen_with_whose_it_is_and_what_it_owes() {
    let reply = xml(
        "DescribeReplicationGroups",
        &format!("<ReplicationGroups><ReplicationGroup>{}</ReplicationGroup></ReplicationGroups>", group()),
    );
    let seen = exchange(DescribeReplicationGroup { name: "mate-demo".into() }, &[reply]).reply().expect("it is there");
    assert_eq!(seen.tags, tags(&[("caretaker:owner", "tenant/dev/demo"), ("caretaker:incarnation", LIFE)]));
    let expected = CacheSeen {
        status: "modifying".into(),
        description: format!("caretaker:owner=tenant/dev/demo caretaker:incarnation={LIFE}"),
        members: vec!["mate-demo-001".into(), "mate-demo-002".into()],
        multi_az: false,
        failover: false,
        pending_multi_az: Some(true),
        key: Some("k".into()),
        snapshot_days: 3,
        snapshot_window: "03:00-04:00".into(),
        endpoint: Some(Endpoint { host: "master.mate-demo.x".into(), port: 6379 }),
        ..CacheSeen::default()
    };
    assert_eq!(seen.detail, Detail::RedisReplicationGroup(expected));
}

#[test]
fn a_node_shows_what_its_group_does_not() {
    let node = "<CacheNodeType>cache.t4g.micro</CacheNodeType><EngineVersion>7.1.0</EngineVersion>\
        <PreferredMaintenanceWindow>sun:05:00-sun:06:00</PreferredMaintenanceWindow>\
        <PendingModifiedValues><CacheNodeType>cache.t4g.small</CacheNodeType></PendingModifiedValues>\
        <CacheParameterGroup><CacheParameterGroupName>p</CacheParameterGroupName></CacheParameterGroup>\
        <CacheSubnetGroupName>s</CacheSubnetGroupName>\
        <SecurityGroups><member><SecurityGroupId>sg-1</SecurityGroupId></member></SecurityGroups>";
    let shown = |told: &str| {
        let node = format!("<CacheClusters><CacheCluster>{node}{told}</CacheCluster></CacheClusters>");
        exchange(DescribeCacheNode { name: "mate-demo-001".into() }, &[xml("DescribeCacheClusters", &node)]).reply()
    };
    let expected = CacheNode {
        node_type: "cache.t4g.micro".into(),
        engine_version: "7.1.0".into(),
        security_group: "sg-1".into(),
        parameter_group: "p".into(),
        subnet_group: "s".into(),
        maintenance_window: "sun:05:00-sun:06:00".into(),
        notification_topic: String::new(),
        pending: CachePending { node_type: Some("cache.t4g.small".into()), engine_version: None },
    };
    assert_eq!(shown(""), Some(expected.clone()));
    let told = |status: &str| {
        let told = format!("<TopicArn>{TOPIC}</TopicArn><TopicStatus>{status}</TopicStatus>");
        shown(&format!("<NotificationConfiguration>{told}</NotificationConfiguration>"))
    };
    assert_eq!(told("active"), Some(CacheNode { notification_topic: TOPIC.into(), ..expected.clone() }));
    assert_eq!(told("inactive"), Some(expected), "nobody is told");
}

#[test]
fn a_snapshot_is_proven_only_once_it_is_available_and_counts_what_its_nodes_held() {
    let check = |status: &str, size: &str, available, size_mib| {
        let nodes = format!("<NodeSnapshots><NodeSnapshot><CacheSize>{size}</CacheSize></NodeSnapshot></NodeSnapshots>");
        let snapshot = format!("<SnapshotName>s</SnapshotName><SnapshotStatus>{status}</SnapshotStatus>{nodes}");
        let reply = xml("DescribeSnapshots", &format!("<Snapshots><Snapshot>{snapshot}</Snapshot></Snapshots>"));
        let seen = exchange(DescribeCacheSnapshot { name: "s".into() }, &[reply]).reply();
        assert_eq!(seen, Some(CacheSnapshot { name: "s".into(), available, size_mib }), "{status}");
    };
    check("available", "21 MB", true, 21);
    check("creating", "2 GB", false, 2048);
    check("failed", "", false, 0);
    assert_eq!(exchange(DescribeCacheSnapshot { name: "s".into() }, &[xml("DescribeSnapshots", "<Snapshots/>")]).reply(), None);
}

#[test]
fn a_change_names_only_what_changes_and_failover_goes_with_the_zones() {
    let change = CacheChange { multi_az: Some(true), apply_immediately: true, ..CacheChange::default() };
    let sent = request(ModifyReplicationGroup { name: "x".into(), change }, of_group("ModifyReplicationGroup"));
    let expected =
        json!({"ReplicationGroupId": "x", "MultiAZEnabled": "true", "AutomaticFailoverEnabled": "true", "ApplyImmediately": "true"});
    assert_eq!(sent.body, expected);
    let told = CacheChange { notification_topic: Some(TOPIC.into()), ..CacheChange::default() };
    let sent = request(ModifyReplicationGroup { name: "x".into(), change: told }, of_group("ModifyReplicationGroup"));
    let expected = json!({"ReplicationGroupId": "x", "NotificationTopicArn": TOPIC, "NotificationTopicStatus": "active",
        "ApplyImmediately": "false"});
    assert_eq!(sent.body, expected, "a topic that AWS has made inactive is told again");
    let more = request(IncreaseReplicaCount { name: "x".into(), replicas: 2 }, of_group("IncreaseReplicaCount"));
    assert_eq!(more.body, json!({"ReplicationGroupId": "x", "NewReplicaCount": "2", "ApplyImmediately": "true"}));
}

#[test]
fn a_deletion_of_a_cache_names_its_snapshot_or_none() {
    let delete = |final_snapshot| DeleteReplicationGroup { name: "x".into(), final_snapshot };
    let kept = request(delete(Some("x-1".into())), of_group("DeleteReplicationGroup"));
    assert_eq!(kept.body, json!({"ReplicationGroupId": "x", "RetainPrimaryCluster": "false", "FinalSnapshotIdentifier": "x-1"}));
    let gone = request(delete(None), of_group("DeleteReplicationGroup"));
    assert_eq!(gone.body, json!({"ReplicationGroupId": "x", "RetainPrimaryCluster": "false"}));
}

#[test]
fn parameters_are_read_page_by_page_and_go_back_by_name() {
    let page = |name: &str, marker: &str| {
        let one = format!("<Parameter><ParameterName>{name}</ParameterName><ParameterValue>1</ParameterValue></Parameter>");
        xml("DescribeCacheParameters", &format!("<Marker>{marker}</Marker><Parameters>{one}</Parameters>"))
    };
    let told = exchange(DescribeCacheParameters { name: "p".into() }, &[page("a", "m"), page("b", "")]);
    assert_eq!(told.requests[1].body, json!({"CacheParameterGroupName": "p", "Source": "user", "Marker": "m"}));
    assert_eq!(told.reply(), BTreeMap::from([("a".into(), "1".into()), ("b".into(), "1".into())]));
    let reset = ResetCacheParameterGroup { name: "p".into(), parameters: BTreeSet::from(["a".into()]) };
    let sent = request(reset, xml("ResetCacheParameterGroup", ""));
    let expected = json!({"CacheParameterGroupName": "p", "ParameterNameValues.ParameterNameValue.1.ParameterName": "a"});
    assert_eq!(sent.body, expected);
}

#[test]
fn a_static_parameter_is_asked_for_at_the_next_reboot() {
    let parameters = BTreeMap::from([("rds.force_ssl".into(), "1".into()), ("shared_buffers".into(), "4096".into())]);
    let modify = ModifyDbParameterGroup { name: "p".into(), parameters, at_reboot: BTreeSet::from(["shared_buffers".into()]) };
    let sent = request(modify, xml("ModifyDBParameterGroup", ""));
    let expected = json!({
        "DBParameterGroupName": "p",
        "Parameters.Parameter.1.ParameterName": "rds.force_ssl", "Parameters.Parameter.1.ParameterValue": "1",
        "Parameters.Parameter.1.ApplyMethod": "immediate",
        "Parameters.Parameter.2.ParameterName": "shared_buffers", "Parameters.Parameter.2.ParameterValue": "4096",
        "Parameters.Parameter.2.ApplyMethod": "pending-reboot",
    });
    assert_eq!(sent.body, expected);
}

#[test]
fn a_database_is_made_with_what_is_asked_for_beside_its_size() {
    let mut create: CreateDatabase = crate::databases::create();
    let desired = &mut create.desired;
    (desired.parameter_group, desired.key, desired.max_storage_gib) = (Some("p".into()), Some("k".into()), Some(100));
    (desired.monitoring_seconds, desired.monitoring_role, desired.performance_insights) = (60, Some("role".into()), true);
    let sent = request(create, xml("CreateDBInstance", "<DBInstance/>")).body;
    let of = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
    assert_eq!([of("DBParameterGroupName"), of("KmsKeyId"), of("MaxAllocatedStorage")], ["p", "k", "100"]);
    assert_eq!([of("MonitoringInterval"), of("MonitoringRoleArn")], ["60", "role"]);
    assert_eq!([of("EnablePerformanceInsights"), of("PerformanceInsightsKMSKeyId")], ["true", "k"]);
}

#[test]
fn the_refusals_of_elasticache_are_told_apart_and_never_quote_the_token() {
    let check = |code: &str, expected| {
        assert_eq!(exchange(create(), &[rds_refusal(400, code, "")]).cause(), expected, "{code}");
    };
    check("ReplicationGroupAlreadyExists", Cause::AlreadyExists);
    check("NodeQuotaForCustomerExceeded", Cause::Quota);
    check("CacheSubnetGroupNotFoundFault", Cause::NotFound);
    check("InsufficientCacheClusterCapacity", Cause::Unavailable);
    check("InvalidParameterCombination", Cause::InvalidRequest);
    let tags = exchange(ListCacheTags { arn: "a".into() }, &[rds_refusal(400, "InvalidReplicationGroupState", "")]);
    assert_eq!(tags.cause(), Cause::InvalidState);
    let quoted = exchange(create(), &[rds_refusal(400, "InvalidParameterValue", "Invalid AuthToken correct-horse-battery")]);
    assert_eq!(quoted.outcome.expect_err("a failure").message, "InvalidParameterValue: Invalid AuthToken (confidential)");
    let role = "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING";
    let young = exchange(crate::databases::create(), &[rds_refusal(400, "InvalidParameterValue", role)]);
    assert_eq!(young.cause(), Cause::InvalidState, "the role may be seconds old");
}
