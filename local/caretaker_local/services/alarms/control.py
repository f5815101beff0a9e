"""What the control routes do with alarms, and as services of AWS."""

import json

from caretaker_local.arn import arn
from caretaker_local.events import emit
from caretaker_local.services.alarms import moments, reasons, roads

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


class Control:
    def __init__(self, changes):
        self.changes = changes

    def set_state(self, body: dict) -> dict:
        """{"name", "value", "reason"?, "reasonData"?, "at"?, "roads"?}: as SetAlarmState, at a moment of choice and by the roads named."""
        from ministack.services import cloudwatch

        alarm = standing(body["name"])
        if body["value"] not in STATES:
            raise ValueError(f"{body['value']!r} is none of {', '.join(STATES)}")
        members = {"AlarmName": body["name"], "StateValue": body["value"], "StateReason": body.get("reason") or "Set by a control call."}
        if body.get("reasonData") is not None:
            members["StateReasonData"] = json.dumps(body["reasonData"])
        at = moments.read(body["at"]) if body.get("at") else None
        with moments.at(at), roads.only(body.get("roads")):
            cloudwatch._set_alarm_state({}, members, True)
        return {"alarmArn": alarm["AlarmArn"], "stateValue": alarm["StateValue"],
                "stateChangeTime": moments.written(alarm["StateUpdatedTimestamp"])}

    def evaluate(self, body: dict) -> dict:
        """{"name"}: CloudWatch's look of each minute, now; what is missing counts as TreatMissingData says."""
        from ministack.services import cloudwatch

        alarm = cloudwatch._alarms.get(body["name"])
        if alarm is None:
            raise ValueError(f"no metric alarm {body['name']!r}")
        missing = None if reasons.datapoints(alarm) else reasons.of_nothing(alarm)
        if missing is not None:
            value, reason, data = missing
            cloudwatch._set_alarm_state({}, {"AlarmName": body["name"], "StateValue": value, "StateReason": reason,
                                             "StateReasonData": json.dumps(data, separators=(",", ":"))}, True)
        else:
            cloudwatch._evaluate_alarm(alarm)
        return {"alarmArn": alarm["AlarmArn"], "stateValue": alarm["StateValue"], "stateReason": alarm["StateReason"]}

    def tell_again(self, body: dict) -> dict:
        """{"name", "roads"?}: its last change once more, as a repeat or by a road that was late."""
        alarm = standing(body["name"])
        with roads.only(body.get("roads")):
            told = self.changes.again(alarm)
        return {"alarmArn": alarm["AlarmArn"], "stateChangeTime": told["state"]["timestamp"]}


def standing(name: str) -> dict:
    from ministack.services import cloudwatch

    alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    if alarm is None:
        raise ValueError(f"no alarm {name!r}")
    return alarm


def put_event(body: dict) -> dict:
    """{"source": "aws.…", "detailType", "detail", "resources"?}: an event on the default bus, as only AWS can send it."""
    if not body["source"].startswith("aws."):
        raise ValueError(f"{body['source']!r} is no service of AWS: send it with PutEvents")
    if not isinstance(body["detail"], dict):
        raise TypeError("detail is no object")
    emit(body["source"], body["detailType"], body.get("resources") or [], body["detail"])
    return {"put": 1}


def publish(body: dict) -> dict:
    """{"topic", "message", "subject"?, "service", "sourceArn"?}: published by a service of AWS, if the topic's policy lets it."""
    from ministack.services import sns

    topic = body["topic"] if body["topic"].startswith("arn:") else arn("sns", body["topic"])
    attributes = (sns._topics.get(topic) or {}).get("attributes")
    if attributes is None:
        raise ValueError(f"no topic {topic}")
    source = body.get("sourceArn") or arn(body["service"].partition(".")[0], "control")
    if not roads.admits(attributes.get("Policy") or "", "SNS:Publish", topic, body["service"], source):
        raise ValueError(f"the policy of {topic} does not let {body['service']} publish for {source}")
    sent = sns.publish_internal(topic, body["message"], body.get("subject") or "")
    return {"messageId": sent["message_id"]}
