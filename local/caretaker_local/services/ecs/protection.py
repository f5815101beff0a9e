"""Task scale-in protection.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html"""

import time

from caretaker_local.errors import refusal

# "ProtectionEnabled … 2 hours by default … minimum of 1 minute and up to a maximum of 2,880 minutes".
DEFAULT_MINUTES, LEAST_MINUTES, MOST_MINUTES = 120, 1, 2880


class Protection:
    """Which tasks are protected, and until when (Unix seconds, in real time: the tasks' processes reckon in it)."""

    def __init__(self, timeline, reconcile):
        self.timeline = timeline
        self.reconcile = reconcile
        self._until: dict[str, float] = {}

    def clear(self) -> None:
        self._until.clear()

    def is_protected(self, task: dict) -> bool:
        return self._until.get(task["taskArn"], 0.0) > time.time()

    def of(self, task: dict) -> dict:
        """ProtectedTask as the API shows it."""
        if not self.is_protected(task):
            return {"taskArn": task["taskArn"], "protectionEnabled": False}
        return {"taskArn": task["taskArn"], "protectionEnabled": True, "expirationDate": int(self._until[task["taskArn"]])}

    def set(self, task: dict, enabled: bool, minutes: int | None) -> dict:
        """The task's new ProtectedTask; its service is looked at again now, and when the protection ends."""
        minutes = DEFAULT_MINUTES if minutes is None else minutes
        if enabled and not LEAST_MINUTES <= minutes <= MOST_MINUTES:
            raise refusal("ecs_protection_minutes", least=LEAST_MINUTES, most=MOST_MINUTES)
        self._until.pop(task["taskArn"], None)
        service = task["_service_key"]
        if enabled:
            self._until[task["taskArn"]] = time.time() + minutes * 60
            self.timeline.after(minutes * 60, lambda: self.reconcile(service))
        self.reconcile(service)
        return self.of(task)


def failure_of(task: dict) -> dict | None:
    """"Invoking this operation for a standalone task will result in an TASK_NOT_VALID failure."

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html"""
    return None if task.get("_service_key") else {"arn": task["taskArn"], "reason": "TASK_NOT_VALID"}
