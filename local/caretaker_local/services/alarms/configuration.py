"""How alarms are made: what ministack drops of a request, and the events of creation, update and deletion."""

from caretaker_local.errors import Reply, refusal
from caretaker_local.events import emit
from caretaker_local.services.alarms import forms
from caretaker_local.services.alarms.moments import written
from caretaker_local.wire import Call

# Members of PutMetricAlarm and PutCompositeAlarm that ministack does not keep.
DROPPED = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile", "ActionConfiguration",
           "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
# What an alarm on metric math does not have; ministack gives it defaults.
OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")

PERIODS = {"ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"}


class Configuration:
    """Knows each alarm's record: every put makes a new one."""

    def __init__(self):
        from ministack.core.responses import AccountRegionScopedDict

        self.known = AccountRegionScopedDict()
        self.asked: dict[str, dict] = {}
        # Shelves by alarm that are emptied with it.
        self.shelves: tuple = ()

    def install(self, cloud) -> None:
        from ministack.services import cloudwatch

        for operation in ("PutMetricAlarm", "PutCompositeAlarm"):
            cloud.refusals.add(f"cloudwatch.{operation}", self.keep)
            cloud.effects.add(f"cloudwatch.{operation}", self.was_put)
        cloud.effects.add("cloudwatch.DeleteAlarms", self.were_deleted)
        original = cloudwatch.cloudformation_delete_metric_alarm

        def delete(*arguments, **named):
            original(*arguments, **named)
            self.sweep()

        cloudwatch.cloudformation_delete_metric_alarm = delete

    def keep(self, call: Call) -> None:
        if call.params.get("ActionsSuppressor") and not PERIODS <= set(call.params):
            raise refusal("cloudwatch_suppressor_periods")
        self.asked[call.params.get("AlarmName", "")] = {name: call.params[name] for name in DROPPED if call.params.get(name) is not None}

    def was_put(self, call: Call, _reply: Reply) -> None:
        """A composite whose rule says what it said before has not been looked at yet."""
        from ministack.services import cloudwatch

        name = call.params.get("AlarmName")
        alarm = (cloudwatch._composite_alarms if call.operation == "PutCompositeAlarm" else cloudwatch._alarms).get(name)
        if alarm is not None:
            self.announce(alarm)

    def were_deleted(self, _call: Call, _reply: Reply) -> None:
        self.sweep()

    def announce(self, alarm: dict) -> None:
        """Tells of a record that is new; before anything that the alarm does."""
        known = self.known.get(alarm["AlarmName"])
        if known is alarm:
            return
        alarm |= self.asked.pop(alarm["AlarmName"], {})
        if alarm.get("Metrics"):
            for member in OF_ONE_METRIC:
                alarm.pop(member, None)
        if alarm.get("ThresholdMetricId"):
            alarm.pop("Threshold", None)
        if known is not None and known.get("ActionsSuppressor") == alarm.get("ActionsSuppressor"):
            # Of the same suppressor the suppression goes on; ministack's new record has forgotten it.
            alarm |= {member: known[member] for member in ("ActionsSuppressedBy", "ActionsSuppressedReason") if member in known}
        self.known[alarm["AlarmName"]] = alarm
        tell(alarm, "update" if known is not None else "create", known)

    def sweep(self) -> None:
        """Tells of what is there no more."""
        from ministack.services import cloudwatch

        for name, alarm in list(self.known.items()):
            if name not in cloudwatch._alarms and name not in cloudwatch._composite_alarms:
                for shelf in (self.known, *self.shelves):
                    shelf.pop(name, None)
                tell(alarm, "delete", None)


def tell(alarm: dict, operation: str, before: dict | None) -> None:
    state = forms.state_of(alarm, alarm.get("StateUpdatedTimestamp") or alarm["AlarmConfigurationUpdatedTimestamp"])
    if operation == "create":
        state = {"value": "INSUFFICIENT_DATA", "timestamp": state["timestamp"]}
    detail = {"alarmName": alarm["AlarmName"], "operation": operation, "state": state, "configuration": whole(alarm)}
    if before is not None:
        detail["previousConfiguration"] = whole(before)
    emit("aws.cloudwatch", "CloudWatch Alarm Configuration Change", [alarm["AlarmArn"]], detail)


def whole(alarm: dict) -> dict:
    """The configuration with what only these events have."""
    made = forms.configuration(alarm)
    if not forms.is_composite(alarm):
        made |= {name: alarm[member] for name, member in (
            ("evaluationPeriods", "EvaluationPeriods"), ("datapointsToAlarm", "DatapointsToAlarm"), ("threshold", "Threshold"),
            ("thresholdMetricId", "ThresholdMetricId"), ("comparisonOperator", "ComparisonOperator"),
            ("treatMissingData", "TreatMissingData")) if alarm.get(member) is not None}
    return made | {"alarmName": alarm["AlarmName"], "actionsEnabled": alarm.get("ActionsEnabled", True),
                   "timestamp": written(alarm["AlarmConfigurationUpdatedTimestamp"]), "okActions": alarm.get("OKActions") or [],
                   "alarmActions": alarm.get("AlarmActions") or [],
                   "insufficientDataActions": alarm.get("InsufficientDataActions") or []}
