"""The container agent's endpoints, as a task's own process sees them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
Shapes and status codes of protection: github.com/aws/amazon-ecs-agent, ecs-agent/tmds/handlers/taskprotection/v1"""

import json
from datetime import UTC, datetime

from caretaker_local.errors import AwsError
from caretaker_local.services.ecs.protection import failure_of
from caretaker_local.services.ecs.views import address_of, task_definition_of

PREFIX = "/_caretaker/ecs-agent/"
STATE = "/task-protection/v1/state"


class Agent:
    """Answers by the id in the path, which each container's process has of its own."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.processes = cloud.scheduler.processes
        self.protection = cloud.scheduler.protection

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict]:
        """(HTTP status, JSON)."""
        family, _, rest = path.removeprefix(PREFIX).partition("/")
        identifier, slash, rest = rest.partition("/")
        container = next((one for one in self.processes.all() if one.endpoint_id == identifier), None)
        if container is None:
            return 404, error("", "ResourceNotFoundException", "Failed to find a task for the request")
        if family == "v4" and method == "GET" and rest in ("", "task"):
            return 200, metadata(container.task) if rest else metadata_of_container(container.task, container.name)
        if family == "api" and slash + rest == STATE and method in ("GET", "PUT"):
            with self.cloud.timeline.lock:
                return self.protect(container.task, body if method == "PUT" else None)
        return 404, error("", "ResourceNotFoundException", f"no {method} {slash}{rest}")

    def protect(self, task: dict, body: bytes | None) -> tuple[int, dict]:
        """A change of the protection, or without a body a look at it."""
        arn = task["taskArn"]
        asked = {} if body is None else read_request(body)
        if asked is None:
            return 400, error("", "InvalidParameterException", "UpdateTaskProtection: failed to decode request")
        if body is not None and asked.get("ProtectionEnabled") is None:
            return 400, error(arn, "InvalidParameterException", "Invalid request: does not contain 'ProtectionEnabled' field")
        role = task_definition_of(task).get("taskRoleArn")
        if not role:
            return 403, error(arn, "AccessDeniedException", "Invalid Request: no task IAM role credentials available for task")
        try:
            self.cloud.access.check_right(role, "ecs-agent", f"ecs:{'Get' if body is None else 'Update'}TaskProtection", arn)
            if failure := failure_of(task):
                return 200, {"failure": {"Arn": arn, "Detail": None, "Reason": failure["reason"]}}
            seen = self.protection.of(task) if body is None else self.protection.set(
                task, asked["ProtectionEnabled"], asked.get("ExpiresInMinutes"))
        except AwsError as refused:
            return refused.status, {"requestID": arn.rpartition("/")[2], **error(arn, refused.code, refused.message)}
        return 200, {"protection": {"ExpirationDate": iso(seen.get("expirationDate")),
                                    "ProtectionEnabled": seen["protectionEnabled"], "TaskArn": arn}}


def read_request(body: bytes) -> dict | None:
    """None for what the agent cannot decode: it takes no other member, and no other type.

    Names in any case, as Go's decoder has it."""
    members = {"protectionenabled": ("ProtectionEnabled", bool), "expiresinminutes": ("ExpiresInMinutes", int)}
    try:
        asked = {name.lower(): value for name, value in json.loads(body).items()}
    except (ValueError, AttributeError):
        return None
    if not set(asked) <= set(members) or any(value is not None and type(value) is not members[name][1] for name, value in asked.items()):
        return None
    return {members[name][0]: value for name, value in asked.items()}


def error(arn: str, code: str, message: str) -> dict:
    return {"error": {**({"Arn": arn} if arn else {}), "Code": code, "Message": message}}


def iso(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def metadata(task: dict) -> dict:
    """${ECS_CONTAINER_METADATA_URI_V4}/task."""
    definition = task_definition_of(task)
    members = {
        "Cluster": task["clusterArn"], "TaskARN": task["taskArn"], "Family": definition["family"],
        "Revision": str(definition["revision"]), "DesiredStatus": task["desiredStatus"], "KnownStatus": task["lastStatus"],
        "Limits": {"CPU": int(task["cpu"]) / 1024, "Memory": int(task["memory"])}, "PullStartedAt": task["pullStartedAt"],
        "PullStoppedAt": task["pullStoppedAt"], "AvailabilityZone": task.get("availabilityZone"), "LaunchType": task["launchType"],
        "ServiceName": (task.get("_service_key") or "").partition("/")[2],
        "Containers": [metadata_of_container(task, container["name"]) for container in task["containers"]],
    }
    return {name: value for name, value in members.items() if value not in (None, "")}


def metadata_of_container(task: dict, name: str) -> dict:
    """${ECS_CONTAINER_METADATA_URI_V4}."""
    state = next(one for one in task["containers"] if one["name"] == name)
    definition = next(one for one in task_definition_of(task)["containerDefinitions"] if one["name"] == name)
    return {
        "DockerId": state.get("runtimeId", ""), "Name": name, "DockerName": name, "Image": definition["image"],
        "Labels": {"com.amazonaws.ecs.task-arn": task["taskArn"], "com.amazonaws.ecs.container-name": name},
        "DesiredStatus": task["desiredStatus"], "KnownStatus": state["lastStatus"], "Type": "NORMAL",
        "ContainerARN": state["containerArn"], "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [address_of(task)]}],
    }
