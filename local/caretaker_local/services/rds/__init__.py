"""RDS: states that take time, pending values, snapshots, events, refusals."""

from caretaker_local.services.rds import refusals, settings
from caretaker_local.services.rds.lifecycle import Database


def install(cloud) -> Database:
    """Hangs RDS's checks and life cycle into the cloud."""
    database = Database(cloud)
    refusals.install(cloud)
    settings.install(cloud)
    for operation, effect in (
        ("CreateDBInstance", database.instance_created),
        ("CreateDBSnapshot", database.snapshot_created),
    ):
        cloud.effects.add(f"rds.{operation}", effect)
    # These two are done by us whole: ministack applies a change, and forgets an instance, at once.
    cloud.refusals.add("rds.ModifyDBInstance", database.modify)
    cloud.refusals.add("rds.DeleteDBInstance", database.delete)
    hide_missing_endpoint()
    return database


def hide_missing_endpoint() -> None:
    """An instance that is being created has no endpoint; ministack always shows one."""
    import re

    from ministack.services import rds

    original = rds._instance_xml

    def instance_xml(instance):
        xml = original(instance)
        return xml if instance.get("Endpoint") else re.sub(r"<Endpoint>.*?</Endpoint>", "", xml, flags=re.DOTALL)

    rds._instance_xml = instance_xml
