"""One task through its states.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html"""

import secrets
import uuid

from caretaker_local.events import iso_now
from caretaker_local.services.ecs import prerequisites
from caretaker_local.services.ecs.events import task_event
from caretaker_local.services.ecs.views import address_of, task_definition_of

START = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")
STOP = ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")


class Tasks:
    """Moves tasks on; tells the scheduler when one runs or has stopped."""

    def __init__(self, cloud, processes, on_running, on_stopped):
        self.cloud = cloud
        self.processes = processes
        self.on_running = on_running
        self.on_stopped = on_stopped

    def begin(self, task: dict) -> None:
        """From ministack's instantly running record to a task that has just been made."""
        task.update(lastStatus="PROVISIONING", startedAt=None, pullStartedAt=None, pullStoppedAt=None, version=1,
                    _startup_stable=False)
        if task["launchType"] == "FARGATE":
            task.pop("containerInstanceArn", None)
        # AWS leaves out what a task does not have yet; ministack has empty texts.
        for member in ("stopCode", "stoppedReason"):
            task.pop(member, None)
        task["attachments"] = [interface(task)]
        for container in task["containers"]:
            container["lastStatus"] = "PENDING"
        task_event(task)
        self.step_later(task, "start", self.advance)

    def step_later(self, task: dict, phase: str, action) -> None:
        """A quarter of the phase's whole duration: there are four states either way."""
        seconds = self.cloud.takes("ecs-task", phase, task["taskArn"].rpartition("/")[2]) / 4
        self.cloud.timeline.after(seconds, lambda: action(task))

    def advance(self, task: dict) -> None:
        """One state nearer to RUNNING."""
        if task["desiredStatus"] == "STOPPED" or not exists(task):
            return
        following = START[START.index(task["lastStatus"]) + 1]
        if following == "RUNNING":
            failure = prerequisites.missing(task_definition_of(task))
            if failure is not None:
                self.stop(task, "TaskFailedToStart", failure.reason, failure.containers)
                return
            self.processes.start(task)
            if task["desiredStatus"] == "STOPPED":
                return
        task["lastStatus"] = following
        task["version"] += 1
        if following == "ACTIVATING":
            task["pullStartedAt"] = iso_now()
        if following != "RUNNING":
            task_event(task)
            self.step_later(task, "start", self.advance)
            return
        task.update(startedAt=iso_now(), pullStoppedAt=iso_now())
        for container in task["containers"]:
            container.update(lastStatus="RUNNING", runtimeId=f"{secrets.token_hex(16)}-{secrets.randbelow(10**10):010d}")
        task_event(task)
        self.on_running(task)

    def stop(self, task: dict, code: str, reason: str, containers: list[dict] | None = None) -> None:
        """Begins the end of a task, with what its containers leave behind."""
        if task["desiredStatus"] == "STOPPED":
            return
        ran = task["lastStatus"] == "RUNNING"
        task.update(desiredStatus="STOPPED", stopCode=code, stoppedReason=reason, stoppingAt=iso_now())
        given = {container["name"]: container for container in containers or []}
        for container in task["containers"]:
            outcome = given.get(container["name"], {})
            if "exitCode" in outcome or (ran and container["name"] not in given):
                # Terminated with SIGTERM, as a deployment or a scale-in does: 128 + 15.
                container["exitCode"] = outcome.get("exitCode", 143)
            if outcome.get("reason"):
                container["reason"] = outcome["reason"]
        self.wind_down(task)

    def wind_down(self, task: dict) -> None:
        """One state nearer to STOPPED."""
        if not exists(task):
            return
        following = STOP[STOP.index(task["lastStatus"]) + 1] if task["lastStatus"] in STOP else STOP[0]
        task["lastStatus"] = following
        task["version"] += 1
        if following == "DEPROVISIONING":
            task["executionStoppedAt"] = iso_now()
        if following != "STOPPED":
            task_event(task)
            if following == "STOPPING" and self.processes.holds(task):
                self.processes.end(task, "_outcome_chosen" in task, lambda: self.step_later(task, "stop", self.wind_down))
                return
            self.step_later(task, "stop", self.wind_down)
            return
        task["stoppedAt"] = iso_now()
        for container in task["containers"]:
            container["lastStatus"] = "STOPPED"
        task_event(task)
        self.on_stopped(task)


def exists(task: dict) -> bool:
    """False after a reset."""
    from ministack.services import ecs

    return ecs._tasks.get(task["taskArn"]) is task


def interface(task: dict) -> dict:
    """The task's network interface, as its attachment shows it."""
    details = {
        "subnetId": task.get("_subnet") or "",
        "networkInterfaceId": f"eni-{secrets.token_hex(9)[:17]}",
        "macAddress": "0a:" + ":".join(f"{byte:02x}" for byte in secrets.token_bytes(5)),
        "privateIPv4Address": free_address(),
    }
    return {
        "id": str(uuid.uuid4()),
        "type": "eni",
        "status": "ATTACHED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def free_address() -> str:
    """One that no task has which still stands; the first four of a subnet are AWS's own."""
    from ministack.services import ecs

    taken = {address_of(task) for task in ecs._tasks.values() if task["lastStatus"] != "STOPPED"}
    known = (f"10.0.{11 + number // 250}.{number % 250 + 4}" for number in range(len(taken) + 250))
    return secrets.choice([address for address in known if address not in taken])
