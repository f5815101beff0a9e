"""A composite alarm whose actions another alarm suppresses.

"Composite alarms don't take actions when WaitPeriod and ExtensionPeriod become active. Composite alarms take actions that are based on
their currents states when ExtensionPeriod and WaitPeriod become inactive."
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html"""

from caretaker_local.services.alarms.moments import moment

WAIT, EXTENSION, ALARM = "WaitPeriod", "ExtensionPeriod", "Alarm"


class Suppression:
    """Its periods take the profile's time."""

    def __init__(self, cloud, changes):
        from ministack.core.responses import AccountRegionScopedDict

        self.cloud = cloud
        self.changes = changes
        # composite alarm → what tells its running period from one that was discarded
        self.periods = AccountRegionScopedDict()
        # composite alarms whose present state's actions have not been taken
        self.owed = AccountRegionScopedDict()

    def clear(self) -> None:
        self.periods.clear()
        self.owed.clear()

    def begin(self, alarm: dict) -> None:
        """The composite has changed its state: whatever period ran is discarded."""
        name = alarm["AlarmName"]
        self.periods.pop(name, None)
        self.owed[name] = True
        if not alarm.get("ActionsSuppressor"):
            release(alarm)
        elif in_alarm(alarm["ActionsSuppressor"]):
            hold(alarm, ALARM)
        else:
            self.run(alarm, WAIT)
        if not alarm.get("ActionsSuppressedBy"):
            self.owed.pop(name, None)

    def follow(self, suppressor: dict) -> None:
        """The composites that this alarm suppresses, after its own change."""
        from ministack.services import cloudwatch

        for alarm in list(cloudwatch._composite_alarms.values()):
            if alarm.get("ActionsSuppressor") and name_of(alarm["ActionsSuppressor"]) == suppressor["AlarmName"]:
                self.follow_one(alarm, suppressor["StateValue"] == "ALARM")

    def follow_one(self, alarm: dict, suppressed: bool) -> None:
        before, owed = alarm.get("ActionsSuppressedBy"), self.owed.get(alarm["AlarmName"])
        if suppressed:
            self.periods.pop(alarm["AlarmName"], None)
            hold(alarm, ALARM)
        elif before == ALARM and owed:
            self.run(alarm, EXTENSION)
        elif before == ALARM:
            release(alarm)
        if owed and alarm.get("ActionsSuppressedBy") != before:
            self.update(alarm)

    def run(self, alarm: dict, kind: str) -> None:
        """Holds the actions back for the period; none at all if it is zero."""
        seconds = alarm.get(f"ActionsSuppressor{kind}") or 0
        if seconds == 0:
            release(alarm)
            return
        hold(alarm, kind)
        name = alarm["AlarmName"]
        mark = self.periods[name] = object()
        self.cloud.timeline.after(seconds * self.cloud.settings.time_scale, lambda: self.end(name, mark))

    def end(self, name: str, mark: object) -> None:
        """The period is over: the actions of the state of now are taken, and the change is told again without the suppression."""
        from ministack.services import cloudwatch

        alarm = cloudwatch._composite_alarms.get(name)
        if alarm is None or self.periods.get(name) is not mark:
            return
        self.periods.pop(name, None)
        if alarm.get("ActionsSuppressedBy") not in (WAIT, EXTENSION):
            # Another suppressor has been put in: "any active WaitPeriod or ExtensionPeriod is discarded".
            return
        release(alarm)
        self.update(alarm)

    def update(self, alarm: dict) -> None:
        """A change from a state to the same state, as far as its value goes."""
        alarm["StateUpdatedTimestamp"] = moment()
        told = self.changes.tell(alarm, alarm["StateValue"])
        if not alarm.get("ActionsSuppressedBy"):
            self.owed.pop(alarm["AlarmName"], None)
            self.changes.muting.act(alarm, told)


def hold(alarm: dict, kind: str) -> None:
    alarm |= {"ActionsSuppressedBy": kind, "ActionsSuppressedReason": f"Actions suppressed by {kind}"}


def release(alarm: dict) -> None:
    alarm.pop("ActionsSuppressedBy", None)
    alarm.pop("ActionsSuppressedReason", None)


def name_of(reference: str) -> str:
    """Of an alarm's name or ARN."""
    return reference.rpartition(":alarm:")[2]


def in_alarm(reference: str) -> bool:
    from ministack.services import cloudwatch

    name = name_of(reference)
    alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return alarm is not None and alarm["StateValue"] == "ALARM"
