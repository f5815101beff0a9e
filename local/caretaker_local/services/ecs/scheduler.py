"""Brings each service's tasks to what the service asks for, within its deployment limits."""

import json
import math

from caretaker_local.services.ecs.deployments import Deployments
from caretaker_local.services.ecs.events import service_event, service_message
from caretaker_local.services.ecs.processes import Processes
from caretaker_local.services.ecs.protection import Protection
from caretaker_local.services.ecs.tasks import Tasks
from caretaker_local.services.ecs.views import (
    of_deployment, primary_of, running, service_key, service_of, tasks_of, wanted,
)

# Replacements of tasks that fail to start are slowed down: "the service scheduler … incrementally slow[s] down".
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html (its times are not published)
FIRST_HOLD_S, LONGEST_HOLD_S = 10.0, 900.0
# In real seconds: without it a failing service would spin in the profile `instant`.
LEAST_HOLD_REAL_S = 0.2
# "the service is considered impaired" after consecutive failed starts; the number is not published.
IMPAIRED_AFTER = 3


class Scheduler:
    """Level-triggered: `reconcile` may be called at any time, as often as one likes."""

    def __init__(self, cloud, roles):
        self.cloud = cloud
        self.roles = roles
        self.processes = Processes(cloud, self.stop_task)
        self.tasks = Tasks(cloud, self.processes, self.task_runs, self.task_stopped)
        self.deployments = Deployments(cloud)
        self.protection = Protection(cloud.timeline, self.reconcile)
        self.run_tokens: dict[tuple[str, str], tuple[str, dict]] = {}

    def reset(self) -> None:
        self.protection.clear()
        self.run_tokens.clear()
        self.processes.reset()

    def reconcile(self, key: str) -> None:
        """Starts and stops what is due now; the rest comes with the tasks' own changes."""
        from ministack.services import ecs

        with self.cloud.timeline.lock:
            service = ecs._services.get(key)
            if service is None or service["status"] == "INACTIVE":
                return
            if service["status"] == "DRAINING":
                self.drain(service)
            else:
                self.deployments.announce_new(service)
                self.stop_surplus(service)
                self.start_missing(service)
                self.deployments.settle(service)
            count(service)
            ecs._recount_cluster(key.partition("/")[0])

    # Starting

    def start_missing(self, service: dict) -> None:
        primary = primary_of(service)
        if primary["rolloutState"] == "FAILED" or primary.get("_held"):
            return
        tasks = tasks_of(service)
        most = math.floor(service["desiredCount"] * limits(service)[1] / 100)
        missing = service["desiredCount"] - len(wanted(of_deployment(tasks, primary)))
        for _ in range(min(missing, most - len(tasks))):
            if not self.start(service, primary):
                return

    def start(self, service: dict, deployment: dict) -> bool:
        """One more task; False if ECS cannot even make it."""
        from ministack.services import ecs

        definition = ecs._task_defs[deployment["taskDefinition"].rpartition("/")[2]]
        role = definition.get("executionRoleArn")
        if role and not self.roles.is_assumable(role):
            service_message(service, f"failed to launch a task with (error ECS was unable to assume the role '{role}' "
                                     "that was provided for this task.).")
            service_event(service, "SERVICE_TASK_CONFIGURATION_FAILURE", reason="ASSUME_ROLE")
            self.hold(service, deployment)
            return False
        for task in self.make_tasks({
            "cluster": service["clusterArn"],
            "taskDefinition": deployment["taskDefinition"],
            "count": 1,
            "group": f"service:{service['serviceName']}",
            "startedBy": deployment["id"],
            "launchType": service.get("launchType"),
            "capacityProviderStrategy": service.get("capacityProviderStrategy"),
            "platformVersion": service.get("platformVersion", ""),
            "networkConfiguration": service.get("networkConfiguration"),
            "enableExecuteCommand": service.get("enableExecuteCommand", False),
            "_deploymentId": deployment["id"],
        }):
            task["_service_key"] = service_key(service)
            self.tasks.begin(task)
        return True

    def make_tasks(self, request: dict) -> list[dict]:
        """ministack's records of new tasks."""
        from ministack.services import ecs

        _status, _headers, body = ecs._run_task(request)
        return [ecs._tasks[task["taskArn"]] for task in json.loads(body).get("tasks", [])]

    # Stopping

    def stop_surplus(self, service: dict) -> None:
        primary = primary_of(service)
        live = wanted(tasks_of(service))
        new = of_deployment(live, primary)
        reason = f"Scaling activity initiated by (deployment {primary['id']})"
        # Protected tasks count as running and are not chosen: then fewer are stopped than asked for.
        free = [task for task in new if not self.protection.is_protected(task)]
        surplus = sorted(free, key=lambda task: task["lastStatus"] == "RUNNING")[: max(0, len(new) - service["desiredCount"])]
        least = math.ceil(service["desiredCount"] * limits(service)[0] / 100)
        spare = max(0, len(running(live)) - least)
        for task in [*surplus, *(task for task in live if task not in new)]:
            if self.protection.is_protected(task):
                continue
            if task["lastStatus"] == "RUNNING" and task not in surplus:
                if spare == 0:
                    continue
                spare -= 1
            self.tasks.stop(task, "ServiceSchedulerInitiated", reason)

    def stop_task(self, task: dict, code: str, reason: str, containers: list[dict] | None = None) -> None:
        """What a task's own process has brought about."""
        self.tasks.stop(task, code, reason, containers)

    def drain(self, service: dict) -> None:
        for task in wanted(tasks_of(service)):
            self.tasks.stop(task, "ServiceSchedulerInitiated", "Service was deleted")
        if not tasks_of(service) and not service.get("_ending"):
            service["_ending"] = True
            seconds = self.cloud.takes("ecs-service", "drain", service_key(service))
            self.cloud.timeline.after(seconds, lambda: end(service))

    # What tasks tell

    def task_runs(self, task: dict) -> None:
        service = service_of(task)
        if service is None:
            seconds = self.cloud.takes("ecs-task", "run", task["taskArn"])
            self.cloud.timeline.after(seconds, lambda: self.finish(task))
            return
        primary_of(service)["_failures"] = 0
        self.cloud.targets.task_runs(task, service)
        self.reconcile(service_key(service))

    def finish(self, task: dict) -> None:
        """A one-off task does its work and exits."""
        containers = [{"name": container["name"], "exitCode": 0} for container in task["containers"]]
        self.tasks.stop(task, "EssentialContainerExited", "Essential container in task exited", containers)

    def task_stopped(self, task: dict) -> None:
        service = service_of(task)
        if service is None:
            return
        if service["status"] == "ACTIVE":
            deployment = primary_of(service)
            if task["stopCode"] == "TaskFailedToStart" and task["_deployment_id"] == deployment["id"]:
                self.start_failed(service, deployment, task)
        self.reconcile(service_key(service))

    def start_failed(self, service: dict, deployment: dict, task: dict) -> None:
        deployment["failedTasks"] += 1
        deployment["_failures"] = deployment.get("_failures", 0) + 1
        service_message(service, f"was unable to place a task. Reason: {task['stoppedReason'].rstrip('.')}.")
        if self.deployments.trips(service, deployment):
            self.deployments.fail(service, deployment)
            return
        if deployment["_failures"] == IMPAIRED_AFTER:
            service_message(service, "is unable to consistently start tasks successfully.")
            service_event(service, "SERVICE_TASK_START_IMPAIRED")
        self.hold(service, deployment)

    def hold(self, service: dict, deployment: dict) -> None:
        """No further start of this deployment for a while."""
        deployment["_held"] = True
        failures = deployment.get("_failures", 0)
        wait = min(LONGEST_HOLD_S, FIRST_HOLD_S * 2 ** max(0, failures - IMPAIRED_AFTER))

        def release():
            deployment["_held"] = False
            self.reconcile(service_key(service))

        self.cloud.timeline.after(max(LEAST_HOLD_REAL_S, wait * self.cloud.settings.time_scale), release)


def limits(service: dict) -> tuple[int, int]:
    """(minimumHealthyPercent, maximumPercent); AWS's defaults are 100 and 200."""
    configuration = service.get("deploymentConfiguration") or {}
    return configuration.get("minimumHealthyPercent", 100), configuration.get("maximumPercent", 200)


def count(service: dict) -> None:
    """runningCount and pendingCount of the service and of each deployment."""
    live = wanted(tasks_of(service))
    service["runningCount"] = len(running(live))
    service["pendingCount"] = len(live) - len(running(live))
    for deployment in service["deployments"]:
        own = of_deployment(live, deployment)
        deployment["runningCount"] = len(running(own))
        deployment["pendingCount"] = len(own) - len(running(own))
        deployment["desiredCount"] = service["desiredCount"] if deployment["status"] == "PRIMARY" else len(own)


def end(service: dict) -> None:
    service["status"] = "INACTIVE"
    service["deployments"] = []
