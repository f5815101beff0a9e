"""Rules that fire by the clock.

Schedules keep real time in every profile: what they invoke reads the real clock."""

# ministack looks every ten seconds, so that a rule of each minute would fire up to ten seconds late.
TICK_S = 1


class Schedules:
    """ministack's scheduler, and a moment chosen by hand."""

    def install(self) -> None:
        from ministack.services import eventbridge

        eventbridge._SCHEDULER_TICK_INTERVAL = TICK_S

    def fire(self, name: str) -> dict:
        """Invokes the rule's targets now, as at its moment; {"rule": ARN, "targets": how many}."""
        from ministack.services import eventbridge

        rule = eventbridge._rules.get(eventbridge._rule_key(name, "default"))
        if rule is None or not rule.get("ScheduleExpression"):
            raise ValueError(f"no scheduled rule {name!r} on the default bus")
        if rule["State"] != "ENABLED":
            raise ValueError(f"rule {name!r} is {rule['State']}, so it never fires")
        targets = eventbridge._targets.get(eventbridge._rule_key(name, "default")) or []
        event = scheduled_event(rule)
        for target in targets:
            eventbridge._invoke_target(target, event, rule)
        return {"rule": rule["Arn"], "targets": len(targets)}


def scheduled_event(rule: dict) -> dict:
    """In ministack's form.

    https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchevents.html"""
    from ministack.core.responses import get_account_id, get_region, new_uuid
    from ministack.services import eventbridge

    return {"EventId": new_uuid(), "Source": "aws.events", "DetailType": "Scheduled Event", "Detail": "{}", "EventBusName": "default",
            "Time": eventbridge._now_ts(), "Resources": [rule["Arn"]], "Account": get_account_id(), "Region": get_region()}
