"""Alarms: who hears of a change of state, and in which form."""

import json
from datetime import UTC, datetime

import pytest
from caretaker_local.services.alarms import forms, tags
from conftest import eventually, watch_default_bus
from functions import create_function, create_queue, invocations
from test_autoscaling import TARGET, put, scaling, side, target  # noqa: F401  (two are fixtures)

STATE_CHANGE, CONFIGURATION_CHANGE = "CloudWatch Alarm State Change", "CloudWatch Alarm Configuration Change"
ACCOUNT = "123456789012"


def put_alarm(cloud, name: str = "mate-demo-cpu", **more) -> str:
    """Its ARN."""
    alarm = {"AlarmName": name, "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60,
             "Dimensions": [{"Name": "ServiceName", "Value": "mate-demo"}], "EvaluationPeriods": 1, "Threshold": 80.0,
             "ComparisonOperator": "GreaterThanThreshold", **more}
    cloud.client("cloudwatch").put_metric_alarm(**alarm)
    return f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}"


def put_queries(cloud, name: str, *queries: dict, **more) -> None:
    cloud.client("cloudwatch").put_metric_alarm(AlarmName=name, EvaluationPeriods=1, Metrics=list(queries), **more)


def set_state(cloud, name: str, value: str, **more) -> dict:
    return cloud.control("POST", "alarms/state", {"name": name, "value": value, "reason": "a test", **more})


