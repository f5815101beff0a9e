"""What RDS refuses."""

import re

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

# "must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen
# or contain two consecutive hyphens", 1–63 characters (snapshots 255).
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
IDENTIFIER = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
INSTANCE_LENGTH = 63
SNAPSHOT_LENGTH = 255

# PostgreSQL: 8–128 printable ASCII characters but / @ " and blank. Same source.
PASSWORD = re.compile(r"[!#-.0-?A-~]{8,128}")

# Least allocated storage in GiB for PostgreSQL on gp2 and gp3. Same source.
LEAST_STORAGE = 20

# States in which RDS takes orders. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
OPERATIONAL = ("available", "storage-optimization")


def install(cloud) -> None:
    for operation, check in (
        ("CreateDBInstance", refuse_create),
        ("ModifyDBInstance", refuse_modify),
        ("DeleteDBInstance", refuse_delete),
        ("CreateDBSnapshot", refuse_snapshot),
        ("DeleteDBSnapshot", refuse_snapshot_delete),
        ("CreateDBSubnetGroup", refuse_subnet_group),
        ("DeleteDBSubnetGroup", refuse_subnet_group_delete),
    ):
        cloud.refusals.add(f"rds.{operation}", check)


def instance_of(call: Call) -> dict | None:
    from ministack.services import rds

    return rds._resolve_instance(call.params.get("DBInstanceIdentifier", ""))


def check_identifier(name: str, parameter: str, length: int) -> None:
    if not IDENTIFIER.fullmatch(name) or len(name) > length:
        raise refusal("rds_identifier", parameter=parameter)


def refuse_create(call: Call) -> None:
    from ministack.services import ec2, rds

    params = call.params
    name = params["DBInstanceIdentifier"]
    check_identifier(name, "DBInstanceIdentifier", INSTANCE_LENGTH)
    # RDS keeps identifiers in lower case.
    if name.lower() in (known.lower() for known in rds._instances):
        raise refusal("rds_instance_exists")
    password = params.get("MasterUserPassword")
    if password is not None and not PASSWORD.fullmatch(password):
        raise refusal("rds_password")
    group = params.get("DBSubnetGroupName")
    if group and group not in rds._subnet_groups:
        raise refusal("rds_subnet_group_missing", name=group)
    storage = params.get("AllocatedStorage")
    if storage is not None and storage < LEAST_STORAGE:
        raise refusal("rds_storage_least", engine=params.get("Engine"), size=storage)
    for security_group in params.get("VpcSecurityGroupIds") or []:
        if security_group not in ec2._security_groups:
            raise refusal("rds_security_group_missing", id=security_group)


def refuse_modify(call: Call) -> None:
    instance = instance_of(call)
    if instance is None:
        return
    if instance["DBInstanceStatus"] not in OPERATIONAL:
        raise refusal("rds_modify_not_available")
    wanted = call.params.get("AllocatedStorage")
    if wanted not in (None, instance["AllocatedStorage"]) and instance["DBInstanceStatus"] == "storage-optimization":
        raise refusal("rds_storage_optimizing")
    if wanted is not None and wanted < instance["AllocatedStorage"]:
        raise refusal("rds_storage_shrink", wanted=wanted, current=instance["AllocatedStorage"])
    password = call.params.get("MasterUserPassword")
    if password is not None and not PASSWORD.fullmatch(password):
        raise refusal("rds_password")


def refuse_delete(call: Call) -> None:
    from ministack.services import rds

    instance = instance_of(call)
    if instance is None:
        return
    name, status = instance["DBInstanceIdentifier"], instance["DBInstanceStatus"]
    if status == "deleting":
        raise refusal("rds_delete_twice", name=name)
    if instance.get("DeletionProtection"):
        raise refusal("rds_deletion_protection")
    skip, final = call.params.get("SkipFinalSnapshot"), call.params.get("FinalDBSnapshotIdentifier")
    if skip and final:
        raise refusal("rds_final_snapshot_and_skip")
    if not skip and not final:
        raise refusal("rds_final_snapshot_missing")
    if status not in OPERATIONAL:
        raise refusal("rds_delete_not_available", name=name, status=status)
    if final:
        check_identifier(final, "FinalDBSnapshotIdentifier", SNAPSHOT_LENGTH)
        if final in rds._snapshots:
            raise refusal("rds_snapshot_exists", name=final)


def refuse_snapshot(call: Call) -> None:
    from ministack.services import rds

    name = call.params["DBSnapshotIdentifier"]
    check_identifier(name, "DBSnapshotIdentifier", SNAPSHOT_LENGTH)
    if name in rds._snapshots:
        raise refusal("rds_snapshot_exists", name=name)
    instance = instance_of(call)
    if instance is not None and instance["DBInstanceStatus"] not in OPERATIONAL:
        raise refusal("rds_snapshot_not_available")


def refuse_snapshot_delete(call: Call) -> None:
    from ministack.services import rds

    snapshot = rds._snapshots.get(call.params.get("DBSnapshotIdentifier"))
    if snapshot is not None and snapshot["Status"] != "available":
        raise refusal("rds_snapshot_delete_not_available")


def refuse_subnet_group(call: Call) -> None:
    refuse_same_subnet_group(call)
    refuse_one_zone(call)


def refuse_same_subnet_group(call: Call) -> None:
    from ministack.services import rds

    name = call.params.get("DBSubnetGroupName")
    if name in rds._subnet_groups:
        raise refusal("rds_subnet_group_exists", name=name)


def refuse_one_zone(call: Call) -> None:
    from ministack.services import ec2

    zones = {ec2._subnets[subnet]["AvailabilityZone"] for subnet in call.params.get("SubnetIds") or []
             if subnet in ec2._subnets}
    if len(zones) == 1:
        raise refusal("rds_subnet_group_one_zone", zone=zones.pop())


def refuse_subnet_group_delete(call: Call) -> None:
    from ministack.services import rds

    name = call.params.get("DBSubnetGroupName")
    users = [instance for instance in rds._instances.values() if instance["DBSubnetGroup"].get("DBSubnetGroupName") == name]
    if users:
        raise refusal("rds_subnet_group_in_use", name=name)
