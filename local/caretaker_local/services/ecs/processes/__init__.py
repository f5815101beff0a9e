"""Real processes behind ECS tasks: a local command in place of a container's image."""

import contextvars
import logging
import secrets
from dataclasses import dataclass

from caretaker_local.children import Child
from caretaker_local.services.ecs.processes.environment import Unresolvable, environment_of
from caretaker_local.services.ecs.processes.orders import Order, read_order
from caretaker_local.services.ecs.views import running, service_of, task_definition_of

log = logging.getLogger("caretaker")

# "If the parameter isn't specified, the default value of 30 seconds is used."
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-stopTimeout
STOP_TIMEOUT_S = 30
# In real seconds: a command that ends at once would spin in the profile `instant`.
EXIT_NOTICE_REAL_S = 0.1


@dataclass(eq=False)
class Container:
    """One container's process; `exit_code` is None while it runs."""

    task: dict
    name: str
    definition: dict
    endpoint_id: str
    log: str
    child: Child | None = None
    exit_code: int | None = None


class Processes:
    """Orders, and the processes of the tasks that run by them."""

    def __init__(self, cloud, stop_task):
        self.cloud = cloud
        self.stop_task = stop_task
        self.spawner = cloud.spawner
        self.orders: list[Order] = []
        self.containers: dict[str, list[Container]] = {}
        self._when_ended: dict[str, object] = {}

    def reset(self) -> None:
        for container in self.all():
            container.child.kill()
        self.orders.clear()
        self.containers.clear()
        self._when_ended.clear()

    def all(self) -> list[Container]:
        return [container for each in self.containers.values() for container in each]

    def report(self) -> list[dict]:
        """Each process that runs or has run since the last reset."""
        return [{"service": service_name(one.task), "task": one.task["taskArn"], "container": one.name, "pid": one.child.pid,
                 "exitCode": one.exit_code, "log": one.log} for one in self.all()]

    def order(self, body: dict) -> dict:
        """From now on the command stands for the container: in tasks that run already, too."""
        from ministack.services import ecs

        order = read_order(body)
        with self.cloud.timeline.lock:
            self.orders.insert(0, order)
            for task in running([*ecs._tasks.values()]):
                if task["taskArn"] not in self.containers:
                    self.start(task)
        return {"processes": [one for one in self.report() if one["exitCode"] is None]}

    # Starting

    def start(self, task: dict) -> None:
        """All processes of a task that has come to run; one that cannot be started stops the task."""
        if service_of(task) is None:
            return
        try:
            for definition in task_definition_of(task)["containerDefinitions"]:
                order = next((one for one in self.orders if one.stands_for(service_name(task), definition["name"])), None)
                if order is not None:
                    self.start_container(task, definition, order)
        except Unresolvable as error:
            self.stop_task(task, "TaskFailedToStart", str(error))
        except OSError as error:
            self.stop_task(task, "TaskFailedToStart", f"CannotStartContainerError: {error}")

    def start_container(self, task: dict, definition: dict, order: Order) -> None:
        identifier = task["taskArn"].rpartition("/")[2]
        endpoint_id = f"{identifier}-{secrets.randbelow(10**10):010d}"
        environment = environment_of(definition, endpoint_id, {**self.cloud.cache.brokers.trust(), **order.environment})
        path = self.cloud.settings.state_dir / "tasks" / service_name(task) / f"{identifier}-{definition['name']}.log"
        container = Container(task, definition["name"], definition, endpoint_id, str(path))
        scope = contextvars.copy_context()
        container.child = self.spawner.spawn(
            order.command, environment, path, lambda code: scope.run(self.exited, container, code), order.cwd)
        self.containers.setdefault(task["taskArn"], []).append(container)

    # Ending

    def holds(self, task: dict) -> bool:
        """Whether a process of the task still runs."""
        return any(container.exit_code is None for container in self.containers.get(task["taskArn"], []))

    def end(self, task: dict, at_once: bool, then) -> None:
        """SIGTERM, and SIGKILL after each container's stopTimeout; `then` once all have ended.

        The time is real in every profile: the processes reckon in it."""
        self._when_ended[task["taskArn"]] = then
        for container in self.containers[task["taskArn"]]:
            if at_once:
                container.child.kill()
                continue
            container.child.terminate()
            self.cloud.timeline.after(container.definition.get("stopTimeout", STOP_TIMEOUT_S), container.child.kill)

    def exited(self, container: Container, code: int) -> None:
        """Called from the process's watcher."""
        self.cloud.timeline.after(EXIT_NOTICE_REAL_S, lambda: self.note_exit(container, code))

    def note_exit(self, container: Container, code: int) -> None:
        task = container.task
        container.exit_code = code
        if container not in self.containers.get(task["taskArn"], []):
            return  # of before a reset
        log.info("%s of %s ended with %d; see %s", container.name, task["taskArn"], code, container.log)
        state = next(one for one in task["containers"] if one["name"] == container.name)
        if not task.get("_outcome_chosen"):
            state["exitCode"] = code
        if task["desiredStatus"] == "RUNNING" and container.definition.get("essential", True):
            outcome = [{"name": container.name, "exitCode": code}]
            self.stop_task(task, "EssentialContainerExited", "Essential container in task exited", outcome)
        then = None if self.holds(task) else self._when_ended.pop(task["taskArn"], None)
        if then is not None:
            then()


def service_name(task: dict) -> str:
    return task["_service_key"].partition("/")[2]
