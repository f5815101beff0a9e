"""A replication group and its snapshots through their states."""

import copy

from caretaker_local.errors import Reply
from caretaker_local.services.elasticache.events import Event, of_nodes, put_topic, tell
from caretaker_local.services.elasticache.pending import apply_values, owed_values, put_values
from caretaker_local.services.elasticache.views import group_reply
from caretaker_local.services.keys import key_arn
from caretaker_local.wire import Call


# https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
PORT = 6379


class Cache:
    """creating → available ⇄ modifying, → deleting → gone."""

    def __init__(self, cloud, brokers):
        self.cloud = cloud
        self.brokers = brokers

    def later(self, kind: str, phase: str, name: str, action) -> None:
        self.cloud.timeline.after(self.cloud.takes(kind, phase, name), action)

    # Creation

    def group_created(self, call: Call, _reply: Reply) -> Reply:
        from ministack.services import elasticache

        group = elasticache._replication_groups[call.params["ReplicationGroupId"]]
        if call.params.get("KmsKeyId"):
            group["KmsKeyId"] = key_arn(call.params["KmsKeyId"], "elasticache")
        group["EngineVersion"] = patched(group["EngineVersion"])
        group["_port"] = int(call.params.get("Port") or PORT)
        put_topic(group, call.params)
        number_nodes(group)
        group["_node_groups"], group["NodeGroups"] = group["NodeGroups"], []
        set_status(group, "creating")
        for node in nodes(group):
            node["EngineVersion"] = group["EngineVersion"]
        self.later("redis-replication-group", "create", group["ReplicationGroupId"], lambda: self.created(group))
        return group_reply(call.operation, group)

    def created(self, group: dict) -> None:
        if group["Status"] == "creating":
            group["NodeGroups"] = group.pop("_node_groups")
            self.brokers.start(group)
            set_status(group, "available")
            name = group["ReplicationGroupId"]
            tell(group, [*of_nodes("CacheClusterProvisioningComplete", group["MemberClusters"]),
                         ("CreateReplicationGroupComplete", name)])

    # Modification

    def modify(self, call: Call) -> Reply | None:
        """Takes some values in at once, the others as pending; at once or in the window those are applied."""
        from ministack.services import elasticache

        group = elasticache._replication_groups.get(call.params.get("ReplicationGroupId"))
        if group is None:
            return None
        put_values(group, nodes(group), call.params)
        if call.params.get("ApplyImmediately"):
            self.apply_pending(group)
        return group_reply(call.operation, group)

    def open_maintenance_window(self, name: str) -> dict:
        """What AWS does in the weekly window: applies what is pending."""
        from ministack.services import elasticache

        group = elasticache._replication_groups[name]
        values = owed_values(group)
        if group["Status"] == "available":
            self.apply_pending(group)
        return {"group": name, "applied": values}

    def apply_pending(self, group: dict) -> None:
        values = owed_values(group)
        if values:
            self.work(group, "modify", f"{sorted(values.items())}", lambda: apply_values(group, nodes(group), values))

    def set_replicas(self, call: Call) -> Reply | None:
        from ministack.services import elasticache

        group = elasticache._replication_groups.get(call.params.get("ReplicationGroupId"))
        if group is None:
            return None
        count = int(call.params["NewReplicaCount"])
        self.work(group, "replicas", str(count), lambda: resize(group, count))
        return group_reply(call.operation, group)

    def work(self, group: dict, phase: str, seed: str, act) -> None:
        set_status(group, "modifying")

        def done():
            if group["Status"] == "modifying":
                events = act()
                set_status(group, "available")
                tell(group, events)

        self.later("redis-replication-group", phase, f"{group['ReplicationGroupId']}:{seed}", done)

    # Deletion

    def delete(self, call: Call) -> Reply | None:
        from ministack.services import elasticache

        group = elasticache._replication_groups.get(call.params.get("ReplicationGroupId"))
        if group is None:
            return None
        set_status(group, "deleting")
        final = call.params.get("FinalSnapshotIdentifier")
        if final:
            elasticache._create_snapshot({"SnapshotName": final, "ReplicationGroupId": group["ReplicationGroupId"]})
            snapshot = elasticache._snapshots[final]
            snapshot["SnapshotStatus"] = "creating"
            self.later("redis-snapshot", "create", final, lambda: self.snapshot_taken(snapshot, group))
        else:
            self.end(group)
        return group_reply(call.operation, group)

    def snapshot_taken(self, snapshot: dict, group: dict) -> None:
        snapshot["SnapshotStatus"] = "available"
        tell(group, of_nodes("SnapshotComplete", group["MemberClusters"][:1]))
        self.end(group)

    def end(self, group: dict) -> None:
        self.later("redis-replication-group", "delete", group["ReplicationGroupId"], lambda: self.deleted(group))

    def deleted(self, group: dict) -> None:
        from ministack.services import elasticache

        name = group["ReplicationGroupId"]
        if elasticache._replication_groups.get(name) is group:
            self.brokers.stop(name)
            elasticache._delete_replication_group({"ReplicationGroupId": name})
            tell(group, of_nodes("DeleteCacheClusterComplete", group["MemberClusters"]))


