"""EFS: access points, whose tokens bind and whose life cycle takes time."""

import json

from caretaker_local.errors import Reply, refusal
from caretaker_local.rules import with_json
from caretaker_local.services.efs import become_available
from caretaker_local.wire import Call


def install(cloud) -> None:
    lifecycle = Lifecycle(cloud)
    cloud.refusals.add("efs.CreateAccessPoint", refuse_create)
    cloud.refusals.add("efs.DeleteAccessPoint", lifecycle.before_delete)
    cloud.effects.add("efs.CreateAccessPoint", lifecycle.created)


def refuse_create(call: Call) -> None:
    from ministack.services import efs

    for point in efs._access_points.values():
        if point["ClientToken"] == call.params.get("ClientToken"):
            identifier = point["AccessPointId"]
            raise refusal("efs_access_point_token", {"AccessPointId": identifier}, id=identifier)
    system = efs._file_systems.get(call.params.get("FileSystemId"))
    if system is not None and system["LifeCycleState"] != "available":
        raise refusal("efs_access_point_before_available", id=system["FileSystemId"], state=system["LifeCycleState"])


class Lifecycle:
    """creating → available → deleting → gone, each for its duration."""

    def __init__(self, cloud):
        self.cloud = cloud

    def created(self, call: Call, reply: Reply) -> Reply:
        from ministack.services import efs

        point = efs._access_points[json.loads(reply.body)["AccessPointId"]]
        point["LifeCycleState"] = "creating"
        wait = self.cloud.takes("efs-access-point", "create", point["ClientToken"])
        self.cloud.timeline.after(wait, lambda: become_available(point))
        return with_json(reply, LifeCycleState="creating")

    def before_delete(self, call: Call) -> Reply | None:
        from ministack.services import efs

        identifier = call.params.get("AccessPointId")
        point = efs._access_points.get(identifier)
        if point is None:
            return None
        if point["LifeCycleState"] != "deleting":
            point["LifeCycleState"] = "deleting"
            wait = self.cloud.takes("efs-access-point", "delete", identifier)
            self.cloud.timeline.after(wait, lambda: efs._delete_access_point(identifier))
        return Reply(204, [], b"")
