"""What ElastiCache refuses."""

import re

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

# "1 to 40 alphanumeric characters or hyphens; the first character must be a letter; cannot end with a hyphen or contain
# two consecutive hyphens" (snapshots 255).
# https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
IDENTIFIER = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
GROUP_LENGTH = 40
SNAPSHOT_LENGTH = 255

# 16–128 printable ASCII characters but / @ " and blank. Same source.
TOKEN = re.compile(r"[!#-.0-?A-~]{16,128}")


def install(cloud) -> None:
    for operation, check in (
        ("CreateReplicationGroup", refuse_create),
        ("ModifyReplicationGroup", refuse_modify),
        ("IncreaseReplicaCount", refuse_modify),
        ("DecreaseReplicaCount", refuse_decrease),
        ("DeleteReplicationGroup", refuse_delete),
        ("DescribeReplicationGroups", refuse_unknown_group),
        ("ListTagsForResource", refuse_tags),
        ("AddTagsToResource", refuse_tags),
        ("DescribeSnapshots", refuse_unknown_snapshot),
        ("DeleteSnapshot", refuse_snapshot_delete),
        ("CreateCacheParameterGroup", refuse_same_parameter_group),
        ("ModifyCacheParameterGroup", refuse_unknown_parameter_group),
        ("DeleteCacheParameterGroup", refuse_parameter_group_delete),
        ("CreateCacheSubnetGroup", refuse_same_subnet_group),
        ("ModifyCacheSubnetGroup", refuse_unknown_subnet_group),
        ("DeleteCacheSubnetGroup", refuse_subnet_group_delete),
    ):
        cloud.refusals.add(f"elasticache.{operation}", check)


def service():
    from ministack.services import elasticache

    return elasticache


def check_identifier(name: str, parameter: str, length: int) -> None:
    if not IDENTIFIER.fullmatch(name) or len(name) > length:
        raise refusal("elasticache_identifier", parameter=parameter)


def group_of(call: Call) -> dict:
    name = call.params.get("ReplicationGroupId")
    group = service()._replication_groups.get(name)
    if group is None:
        raise refusal("elasticache_group_missing", name=name)
    return group


def refuse_unknown_group(call: Call) -> None:
    if call.params.get("ReplicationGroupId"):
        group_of(call)


def refuse_create(call: Call) -> None:
    from ministack.services import ec2

    params = call.params
    name = params["ReplicationGroupId"]
    check_identifier(name, "ReplicationGroupIdentifier", GROUP_LENGTH)
    if name in service()._replication_groups:
        raise refusal("elasticache_group_exists", name=name)
    if params.get("AutomaticFailoverEnabled") and (params.get("NumCacheClusters") or 1) < 2:
        raise refusal("elasticache_failover_needs_replica")
    token = params.get("AuthToken")
    if token is not None and not TOKEN.fullmatch(token):
        raise refusal("elasticache_auth_token")
    check_subnet_group(params.get("CacheSubnetGroupName"))
    check_parameter_group(params.get("CacheParameterGroupName"))
    check_topic(params.get("NotificationTopicArn"))
    for group in params.get("SecurityGroupIds") or []:
        if group not in ec2._security_groups:
            raise refusal("elasticache_security_group_missing", id=group)


def check_subnet_group(name: str | None) -> None:
    if name is not None and name not in service()._subnet_groups:
        raise refusal("elasticache_subnet_group_missing", name=name)


def check_parameter_group(name: str | None) -> None:
    if name is not None and name not in service()._param_groups:
        raise refusal("elasticache_parameter_group_missing", name=name)


def check_topic(arn: str | None) -> None:
    """Of the group's own account and region."""
    from ministack.core.responses import get_account_id, get_region

    if arn and not arn.startswith(f"arn:aws:sns:{get_region()}:{get_account_id()}:"):
        raise refusal("elasticache_topic_of_others", account=get_account_id())


def refuse_modify(call: Call) -> None:
    group = group_of(call)
    if group["Status"] != "available":
        raise refusal("elasticache_modify_not_available")
    if call.params.get("AutomaticFailoverEnabled") and len(group["MemberClusters"]) < 2:
        raise refusal("elasticache_failover_needs_replica")
    check_topic(call.params.get("NotificationTopicArn"))
    check_parameter_group(call.params.get("CacheParameterGroupName"))


def refuse_decrease(call: Call) -> None:
    refuse_modify(call)
    if not call.params.get("NewReplicaCount") and group_of(call)["AutomaticFailover"] == "enabled":
        raise refusal("elasticache_failover_keeps_replica")


def refuse_delete(call: Call) -> None:
    group = group_of(call)
    if group["Status"] != "available":
        raise refusal("elasticache_delete_not_available", name=group["ReplicationGroupId"], status=group["Status"])
    final = call.params.get("FinalSnapshotIdentifier")
    if final:
        check_identifier(final, "SnapshotName", SNAPSHOT_LENGTH)
        if final in service()._snapshots:
            raise refusal("elasticache_snapshot_exists", name=final)


def refuse_tags(call: Call) -> None:
    """AWS gives tags of a group out, and takes them, only while it is available."""
    kind, _, name = str(call.params.get("ResourceName")).rpartition(":")
    group = service()._replication_groups.get(name) if kind.endswith(":replicationgroup") else None
    if group is not None and group["Status"] != "available":
        raise refusal("elasticache_tags_not_available")


def refuse_unknown_snapshot(call: Call) -> None:
    name = call.params.get("SnapshotName")
    if name and name not in service()._snapshots:
        raise refusal("elasticache_snapshot_missing", name=name)


def refuse_snapshot_delete(call: Call) -> None:
    refuse_unknown_snapshot(call)
    if service()._snapshots[call.params["SnapshotName"]]["SnapshotStatus"] != "available":
        raise refusal("elasticache_snapshot_delete_not_available")


def refuse_same_parameter_group(call: Call) -> None:
    name = call.params.get("CacheParameterGroupName")
    if name in service()._param_groups:
        raise refusal("elasticache_parameter_group_exists", name=name)


def refuse_unknown_parameter_group(call: Call) -> None:
    check_parameter_group(call.params.get("CacheParameterGroupName"))


def refuse_parameter_group_delete(call: Call) -> None:
    name = call.params.get("CacheParameterGroupName")
    check_parameter_group(name)
    if any(group["CacheParameterGroupName"] == name for group in service()._replication_groups.values()):
        raise refusal("elasticache_parameter_group_in_use", name=name)


def refuse_same_subnet_group(call: Call) -> None:
    name = call.params.get("CacheSubnetGroupName")
    if name in service()._subnet_groups:
        raise refusal("elasticache_subnet_group_exists", name=name)


def refuse_unknown_subnet_group(call: Call) -> None:
    check_subnet_group(call.params.get("CacheSubnetGroupName"))


def refuse_subnet_group_delete(call: Call) -> None:
    name = call.params.get("CacheSubnetGroupName")
    check_subnet_group(name)
    if any(group["CacheSubnetGroupName"] == name for group in service()._replication_groups.values()):
        raise refusal("elasticache_subnet_group_in_use", name=name)
