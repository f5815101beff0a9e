"""Stale reads: what eventual consistency shows to the next reader."""

from collections import OrderedDict

from caretaker_local.errors import AwsError, Reply
from caretaker_local.wire import Call

# What a read of something not yet visible says, per operation.
NOT_FOUND = {
    "rds.DescribeDBInstances": ("DBInstanceNotFound", 404),
    "rds.DescribeDBSnapshots": ("DBSnapshotNotFound", 404),
    "efs.DescribeFileSystems": ("FileSystemNotFound", 404),
    "efs.DescribeMountTargets": ("MountTargetNotFound", 404),
    "secretsmanager.DescribeSecret": ("ResourceNotFoundException", 400),
    "secretsmanager.GetSecretValue": ("ResourceNotFoundException", 400),
    "ecs.DescribeTaskDefinition": ("ClientException", 400),
    "dynamodb.GetItem": None,  # an empty item
}

CAPACITY = 2_000


class StaleReads:
    """The reply before the last change, per identical read."""

    def __init__(self):
        self._replies: OrderedDict[tuple, Reply] = OrderedDict()

    def clear(self) -> None:
        self._replies.clear()

    def remember(self, call: Call, reply: Reply) -> None:
        if not call.mutating and reply.status < 500:
            self._replies[key(call)] = reply
            self._replies.move_to_end(key(call))
            if len(self._replies) > CAPACITY:
                self._replies.popitem(last=False)

    def reply(self, call: Call) -> Reply:
        """What the same read answered last; not found, or empty, if it was never asked."""
        known = self._replies.get(key(call))
        if known is not None:
            return known
        return never_seen(call)


def key(call: Call) -> tuple:
    return (call.service, call.operation, call.path, str(sorted(call.query.items())), call.body)


def never_seen(call: Call) -> Reply:
    if call.name == "ecs.DescribeServices":
        missing = [{"arn": name, "reason": "MISSING"} for name in call.params.get("services", [])]
        import json

        body = json.dumps({"services": [], "failures": missing}).encode()
        return Reply(200, [(b"content-type", b"application/x-amz-json-1.1")], body)
    if NOT_FOUND.get(call.name) is None:
        return Reply(200, [(b"content-type", b"application/x-amz-json-1.0")], b"{}")
    code, status = NOT_FOUND[call.name]
    raise AwsError(code, "The requested resource was not found.", status)
