"""Scaling activities: what was done, when, and why.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html"""

from caretaker_local.services.autoscaling.requests import page
from caretaker_local.services.autoscaling.services import active
from caretaker_local.services.autoscaling.store import Store, identity, now


class Activities:
    """DescribeScalingActivities."""

    def __init__(self, store: Store):
        self.store = store

    def operations(self) -> dict:
        return {"DescribeScalingActivities": self.describe}

    def describe(self, params: dict) -> dict:
        wanted = params.get("ResourceId")
        resources = [wanted] if wanted else self.store.activities.keys()
        found = [activity for resource in resources for activity in self.of(resource)]
        found.sort(key=lambda activity: activity["StartTime"], reverse=True)
        return page("ScalingActivities", found, params)

    def of(self, resource: str) -> list[dict]:
        """Newest first; the newest is fulfilled once ECS runs what was asked for."""
        known = self.store.activities.get(resource) or []
        service = active(resource)
        if known and known[0]["StatusCode"] == "InProgress" and service and service["runningCount"] == service["desiredCount"]:
            message = known[0]["StatusMessage"].partition(".")[0]
            known[0] |= {"StatusCode": "Successful", "EndTime": now(), "StatusMessage": f"{message}. Change successfully fulfilled by ecs."}
        return known


def record(store: Store, resource: str, count: int, cause: str, done: bool) -> None:
    """Puts an activity first, and ends the one before it."""
    from ministack.core.responses import new_uuid

    known = store.activities.setdefault(resource, [])
    if known and known[0]["StatusCode"] == "InProgress":
        known[0] |= {"StatusCode": "Overridden", "EndTime": now()}
    known.insert(0, {
        "ActivityId": new_uuid(),
        **identity(resource),
        "Description": f"Setting desired count to {count}.",
        "Cause": cause,
        "StartTime": now(),
        "StatusCode": "InProgress" if done else "Failed",
        "StatusMessage": f"Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs."
        if done else f"Failed to set desired count to {count}.",
    })
