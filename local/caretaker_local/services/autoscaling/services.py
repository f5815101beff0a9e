"""The ECS services that are scaled."""


def active(resource_id: str) -> dict | None:
    """ministack's record of the service `service/CLUSTER/NAME`, if it is ACTIVE."""
    from ministack.services import ecs

    service = ecs._services.get(resource_id.removeprefix("service/"))
    return service if service is not None and service["status"] == "ACTIVE" else None


def set_desired_count(resource_id: str, count: int) -> bool:
    """Asks ECS for so many tasks, as any other caller would; False if it refuses."""
    from ministack.services import ecs

    _service, cluster, name = resource_id.split("/")
    status, _headers, _body = ecs._ACTION_MAP["UpdateService"]({"cluster": cluster, "service": name, "desiredCount": count})
    return status < 300
