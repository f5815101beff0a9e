"""The ARNs that IAM checks a call against, where ministack's own guess is too coarse.

Resource types: Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/"""

from caretaker_local.wire import Call


def arns_of(call: Call) -> list[str] | None:
    """All of them, each must be allowed; None where ministack's guess will do."""
    look = LOOKUPS.get(call.name)
    return None if look is None else look(call.params)


def arn(service: str, resource: str) -> str:
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def tail(reference) -> str:
    """The name at the end of a name or an ARN."""
    return str(reference or "").rpartition("/")[2]


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
    return found


def snapshots(params: dict) -> list[str]:
    return [arn("rds", f"snapshot:{params.get('DBSnapshotIdentifier') or '*'}")]


def snapshot_of(params: dict) -> list[str]:
    return [*snapshots(params), arn("rds", f"db:{params.get('DBInstanceIdentifier')}")]


LOOKUPS = {
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
}
