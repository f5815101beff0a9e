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
    """(what, name, tags) of all that the kinds can leave."""
    yield from secrets(boto_client("secretsmanager", endpoint))
    yield from file_systems(boto_client("efs", endpoint))
    yield from databases(boto_client("rds", endpoint))
    yield from services(boto_client("ecs", endpoint))
    yield from scalable_targets(boto_client("application-autoscaling", endpoint))
    yield from balancers(boto_client("elbv2", endpoint))
    yield from web_acls(boto_client("wafv2", endpoint))
    yield from caches(boto_client("elasticache", endpoint))
    yield from certificates(boto_client("acm", endpoint))
    yield from pools(boto_client("cognito-idp", endpoint))
    yield from hosts(boto_client("route53", endpoint))


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


def scalable_targets(client):
    for page in client.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs"):
        for one in page["ScalableTargets"]:
            found = client.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=one["ResourceId"])["ScalingPolicies"]
            policies = ", ".join(sorted(policy["PolicyName"] for policy in found))
            name = f"{one['ResourceId']} from {one['MinCapacity']} to {one['MaxCapacity']} by {policies or 'nothing'}"
            yield "scalable target", name, client.list_tags_for_resource(ResourceARN=one["ScalableTargetARN"])["Tags"]


def balancers(client):
    """With target groups, and listeners under the load balancer's name."""
    def tags_of(arn: str) -> dict[str, str]:
        return tags(client.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])

    for one in client.describe_load_balancers()["LoadBalancers"]:
        yield "load balancer", one["LoadBalancerName"], tags_of(one["LoadBalancerArn"])
        for listener in client.describe_listeners(LoadBalancerArn=one["LoadBalancerArn"])["Listeners"]:
            yield "listener", f"{one['LoadBalancerName']} on {listener['Port']}", tags_of(listener["ListenerArn"])
    for one in client.describe_target_groups()["TargetGroups"]:
        yield "target group", one["TargetGroupName"], tags_of(one["TargetGroupArn"])


def web_acls(client):
    for one in client.list_web_acls(Scope="REGIONAL")["WebACLs"]:
        found = client.list_tags_for_resource(ResourceARN=one["ARN"])["TagInfoForResource"]
        yield "web ACL", one["Name"], tags(found["TagList"])


def caches(client):
    """Whose a group is its description says in any state."""
    for page in client.get_paginator("describe_replication_groups").paginate():
        for one in page["ReplicationGroups"]:
            said = dict(part.split("=", 1) for part in one["Description"].split() if "=" in part)
            yield "cache", f"{one['ReplicationGroupId']} {one['Status']}", said
    for page in client.get_paginator("describe_snapshots").paginate():
        for one in page["Snapshots"]:
            yield "cache snapshot", one["SnapshotName"], {}


def certificates(client):
    for page in client.get_paginator("list_certificates").paginate():
        for one in page["CertificateSummaryList"]:
            listed = client.list_tags_for_certificate(CertificateArn=one["CertificateArn"])["Tags"]
            yield "certificate", f"{one['DomainName']} {one['Status']}", tags(listed)


def pools(client):
    for page in client.get_paginator("list_user_pools").paginate(MaxResults=60):
        for one in page["UserPools"]:
            pool = client.describe_user_pool(UserPoolId=one["Id"])["UserPool"]
            yield "user pool", one["Name"], pool.get("UserPoolTags", {})


def hosts(client):
    """Record sets have no tags: a companion says whose its host is, and other records are whose their name is below."""
    for zone in client.list_hosted_zones()["HostedZones"]:
        pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
        sets = [one for page in pages for one in page["ResourceRecordSets"] if one["Type"] not in ("NS", "SOA")]
        owners = dict(filter(None, map(companion, sets)))
        for one in sets:
            name = one["Name"].rstrip(".")
            host = next((host for host in owners if name == host or name.endswith(f".{host}")), None)
            # Without the host itself, which has its tenant in it.
            shown = name if host is None else f"{name.removesuffix(host)}(host)"
            yield "record", f"{one['Type']} {shown}", owners.get(host, {})


def companion(one: dict):
    """The host that a companion record is of, and the tags that it stands for; None: it is none."""
    name, _, host = one["Name"].rstrip(".").partition("_caretaker.")
    text = next((value["Value"].strip('"') for value in one.get("ResourceRecords", [])), "")
    if name or not host or not text.startswith("caretaker "):
        return None
    said = dict(word.partition("=")[::2] for word in text.split()[1:])
    return host, {OWNER_TAG: said.get("owner", ""), LIFE_TAG: said.get("incarnation", "")}


def tags(listed: list[dict]) -> dict[str, str]:
    """Both spellings that AWS has."""
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in listed}
