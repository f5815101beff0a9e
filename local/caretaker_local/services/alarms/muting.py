"""Mute rules: while one is active its alarms change their states, and their actions wait for its end.

Its windows open and close by a control call: the schedule is kept, and not followed.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html"""

from caretaker_local import cbor
from caretaker_local.arn import arn
from caretaker_local.errors import Reply, refusal
from caretaker_local.services.alarms import roads
from caretaker_local.services.alarms.moments import moment
from caretaker_local.services.dashboards import answer
from caretaker_local.wire import Call


class Muting:
    def __init__(self):
        from ministack.core.responses import AccountRegionScopedDict

        self.rules = AccountRegionScopedDict()
        # alarm → the change whose actions wait
        self.owed = AccountRegionScopedDict()

    def install(self, cloud) -> None:
        for operation, handler in (("PutAlarmMuteRule", self.put), ("GetAlarmMuteRule", self.get), ("ListAlarmMuteRules", self.list),
                                   ("DeleteAlarmMuteRule", self.delete)):
            cloud.refusals.add(f"cloudwatch.{operation}", handler)

    def clear(self) -> None:
        self.rules.clear()
        self.owed.clear()

    def act(self, alarm: dict, told: dict) -> None:
        """The actions of a change, or its place among those that wait; an older one of the alarm is past."""
        self.owed.pop(alarm["AlarmName"], None)
        if self.is_muted(alarm["AlarmName"]):
            self.owed[alarm["AlarmName"]] = told
        else:
            roads.act(alarm, told)

    def is_muted(self, name: str) -> bool:
        return any(rule["Status"] == "ACTIVE" and name in targets(rule) for rule in self.rules.values())

    def switch(self, body: dict) -> dict:
        """{"rule", "active"}: its window opens or closes; what waited and still is so is acted on."""
        from ministack.services import cloudwatch

        rule = self.rules.get(body["rule"])
        if rule is None:
            raise ValueError(f"no mute rule {body['rule']!r}")
        once = rule["Rule"]["Schedule"]["Expression"].startswith("at(")
        rule["Status"] = "ACTIVE" if body["active"] else "EXPIRED" if once else "SCHEDULED"
        for name in targets(rule):
            alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
            if alarm is not None and name in self.owed and not self.is_muted(name):
                roads.act(alarm, self.owed.pop(name))
        return {"rule": body["rule"], "status": rule["Status"]}

    def put(self, call: Call) -> Reply | None:
        name = call.params["Name"]
        status = (self.rules.get(name) or {"Status": "SCHEDULED"})["Status"]
        kept = {member: call.params[member] for member in ("Name", "Description", "Rule", "MuteTargets") if member in call.params}
        self.rules[name] = kept | {"AlarmMuteRuleArn": arn("cloudwatch", f"alarm-mute-rule:{name}"), "Status": status,
                                   "LastUpdatedTimestamp": moment()}
        return answer(call, {})

    def get(self, call: Call) -> Reply | None:
        rule = self.rules.get(call.params["AlarmMuteRuleName"])
        if rule is None:
            raise refusal("cloudwatch_mute_rule_missing", name=call.params["AlarmMuteRuleName"])
        return answer(call, shown(call, rule))

    def list(self, call: Call) -> Reply | None:
        alarm, statuses = call.params.get("AlarmName"), call.params.get("Statuses")
        found = [rule for rule in self.rules.values()
                 if (not alarm or alarm in targets(rule)) and (not statuses or rule["Status"] in statuses)]
        members = ("AlarmMuteRuleArn", "Status", "LastUpdatedTimestamp")
        return answer(call, {"AlarmMuteRuleSummaries": [shown(call, {name: rule[name] for name in members}) for rule in found]})

    def delete(self, call: Call) -> Reply | None:
        name = call.params["AlarmMuteRuleName"]
        if name in self.rules:
            self.switch({"rule": name, "active": False})
            self.rules.pop(name, None)
        return answer(call, {})


def targets(rule: dict) -> list[str]:
    return (rule.get("MuteTargets") or {}).get("AlarmNames") or []


def shown(call: Call, rule: dict) -> dict:
    """With its moment as the protocol writes one."""
    at = rule["LastUpdatedTimestamp"]
    return rule | {"LastUpdatedTimestamp": cbor.CBORTag(1, at) if call.protocol == "rpc-v2" else at}
