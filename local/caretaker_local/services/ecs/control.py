"""Ending a chosen task in a chosen way, as crashes and platforms do."""

from caretaker_local.services.ecs.views import running, tasks_of

# Stop code → what ECS says of such a stop, unless the order says it.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
STOP_CODES = {
    "TaskFailedToStart": "Task failed to start",
    "EssentialContainerExited": "Essential container in task exited",
    "UserInitiated": "Task stopped by user",
    "ServiceSchedulerInitiated": "Task failed container health checks",
    "SpotInterruption": "Your Spot Task was interrupted.",
    "TerminationNotice": "Your Spot Task was interrupted.",
}


def stop_chosen_task(scheduler, order: dict) -> dict:
    """Stops the named task, or the service's longest-running one; {"taskArn"}."""
    code = order.get("stopCode", "EssentialContainerExited")
    if code not in STOP_CODES:
        raise ValueError(f"stopCode {code!r} is none of {', '.join(STOP_CODES)}")
    with scheduler.cloud.timeline.lock:
        task = chosen_task(order)
        reason = order.get("stoppedReason", STOP_CODES[code])
        if order.get("containers"):
            # The order says how it ended, so its processes do not.
            task["_outcome_chosen"] = True
        scheduler.tasks.stop(task, code, reason, order.get("containers"))
    return {"taskArn": task["taskArn"]}


def chosen_task(order: dict) -> dict:
    from ministack.services import ecs

    cluster = ecs._resolve_cluster_name(order["cluster"])
    if order.get("task"):
        task = ecs._resolve_task(order["task"], cluster)
        if not task:
            raise ValueError(f"no task {order['task']} in {cluster}")
        return task
    service = ecs._services.get(f"{cluster}/{order['service']}")
    tasks = running(tasks_of(service)) if service else []
    if not tasks:
        raise ValueError(f"no running task of {order['service']} in {cluster}")
    return min(tasks, key=lambda task: task["startedAt"])
