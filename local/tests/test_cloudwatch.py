"""CloudWatch: alarms and their dimensions."""


def test_an_alarm_looks_at_its_own_dimensions_only(cloud):
    cloudwatch = cloud.client("cloudwatch")
    for name in ("ours", "theirs"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="Demo", MetricName="Errors", Dimensions=[{"Name": "FunctionName", "Value": name}],
            Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold")
    cloudwatch.put_metric_data(Namespace="Demo", MetricData=[
        {"MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": "theirs"}], "Value": 1}])
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert states["theirs"] == "ALARM"
    assert states["ours"] != "ALARM"
