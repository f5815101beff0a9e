"""One change of an alarm in each of its forms: EventBridge and Lambda share one, SNS has two."""

import hashlib
import json

from caretaker_local.services.alarms.moments import written

# SNS messages have the name that people know a region by.
# https://docs.aws.amazon.com/general/latest/gr/cw_region.html
REGION_NAMES = {
    "us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)", "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)", "eu-central-1": "EU (Frankfurt)", "eu-west-1": "EU (Ireland)", "eu-west-2": "EU (London)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
}

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
LONGEST_SUBJECT = 100


def is_composite(alarm: dict) -> bool:
    return "AlarmRule" in alarm


def state_of(alarm: dict, at: float) -> dict:
    """The member `state` of an event."""
    state = {"value": alarm["StateValue"], "reason": alarm["StateReason"]}
    if alarm.get("StateReasonData"):
        state["reasonData"] = alarm["StateReasonData"]
    state["timestamp"] = written(at)
    if alarm.get("ActionsSuppressedBy"):
        state["actionsSuppressedBy"] = alarm["ActionsSuppressedBy"]
        state["actionsSuppressedReason"] = alarm["ActionsSuppressedReason"]
    return state


def detail(alarm: dict, state: dict, previous: dict, tags: dict | None = None) -> dict:
    """The event's detail, and what a function is given as `alarmData`."""
    told = {"alarmName": alarm["AlarmName"], "state": state, "previousState": previous, "configuration": configuration(alarm)}
    if tags is not None:
        told |= {"alarmTags": tags, "alarmTagsStatus": "SUCCESS"}
    return told


def configuration(alarm: dict) -> dict:
    """What an event says of how the alarm is made."""
    made = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if not is_composite(alarm):
        return made | {"metrics": metrics(alarm)}
    suppressor = {"actionsSuppressor": "ActionsSuppressor", "actionsSuppressorWaitPeriod": "ActionsSuppressorWaitPeriod",
                  "actionsSuppressorExtensionPeriod": "ActionsSuppressorExtensionPeriod"}
    return made | {"alarmRule": alarm["AlarmRule"]} | {name: alarm[member] for name, member in suppressor.items() if alarm.get(member)}


def metrics(alarm: dict) -> list[dict]:
    """Metrics and expressions; dimensions are a map here."""
    if alarm.get("Metrics"):
        return [of_query(query) for query in alarm["Metrics"]]
    digits = hashlib.sha256(alarm["AlarmArn"].encode()).hexdigest()
    identity = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
    stat = {"metric": {"namespace": alarm.get("Namespace"), "name": alarm.get("MetricName"), "dimensions": mapped(alarm.get("Dimensions"))},
            "period": alarm.get("Period", 60), "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")}
    if alarm.get("Unit"):
        stat["unit"] = alarm["Unit"]
    return [{"id": identity, "metricStat": stat, "returnData": True}]


def of_query(query: dict) -> dict:
    told = {"id": query["Id"]}
    if query.get("MetricStat"):
        stat = query["MetricStat"]
        metric = stat["Metric"]
        told["metricStat"] = {
            "metric": {"namespace": metric.get("Namespace"), "name": metric.get("MetricName"), "dimensions": mapped(metric.get("Dimensions"))},
            "period": stat["Period"], "stat": stat["Stat"]} | ({"unit": stat["Unit"]} if stat.get("Unit") else {})
    if query.get("Expression"):
        told["expression"] = query["Expression"]
    if query.get("Label"):
        told["label"] = query["Label"]
    return told | {"returnData": query.get("ReturnData", True)}


def mapped(dimensions: list[dict] | None) -> dict:
    return {dimension["Name"]: dimension["Value"] for dimension in dimensions or []}


def lambda_event(alarm: dict, told: dict) -> dict:
    """Bare, without an envelope.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html"""
    _arn, _aws, _service, region, account, *_rest = alarm["AlarmArn"].split(":")
    return {"source": "aws.cloudwatch", "alarmArn": alarm["AlarmArn"], "accountId": account, "time": told["state"]["timestamp"],
            "region": region, "alarmData": told}


def sns_message(alarm: dict, told: dict) -> dict:
    """What a topic of the alarm's actions is sent, before it is JSON."""
    _arn, _aws, _service, region, account, *_rest = alarm["AlarmArn"].split(":")
    state, previous = told["state"], told["previousState"]
    message = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": written(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": state["value"],
        "NewStateReason": state["reason"],
        "StateChangeTime": state["timestamp"],
        "Region": REGION_NAMES.get(region, region),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": previous["value"],
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
    }
    if "alarmTags" in told:
        message |= {"AlarmTags": told["alarmTags"], "AlarmTagsStatus": told["alarmTagsStatus"]}
    return message | (composite_members(alarm, state) if is_composite(alarm) else {"Trigger": trigger(alarm)})


def composite_members(alarm: dict, state: dict) -> dict:
    children = json.loads(state.get("reasonData") or "{}").get("triggeringAlarms", [])
    listed = [{"Arn": child["arn"], "State": {"Value": child["state"]["value"], "Timestamp": child["state"]["timestamp"]}}
              for child in children]
    return {"AlarmRule": alarm["AlarmRule"], "TriggeringChildren": listed}


def trigger(alarm: dict) -> dict:
    """How the alarm is made, with the member names that only SNS has."""
    shared = {"EvaluationPeriods": alarm["EvaluationPeriods"]}
    if alarm.get("DatapointsToAlarm"):
        shared["DatapointsToAlarm"] = alarm["DatapointsToAlarm"]
    shared["ComparisonOperator"] = alarm["ComparisonOperator"]
    shared |= {"ThresholdMetricId": alarm["ThresholdMetricId"]} if alarm.get("ThresholdMetricId") else {"Threshold": alarm["Threshold"]}
    shared |= {"TreatMissingData": alarm.get("TreatMissingData") or "missing",
               "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile") or ""}
    if alarm.get("Metrics"):
        return shared | {"Metrics": [lowered(query) for query in alarm["Metrics"]]}
    extended = alarm.get("ExtendedStatistic")
    kind, statistic = ("ExtendedStatistic", extended) if extended else ("Statistic", (alarm.get("Statistic") or "Average").upper())
    return {"MetricName": alarm["MetricName"], "Namespace": alarm["Namespace"], "StatisticType": kind, kind: statistic,
            "Unit": alarm.get("Unit"), "Dimensions": pairs(alarm.get("Dimensions")), "Period": alarm["Period"], **shared}


def lowered(query: dict) -> dict:
    """A query of PutMetricAlarm, its dimensions with keys in lower case."""
    told = {"ReturnData": True} | query
    if told.get("MetricStat"):
        stat = told["MetricStat"]
        told["MetricStat"] = stat | {"Metric": stat["Metric"] | {"Dimensions": pairs(stat["Metric"].get("Dimensions"))}}
    return told


def pairs(dimensions: list[dict] | None) -> list[dict]:
    return [{"value": dimension["Value"], "name": dimension["Name"]} for dimension in dimensions or []]


def subject(message: dict) -> str:
    return f'{message["NewStateValue"]}: "{message["AlarmName"]}" in {message["Region"]}'[:LONGEST_SUBJECT]
