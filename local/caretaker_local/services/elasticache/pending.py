"""Values of a replication group that are wanted and not yet applied.

AWS shows the failover to come in the group, all others in its nodes:
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroupPendingModifiedValues.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_PendingModifiedValues.html"""

from caretaker_local.errors import AwsError
from caretaker_local.services.elasticache.events import Event, put_topic

# Wait for the window unless they are to be applied at once.
NODE = ("CacheNodeType", "EngineVersion")
# Applied without regard to the window: parameter in the request → member of the group.
GROUP = {"SnapshotRetentionLimit": "SnapshotRetentionLimit", "SnapshotWindow": "SnapshotWindow",
         "PreferredMaintenanceWindow": "PreferredMaintenanceWindow", "ReplicationGroupDescription": "Description",
         "CacheParameterGroupName": "CacheParameterGroupName"}
# Understood, beside those above. What is not is refused loudly rather than dropped silently.
OTHER = ("ReplicationGroupId", "ApplyImmediately", "AutomaticFailoverEnabled", "MultiAZEnabled", "SecurityGroupIds",
         "NotificationTopicArn", "NotificationTopicStatus")


def owed_values(group: dict) -> dict:
    return dict(group.get("_owed") or {})


def put_values(group: dict, nodes: list[dict], params: dict) -> None:
    """Takes a modification's values in: some at once, some as pending, equal ones not at all."""
    unknown = set(params) - {*NODE, *GROUP, *OTHER}
    if unknown:
        raise AwsError("NotImplemented", f"the local cloud cannot modify {', '.join(sorted(unknown))}", 501)
    if not set(params) - {"ReplicationGroupId", "ApplyImmediately"}:
        raise AwsError("InvalidParameterCombination", "No modifications were requested")
    owed = owed_values(group)
    for name in NODE:
        if params.get(name) is not None:
            owe(owed, name, params[name], standing=nodes[0][name])
    if params.get("AutomaticFailoverEnabled") is not None:
        owe(owed, "AutomaticFailover", params["AutomaticFailoverEnabled"], standing=group["AutomaticFailover"] == "enabled")
    group["_owed"] = owed
    for name, member in GROUP.items():
        if params.get(name) is not None:
            group[member] = params[name]
    put_topic(group, params)
    for node in nodes:
        put_into_node(node, params)


def owe(owed: dict, name: str, wanted, standing) -> None:
    """Asking for what is there takes a pending wish back; a version is there with any patch."""
    if wanted == standing or (name == "EngineVersion" and str(standing).startswith(f"{wanted}.")):
        owed.pop(name, None)
    else:
        owed[name] = wanted


def put_into_node(node: dict, params: dict) -> None:
    if params.get("SecurityGroupIds"):
        node["SecurityGroups"] = [{"SecurityGroupId": group, "Status": "active"} for group in params["SecurityGroupIds"]]
    if params.get("PreferredMaintenanceWindow"):
        node["PreferredMaintenanceWindow"] = params["PreferredMaintenanceWindow"]
    if params.get("CacheParameterGroupName"):
        node["CacheParameterGroup"] = {"CacheParameterGroupName": params["CacheParameterGroupName"],
                                       "ParameterApplyStatus": "in-sync"}


def apply_values(group: dict, nodes: list[dict], values: dict) -> list[Event]:
    """What was owed is in force; what is told of it."""
    for node in nodes:
        node.update({name: values[name] for name in NODE if name in values})
        if "EngineVersion" in values:
            node["EngineVersion"] = f"{values['EngineVersion']}.0"
    if "AutomaticFailover" in values:
        group["AutomaticFailover"] = group["MultiAZ"] = "enabled" if values["AutomaticFailover"] else "disabled"
    group["_owed"] = {}
    return [("ReplicationGroupScalingComplete", group["ReplicationGroupId"])] if "CacheNodeType" in values else []
