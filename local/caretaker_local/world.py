"""What stands on the local cloud, by owner: for tools that compare two tenants' ends.

Names have their tenant and life replaced, so that two owners who came to the same end compare equal.
"""

from collections import defaultdict

from caretaker_local.client import boto_client

OWNER_TAG = "caretaker:owner"
LIFE_TAG = "caretaker:incarnation"


def world(endpoint: str) -> dict[str, dict[str, list[str]]]:
    """{owner: {what: [name, …]}}; things without an owner stand under "nobody"."""
    found = defaultdict(lambda: defaultdict(list))
    for what, name, tags in everything(endpoint):
        owner = tags.get(OWNER_TAG, "nobody")
        found[owner][what].append(anonymous(name, owner, tags.get(LIFE_TAG)))
    return {owner: {what: sorted(names) for what, names in sorted(kinds.items())} for owner, kinds in found.items()}


def anonymous(name: str, owner: str, life: str | None) -> str:
    """`name` without its tenant and life."""
    tenant = owner.rsplit("/", 1)[-1]
    name = name.replace(f"-{tenant}-", "-(tenant)-")
    return name.replace(life, "(life)") if life else name


def everything(endpoint: str):
    """(what, name, tags) of all that the four kinds can leave."""
    yield from secrets(boto_client("secretsmanager", endpoint))
    yield from file_systems(boto_client("efs", endpoint))
    yield from databases(boto_client("rds", endpoint))
    yield from services(boto_client("ecs", endpoint))


def secrets(client):
    for page in client.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True):
        for one in page["SecretList"]:
            state = " in recovery" if one.get("DeletedDate") else ""
            yield "secret", one["Name"] + state, tags(one.get("Tags", []))


def file_systems(client):
    for page in client.get_paginator("describe_file_systems").paginate():
        for one in page["FileSystems"]:
            targets = client.describe_mount_targets(FileSystemId=one["FileSystemId"])["MountTargets"]
            name = f"{one.get('Name', '')} with {len(targets)} mount targets"
            yield "file system", name, tags(one.get("Tags", []))


def databases(client):
    for page in client.get_paginator("describe_db_instances").paginate():
        for one in page["DBInstances"]:
            yield "database", f"{one['DBInstanceIdentifier']} {one['DBInstanceClass']}", tags(one.get("TagList", []))
    for page in client.get_paginator("describe_db_snapshots").paginate(SnapshotType="manual"):
        for one in page["DBSnapshots"]:
            yield "snapshot", one["DBSnapshotIdentifier"], tags(one.get("TagList", []))


def services(client):
    for cluster in client.list_clusters()["clusterArns"]:
        for page in client.get_paginator("list_services").paginate(cluster=cluster):
            for arn in page["serviceArns"]:
                one = client.describe_services(cluster=cluster, services=[arn], include=["TAGS"])["services"][0]
                revision = one["taskDefinition"].rsplit(":", 1)[-1]
                name = f"{one['serviceName']} at revision {revision}, {one['runningCount']} running"
                yield "service", name, tags(one.get("tags", []))
    for page in client.get_paginator("list_task_definitions").paginate(status="ACTIVE"):
        for arn in page["taskDefinitionArns"]:
            answer = client.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            yield "revision", arn.rsplit("/", 1)[-1], tags(answer.get("tags", []))


def tags(listed: list[dict]) -> dict[str, str]:
    """Both spellings that AWS has."""
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in listed}
