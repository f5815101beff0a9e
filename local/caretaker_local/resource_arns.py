"""The ARNs that IAM checks a call against, where ministack's own guess is too coarse.

Resource types: Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/"""

from caretaker_local import base_arns
from caretaker_local.arn import arn, tail
from caretaker_local.wire import Call


def arns_of(call: Call) -> list[str] | None:
    """All of them, each must be allowed; None where ministack's guess will do."""
    look = LOOKUPS.get(call.name)
    return None if look is None else look(call.params)


def ecs_services(*members: str):
    def look(params: dict) -> list[str]:
        named = next((params[member] for member in members if params.get(member)), "*")
        names = named if isinstance(named, list) else [named]
        return [arn("ecs", f"service/{tail(params.get('cluster')) or 'default'}/{tail(name)}") for name in names]

    return look


def task_definitions(params: dict) -> list[str]:
    if params.get("family"):
        return [arn("ecs", f"task-definition/{params['family']}:*")]
    return [arn("ecs", f"task-definition/{tail(name)}") for name in params.get("taskDefinitions") or []]


def file_systems(params: dict) -> list[str]:
    """A mount target is checked as its file system; a search by token as any."""
    from ministack.services import efs

    target = efs._mount_targets.get(params.get("MountTargetId") or "")
    identifier = target["FileSystemId"] if target else params.get("FileSystemId") or "*"
    return [arn("elasticfilesystem", f"file-system/{tail(identifier)}")]


def databases(params: dict) -> list[str]:
    """The instance, and the groups that the request names."""
    found = [arn("rds", f"db:{params.get('DBInstanceIdentifier') or '*'}")]
    if params.get("DBSubnetGroupName"):
        found.append(arn("rds", f"subgrp:{params['DBSubnetGroupName']}"))
    if params.get("DBParameterGroupName"):
        found.append(arn("rds", f"pg:{params['DBParameterGroupName']}"))
    return found


def parameter_groups(params: dict) -> list[str]:
    return [arn("rds", f"pg:{params.get('DBParameterGroupName') or '*'}")]


# ElastiCache: parameter that names a resource → its type. A call is checked against all that it names.
CACHE_TYPES = {"ReplicationGroupId": "replicationgroup", "CacheClusterId": "cluster", "CacheParameterGroupName": "parametergroup",
               "CacheSubnetGroupName": "subnetgroup", "SnapshotName": "snapshot", "FinalSnapshotIdentifier": "snapshot"}


def caches(params: dict) -> list[str]:
    if params.get("ResourceName"):
        return [params["ResourceName"]]
    return [arn("elasticache", f"{kind}:{params[name]}") for name, kind in CACHE_TYPES.items() if params.get(name)]


def snapshots(params: dict) -> list[str]:
    return [arn("rds", f"snapshot:{params.get('DBSnapshotIdentifier') or '*'}")]


def snapshot_of(params: dict) -> list[str]:
    return [*snapshots(params), arn("rds", f"db:{params.get('DBInstanceIdentifier')}")]


def access_points(params: dict) -> list[str]:
    """A creation and a search are checked as the file system, a deletion as the access point."""
    if params.get("AccessPointId"):
        return [arn("elasticfilesystem", f"access-point/{tail(params['AccessPointId'])}")]
    return [arn("elasticfilesystem", f"file-system/{tail(params.get('FileSystemId')) or '*'}")]


def kms_keys(params: dict) -> list[str]:
    """The key, and the alias that the request names; an alias is checked as its key where it stands for one."""
    from ministack.services import kms

    found = [arn("kms", params["AliasName"])] if params.get("AliasName") else []
    named = params.get("KeyId") or params.get("TargetKeyId") or kms._aliases.get(kms._alias_arn(params.get("AliasName", "")))
    key = kms._resolve_key(named)
    return found + ([key["Arn"]] if key else [arn("kms", f"key/{named}")] if named else []) or ["*"]


def topics(params: dict) -> list[str]:
    return [params.get("TopicArn") or params.get("ResourceArn") or arn("sns", params.get("Name") or "*")]


