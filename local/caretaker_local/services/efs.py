"""EFS: creation tokens, life cycle states that take time."""

import json

from caretaker_local.errors import Reply, refusal
from caretaker_local.rules import with_json
from caretaker_local.services.keys import key_arn
from caretaker_local.wire import Call


def install(cloud) -> None:
    lifecycle = Lifecycle(cloud)
    patch_listing()
    cloud.refusals.add("efs.CreateFileSystem", refuse_same_token)
    cloud.refusals.add("efs.CreateMountTarget", refuse_mount_target)
    cloud.refusals.add("efs.DeleteFileSystem", lifecycle.before_delete_file_system)
    cloud.refusals.add("efs.DeleteMountTarget", lifecycle.before_delete_mount_target)
    cloud.effects.add("efs.CreateFileSystem", lifecycle.file_system_created)
    cloud.effects.add("efs.CreateMountTarget", lifecycle.mount_target_created)


def patch_listing() -> None:
    """Pages by marker; ministack ends at the first.
    https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystems.html"""
    from ministack.services import efs

    first_page = efs._describe_file_systems

    def describe(query):
        if query.get("FileSystemId"):
            return first_page(query)
        token, start, most = query.get("CreationToken"), int(query.get("Marker") or 0), int(query.get("MaxItems") or 100)
        found = [one for one in efs._file_systems.values() if token in (None, "", one.get("CreationToken"))]
        page = {"FileSystems": [efs._fs_response(one) for one in found[start:start + most]]}
        more = {"NextMarker": str(start + most)} if start + most < len(found) else {}
        return efs._json(200, page | more)

    efs._describe_file_systems = describe


def refuse_same_token(call: Call) -> None:
    from ministack.services import efs

    token = call.params.get("CreationToken")
    for system in efs._file_systems.values():
        if system["CreationToken"] == token:
            identifier = system["FileSystemId"]
            raise refusal("efs_same_creation_token", {"FileSystemId": identifier}, id=identifier)


def refuse_mount_target(call: Call) -> None:
    from ministack.services import ec2, efs

    system = efs._file_systems.get(call.params.get("FileSystemId"))
    if system is None:
        return
    if system["LifeCycleState"] != "available":
        raise refusal("efs_mount_target_before_available", id=system["FileSystemId"], state=system["LifeCycleState"])
    subnet = ec2._subnets.get(call.params.get("SubnetId"), {})
    for target in efs._mount_targets.values():
        same_zone = target["AvailabilityZoneName"] == subnet.get("AvailabilityZone")
        if target["FileSystemId"] == system["FileSystemId"] and same_zone:
            raise refusal("efs_second_mount_target_in_zone")


class Lifecycle:
    """creating → available → deleting → gone, each for its duration."""

    def __init__(self, cloud):
        self.cloud = cloud

    def file_system_created(self, call: Call, reply: Reply) -> Reply:
        from ministack.services import efs

        system = efs._file_systems[json.loads(reply.body)["FileSystemId"]]
        if system["Encrypted"] or system["KmsKeyId"]:
            system.update(Encrypted=True, KmsKeyId=key_arn(system["KmsKeyId"], "elasticfilesystem"))
            reply = with_json(reply, Encrypted=True, KmsKeyId=system["KmsKeyId"])
        return self.create(system, "efs-file-system", system["CreationToken"], reply)

    def mount_target_created(self, call: Call, reply: Reply) -> Reply:
        from ministack.services import efs

        target = efs._mount_targets[json.loads(reply.body)["MountTargetId"]]
        system = efs._file_systems[target["FileSystemId"]]
        seed = f"{system['CreationToken']}:{target['AvailabilityZoneName']}"
        return self.create(target, "efs-mount-target", seed, reply)

    def create(self, record: dict, kind: str, seed: str, reply: Reply) -> Reply:
        record["LifeCycleState"] = "creating"
        self.cloud.timeline.after(self.cloud.takes(kind, "create", seed), lambda: become_available(record))
        return with_json(reply, LifeCycleState="creating")

    def before_delete_file_system(self, call: Call) -> Reply | None:
        from ministack.services import efs

        system = efs._file_systems.get(call.params.get("FileSystemId"))
        if system is None or efs._replication_of(system["FileSystemId"]):
            return None
        if any(target["FileSystemId"] == system["FileSystemId"] for target in efs._mount_targets.values()):
            raise refusal("efs_delete_with_mount_targets", id=system["FileSystemId"])
        if system["LifeCycleState"] != "available":
            raise refusal("efs_delete_before_available", id=system["FileSystemId"], state=system["LifeCycleState"])
        system["LifeCycleState"] = "deleting"
        self.later(system["CreationToken"], "efs-file-system", efs._delete_file_system, system["FileSystemId"])
        return Reply(204, [], b"")

    def before_delete_mount_target(self, call: Call) -> Reply | None:
        from ministack.services import efs

        target = efs._mount_targets.get(call.params.get("MountTargetId"))
        if target is None:
            return None
        if target["LifeCycleState"] != "deleting":
            target["LifeCycleState"] = "deleting"
            self.later(target["MountTargetId"], "efs-mount-target", efs._delete_mount_target, target["MountTargetId"])
        return Reply(204, [], b"")

    def later(self, seed: str, kind: str, delete, identifier: str) -> None:
        self.cloud.timeline.after(self.cloud.takes(kind, "delete", seed), lambda: delete(identifier))


def become_available(record: dict) -> None:
    if record["LifeCycleState"] == "creating":
        record["LifeCycleState"] = "available"
