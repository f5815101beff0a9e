"""A service's deployments: in progress, completed, failed, rolled back."""

import math
import secrets

from caretaker_local.events import iso_now
from caretaker_local.services.ecs.events import deployment_event, service_event, service_message
from caretaker_local.services.ecs.views import of_deployment, primary_of, running, tasks_of

# The breaker's threshold: half of the desired count, but no fewer than 3 and no more than 200 failed starts.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
LEAST_FAILURES, MOST_FAILURES = 3, 200


class Deployments:
    """The service's `deployments` kept truthful, with the events of their changes."""

    def __init__(self, cloud):
        self.cloud = cloud

    def announce_new(self, service: dict) -> None:
        """A deployment that has just been made by CreateService or UpdateService."""
        deployment = primary_of(service)
        if deployment.get("_announced"):
            return
        deployment["id"] = f"ecs-svc/{secrets.randbelow(9 * 10**18) + 10**18}"
        deployment["_announced"] = True
        set_state(deployment, "IN_PROGRESS", f"ECS deployment {deployment['id']} in progress.")
        service["_steady"] = False
        deployment_event(service, deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS", deployment["rolloutStateReason"])

    def settle(self, service: dict) -> None:
        """Once the tasks are as wanted, and still are after AWS's pause, the service is steady."""
        if not is_as_wanted(service):
            service["_steady"] = False
            service["_check"] = None
            return
        if service.get("_steady") or service.get("_check"):
            return
        check = service["_check"] = object()
        seconds = self.cloud.takes("ecs-service", "steady", primary_of(service)["id"])
        self.cloud.timeline.after(seconds, lambda: self.confirm(service, check))

    def confirm(self, service: dict, check: object) -> None:
        if service.get("_check") is not check or service["status"] != "ACTIVE" or not is_as_wanted(service):
            return
        service.update(_check=None, _steady=True)
        deployment = primary_of(service)
        if deployment["rolloutState"] == "IN_PROGRESS":
            set_state(deployment, "COMPLETED", f"ECS deployment {deployment['id']} completed.")
            service["_completed"] = deployment["id"]
            service["deployments"] = [deployment]
            service_message(service, f"(deployment {deployment['id']}) deployment completed.")
            deployment_event(service, deployment, "SERVICE_DEPLOYMENT_COMPLETED", deployment["rolloutStateReason"])
        service_message(service, "has reached a steady state.")
        service_event(service, "SERVICE_STEADY_STATE")

    def trips(self, service: dict, deployment: dict) -> bool:
        """Whether ECS's own circuit breaker ends this deployment now."""
        breaker = (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}
        if not breaker.get("enable") or deployment["rolloutState"] != "IN_PROGRESS":
            return False
        threshold = min(MOST_FAILURES, max(LEAST_FAILURES, math.ceil(service["desiredCount"] / 2)))
        return deployment["failedTasks"] >= threshold

    def fail(self, service: dict, deployment: dict) -> None:
        """FAILED; with rollback the last completed deployment becomes PRIMARY again."""
        reason = "ECS deployment circuit breaker: tasks failed to start."
        set_state(deployment, "FAILED", reason)
        deployment_event(service, deployment, "SERVICE_DEPLOYMENT_FAILED", reason)
        breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
        former = next((known for known in service["deployments"] if known["id"] == service.get("_completed")), None)
        if not breaker.get("rollback") or former is None or former is deployment:
            return
        deployment["status"] = "ACTIVE"
        former["status"] = "PRIMARY"
        service["deployments"].sort(key=lambda known: known["status"] != "PRIMARY")
        service["taskDefinition"] = former["taskDefinition"]
        reason = f"ECS deployment circuit breaker: rolling back to deploymentId {former['id']}."
        set_state(former, "IN_PROGRESS", reason)
        service_message(service, f"rolling back to deployment {former['id']}.")
        deployment_event(service, former, "SERVICE_DEPLOYMENT_IN_PROGRESS", reason)


def is_as_wanted(service: dict) -> bool:
    """Exactly the desired number of the primary deployment's tasks run, and no other task is left."""
    tasks = tasks_of(service)
    own = of_deployment(tasks, primary_of(service))
    failed = primary_of(service)["rolloutState"] == "FAILED"
    return not failed and len(tasks) == len(own) == len(running(own)) == service["desiredCount"]


def set_state(deployment: dict, state: str, reason: str) -> None:
    deployment.update(rolloutState=state, rolloutStateReason=reason, updatedAt=iso_now())


