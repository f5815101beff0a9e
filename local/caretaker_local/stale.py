"""Stale reads: what eventual consistency shows to the next reader."""

from collections import OrderedDict

from caretaker_local.errors import AwsError, Reply
from caretaker_local.rules import json_reply
from caretaker_local.wire import Call

# What a read of one thing that is not yet visible says.
NOT_FOUND = {
    "rds.DescribeDBInstances": ("DBInstanceIdentifier", "DBInstanceNotFound", 404),
    "rds.DescribeDBSnapshots": ("DBSnapshotIdentifier", "DBSnapshotNotFound", 404),
    "efs.DescribeFileSystems": ("FileSystemId", "FileSystemNotFound", 404),
    "efs.DescribeMountTargets": ("MountTargetId", "MountTargetNotFound", 404),
    "secretsmanager.DescribeSecret": ("SecretId", "ResourceNotFoundException", 400),
    "secretsmanager.GetSecretValue": ("SecretId", "ResourceNotFoundException", 400),
    "ecs.DescribeTaskDefinition": ("taskDefinition", "ClientException", 400),
}

# What a read says as long as nothing was ever there.
EMPTY = {
    "dynamodb.GetItem": lambda params: {},
    "dynamodb.Query": lambda params: {"Items": [], "Count": 0, "ScannedCount": 0},
    "efs.DescribeFileSystems": lambda params: {"FileSystems": []},
    "efs.DescribeMountTargets": lambda params: {"MountTargets": []},
    "secretsmanager.ListSecrets": lambda params: {"SecretList": []},
    "ecs.ListTaskDefinitions": lambda params: {"taskDefinitionArns": []},
    "ecs.DescribeServices": lambda params: {
        "services": [], "failures": [{"arn": name, "reason": "MISSING"} for name in params.get("services", [])]},
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

    def reply(self, call: Call) -> Reply | None:
        """What the same read answered last; if it was never asked, not found or empty; None if neither is known."""
        known = self._replies.get(key(call))
        if known is not None:
            return known
        named, code, status = NOT_FOUND.get(call.name, (None, "", 0))
        if call.params.get(named):
            raise AwsError(code, "The requested resource was not found.", status)
        return json_reply(EMPTY[call.name](call.params)) if call.name in EMPTY else None


def key(call: Call) -> tuple:
    return (call.service, call.operation, call.path, str(sorted(call.query.items())), call.body)
