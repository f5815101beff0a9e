"""Looks at ministack's ECS records."""

STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")


def service_key(service: dict) -> str:
    return f"{service['clusterArn'].rpartition('/')[2]}/{service['serviceName']}"


def tasks_of(service: dict) -> list[dict]:
    """All tasks of this life of a service that are not STOPPED yet."""
    from ministack.services import ecs

    return [task for task in ecs._tasks.values()
            if task.get("_service_key") == service_key(service) and task["lastStatus"] != "STOPPED"]


def service_of(task: dict) -> dict | None:
    """The service that keeps the task, or None for a one-off task."""
    from ministack.services import ecs

    return ecs._services.get(task["_service_key"]) if task.get("_service_key") else None


def primary_of(service: dict) -> dict:
    return next(deployment for deployment in service["deployments"] if deployment["status"] == "PRIMARY")


def wanted(tasks: list[dict]) -> list[dict]:
    """Those that are not on their way out."""
    return [task for task in tasks if task["desiredStatus"] == "RUNNING"]


def running(tasks: list[dict]) -> list[dict]:
    return [task for task in wanted(tasks) if task["lastStatus"] == "RUNNING"]


def of_deployment(tasks: list[dict], deployment: dict) -> list[dict]:
    return [task for task in tasks if task.get("_deployment_id") == deployment["id"]]


def task_definition_of(task: dict) -> dict:
    from ministack.services import ecs

    return ecs._task_defs[task["taskDefinitionArn"].rpartition("/")[2]]


def address_of(task: dict) -> str | None:
    """The private address of its network interface."""
    details = (detail for attachment in task.get("attachments") or [] for detail in attachment["details"])
    return next((detail["value"] for detail in details if detail["name"] == "privateIPv4Address"), None)