def nodes(group: dict) -> list[dict]:
    """The group's cache clusters."""
    from ministack.services import elasticache

    return [elasticache._clusters[member] for member in group["MemberClusters"] if member in elasticache._clusters]


def set_status(group: dict, status: str) -> None:
    group["Status"] = status
    for node in nodes(group):
        node["CacheClusterStatus"] = status


def patched(version: str) -> str:
    """AWS picks the patch version."""
    return version if version.count(".") > 1 else f"{version}.0"


def number_nodes(group: dict) -> None:
    """Names nodes as AWS does without cluster mode, NAME-001; ministack puts a shard's number between.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.CreatingReplGroup.NoExistingCluster.Classic.html"""
    from ministack.services import elasticache

    for number, member in enumerate(group["NodeGroups"][0]["NodeGroupMembers"], start=1):
        node = elasticache._clusters.pop(member["CacheClusterId"])
        tags = elasticache._tags.pop(node["CacheClusterArn"], [])
        name = f"{group['ReplicationGroupId']}-{number:03d}"
        member["CacheClusterId"] = name
        node.update(CacheClusterId=name, CacheClusterArn=elasticache._arn_cluster(name))
        elasticache._clusters[name] = node
        elasticache._tags[node["CacheClusterArn"]] = tags
    group["MemberClusters"] = [member["CacheClusterId"] for member in group["NodeGroups"][0]["NodeGroupMembers"]]


def resize(group: dict, replicas: int) -> list[Event]:
    """So many copies beside the primary node, each like it; what is told of it."""
    from ministack.services import elasticache

    before = group["MemberClusters"]
    shard = group["NodeGroups"][0]
    members, first = shard["NodeGroupMembers"], shard["NodeGroupMembers"][0]
    stem = first["CacheClusterId"].rpartition("-")[0]
    for gone in members[replicas + 1:]:
        elasticache._clusters.pop(gone["CacheClusterId"], None)
    del members[replicas + 1:]
    while len(members) <= replicas:
        name = f"{stem}-{len(members) + 1:03d}"
        members.append({**first, "CacheClusterId": name, "CurrentRole": "replica"})
        node = copy.deepcopy(elasticache._clusters[first["CacheClusterId"]])
        node.update(CacheClusterId=name, CacheClusterArn=elasticache._arn_cluster(name))
        elasticache._clusters[name] = node
    after = group["MemberClusters"] = [member["CacheClusterId"] for member in members]
    return [*of_nodes("DeleteCacheClusterComplete", before[len(after):]),
            *of_nodes("ReplicationGroupIncreaseReplicaCountFinished", after[len(before):])]