def topic_with_queue(cloud, name: str, **attributes):
    """(topic's ARN, what its subscriber has received so far)."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    url, arn = create_queue(cloud, f"{name}-queue")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    received: list[dict] = []

    def poll():
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            received.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return received

    return topic, poll


def policy(topic_name: str, service: str = "cloudwatch.amazonaws.com", **condition) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish",
        "Resource": f"arn:aws:sns:us-east-1:{ACCOUNT}:{topic_name}", "Condition": condition}]})


def actions_of(cloud, name: str, kind: str = "MetricAlarm") -> list[str]:
    items = cloud.client("cloudwatch").describe_alarm_history(AlarmName=name, HistoryItemType="Action", AlarmTypes=[kind])
    return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


def changes(events: list[dict], kind: str = STATE_CHANGE) -> list[dict]:
    return [event for event in events if event["detail-type"] == kind]


# On the default bus

def test_a_change_is_told_on_the_default_bus(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    arn = put_alarm(cloud, AlarmDescription="Too busy.", Unit="Percent")
    set_state(cloud, "mate-demo-cpu", "ALARM", at="2026-11-22T10:00:00.250Z", reasonData={"version": "1.0", "threshold": 80.0})
    event = changes(watch())[0]
    assert event["source"] == "aws.cloudwatch"
    assert event["resources"] == [arn]
    detail = event["detail"]
    assert detail["state"]["value"] == "ALARM"
    assert detail["state"]["timestamp"] == "2026-11-22T10:00:00.250+0000"
    assert json.loads(detail["state"]["reasonData"]) == {"version": "1.0", "threshold": 80.0}
    assert detail["previousState"]["reason"] == "Unchecked: Initial alarm creation"
    assert "reasonData" not in detail["previousState"]
    assert detail["configuration"]["description"] == "Too busy."
    metric = detail["configuration"]["metrics"][0]
    assert metric["metricStat"] == {"metric": {"namespace": "AWS/ECS", "name": "CPUUtilization", "dimensions": {"ServiceName": "mate-demo"}},
                                    "period": 60, "stat": "Average", "unit": "Percent"}
    assert metric["returnData"] is True


def test_a_change_by_its_metric_says_why(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    put_alarm(cloud)
    cloud.client("cloudwatch").put_metric_data(Namespace="AWS/ECS", MetricData=[
        {"MetricName": "CPUUtilization", "Dimensions": [{"Name": "ServiceName", "Value": "mate-demo"}], "Value": 99.5}])
    state = changes(watch())[0]["detail"]["state"]
    assert state["reason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [99.5 (")
    assert state["reason"].endswith("was greater than the threshold (80.0) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition).")
    data = json.loads(state["reasonData"])
    assert (data["recentDatapoints"], data["threshold"], data["statistic"]) == ([99.5], 80.0, "Average")
    assert data["evaluatedDatapoints"][0]["value"] == 99.5


def test_the_next_change_looks_back_on_the_last(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    put_alarm(cloud)
    cloud.client("cloudwatch").set_alarm_state(AlarmName="mate-demo-cpu", StateValue="ALARM", StateReason="first", StateReasonData='{"a":1}')
    cloud.client("cloudwatch").set_alarm_state(AlarmName="mate-demo-cpu", StateValue="INSUFFICIENT_DATA", StateReason="second")
    last = changes(watch())[-1]["detail"]
    assert (last["previousState"]["value"], last["previousState"]["reasonData"]) == ("ALARM", '{"a":1}')
    assert (last["state"]["value"], "reasonData" in last["state"]) == ("INSUFFICIENT_DATA", False)


def test_an_alarm_without_enabled_actions_is_told_on_the_bus_alone(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    topic, received = topic_with_queue(cloud, "alarms")
    put_alarm(cloud, AlarmActions=[topic], ActionsEnabled=False)
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert len(changes(watch())) == 1
    assert received() == []


def test_the_same_state_again_is_no_change(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    put_alarm(cloud)
    set_state(cloud, "mate-demo-cpu", "ALARM")
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert len(changes(watch())) == 1


def test_making_changing_and_deleting_an_alarm_is_told(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    put_alarm(cloud)
    put_alarm(cloud, Threshold=90.0)
    cloud.client("cloudwatch").delete_alarms(AlarmNames=["mate-demo-cpu"])
    told = [event["detail"] for event in changes(watch(), CONFIGURATION_CHANGE)]
    assert [detail["operation"] for detail in told] == ["create", "update", "delete"]
    assert (told[1]["configuration"]["threshold"], told[1]["previousConfiguration"]["threshold"]) == (90.0, 80.0)
    assert told[2]["alarmName"] == "mate-demo-cpu"


def test_an_alarm_made_again_has_no_past(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    for _life in range(2):
        put_alarm(cloud)
        set_state(cloud, "mate-demo-cpu", "ALARM")
        cloud.client("cloudwatch").delete_alarms(AlarmNames=["mate-demo-cpu"])
    assert [event["detail"]["previousState"]["value"] for event in changes(watch())] == ["INSUFFICIENT_DATA"] * 2


def test_an_alarm_of_target_tracking_is_told_too(cloud, target):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    name = side(put(target), "AlarmHigh")
    set_state(cloud, name, "ALARM")
    assert [event["detail"]["alarmName"] for event in changes(watch())] == [name]
    target.delete_scaling_policy(**TARGET, PolicyName="cpu")
    assert [event["detail"]["operation"] for event in changes(watch(), CONFIGURATION_CHANGE)].count("delete") == 2


# On topics

def test_a_topic_hears_in_the_form_of_sns(cloud):
    topic, received = topic_with_queue(cloud, "alarms", Policy=policy("alarms", StringEquals={"aws:SourceAccount": ACCOUNT}))
    put_alarm(cloud, AlarmActions=[topic])
    set_state(cloud, "mate-demo-cpu", "ALARM", at="2026-11-22T10:00:00.007Z")
    envelope = received()[0]
    assert envelope["Subject"] == 'ALARM: "mate-demo-cpu" in US East (N. Virginia)'
    message = json.loads(envelope["Message"])
    assert list(message) == [
        "AlarmName", "AlarmDescription", "AWSAccountId", "AlarmConfigurationUpdatedTimestamp", "NewStateValue", "NewStateReason",
        "StateChangeTime", "Region", "AlarmArn", "OldStateValue", "OKActions", "AlarmActions", "InsufficientDataActions", "Trigger"]
    assert (message["AlarmDescription"], message["Region"], message["AlarmActions"]) == (None, "US East (N. Virginia)", [topic])
    assert (message["StateChangeTime"], message["OldStateValue"]) == ("2026-11-22T10:00:00.007+0000", "INSUFFICIENT_DATA")
    assert message["Trigger"] == {
        "MetricName": "CPUUtilization", "Namespace": "AWS/ECS", "StatisticType": "Statistic", "Statistic": "AVERAGE", "Unit": None,
        "Dimensions": [{"value": "mate-demo", "name": "ServiceName"}], "Period": 60, "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold", "Threshold": 80.0, "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": ""}


def test_each_state_has_its_own_topics(cloud):
    topics = {value: topic_with_queue(cloud, f"topic-{value.lower()}") for value in ("OK", "ALARM", "INSUFFICIENT_DATA")}
    put_alarm(cloud, OKActions=[topics["OK"][0]], AlarmActions=[topics["ALARM"][0]],
              InsufficientDataActions=[topics["INSUFFICIENT_DATA"][0]])
    for value in ("ALARM", "OK", "INSUFFICIENT_DATA"):
        set_state(cloud, "mate-demo-cpu", value)
    for value, (_topic, received) in topics.items():
        assert [json.loads(envelope["Message"])["NewStateValue"] for envelope in received()] == [value]


@pytest.mark.parametrize("text", [
    policy("alarms", "events.amazonaws.com"),
    policy("alarms", StringEquals={"aws:SourceAccount": "999999999999"}),
    policy("alarms", ArnLike={"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:other-*"}),
], ids=["another service", "another account", "other alarms"])
def test_a_topic_whose_policy_does_not_admit_cloudwatch_hears_nothing(cloud, text):
    topic, received = topic_with_queue(cloud, "alarms", Policy=text)
    arn = put_alarm(cloud, AlarmActions=[topic])
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert received() == []
    assert f"{arn} is not authorized to perform: SNS:Publish on resource: {topic}" in actions_of(cloud, "mate-demo-cpu")[0]


def test_a_topic_under_the_key_of_sns_hears_nothing(cloud):
    topic, received = topic_with_queue(cloud, "alarms", KmsMasterKeyId="alias/aws/sns")
    put_alarm(cloud, AlarmActions=[topic])
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert received() == []
    assert "encryption key" in actions_of(cloud, "mate-demo-cpu")[0]


def test_an_action_that_fails_is_in_the_alarms_history(cloud):
    put_alarm(cloud, AlarmActions=[f"arn:aws:sns:us-east-1:{ACCOUNT}:gone"])
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert actions_of(cloud, "mate-demo-cpu")[0].startswith("Failed to execute action arn:aws:sns:")


def test_metric_math_and_anomalies_have_their_own_form(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    topic, received = topic_with_queue(cloud, "alarms")
    metric = {"Namespace": "Caretaker", "MetricName": "Backlog", "Dimensions": [{"Name": "Tenant", "Value": "demo"}]}
    stat = {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 86400, "Stat": "Average"}, "ReturnData": False}
    put_queries(cloud, "math", stat, {"Id": "e1", "Expression": "m1*1", "Label": "per task"}, Threshold=5.0,
                ComparisonOperator="GreaterThanThreshold", AlarmActions=[topic])
    put_queries(cloud, "anomaly", stat | {"ReturnData": True}, {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
                ThresholdMetricId="ad1", ComparisonOperator="GreaterThanUpperThreshold", AlarmActions=[topic])
    for name in ("math", "anomaly"):
        set_state(cloud, name, "ALARM")
    metrics = changes(watch())[0]["detail"]["configuration"]["metrics"]
    assert metrics[0]["metricStat"]["metric"]["dimensions"] == {"Tenant": "demo"}
    assert metrics[1] == {"id": "e1", "expression": "m1*1", "label": "per task", "returnData": True}
    math, anomaly = (json.loads(envelope["Message"])["Trigger"] for envelope in received())
    assert "MetricName" not in math
    assert math["Metrics"][0]["MetricStat"]["Metric"]["Dimensions"] == [{"value": "demo", "name": "Tenant"}]
    assert (anomaly["ThresholdMetricId"], "Threshold" in anomaly) == ("ad1", False)


def test_an_alarm_tells_its_tags_only_if_it_was_made_to(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    put_alarm(cloud, Tags=[{"Key": "caretaker:severity", "Value": "critical"}])
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert "alarmTags" not in changes(watch())[0]["detail"]
    held = {"caretaker:severity": "critical", "team": "a", "aws:x": "y"}
    assert tags.chosen(held, {"Enabled": True}) == {"caretaker:severity": "critical", "team": "a"}
    assert tags.chosen(held, {"Enabled": True, "IncludedTagKeys": ["team"]}) == {"team": "a"}
    assert tags.chosen(held, {"Enabled": True, "ExcludedTagKeys": ["team"]}) == {"caretaker:severity": "critical"}


def test_a_percentile_is_an_extended_statistic():
    alarm = {"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0,
             "MetricName": "Latency", "Namespace": "AWS/ApplicationELB", "ExtendedStatistic": "p99", "Period": 60}
    trigger = forms.trigger(alarm)
    assert (trigger["StatisticType"], trigger["ExtendedStatistic"], trigger["DatapointsToAlarm"]) == ("ExtendedStatistic", "p99", 2)
    assert "Statistic" not in trigger


# To functions

def test_an_alarm_invokes_a_function_whose_policy_admits_it(cloud):
    arn = create_function(cloud)
    alarm = put_alarm(cloud, AlarmActions=[arn])
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert "lambda:InvokeFunction" in actions_of(cloud, "mate-demo-cpu")[0]
    assert invocations(cloud) == 0
    cloud.client("lambda").add_permission(FunctionName="worker", StatementId="alarms", Action="lambda:InvokeFunction",
                                          Principal="lambda.alarms.cloudwatch.amazonaws.com", SourceAccount=ACCOUNT, SourceArn=alarm)
    set_state(cloud, "mate-demo-cpu", "OK")
    set_state(cloud, "mate-demo-cpu", "ALARM")
    eventually(lambda: invocations(cloud) == 1)


def test_a_function_is_given_the_change_bare():
    alarm = {"AlarmArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a", "AlarmName": "a"}
    told = {"alarmName": "a", "state": {"timestamp": "2026-11-22T10:00:00.000+0000"}}
    assert forms.lambda_event(alarm, told) == {
        "source": "aws.cloudwatch", "alarmArn": alarm["AlarmArn"], "accountId": ACCOUNT, "time": "2026-11-22T10:00:00.000+0000",
        "region": "us-east-1", "alarmData": told}


# Composite alarms

def put_composite(cloud, name: str = "mate-demo-down", rule: str = "ALARM(one) OR ALARM(two)", **more) -> None:
    cloud.client("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)


@pytest.fixture
def children(cloud):
    for name in ("one", "two", "quiet"):
        put_alarm(cloud, name)
        set_state(cloud, name, "OK")


@pytest.mark.parametrize(("rule", "value"), [
    ("ALARM(one)", "ALARM"),
    ("ALARM(one) AND ALARM(two)", "OK"),
    ("ALARM(one) AND NOT ALARM(two)", "ALARM"),
    ("(OK(one) OR OK(two)) AND TRUE", "ALARM"),
    ("INSUFFICIENT_DATA(one) OR FALSE", "OK"),
])
def test_a_composite_follows_its_rule(cloud, children, rule, value):
    put_composite(cloud, rule=rule)
    set_state(cloud, "one", "ALARM")
    found = cloud.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
    assert found["StateValue"] == value


def test_a_composite_names_the_children_that_triggered_it(cloud, children):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    topic, received = topic_with_queue(cloud, "alarms")
    put_composite(cloud, AlarmActions=[topic])
    set_state(cloud, "one", "ALARM", at="2026-11-22T10:00:00.125Z")
    detail = next(event["detail"] for event in changes(watch())
                  if event["detail"]["alarmName"] == "mate-demo-down" and event["detail"]["state"]["value"] == "ALARM")
    assert detail["configuration"] == {"alarmRule": "ALARM(one) OR ALARM(two)"}
    child = {"arn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:one",
             "state": {"value": "ALARM", "timestamp": "2026-11-22T10:00:00.125+0000"}}
    assert json.loads(detail["state"]["reasonData"]) == {"triggeringAlarms": [child]}
    assert detail["state"]["reason"] == f"{child['arn']} transitioned to ALARM at Sunday 22 November, 2026 10:00:00 UTC"
    message = json.loads(received()[0]["Message"])
    assert message["TriggeringChildren"] == [{"Arn": child["arn"], "State": {"Value": "ALARM", "Timestamp": child["state"]["timestamp"]}}]
    assert (message["AlarmRule"], "Trigger" in message) == ("ALARM(one) OR ALARM(two)", False)


def test_a_suppressor_needs_both_periods(cloud, children, refused):
    refused("ValidationError", put_composite, cloud=cloud, ActionsSuppressor="quiet", ActionsSuppressorWaitPeriod=60)


@pytest.fixture
def suppressed(slow, children):
    """(what the bus told of the composite as (value, suppressed by), what its topic heard)."""
    watch = watch_default_bus(slow, "aws.cloudwatch")
    topic, received = topic_with_queue(slow, "alarms")
    put_composite(slow, AlarmActions=[topic], OKActions=[topic], ActionsSuppressor="quiet", ActionsSuppressorWaitPeriod=120,
                  ActionsSuppressorExtensionPeriod=180)
    slow.pass_time()
    before, heard = len(of_composite(watch())), len(received())

    def told():
        return [(detail["state"]["value"], detail["state"].get("actionsSuppressedBy")) for detail in of_composite(watch())[before:]]

    return told, lambda: [json.loads(envelope["Message"])["NewStateValue"] for envelope in received()[heard:]]


def of_composite(events: list[dict]) -> list[dict]:
    return [event["detail"] for event in changes(events) if event["detail"]["alarmName"] == "mate-demo-down"]


def test_actions_wait_for_the_suppressor_and_are_taken_without_it(slow, suppressed):
    told, heard = suppressed
    set_state(slow, "one", "ALARM")
    assert (told(), heard()) == ([("ALARM", "WaitPeriod")], [])
    shown = slow.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
    assert (shown["ActionsSuppressedBy"], shown["ActionsSuppressorWaitPeriod"]) == ("WaitPeriod", 120)
    slow.pass_time()
    assert (told(), heard()) == ([("ALARM", "WaitPeriod"), ("ALARM", None)], ["ALARM"])


def test_the_suppressor_ends_the_wait(slow, suppressed):
    told, heard = suppressed
    set_state(slow, "one", "ALARM")
    set_state(slow, "quiet", "ALARM")
    slow.pass_time()
    assert (told()[-1], heard()) == (("ALARM", "Alarm"), [])
    set_state(slow, "quiet", "OK")
    assert (told()[-1], heard()) == (("ALARM", "ExtensionPeriod"), [])
    slow.pass_time()
    assert (told()[-1], heard()) == (("ALARM", None), ["ALARM"])


def test_a_change_back_begins_another_wait(slow, suppressed):
    told, heard = suppressed
    set_state(slow, "one", "ALARM")
    set_state(slow, "one", "OK")
    slow.pass_time()
    assert told() == [("ALARM", "WaitPeriod"), ("OK", "WaitPeriod"), ("OK", None)]
    assert heard() == ["OK"]


@pytest.mark.parametrize(("suppressor", "ending"), [("quiet", ["ALARM"]), ("two", [])], ids=["the same", "another"])
def test_a_wait_ends_with_its_suppressor(slow, suppressed, suppressor, ending):
    _told, heard = suppressed
    topic = slow.client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]["AlarmActions"]
    set_state(slow, "one", "ALARM")
    put_composite(slow, AlarmActions=topic, ActionsSuppressor=suppressor, ActionsSuppressorWaitPeriod=120,
                  ActionsSuppressorExtensionPeriod=180)
    slow.pass_time()
    assert heard() == ending


def test_the_last_change_looks_back_on_the_suppressed_one(slow, suppressed, cloud):
    set_state(slow, "one", "ALARM")
    watch = watch_default_bus(slow, "aws.cloudwatch", "second-watch")
    slow.pass_time()
    detail = of_composite(watch())[0]
    assert (detail["state"]["value"], detail["previousState"]["value"]) == ("ALARM", "ALARM")
    assert detail["previousState"]["actionsSuppressedReason"] == "Actions suppressed by WaitPeriod"
    assert detail["configuration"]["actionsSuppressor"] == "quiet"


# Mute rules

def mute(cloud, *names: str) -> None:
    cloud.client("cloudwatch").put_alarm_mute_rule(
        Name="window", Rule={"Schedule": {"Expression": "at(2026-11-22T02:00)", "Duration": "PT2H"}}, MuteTargets={"AlarmNames": [*names]})


def test_a_muted_alarm_acts_when_the_window_closes(cloud, refused):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    topic, received = topic_with_queue(cloud, "alarms")
    put_alarm(cloud, AlarmActions=[topic], OKActions=[topic])
    client = cloud.client("cloudwatch")
    refused("ResourceNotFoundException", client.get_alarm_mute_rule, AlarmMuteRuleName="window")
    mute(cloud, "mate-demo-cpu")
    assert cloud.control("POST", "alarms/mute", {"rule": "window", "active": True})["status"] == "ACTIVE"
    set_state(cloud, "mate-demo-cpu", "ALARM", at="2026-11-22T02:10:00Z")
    assert (len(changes(watch())), received()) == (1, [])
    assert client.list_alarm_mute_rules(AlarmName="mate-demo-cpu", Statuses=["ACTIVE"])["AlarmMuteRuleSummaries"][0]["Status"] == "ACTIVE"
    cloud.control("POST", "alarms/mute", {"rule": "window", "active": False})
    message = json.loads(received()[0]["Message"])
    assert (message["NewStateValue"], message["StateChangeTime"]) == ("ALARM", "2026-11-22T02:10:00.000+0000")
    assert client.get_alarm_mute_rule(AlarmMuteRuleName="window")["Status"] == "EXPIRED"


def test_of_a_muted_alarm_the_last_change_counts(cloud):
    topic, received = topic_with_queue(cloud, "alarms")
    put_alarm(cloud, AlarmActions=[topic])
    mute(cloud, "mate-demo-cpu")
    cloud.control("POST", "alarms/mute", {"rule": "window", "active": True})
    for value in ("ALARM", "OK"):
        set_state(cloud, "mate-demo-cpu", value)
    cloud.client("cloudwatch").delete_alarm_mute_rule(AlarmMuteRuleName="window")
    assert received() == []


# Control calls

@pytest.mark.parametrize(("treated", "value", "reason"), [
    ("breaching", "ALARM", "no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."),
    ("notBreaching", "OK", "no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching]."),
    ("missing", "INSUFFICIENT_DATA", "Insufficient Data: 2 datapoints were unknown."),
])
def test_missing_data_count_as_the_alarm_says(cloud, treated, value, reason):
    put_alarm(cloud, TreatMissingData=treated, EvaluationPeriods=2)
    set_state(cloud, "mate-demo-cpu", "OK" if value != "OK" else "ALARM")
    said = cloud.control("POST", "alarms/evaluate", {"name": "mate-demo-cpu"})
    assert said["stateValue"] == value
    assert said["stateReason"].endswith(reason)


def test_an_alarm_that_ignores_missing_data_stays(cloud):
    put_alarm(cloud, TreatMissingData="ignore")
    set_state(cloud, "mate-demo-cpu", "ALARM")
    assert cloud.control("POST", "alarms/evaluate", {"name": "mate-demo-cpu"})["stateReason"] == "a test"


def test_a_change_can_lose_a_road_and_be_told_by_it_later(cloud):
    watch = watch_default_bus(cloud, "aws.cloudwatch")
    topic, received = topic_with_queue(cloud, "alarms")
    put_alarm(cloud, AlarmActions=[topic])
    said = set_state(cloud, "mate-demo-cpu", "ALARM", roads=["sns"], at="2026-11-22T10:00:00Z")
    assert said["stateChangeTime"] == "2026-11-22T10:00:00.000+0000"
    assert (len(received()), changes(watch())) == (1, [])
    cloud.control("POST", "alarms/tell", {"name": "mate-demo-cpu", "roads": ["bus"]})
    assert changes(watch())[0]["detail"]["state"]["timestamp"] == said["stateChangeTime"]
    assert len(received()) == 1


@pytest.mark.parametrize("body", [
    {"name": "unknown", "value": "ALARM"}, {"name": "mate-demo-cpu", "value": "BAD"},
    {"name": "mate-demo-cpu", "value": "ALARM", "roads": ["carrier pigeon"]}, {"name": "mate-demo-cpu", "value": "ALARM", "at": "2026-11-22T10:00:00"},
])
def test_a_state_that_cannot_be_set_is_refused(cloud, body):
    put_alarm(cloud)
    with pytest.raises(Exception, match="400"):
        cloud.control("POST", "alarms/state", body)


def test_any_service_of_aws_can_be_put_on_the_default_bus(cloud):
    watch = watch_default_bus(cloud, "aws.health")
    event = {"source": "aws.health", "detailType": "AWS Health Event", "detail": {"eventTypeCode": "AWS_RDS_FAILOVER"}}
    cloud.control("POST", "events/put", {**event, "resources": ["arn:aws:rds:us-east-1:123456789012:db:x"]})
    assert watch()[0]["detail"] == event["detail"]
    with pytest.raises(Exception, match="no service of AWS"):
        cloud.control("POST", "events/put", {**event, "source": "caretaker.incidents"})


def test_a_service_publishes_where_the_policy_lets_it(cloud):
    topic, received = topic_with_queue(cloud, "costs", Policy=policy("costs", "costalerts.amazonaws.com"))
    body = {"topic": "costs", "message": "{}", "subject": "AWS Cost Anomaly", "service": "costalerts.amazonaws.com"}
    cloud.control("POST", "sns/publish", body)
    assert (received()[0]["TopicArn"], received()[0]["Message"]) == (topic, "{}")
    with pytest.raises(Exception, match="does not let"):
        cloud.control("POST", "sns/publish", body | {"service": "budgets.amazonaws.com"})


def test_a_moment_without_a_choice_is_now(cloud):
    put_alarm(cloud)
    before = datetime.now(UTC).timestamp()
    said = set_state(cloud, "mate-demo-cpu", "ALARM")["stateChangeTime"]
    assert before - 0.001 <= datetime.strptime(said, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() <= datetime.now(UTC).timestamp()
