"""What EventBridge refuses of rules and their targets."""

import json
import re

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

# "If the value is equal to 1, then the unit must be singular. If the value is greater than 1, the unit must be plural."
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)")

# "Targets: 5 per rule". https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
MOST_TARGETS = 5


def install(cloud) -> None:
    for operation, check in (("PutRule", check_rule), ("PutTargets", check_targets), ("DeleteRule", refuse_targets),
                             ("DescribeRule", rule_is_there("Name")), ("ListTargetsByRule", rule_is_there("Rule")),
                             ("RemoveTargets", rule_is_there("Rule"))):
        cloud.refusals.add(f"events.{operation}", check)


def check_rule(call: Call) -> None:
    schedule = call.params.get("ScheduleExpression")
    if not schedule and not call.params.get("EventPattern"):
        raise refusal("events_rule_without_trigger")
    if schedule and call.params.get("EventBusName", "default").rpartition("/")[2] != "default":
        raise refusal("events_schedule_on_other_bus")
    if schedule and schedule.startswith("rate(") and not RATE.fullmatch(schedule):
        raise refusal("events_schedule_invalid")
    if standing(call, "Name"):
        # "If you are updating an existing rule, any tags you specify in the PutRule operation are ignored."
        # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
        call.params.pop("Tags", None)
        call.body = json.dumps(call.params).encode()


def key_of(call: Call, member: str) -> str:
    from ministack.services import eventbridge

    bus = call.params.get("EventBusName", "default").rpartition("/")[2]
    return eventbridge._rule_key(call.params.get(member, ""), bus)


def standing(call: Call, member: str) -> dict | None:
    """The rule that the call names."""
    from ministack.services import eventbridge

    return eventbridge._rules.get(key_of(call, member))


def rule_is_there(member: str):
    def check(call: Call) -> None:
        if standing(call, member) is None:
            bus = call.params.get("EventBusName", "default").rpartition("/")[2]
            raise refusal("events_rule_missing", name=call.params[member], bus=bus)

    return check


def check_targets(call: Call) -> None:
    from ministack.services import eventbridge

    rule_is_there("Rule")(call)
    known = {target["Id"] for target in eventbridge._targets.get(key_of(call, "Rule")) or []}
    if len(known | {target["Id"] for target in call.params["Targets"]}) > MOST_TARGETS:
        raise refusal("events_targets_too_many")


def refuse_targets(call: Call) -> None:
    """A rule that is not there is deleted with success; one with targets is not."""
    from ministack.services import eventbridge

    if standing(call, "Name") and eventbridge._targets.get(key_of(call, "Name")):
        raise refusal("events_rule_has_targets")
