"""An alarm changes its state: it is remembered and told."""

from caretaker_local.services.alarms import forms, reasons, roads
from caretaker_local.services.alarms.moments import moment, written
from caretaker_local.services.alarms.tags import propagated


class Changes:
    """In place of ministack's _dispatch_alarm_actions."""

    def __init__(self, configuration, muting):
        from ministack.core.responses import AccountRegionScopedDict

        self.configuration = configuration
        self.muting = muting
        self.suppression = None
        # alarm → (its state, its previous state), as last told
        self.told = AccountRegionScopedDict()

    def install(self) -> None:
        from ministack.services import cloudwatch

        evaluate, set_state = cloudwatch._evaluate_alarm, cloudwatch._set_alarm_state
        cloudwatch._dispatch_alarm_actions = self.changed

        def evaluate_alarm(alarm):
            self.configuration.announce(alarm)
            evaluate(alarm)

        def set_alarm_state(params, members, is_cbor, is_json=False):
            named = members.get("AlarmName") if is_cbor or is_json else cloudwatch._p(params, "AlarmName")
            alarm = cloudwatch._alarms.get(named)
            if alarm is not None:
                # Of the state before: whoever sets a state gives its own or none.
                alarm.pop("StateReasonData", None)
            return set_state(params, members, is_cbor, is_json)

        cloudwatch._evaluate_alarm = evaluate_alarm
        cloudwatch._set_alarm_state = set_alarm_state

    def changed(self, alarm: dict, old_state: str, _new_state: str, _reason: str) -> None:
        """The alarm's record already has its new state."""
        self.configuration.announce(alarm)
        alarm["StateUpdatedTimestamp"] = moment()
        reasons.complete(alarm, old_state)
        if forms.is_composite(alarm):
            alarm["StateTransitionedTimestamp"] = moment()
            self.suppression.begin(alarm)
        told = self.tell(alarm, old_state)
        if not alarm.get("ActionsSuppressedBy"):
            self.muting.act(alarm, told)
        self.suppression.follow(alarm)

    def tell(self, alarm: dict, old_state: str) -> dict:
        """The change on the default bus, and for the next one to look back on; what was told."""
        state = forms.state_of(alarm, moment())
        previous = (self.told.get(alarm["AlarmName"]) or (initial(alarm, old_state), None))[0]
        self.told[alarm["AlarmName"]] = (state, previous)
        told = forms.detail(alarm, state, previous, propagated(alarm))
        roads.tell_bus(alarm, told)
        return told

    def again(self, alarm: dict) -> dict:
        """The last change once more, by the roads that are open: a repeat, or one that was late."""
        if alarm["AlarmName"] not in self.told:
            raise ValueError(f"alarm {alarm['AlarmName']!r} has not changed yet")
        state, previous = self.told[alarm["AlarmName"]]
        told = forms.detail(alarm, state, previous, propagated(alarm))
        roads.tell_bus(alarm, told)
        if not state.get("actionsSuppressedBy"):
            roads.act(alarm, told)
        return told


def initial(alarm: dict, value: str) -> dict:
    return {"value": value, "reason": "Unchecked: Initial alarm creation",
            "timestamp": written(alarm["AlarmConfigurationUpdatedTimestamp"])}
