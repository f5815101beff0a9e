"""ECS's operations, where ministack's are too kind or too quick."""

import json

from caretaker_local.errors import AwsError, refusal
from caretaker_local.services.ecs.defaults import complete_service
from caretaker_local.services.ecs.fargate import check_task_definition
from caretaker_local.services.ecs.protection import failure_of
from caretaker_local.services.ecs.views import primary_of


class Operations:
    """Wraps ministack's handlers; one at a time with the timeline."""

    def __init__(self, timeline, scheduler, roles):
        self.timeline = timeline
        self.scheduler = scheduler
        self.roles = roles

    def wrap(self, name: str, original):
        """A handler in ministack's form: parameters in, (status, headers, body) out."""
        from ministack.core.responses import error_response_json

        own = getattr(self, {
            "CreateService": "create", "UpdateService": "update", "DeleteService": "delete", "RunTask": "run",
            "StopTask": "stop", "UpdateTaskProtection": "protect", "GetTaskProtection": "protection",
        }[name])

        def handler(data):
            try:
                with self.timeline.lock:
                    return own(data, original)
            except AwsError as error:
                return error_response_json(error.code, error.message, error.status)

        return handler

    def create(self, data, original):
        from ministack.services import ecs

        key = service_key_of(data, "serviceName")
        existing = ecs._services.get(key)
        if existing is not None and existing["status"] == "DRAINING":
            raise refusal("ecs_service_draining")
        asked = json.dumps(data, sort_keys=True)
        if existing is not None and existing["status"] == "ACTIVE":
            if data.get("clientToken") and existing.get("_asked") == asked:
                return reply({"service": existing})
            raise refusal("ecs_service_exists")
        check_task_definition(data.get("taskDefinition", ""))
        result = original(data)
        if result[0] >= 300:
            return result
        service = ecs._services[key]
        service["_asked"] = asked
        # On by default for new services since September 2025.
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
        service["availabilityZoneRebalancing"] = data.get("availabilityZoneRebalancing", "ENABLED")
        complete_service(service)
        return reply({"service": service})

    def update(self, data, original):
        from ministack.services import ecs

        service = ecs._services.get(service_key_of(data, "service"))
        if service is not None and service["status"] != "ACTIVE":
            raise refusal("ecs_service_not_active")
        if data.get("taskDefinition"):
            check_task_definition(data["taskDefinition"])
        result = original(data)
        if service is None or result[0] >= 300:
            return result
        drop_invented_message(service)
        for member in ("availabilityZoneRebalancing", "propagateTags", "enableECSManagedTags"):
            if member in data:
                service[member] = data[member]
        complete_service(service)
        return reply({"service": service})

    def delete(self, data, original):
        from ministack.services import ecs

        key = service_key_of(data, "service")
        service = ecs._services.get(key)
        if service is None:
            return original(data)
        if service["status"] == "INACTIVE":
            raise refusal("ecs_service_not_active")
        if service["desiredCount"] > 0 and not data.get("force"):
            raise refusal("ecs_delete_scaled_above_zero")
        service.update(status="DRAINING", desiredCount=0)
        primary_of(service)["desiredCount"] = 0
        self.scheduler.reconcile(key)
        return reply({"service": service})

    def run(self, data, original):
        from ministack.services import ecs

        key = service_key_of(data, "")
        token, asked = data.get("clientToken"), json.dumps(data, sort_keys=True)
        known = self.scheduler.run_tokens.get((key, token)) if token else None
        if known is not None:
            if known[0] != asked:
                raise refusal("ecs_run_task_token_other_parameters")
            return reply(known[1])
        definition = check_task_definition(data.get("taskDefinition", ""))
        role = definition.get("executionRoleArn")
        if role and not self.roles.is_assumable(role):
            raise refusal("ecs_role_not_assumable", role=role)
        result = original({**data, "group": data.get("group") or f"family:{definition['family']}"})
        answer = json.loads(result[2])
        for task in answer.get("tasks", []):
            self.scheduler.tasks.begin(ecs._tasks[task["taskArn"]])
        answer["tasks"] = [ecs._tasks[task["taskArn"]] for task in answer.get("tasks", [])]
        if token:
            self.scheduler.run_tokens[key, token] = (asked, json.loads(reply(answer)[2]))
        return reply(answer)

    def stop(self, data, original):
        from ministack.services import ecs

        task = ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))
        if not task:
            return original(data)
        self.scheduler.tasks.stop(task, "UserInitiated", data.get("reason", "Task stopped by user"))
        return reply({"task": task})

    def protect(self, data, _original):
        enabled, minutes = data.get("protectionEnabled", False), data.get("expiresInMinutes")
        return reply(each_task(data, lambda task: self.scheduler.protection.set(task, enabled, minutes)))

    def protection(self, data, _original):
        return reply(each_task(data, self.scheduler.protection.of))


def each_task(data: dict, act) -> dict:
    """`act` on each task of a request that belongs to a service; the others as failures."""
    tasks = [task_of(data, reference) for reference in data.get("tasks", [])]
    return {"protectedTasks": [act(task) for task in tasks if failure_of(task) is None],
            "failures": [failure for task in tasks if (failure := failure_of(task))]}


def reply(value: dict):
    """ministack's form of a success."""
    from ministack.core.responses import json_response
    from ministack.services import ecs

    return json_response(ecs._sanitize(value))


def service_key_of(data: dict, member: str) -> str:
    """CLUSTER/SERVICE of a request; the cluster must stand."""
    from ministack.services import ecs

    cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
    if cluster not in ecs._clusters:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return f"{cluster}/{str(data.get(member, '')).rpartition('/')[2]}"


def task_of(data: dict, reference: str) -> dict:
    from ministack.services import ecs

    task = ecs._resolve_task(reference, ecs._resolve_cluster_name(data.get("cluster", "default")))
    if not task:
        raise AwsError("InvalidParameterException", "The referenced task was not found.")
    return task


def drop_invented_message(service: dict) -> None:
    """ministack tells of draining connections at every update."""
    service["events"] = [event for event in service["events"] if "has begun draining connections" not in event["message"]]
