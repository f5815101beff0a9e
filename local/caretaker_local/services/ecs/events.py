"""ECS's events on EventBridge.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html"""

from caretaker_local.events import emit, iso_now

TASK_FIELDS = (
    "attachments", "attributes", "availabilityZone", "capacityProviderName", "clusterArn", "connectivity",
    "connectivityAt", "containers", "cpu", "createdAt", "desiredStatus", "enableExecuteCommand", "ephemeralStorage",
    "executionStoppedAt", "group", "healthStatus", "lastStatus", "launchType", "memory", "overrides",
    "platformFamily", "platformVersion", "pullStartedAt", "pullStoppedAt", "startedAt", "startedBy", "stopCode",
    "stoppedAt", "stoppedReason", "stoppingAt", "taskArn", "taskDefinitionArn", "updatedAt", "version",
)

# eventName → eventType
SERVICE_ACTIONS = {
    "SERVICE_STEADY_STATE": "INFO",
    "SERVICE_DESIRED_COUNT_UPDATED": "INFO",
    "SERVICE_TASK_START_IMPAIRED": "WARN",
    "SERVICE_TASK_CONFIGURATION_FAILURE": "ERROR",
}
DEPLOYMENTS = {
    "SERVICE_DEPLOYMENT_IN_PROGRESS": "INFO",
    "SERVICE_DEPLOYMENT_COMPLETED": "INFO",
    "SERVICE_DEPLOYMENT_FAILED": "ERROR",
}


def task_event(task: dict) -> None:
    """ECS Task State Change: the task as it is now; empty members are left out, numbers of cpu are text."""
    detail = {name: task[name] for name in TASK_FIELDS if task.get(name) not in (None, "", [])}
    detail["containers"] = [{key: value for key, value in container.items() if value is not None}
                            for container in task.get("containers", [])]
    detail["updatedAt"] = iso_now()
    emit("aws.ecs", "ECS Task State Change", [task["taskArn"]], detail)


def service_event(service: dict, name: str, **members) -> None:
    """ECS Service Action: it names the service in `resources` only."""
    emit("aws.ecs", "ECS Service Action", [service["serviceArn"]], {
        "eventType": SERVICE_ACTIONS[name],
        "eventName": name,
        "clusterArn": service["clusterArn"],
        "createdAt": iso_now(),
        **members,
    })


def deployment_event(service: dict, deployment: dict, name: str, reason: str) -> None:
    """ECS Deployment State Change: without the cluster."""
    emit("aws.ecs", "ECS Deployment State Change", [service["serviceArn"]], {
        "eventType": DEPLOYMENTS[name],
        "eventName": name,
        "deploymentId": deployment["id"],
        "updatedAt": iso_now(),
        "reason": reason,
    })


def service_message(service: dict, text: str) -> None:
    """A line of the service's own event list."""
    from ministack.core.responses import new_uuid

    message = f"(service {service['serviceName']}) {text}"
    service["events"].insert(0, {"id": new_uuid(), "createdAt": iso_now(), "message": message})
    del service["events"][100:]  # "The event stream for your service. A maximum of 100 of the latest events are displayed."
