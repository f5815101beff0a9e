"""Listing tasks by who started them."""

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

FILTERS = ("containerInstance", "desiredStatus", "family", "launchType", "serviceName")


def refuse_filters_beside_started_by(call: Call) -> None:
    """"When you specify startedBy as the filter, it must be the only filter that you use."

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html"""
    if call.params.get("startedBy") and any(call.params.get(name) for name in FILTERS):
        raise refusal("ecs_list_tasks_started_by_alone")
