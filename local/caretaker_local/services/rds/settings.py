"""Parameter groups of RDS, and what RDS refuses of an instance's settings."""

import json

from caretaker_local.errors import Reply, refusal
from caretaker_local.wire import Call

# Who sends the figures of Enhanced Monitoring.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
MONITORING = "monitoring.rds.amazonaws.com"


def install(cloud) -> None:
    roles = MonitoringRoles(cloud)
    for operation, check in (
        ("CreateDBInstance", refuse_parameter_group),
        ("CreateDBInstance", refuse_growth),
        ("CreateDBInstance", roles.refuse),
        ("ModifyDBInstance", refuse_parameter_group),
        ("ModifyDBInstance", roles.refuse),
        ("CreateDBParameterGroup", refuse_same_group),
        ("ModifyDBParameterGroup", refuse_unknown_group),
        ("ModifyDBParameterGroup", refuse_static),
        ("ResetDBParameterGroup", refuse_unknown_group),
        ("DeleteDBParameterGroup", refuse_delete),
    ):
        cloud.refusals.add(f"rds.{operation}", check)
    for operation in ("ModifyDBParameterGroup", "ResetDBParameterGroup"):
        cloud.effects.add(f"rds.{operation}", await_reboot)


def service():
    from ministack.services import rds

    return rds


def refuse_parameter_group(call: Call) -> None:
    """AWS's own groups always stand."""
    name = call.params.get("DBParameterGroupName") or "default."
    if not name.startswith("default.") and name not in service()._param_groups:
        raise refusal("rds_parameter_group_missing", name=name)


def refuse_growth(call: Call) -> None:
    most = call.params.get("MaxAllocatedStorage")
    if most is not None and most <= (call.params.get("AllocatedStorage") or 0):
        raise refusal("rds_max_storage")


class MonitoringRoles:
    """Which roles RDS may take to send figures; a young one is not known everywhere yet."""

    def __init__(self, cloud):
        self.cloud = cloud

    def refuse(self, call: Call) -> None:
        from ministack.services import iam

        if not call.params.get("MonitoringInterval"):
            return
        arn = call.params.get("MonitoringRoleArn")
        if not arn:
            raise refusal("rds_monitoring_without_role")
        role = iam._roles.get(arn.rpartition("/")[2])
        trust = json.dumps(role["AssumeRolePolicyDocument"]) if role else ""
        if MONITORING not in trust or not self.cloud.scheduler.roles.is_assumable(arn):
            raise refusal("rds_monitoring_role")


def refuse_same_group(call: Call) -> None:
    name = call.params.get("DBParameterGroupName")
    if name in service()._param_groups:
        raise refusal("rds_parameter_group_exists", name=name)


def refuse_unknown_group(call: Call) -> None:
    name = call.params.get("DBParameterGroupName")
    if name not in service()._param_groups:
        raise refusal("rds_parameter_group_missing", name=name)


def refuse_delete(call: Call) -> None:
    refuse_unknown_group(call)
    name = call.params["DBParameterGroupName"]
    if members(name):
        raise refusal("rds_parameter_group_in_use", name=name)


def members(group: str) -> list[dict]:
    """The instances that run with a parameter group."""
    return [instance for instance in service()._instances.values()
            if any(one["DBParameterGroupName"] == group for one in instance.get("DBParameterGroups") or [])]


def refuse_static(call: Call) -> None:
    """A parameter that the engine reads only at its start cannot come in force at once."""
    family = service()._param_groups[call.params["DBParameterGroupName"]]["DBParameterGroupFamily"]
    static = {one["name"] for one in service()._default_parameters_for_family(family) if one["apply_type"] == "static"}
    for parameter in call.params.get("Parameters") or []:
        if parameter["ParameterName"] in static and parameter.get("ApplyMethod") == "immediate":
            raise refusal("rds_static_parameter")


def await_reboot(call: Call, _reply: Reply) -> None:
    """What waits for the next reboot is told by each instance of the group."""
    if any(one.get("ApplyMethod") == "pending-reboot" for one in call.params.get("Parameters") or []):
        for instance in members(call.params["DBParameterGroupName"]):
            instance["DBParameterGroups"][0]["ParameterApplyStatus"] = "pending-reboot"


def put_settings(instance: dict, params: dict) -> None:
    """Takes in what a modification changes without regard to the window."""
    group = params.get("DBParameterGroupName")
    if group and group != instance["DBParameterGroups"][0]["DBParameterGroupName"]:
        instance["DBParameterGroups"] = [{"DBParameterGroupName": group, "ParameterApplyStatus": "pending-reboot"}]
    if params.get("EnablePerformanceInsights") is not None:
        instance["PerformanceInsightsEnabled"] = params["EnablePerformanceInsights"]
        instance["PerformanceInsightsKMSKeyId"] = params.get("PerformanceInsightsKMSKeyId") or ""
    # As much as there is: it does not grow.
    if instance.get("MaxAllocatedStorage") == instance["AllocatedStorage"]:
        del instance["MaxAllocatedStorage"]