def balancing(kind: str, member: str = "Name"):
    """Of what has no id yet: by its name."""
    def look(params: dict) -> list[str]:
        return [arn("elasticloadbalancing", f"{kind}/{params.get(member) or '*'}/*")]

    return look


def anything(_params: dict) -> list[str]:
    """AWS knows no resource for the action, whatever the request names."""
    return ["*"]


def members(*names: str):
    """The ARNs that the request itself names."""
    def look(params: dict) -> list[str] | None:
        named = [params[name] for name in names if params.get(name)]
        return [one for each in named for one in (each if isinstance(each, list) else [each])] or None

    return look


LOOKUPS = {
    # Its name is not in the path, as it is of the other calls.
    "lambda.CreateFunction": lambda params: [arn("lambda", f"function:{params.get('FunctionName') or '*'}")],
    **base_arns.LOOKUPS,
    "ecs.CreateService": ecs_services("serviceName"),
    "ecs.UpdateService": ecs_services("service"),
    "ecs.DeleteService": ecs_services("service"),
    "ecs.DescribeServices": ecs_services("services"),
    "ecs.RegisterTaskDefinition": task_definitions,
    "ecs.DeleteTaskDefinitions": task_definitions,
    "efs.CreateMountTarget": file_systems,
    "efs.DeleteMountTarget": file_systems,
    "efs.DeleteFileSystem": file_systems,
    "efs.DescribeFileSystems": file_systems,
    "efs.DescribeMountTargets": file_systems,
    "rds.CreateDBInstance": databases,
    "rds.ModifyDBInstance": databases,
    "rds.DeleteDBInstance": databases,
    "rds.DescribeDBInstances": databases,
    "rds.CreateDBSnapshot": snapshot_of,
    "rds.DeleteDBSnapshot": snapshots,
    "rds.DescribeDBSnapshots": snapshots,
    "efs.CreateAccessPoint": access_points,
    "efs.DeleteAccessPoint": access_points,
    "efs.DescribeAccessPoints": access_points,
    **{f"kms.{operation}": kms_keys for operation in (
        "CancelKeyDeletion", "CreateAlias", "DeleteAlias", "DescribeKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation",
        "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy", "ScheduleKeyDeletion", "TagResource",
        "UpdateKeyDescription")},
    **{f"sns.{operation}": topics for operation in (
        "CreateTopic", "DeleteTopic", "GetTopicAttributes", "ListTagsForResource", "SetTopicAttributes", "TagResource")},
    "elbv2.CreateLoadBalancer": balancing("loadbalancer/app"),
    "elbv2.CreateTargetGroup": balancing("targetgroup"),
    "elbv2.DescribeTargetHealth": anything,
    "ecs.DescribeTaskDefinition": anything,
    "elbv2.AddTags": members("ResourceArns"),
    "elbv2.ModifyListener": members("ListenerArn"),
    "wafv2.AssociateWebACL": members("WebACLArn", "ResourceArn"),
    "wafv2.DisassociateWebACL": members("ResourceArn"),
    "wafv2.GetWebACLForResource": members("ResourceArn"),
    "wafv2.ListTagsForResource": members("ResourceARN"),
    "wafv2.TagResource": members("ResourceARN"),
    **{f"rds.{verb}DBParameterGroup": parameter_groups for verb in ("Create", "Modify", "Reset", "Delete")},
    "rds.DescribeDBParameterGroups": parameter_groups,
    "rds.DescribeDBParameters": parameter_groups,
    **{f"elasticache.{operation}": caches for operation in (
        "CreateReplicationGroup", "ModifyReplicationGroup", "IncreaseReplicaCount", "DecreaseReplicaCount", "DeleteReplicationGroup",
        "DescribeReplicationGroups", "DescribeCacheClusters", "DescribeSnapshots", "DeleteSnapshot", "ListTagsForResource",
        "AddTagsToResource", "CreateCacheParameterGroup", "ModifyCacheParameterGroup", "ResetCacheParameterGroup",
        "DeleteCacheParameterGroup", "DescribeCacheParameterGroups", "DescribeCacheParameters", "CreateCacheSubnetGroup",
        "ModifyCacheSubnetGroup", "DeleteCacheSubnetGroup", "DescribeCacheSubnetGroups")},
}
