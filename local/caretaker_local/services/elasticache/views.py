"""What ministack leaves out of its answers: keys, topics and pending values; and times as AWS writes them."""

import time

from caretaker_local.errors import Reply


def install() -> None:
    from ministack.services import elasticache

    group_xml, cluster_xml = elasticache._rg_xml, elasticache._cluster_xml_inner
    elasticache._rg_xml = lambda group: group_xml(group) + group_rest(group)
    elasticache._cluster_xml_inner = lambda cluster: cluster_xml(cluster) + cluster_rest(cluster)
    snapshot_xml = elasticache._snapshot_xml
    elasticache._snapshot_xml = lambda snapshot: snapshot_xml(
        {**snapshot, "NodeSnapshots": [timed(one) for one in snapshot["NodeSnapshots"]]})


def timed(node: dict) -> dict:
    """ministack writes seconds since the Unix epoch, which no SDK reads."""
    return {**node, "SnapshotCreateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(node["SnapshotCreateTime"]))}


def group_rest(group: dict) -> str:
    owed = (group.get("_owed") or {}).get("AutomaticFailover")
    failover = "" if owed is None else f"<AutomaticFailoverStatus>{'enabled' if owed else 'disabled'}</AutomaticFailoverStatus>"
    key = f"<KmsKeyId>{group['KmsKeyId']}</KmsKeyId>" if group.get("KmsKeyId") else ""
    return f"{key}<PendingModifiedValues>{failover}</PendingModifiedValues>"


def cluster_rest(cluster: dict) -> str:
    from ministack.services import elasticache

    group = elasticache._replication_groups.get(cluster.get("ReplicationGroupId")) or {}
    owed = group.get("_owed") or {}
    values = "".join(f"<{name}>{owed[name]}</{name}>" for name in ("CacheNodeType", "EngineVersion") if name in owed)
    told = "".join(f"<{name}>{value}</{name}>" for name, value in (group.get("_told") or {}).items())
    topic = f"<NotificationConfiguration>{told}</NotificationConfiguration>" if told else ""
    return f"{topic}<PendingModifiedValues>{values}</PendingModifiedValues>"


def group_reply(operation: str, group: dict) -> Reply:
    """The answer of an operation on a replication group."""
    from ministack.services import elasticache

    inner = f"<{operation}Result><ReplicationGroup>{elasticache._rg_xml(group)}</ReplicationGroup></{operation}Result>"
    status, headers, body = elasticache._xml(200, f"{operation}Response", inner)
    return Reply(status, [(name.lower().encode(), value.encode()) for name, value in headers.items()], body)
