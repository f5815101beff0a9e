"""What ECS adds to what was sent, and shows in each describe: rows of facts/defaults.toml."""

import json

from caretaker_local.errors import Reply
from caretaker_local.wire import Call

# A container definition's members that AWS shows whether sent or not.
CONTAINER = {"cpu": 0, "essential": True, "environment": [], "mountPoints": [], "volumesFrom": [], "portMappings": [],
             "systemControls": []}
# Lists without an order of their own; AWS does not promise the one that was sent.
UNORDERED = ("environment", "secrets")


def complete_task_definition(call: Call, reply: Reply) -> Reply:
    """After RegisterTaskDefinition: the stored definition gets AWS's defaults, and the reply with it."""
    from ministack.services import ecs

    answer = json.loads(reply.body)
    identity = answer["taskDefinition"]["taskDefinitionArn"].rpartition("/")[2]
    definition = ecs._task_defs[identity]
    for container in definition["containerDefinitions"]:
        complete_container(container)
    for volume in definition["volumes"]:
        if "efsVolumeConfiguration" in volume:
            volume["efsVolumeConfiguration"].setdefault("rootDirectory", "/")
        else:
            volume.setdefault("host", {})
    for member in ("pidMode", "ipcMode", "taskRoleArn", "executionRoleArn"):
        if not definition.get(member):
            definition.pop(member, None)
    shown = json.loads(ecs._finalize_ecs_response((200, {}, json.dumps(ecs._sanitize(definition)).encode()))[2])
    answer["taskDefinition"] = shown
    return Reply(reply.status, reply.headers, json.dumps(answer).encode())


def complete_container(container: dict) -> None:
    for member, value in CONTAINER.items():
        container.setdefault(member, value if not isinstance(value, list) else [])
    for mapping in container["portMappings"]:
        # With awsvpc the host's port is the container's own.
        mapping.setdefault("hostPort", mapping.get("containerPort"))
        mapping.setdefault("protocol", "tcp")
    if container.get("logConfiguration"):
        container["logConfiguration"].setdefault("secretOptions", [])
    for member in UNORDERED:
        if container.get(member):
            container[member] = list(reversed(container[member]))
    for mount in container["mountPoints"]:
        mount.setdefault("readOnly", False)


def complete_service(service: dict) -> None:
    """After CreateService and UpdateService."""
    configuration = service["deploymentConfiguration"]
    configuration.setdefault("maximumPercent", 200)
    configuration.setdefault("minimumHealthyPercent", 100)
    breaker = configuration.setdefault("deploymentCircuitBreaker", {})
    breaker.setdefault("enable", False)
    breaker.setdefault("rollback", False)
    vpc = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if vpc is not None:
        vpc.setdefault("assignPublicIp", "DISABLED")
        vpc.setdefault("securityGroups", [])
    if service.get("launchType") == "FARGATE" or service.get("capacityProviderStrategy"):
        service["platformVersion"] = service.get("platformVersion") or "LATEST"
        service["platformFamily"] = service.get("platformFamily") or "Linux"


def without_tags_unless_asked(call: Call, reply: Reply) -> Reply | None:
    """"If TAGS is specified, the tags are included in the response. If omitted, tags aren't included."

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
    if "TAGS" in (call.params.get("include") or []):
        return None
    answer = json.loads(reply.body)
    answer.pop("tags", None)
    for listed in ("services", "tasks"):
        for entry in answer.get(listed) or []:
            entry.pop("tags", None)
    return Reply(reply.status, reply.headers, json.dumps(answer).encode())
