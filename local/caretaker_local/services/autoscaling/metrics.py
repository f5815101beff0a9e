"""The metrics that a target tracking policy follows."""

# The predefined metrics of ECS services, by AWS's names: the metric in AWS/ECS.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html
PREDEFINED = {"ECSServiceAverageCPUUtilization": "CPUUtilization", "ECSServiceAverageMemoryUtilization": "MemoryUtilization"}
REQUESTS = "ALBRequestCountPerTarget"


def followed(policy: dict) -> dict:
    """The alarm members that name the metric."""
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    own = configuration.get("CustomizedMetricSpecification")
    if own is not None:
        return {"Namespace": own.get("Namespace"), "MetricName": own.get("MetricName"), "Statistic": own.get("Statistic"),
                "Unit": own.get("Unit"), "Dimensions": own.get("Dimensions") or []}
    metric = configuration["PredefinedMetricSpecification"]
    if metric["PredefinedMetricType"] == REQUESTS:
        balancer, mark, group = metric["ResourceLabel"].partition("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"{mark}{group}".removeprefix("/")}
        return metric_members("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", None, dimensions)
    _service, cluster, name = policy["ResourceId"].split("/")
    dimensions = {"ClusterName": cluster, "ServiceName": name}
    return metric_members("AWS/ECS", PREDEFINED[metric["PredefinedMetricType"]], "Average", "Percent", dimensions)


def metric_members(namespace: str, name: str, statistic: str, unit: str | None, dimensions: dict) -> dict:
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Statistic": statistic, "Unit": unit, "Dimensions": listed}


def latest(alarm: dict) -> float | None:
    """The alarm's metric over its newest period; None if there is none."""
    from ministack.services import cloudwatch

    from caretaker_local.services.cloudwatch import own_metrics

    points = [point for (namespace, name, _dimensions), series in own_metrics(alarm).items()
              if (namespace, name) == (alarm.get("Namespace"), alarm.get("MetricName")) for point in series]
    if not points:
        return None
    newest = max(point["Timestamp"] for point in points)
    recent = [point for point in points if point["Timestamp"] > newest - alarm.get("Period", 60)]
    return cloudwatch._stat_value(cloudwatch._calc_stats(recent), alarm.get("Statistic") or "Average", recent)
