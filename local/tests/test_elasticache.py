"""ElastiCache: states, pending values, snapshots, events, refusals."""

import json
from pathlib import Path

import pytest
from caretaker_local.template import dump, load

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
GROUP = {
    "ReplicationGroupId": "mate-demo-dev", "ReplicationGroupDescription": "caretaker:owner=tenant/dev/demo", "Engine": "redis",
    "EngineVersion": "7.1", "CacheNodeType": "cache.t4g.micro", "NumCacheClusters": 1, "CacheSubnetGroupName": "mate-dev",
    "CacheParameterGroupName": "default.redis7", "AuthToken": "correct-horse-battery", "TransitEncryptionEnabled": True,
    "Tags": [{"Key": "a", "Value": "b"}],
}
SUBNETS = ["subnet-0b20000000000002a", "subnet-0b20000000000002b"]


def made(server, **parameters):
    client = server.client("elasticache")
    client.create_cache_subnet_group(CacheSubnetGroupName="mate-dev", CacheSubnetGroupDescription="x", SubnetIds=SUBNETS)
    client.create_replication_group(**GROUP, **parameters)
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


def topic_of(server, condition="aws:SourceOwner", **attributes):
    """A topic with a queue behind it, and a function that returns the envelopes received so far."""
    sns, sqs = server.client("sns"), server.client("sqs")
    own = {"StringEquals": {condition: "123456789012"}}
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": "*", "Condition": own}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    topic = sns.create_topic(Name="cache-events", Attributes={"Policy": policy, **attributes})["TopicArn"]
    url = sqs.create_queue(QueueName="cache-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    received = []

    def poll():
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                received.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return received

    return topic, poll


def test_a_group_tells_its_topic_what_becomes_of_it_and_of_its_nodes(cloud, base):
    topic, poll = topic_of(cloud)
    client = made(cloud, NotificationTopicArn=topic)
    assert node(client)["NotificationConfiguration"] == {"TopicArn": topic, "TopicStatus": "active"}
    change = {"ReplicationGroupId": "mate-demo-dev", "ApplyImmediately": True}
    client.modify_replication_group(CacheNodeType="cache.t4g.small", **change)
    # Of this one no event tells.
    client.modify_replication_group(EngineVersion="7.2", **change)
    client.increase_replica_count(NewReplicaCount=1, **change)
    client.decrease_replica_count(NewReplicaCount=0, **change)
    client.delete_replication_group(ReplicationGroupId="mate-demo-dev", FinalSnapshotIdentifier="kept")
    told = poll()
    assert {(envelope["Type"], envelope["TopicArn"]) for envelope in told} == {("Notification", topic)}
    assert [json.loads(envelope["Message"]) for envelope in told] == [
        {"ElastiCache:CacheClusterProvisioningComplete": "mate-demo-dev-001"},
        {"ElastiCache:CreateReplicationGroupComplete": "mate-demo-dev"},
        {"ElastiCache:ReplicationGroupScalingComplete": "mate-demo-dev"},
        {"ElastiCache:ReplicationGroupIncreaseReplicaCountFinished": "mate-demo-dev-002"},
        {"ElastiCache:DeleteCacheClusterComplete": "mate-demo-dev-002"},
        {"ElastiCache:SnapshotComplete": "mate-demo-dev-001"},
        {"ElastiCache:DeleteCacheClusterComplete": "mate-demo-dev-001"},
    ]


@pytest.mark.parametrize("fault", [{"KmsMasterKeyId": "alias/aws/sns"}, {"condition": "aws:SourceAccount"}])
def test_a_topic_that_cannot_be_published_to_becomes_inactive(slow, slow_base, fault):
    topic, poll = topic_of(slow, **fault)
    client = made(slow, NotificationTopicArn=topic)
    assert node(client)["NotificationConfiguration"]["TopicStatus"] == "active"
    slow.pass_time()
    assert node(client)["NotificationConfiguration"] == {"TopicArn": topic, "TopicStatus": "inactive"}
    assert poll() == []


def test_a_topic_is_of_the_groups_own_account_and_region(cloud, base, refused):
    client = made(cloud)
    for topic in ("arn:aws:sns:us-east-1:210987654321:cache-events", "arn:aws:sns:eu-north-1:123456789012:cache-events"):
        refused("InvalidParameterValue", client.modify_replication_group, ReplicationGroupId="mate-demo-dev", NotificationTopicArn=topic)
    assert "NotificationConfiguration" not in node(client)


def test_what_a_group_tells_reaches_the_queue_of_the_shipped_template(cloud, base):
    parts = ("CacheEventsTopic", "CacheEventsTopicPolicy", "CacheEvents", "TenantQueue", "TenantDeadLetterQueue", "UndeliveredQueue")
    shipped = load(TEMPLATE.read_text())["Resources"]
    stack, sqs = cloud.client("cloudformation"), cloud.client("sqs")
    stack.create_stack(StackName="caretaker", TemplateBody=dump({"Resources": {name: shipped[name] for name in parts}}))
    stack.get_waiter("stack_create_complete").wait(StackName="caretaker", WaiterConfig={"Delay": 0.1})
    made_by_it = {one["LogicalResourceId"]: one["PhysicalResourceId"]
                  for one in stack.describe_stack_resources(StackName="caretaker")["StackResources"]}
    client = made(cloud, NotificationTopicArn=made_by_it["CacheEventsTopic"])
    assert node(client)["NotificationConfiguration"]["TopicStatus"] == "active"
    told = sqs.receive_message(QueueUrl=made_by_it["TenantQueue"], MaxNumberOfMessages=10)["Messages"]
    assert {json.loads(message["Body"])["TopicArn"] for message in told} == {made_by_it["CacheEventsTopic"]}
    assert "CreateReplicationGroupComplete" in told[-1]["Body"]
