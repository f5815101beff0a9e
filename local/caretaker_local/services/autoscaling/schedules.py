"""Scheduled actions: other bounds at a moment.

`at(...)` comes about by itself, its wait scaled by the profile. What repeats (`rate`, `cron`) is made due by a control call,
as a maintenance window is: a calendar does not shrink."""

import re
import time
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from caretaker_local.errors import AwsError, refusal
from caretaker_local.services.autoscaling.requests import page
from caretaker_local.services.autoscaling.store import Store, arn, identity, now

# https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
SCHEDULE = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\(\d+ (minute|hour|day)s?\)|cron\(\S+( \S+){5}\)")


class Schedules:
    """PutScheduledAction, DescribeScheduledActions, DeleteScheduledAction."""

    def __init__(self, cloud, store: Store, engine):
        self.cloud = cloud
        self.store = store
        self.engine = engine

    def operations(self) -> dict:
        return {"PutScheduledAction": self.put, "DescribeScheduledActions": self.describe, "DeleteScheduledAction": self.delete}

    def put(self, params: dict) -> dict:
        """What a known action is not given stays."""
        resource, name = params["ResourceId"], params["ScheduledActionName"]
        if resource not in self.store.targets:
            raise refusal("autoscaling_target_missing", id=resource)
        action = self.store.actions.get((resource, name)) or new_action(resource, name)
        given = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")
        changed = action | {member: params[member] for member in given if member in params}
        check(changed)
        self.store.actions[resource, name] = changed
        self.plan(changed)
        return {}

    def plan(self, action: dict) -> None:
        moment = AT.fullmatch(action["Schedule"])
        if moment is None:
            return
        at = datetime.fromisoformat(moment[1]).replace(tzinfo=zone(action)).timestamp()
        wait = max(0.0, at - time.time()) * self.cloud.settings.time_scale
        self.cloud.timeline.after(wait, lambda: self.fire(action))

    def fire(self, action: dict) -> None:
        """Unless it was replaced or removed meanwhile, or scheduled scaling is suspended."""
        resource, name = action["ResourceId"], action["ScheduledActionName"]
        target = self.store.targets.get(resource)
        if self.store.actions.get((resource, name)) is not action or target is None:
            return
        if AT.fullmatch(action["Schedule"]):
            self.store.actions.pop((resource, name))
        if not target["SuspendedState"]["ScheduledScalingSuspended"]:
            target |= action["ScalableTargetAction"]
            self.engine.adjust(resource, f"scheduled action name {name} was triggered")

    def run(self, resource: str, name: str) -> dict:
        """The control call: the action's moment has come."""
        action = self.store.actions.get((resource, name))
        if action is None:
            raise ValueError(f"no scheduled action {name} of {resource}")
        self.fire(action)
        return {"resource": resource, "action": name}

    def describe(self, params: dict) -> dict:
        names, resource = params.get("ScheduledActionNames"), params.get("ResourceId")
        found = [action for action in self.store.actions.values()
                 if (not names or action["ScheduledActionName"] in names) and resource in (None, action["ResourceId"])]
        return page("ScheduledActions", found, params)

    def delete(self, params: dict) -> dict:
        resource, name = params["ResourceId"], params["ScheduledActionName"]
        if self.store.actions.pop((resource, name), None) is None:
            raise refusal("autoscaling_action_missing", id=resource, name=name)
        return {}


def new_action(resource: str, name: str) -> dict:
    from ministack.core.responses import new_uuid

    rest = f"scheduledAction:{new_uuid()}:resource/ecs/{resource}:scheduledActionName/{name}"
    return {"ScheduledActionName": name, "ScheduledActionARN": arn("autoscaling", rest), **identity(resource), "CreationTime": now()}


def check(action: dict) -> None:
    bounds = action.get("ScalableTargetAction") or {}
    if not SCHEDULE.fullmatch(action.get("Schedule") or ""):
        raise AwsError("ValidationException", "Schedule must be at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields).")
    if not bounds:
        raise AwsError("ValidationException", "ScalableTargetAction must have MinCapacity or MaxCapacity.")
    if bounds.get("MinCapacity", 0) > bounds.get("MaxCapacity", float("inf")):
        raise refusal("autoscaling_bounds_crossed")
    zone(action)


def zone(action: dict) -> ZoneInfo:
    """"If you don't specify a time zone, UTC"."""
    try:
        return ZoneInfo(action.get("Timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise AwsError("ValidationException", "The timezone is not valid.") from error
