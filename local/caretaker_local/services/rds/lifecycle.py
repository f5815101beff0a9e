"""A DB instance and its snapshots through their states."""

from caretaker_local.errors import Reply
from caretaker_local.services.rds.defaults import complete_instance
from caretaker_local.services.rds.events import instance_event, snapshot_event
from caretaker_local.services.rds.pending import announce, pending_values, put_values
from caretaker_local.services.rds.refusals import OPERATIONAL
from caretaker_local.wire import Call


class Database:
    """creating → backing-up → available ⇄ modifying, → deleting → gone."""

    def __init__(self, cloud):
        self.cloud = cloud

    def later(self, kind: str, phase: str, name: str, action) -> None:
        self.cloud.timeline.after(self.cloud.takes(kind, phase, name), action)

    # Creation

    def instance_created(self, call: Call, reply: Reply) -> Reply:
        from ministack.services import rds

        instance = rds._instances[call.params["DBInstanceIdentifier"]]
        name = instance["DBInstanceIdentifier"]
        complete_instance(instance)
        instance["DBInstanceStatus"] = "creating"
        instance["_endpoint"] = {**instance.pop("Endpoint"), "Address": endpoint_name(instance)}
        backup = self.cloud.takes("rds-instance", "first-backup", name) if instance["BackupRetentionPeriod"] else 0
        create = self.cloud.takes("rds-instance", "create", name) - backup
        self.cloud.timeline.after(create, lambda: self.created(instance, backup))
        return as_reply(rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance))

    def created(self, instance: dict, backup_s: float) -> None:
        """The event says "created" while the first backup still runs, as on AWS."""
        if instance["DBInstanceStatus"] != "creating":
            return
        instance["Endpoint"] = instance.pop("_endpoint")
        instance_event("RDS-EVENT-0005", instance)
        if not instance["BackupRetentionPeriod"]:
            instance["DBInstanceStatus"] = "available"
            return
        instance["DBInstanceStatus"] = "backing-up"
        instance_event("RDS-EVENT-0001", instance)
        self.cloud.timeline.after(backup_s, lambda: self.backed_up(instance))

    def backed_up(self, instance: dict) -> None:
        if instance["DBInstanceStatus"] == "backing-up":
            instance["DBInstanceStatus"] = "available"
            instance_event("RDS-EVENT-0002", instance)

    # Modification

    def modify(self, call: Call) -> Reply | None:
        """Puts the wanted values as pending; at once or in the window they are applied."""
        from ministack.services import rds

        instance = rds._resolve_instance(call.params.get("DBInstanceIdentifier", ""))
        if instance is None:
            return None
        put_values(instance, call.params)
        reply = rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)
        if call.params.get("ApplyImmediately"):
            self.apply_pending(instance)
        return as_reply(reply)

    def open_maintenance_window(self, name: str) -> dict:
        """What AWS does in the weekly window: applies what is pending."""
        from ministack.services import rds

        instance = rds._instances[name]
        pending = pending_values(instance)
        if instance["DBInstanceStatus"] in OPERATIONAL:
            self.apply_pending(instance)
        return {"instance": name, "applied": pending}

    def apply_pending(self, instance: dict) -> None:
        values = pending_values(instance)
        if not values:
            return
        instance["DBInstanceStatus"] = "modifying"
        announce(instance, values, begin=True)
        name = instance["DBInstanceIdentifier"]
        # Each modification has a duration of its own, however often the same values come.
        seed = f"{name}:{sorted(values.items())}"
        self.later("rds-instance", "modify", seed, lambda: self.modified(instance, values))

    def modified(self, instance: dict, values: dict) -> None:
        if instance["DBInstanceStatus"] != "modifying":
            return
        announce(instance, values, begin=False)
        instance.update(values)
        instance["PendingModifiedValues"] = {}
        instance["DBInstanceStatus"] = "available"
        if "AllocatedStorage" in values:
            self.optimize_storage(instance)

    def optimize_storage(self, instance: dict) -> None:
        """After growth: fully operational, but its storage cannot be changed again, for hours."""
        instance["DBInstanceStatus"] = "storage-optimization"
        seed = f"{instance['DBInstanceIdentifier']}:{instance['AllocatedStorage']}"
        self.later("rds-instance", "storage-optimization", seed, lambda: optimized(instance))

    # Snapshots

    def snapshot_created(self, call: Call, reply: Reply) -> Reply:
        from ministack.services import rds

        snapshot = rds._snapshots[call.params["DBSnapshotIdentifier"]]
        instance = rds._instances[snapshot["DBInstanceIdentifier"]]
        if not call.params.get("Tags"):
            copy_tags(instance, snapshot)
        instance["DBInstanceStatus"] = "backing-up"
        self.take_snapshot(snapshot, lambda: self.snapshot_done(instance))
        body = reply.body.replace(b"<Status>available</Status>", b"<Status>creating</Status>", 1)
        body = body.replace(b"<PercentProgress>100<", b"<PercentProgress>0<")
        return Reply(reply.status, reply.headers, body)

    def snapshot_done(self, instance: dict) -> None:
        if instance["DBInstanceStatus"] == "backing-up":
            instance["DBInstanceStatus"] = "available"

    def take_snapshot(self, snapshot: dict, then) -> None:
        snapshot.update(Status="creating", PercentProgress=0)
        snapshot_event("RDS-EVENT-0040", snapshot)

        def done():
            snapshot.update(Status="available", PercentProgress=100)
            snapshot_event("RDS-EVENT-0042", snapshot)
            then()

        self.later("rds-snapshot", "create", snapshot["DBSnapshotIdentifier"], done)

    # Deletion

    def delete(self, call: Call) -> Reply | None:
        from ministack.services import rds

        instance = rds._resolve_instance(call.params.get("DBInstanceIdentifier", ""))
        if instance is None:
            return None
        instance["DBInstanceStatus"] = "deleting"
        final = call.params.get("FinalDBSnapshotIdentifier")
        if final:
            snapshot = rds._create_snapshot_internal(final, instance)
            copy_tags(instance, snapshot)
            self.take_snapshot(snapshot, lambda: self.end(instance))
        else:
            self.end(instance)
        return as_reply(rds._single_instance_response("DeleteDBInstanceResponse", "DeleteDBInstanceResult", instance))

    def end(self, instance: dict) -> None:
        name = instance["DBInstanceIdentifier"]
        self.later("rds-instance", "delete", name, lambda: self.deleted(instance))

    def deleted(self, instance: dict) -> None:
        from ministack.services import rds

        if rds._instances.get(instance["DBInstanceIdentifier"]) is instance:
            del rds._instances[instance["DBInstanceIdentifier"]]
            rds._tags.pop(instance["DBInstanceArn"], None)
            instance_event("RDS-EVENT-0003", instance)


def optimized(instance: dict) -> None:
    if instance["DBInstanceStatus"] == "storage-optimization":
        instance["DBInstanceStatus"] = "available"


def copy_tags(instance: dict, snapshot: dict) -> None:
    """A snapshot has the instance's tags only if the instance says so; ministack always copies them."""
    from ministack.services import rds

    tags = list(rds._tags.get(instance["DBInstanceArn"], [])) if instance.get("CopyTagsToSnapshot") else []
    snapshot["TagList"] = tags
    rds._tags[snapshot["DBSnapshotArn"]] = list(tags)


def endpoint_name(instance: dict) -> str:
    """As AWS names it; only the shape matters, nothing listens there."""
    region = instance["DBInstanceArn"].split(":")[3]
    return f"{instance['DBInstanceIdentifier']}.c0ffee000000.{region}.rds.amazonaws.com"


def as_reply(reply) -> Reply:
    status, headers, body = reply
    return Reply(status, [(name.lower().encode(), value.encode()) for name, value in headers.items()],
                 body if isinstance(body, bytes) else body.encode())
