"""Values of a DB instance that are wanted and not yet applied."""

from caretaker_local.errors import AwsError
from caretaker_local.services.rds.events import instance_event
from caretaker_local.services.rds.settings import put_settings

# Applied in the window or at once as asked; PendingModifiedValues shows them until then.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html
PENDING = ("DBInstanceClass", "AllocatedStorage", "EngineVersion", "MultiAZ", "StorageType", "Iops",
           "BackupRetentionPeriod", "CACertificateIdentifier")

# Applied without regard to ApplyImmediately, without an outage. Same source.
IMMEDIATE = ("DeletionProtection", "CopyTagsToSnapshot", "PreferredBackupWindow", "PreferredMaintenanceWindow",
             "PubliclyAccessible", "MaxAllocatedStorage", "MonitoringInterval", "MonitoringRoleArn")

# Understood, beside those above. What is not is refused loudly rather than dropped silently.
OTHER = ("DBInstanceIdentifier", "ApplyImmediately", "VpcSecurityGroupIds", "MasterUserPassword", "AllowMajorVersionUpgrade",
         "DBParameterGroupName", "EnablePerformanceInsights", "PerformanceInsightsKMSKeyId")

# value → (event that it begins, event that it has ended)
EVENTS = {
    "DBInstanceClass": ("RDS-EVENT-0012", "RDS-EVENT-0014"),
    "AllocatedStorage": ("RDS-EVENT-0018", "RDS-EVENT-0017"),
    "MultiAZ": ("RDS-EVENT-0024", "RDS-EVENT-0025"),
}


def pending_values(instance: dict) -> dict:
    """What is wanted and not there, without the password."""
    return {name: value for name, value in (instance.get("PendingModifiedValues") or {}).items()
            if name != "MasterUserPassword"}


def put_values(instance: dict, params: dict) -> None:
    """Takes a modification's values in: some at once, some as pending, equal ones not at all."""
    unknown = set(params) - {*PENDING, *IMMEDIATE, *OTHER}
    if unknown:
        raise AwsError("NotImplemented", f"the local cloud cannot modify {', '.join(sorted(unknown))}", 501)
    pending = dict(instance.get("PendingModifiedValues") or {})
    for name in PENDING:
        if params.get(name) is None:
            continue
        if is_there(name, params[name], instance):
            # Asking for what is there takes a pending wish back.
            pending.pop(name, None)
        else:
            pending[name] = params[name]
    instance["PendingModifiedValues"] = pending
    for name in IMMEDIATE:
        if params.get(name) is not None:
            instance[name] = params[name]
    put_settings(instance, params)
    if params.get("VpcSecurityGroupIds"):
        instance["VpcSecurityGroups"] = [
            {"VpcSecurityGroupId": group, "Status": "active"} for group in params["VpcSecurityGroupIds"]
        ]
    if params.get("MasterUserPassword"):
        instance["_MasterUserPassword"] = params["MasterUserPassword"]
        instance_event("RDS-EVENT-0016", instance)


def is_there(name: str, wanted, instance: dict) -> bool:
    """Whether a value stands; a major version does if any of its minor ones does."""
    standing = instance.get(name)
    return wanted == standing or (name == "EngineVersion" and str(standing).startswith(f"{wanted}."))


def announce(instance: dict, values: dict, begin: bool) -> None:
    """The events of a modification's begin or end."""
    for name, (begun, ended) in EVENTS.items():
        if name not in values:
            continue
        if name == "MultiAZ" and not values[name]:
            begun, ended = "RDS-EVENT-0030", "RDS-EVENT-0029"
        instance_event(begun if begin else ended, instance)
