"""ElastiCache: states, pending values, snapshots, refusals."""

import pytest

GROUP = {
    "ReplicationGroupId": "mate-demo-dev", "ReplicationGroupDescription": "caretaker:owner=tenant/dev/demo", "Engine": "redis",
    "EngineVersion": "7.1", "CacheNodeType": "cache.t4g.micro", "NumCacheClusters": 1, "CacheSubnetGroupName": "mate-dev",
    "CacheParameterGroupName": "default.redis7", "AuthToken": "correct-horse-battery", "TransitEncryptionEnabled": True,
    "Tags": [{"Key": "a", "Value": "b"}],
}
SUBNETS = ["subnet-0b20000000000002a", "subnet-0b20000000000002b"]


def made(server):
    client = server.client("elasticache")
    client.create_cache_subnet_group(CacheSubnetGroupName="mate-dev", CacheSubnetGroupDescription="x", SubnetIds=SUBNETS)
    client.create_replication_group(**GROUP)
    return client


def group(client):
    return client.describe_replication_groups(ReplicationGroupId="mate-demo-dev")["ReplicationGroups"][0]


def node(client):
    return client.describe_cache_clusters(CacheClusterId=group(client)["MemberClusters"][0])["CacheClusters"][0]


def test_a_cache_is_creating_without_an_endpoint_until_it_is_available(slow, slow_base, refused):
    client = made(slow)
    creating = group(client)
    assert (creating["Status"], creating["NodeGroups"]) == ("creating", [])
    refused("InvalidReplicationGroupState", client.list_tags_for_resource, ResourceName=creating["ARN"])
    refused("InvalidReplicationGroupState", client.delete_replication_group, ReplicationGroupId="mate-demo-dev")
    slow.pass_time()
    available = group(client)
    assert (available["Status"], available["NodeGroups"][0]["PrimaryEndpoint"]["Port"]) == ("available", 6379)
    assert client.list_tags_for_resource(ResourceName=available["ARN"])["TagList"] == GROUP["Tags"]
    assert node(client)["EngineVersion"] == "7.1.0"


def test_pending_values_wait_for_the_window(cloud, base, refused):
    client = made(cloud)
    client.modify_replication_group(ReplicationGroupId="mate-demo-dev", CacheNodeType="cache.t4g.small", SnapshotRetentionLimit=7,
                                    ApplyImmediately=False)
    owing = node(client)
    assert (owing["CacheNodeType"], owing["PendingModifiedValues"]) == ("cache.t4g.micro", {"CacheNodeType": "cache.t4g.small"})
    assert group(client)["SnapshotRetentionLimit"] == 7
    cloud.control("POST", "elasticache/maintenance-window", {"group": "mate-demo-dev"})
    assert (node(client)["CacheNodeType"], node(client)["PendingModifiedValues"]) == ("cache.t4g.small", {})
    refused("InvalidParameterCombination", client.modify_replication_group, ReplicationGroupId="mate-demo-dev")


def test_copies_come_and_go(cloud, base, refused):
    client = made(cloud)
    client.increase_replica_count(ReplicationGroupId="mate-demo-dev", NewReplicaCount=2, ApplyImmediately=True)
    assert len(group(client)["MemberClusters"]) == 3
    client.modify_replication_group(ReplicationGroupId="mate-demo-dev", AutomaticFailoverEnabled=True, MultiAZEnabled=True,
                                    ApplyImmediately=True)
    assert group(client)["MultiAZ"] == "enabled"
    refused("InvalidParameterValue", client.decrease_replica_count, ReplicationGroupId="mate-demo-dev", NewReplicaCount=0,
            ApplyImmediately=True)
    client.decrease_replica_count(ReplicationGroupId="mate-demo-dev", NewReplicaCount=1, ApplyImmediately=True)
    assert len(group(client)["MemberClusters"]) == 2
    assert len(client.describe_cache_clusters()["CacheClusters"]) == 2


def test_a_final_snapshot_outlives_its_cache(slow, slow_base, refused):
    client = made(slow)
    slow.pass_time()
    client.delete_replication_group(ReplicationGroupId="mate-demo-dev", FinalSnapshotIdentifier="kept")
    assert group(client)["Status"] == "deleting"
    assert client.describe_snapshots(SnapshotName="kept")["Snapshots"][0]["SnapshotStatus"] == "creating"
    refused("InvalidSnapshotState", client.delete_snapshot, SnapshotName="kept")
    slow.pass_time()
    slow.pass_time()
    assert client.describe_snapshots(SnapshotName="kept")["Snapshots"][0]["SnapshotStatus"] == "available"
    with pytest.raises(client.exceptions.ReplicationGroupNotFoundFault):
        group(client)


def test_groups_in_use_stay(cloud, base, refused):
    client = made(cloud)
    refused("CacheSubnetGroupInUse", client.delete_cache_subnet_group, CacheSubnetGroupName="mate-dev")
    ec2 = cloud.client("ec2")
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=SUBNETS[0])
