"""Application Auto Scaling: targets, policies with their alarms, scheduled actions, and what the engine does with them."""

import pytest
from caretaker_local.services.autoscaling.capacity import stepped, tracked
from conftest import Server, eventually
from test_ecs import create, describe, register

NAME = "mate-demo-web"
RESOURCE = f"service/mate-dev/{NAME}"
TARGET = {"ServiceNamespace": "ecs", "ResourceId": RESOURCE, "ScalableDimension": "ecs:service:DesiredCount"}
OTHER = TARGET | {"ResourceId": "service/mate-dev/nobody"}
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}, "TargetValue": 70.0}


@pytest.fixture
def scaling(cloud, base):
    """A service of two tasks, not scaled yet."""
    create(cloud, register(cloud, base))
    return cloud.client("application-autoscaling")


@pytest.fixture
def target(scaling):
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=6, Tags={"caretaker:owner": "demo"})
    return scaling


@pytest.fixture
def timed(tmp_path):
    """AWS's own durations, over five: a minute is twelve seconds."""
    server = Server(tmp_path, "--profile", "fast", "--time-scale", "0.2")
    yield server
    server.stop()


@pytest.fixture
def hasty(tmp_path):
    """A minute is 60 ms."""
    server = Server(tmp_path, "--profile", "fast", "--time-scale", "0.001")
    yield server
    server.stop()


def prepared(server, **bounds):
    from conftest import FIXTURE

    create(server, register(server, server.control("POST", "environment", FIXTURE)))
    client = server.client("application-autoscaling")
    client.register_scalable_target(**TARGET, **({"MinCapacity": 1, "MaxCapacity": 6} | bounds))
    return client


def count(server) -> int:
    return describe(server)["desiredCount"]


def put(client, name="cpu", **configuration):
    return client.put_scaling_policy(
        **TARGET, PolicyName=name, PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=CPU | configuration)


def side(policy, word: str) -> str:
    return next(alarm["AlarmName"] for alarm in policy["Alarms"] if word in alarm["AlarmName"])


def rings(server, alarm: str, state: str = "ALARM") -> None:
    server.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="test")


def uses(server, percent: float, metric: str = "CPUUtilization") -> None:
    dimensions = [{"Name": "ClusterName", "Value": "mate-dev"}, {"Name": "ServiceName", "Value": NAME}]
    server.client("cloudwatch").put_metric_data(
        Namespace="AWS/ECS", MetricData=[{"MetricName": metric, "Dimensions": dimensions, "Value": percent, "Unit": "Percent"}])


# Targets


def test_a_target_needs_its_service(cloud, base, refused):
    client = cloud.client("application-autoscaling")
    error = refused("ValidationException", client.register_scalable_target, **TARGET, MinCapacity=1, MaxCapacity=2)
    assert error["Error"]["Message"].startswith("ECS service doesn't exist")


def test_what_an_update_does_not_name_stays(target, refused):
    arn = target.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["ScalableTargetARN"]
    assert target.register_scalable_target(**TARGET, MaxCapacity=8)["ScalableTargetARN"] == arn
    target.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingInSuspended": True})
    seen = target.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[RESOURCE])["ScalableTargets"][0]
    assert (seen["MinCapacity"], seen["MaxCapacity"]) == (1, 8)
    assert seen["SuspendedState"] == {"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": False,
                                      "ScheduledScalingSuspended": False}
    assert target.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"caretaker:owner": "demo"}
    refused("ValidationException", target.register_scalable_target, **TARGET, Tags={"a": "b"})
    refused("ValidationException", target.register_scalable_target, **TARGET, MinCapacity=9)


def test_a_target_has_both_bounds_and_a_service_linked_role(cloud, scaling, refused):
    refused("ValidationException", scaling.register_scalable_target, **TARGET, MinCapacity=1)
    scaling.register_scalable_target(**TARGET, MinCapacity=0, MaxCapacity=2)
    role = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["RoleARN"]
    name = "AWSServiceRoleForApplicationAutoScaling_ECSService"
    assert role == f"arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/{name}"
    assert cloud.client("iam").get_role(RoleName=name)["Role"]["Arn"] == role


SUSPENDED = {"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": True, "ScheduledScalingSuspended": False}


def test_suspension_alone_keeps_the_bounds_and_makes_no_target(scaling, refused):
    error = refused("ValidationException", scaling.register_scalable_target, **TARGET, SuspendedState=SUSPENDED)
    assert "minimum capacity and the maximum capacity are required" in error["Error"]["Message"]
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=6)
    scaling.register_scalable_target(**TARGET, SuspendedState=SUSPENDED)
    seen = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]
    assert (seen["MinCapacity"], seen["MaxCapacity"], seen["SuspendedState"]) == (1, 6, SUSPENDED)


def test_tags_come_and_go(target, refused):
    arn = target.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["ScalableTargetARN"]
    target.tag_resource(ResourceARN=arn, Tags={"a": "b"})
    target.untag_resource(ResourceARN=arn, TagKeys=["caretaker:owner"])
    assert target.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}
    refused("ResourceNotFoundException", target.list_tags_for_resource, ResourceARN=arn[:-1] + "-")


def test_a_registration_brings_the_count_within_its_bounds(cloud, scaling):
    scaling.register_scalable_target(**TARGET, MinCapacity=3, MaxCapacity=6)
    assert count(cloud) == 3
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=1)
    assert count(cloud) == 1
    activities = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert [one["Cause"] for one in activities] == ["maximum capacity was set to 1", "minimum capacity was set to 3"]
    assert activities[0]["Description"] == "Setting desired count to 1."
    assert activities[0]["StatusCode"] == "Successful"


def test_a_direct_update_is_obeyed_until_the_next_registration(cloud, target):
    cloud.client("ecs").update_service(cluster="mate-dev", service=NAME, desiredCount=0)
    assert count(cloud) == 0
    # Suspension is of policies and scheduled actions: a registration brings the count back all the same.
    everything = {f"{word}Suspended": True for word in ("DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling")}
    target.register_scalable_target(**TARGET, SuspendedState=everything)
    assert count(cloud) == 1


def test_a_deregistered_target_takes_all_along(cloud, target, refused):
    put(target)
    target.put_scheduled_action(**TARGET, ScheduledActionName="night", Schedule="cron(0 22 * * ? *)",
                                ScalableTargetAction={"MaxCapacity": 1})
    target.deregister_scalable_target(**TARGET)
    assert target.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    assert target.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert target.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    refused("ObjectNotFoundException", target.deregister_scalable_target, **TARGET)


def test_a_deleted_service_takes_its_target_along(cloud, target, refused):
    put(target)
    cloud.client("ecs").delete_service(cluster="mate-dev", service=NAME, force=True)
    assert target.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    refused("ObjectNotFoundException", target.deregister_scalable_target, **TARGET)


def test_listings_go_on_beyond_a_page(target):
    for number in range(3):
        put(target, f"cpu-{number}")
    first = target.describe_scaling_policies(ServiceNamespace="ecs", MaxResults=2)
    second = target.describe_scaling_policies(ServiceNamespace="ecs", MaxResults=2, NextToken=first["NextToken"])
    assert (len(first["ScalingPolicies"]), len(second["ScalingPolicies"]), "NextToken" in second) == (2, 1, False)


# Policies and their alarms


def test_a_target_tracking_policy_has_its_two_alarms(cloud, target):
    made = put(target)
    again = put(target, TargetValue=50.0)
    assert (again["PolicyARN"], again["Alarms"]) == (made["PolicyARN"], made["Alarms"])
    seen = {alarm["AlarmName"]: alarm for alarm in cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    high, low = seen[side(made, "AlarmHigh")], seen[side(made, "AlarmLow")]
    assert high["AlarmName"].startswith(f"TargetTracking-{RESOURCE}-AlarmHigh-")
    assert (high["Threshold"], high["ComparisonOperator"], high["EvaluationPeriods"]) == (50, "GreaterThanThreshold", 3)
    assert (low["Threshold"], low["ComparisonOperator"], low["EvaluationPeriods"]) == (45, "LessThanThreshold", 15)
    assert high["Dimensions"] == [{"Name": "ClusterName", "Value": "mate-dev"}, {"Name": "ServiceName", "Value": NAME}]
    assert (high["Namespace"], high["MetricName"], high["AlarmActions"]) == ("AWS/ECS", "CPUUtilization", [made["PolicyARN"]])


def test_requests_are_those_of_the_target_group(cloud, target, refused):
    metric = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "app/web/1a/targetgroup/demo/2b"}
    made = put(target, PredefinedMetricSpecification=metric, TargetValue=1000.0)
    alarm = cloud.client("cloudwatch").describe_alarms(AlarmNames=[side(made, "AlarmHigh")])["MetricAlarms"][0]
    assert alarm["Dimensions"] == [{"Name": "LoadBalancer", "Value": "app/web/1a"}, {"Name": "TargetGroup", "Value": "targetgroup/demo/2b"}]
    for wrong in ({"PredefinedMetricType": "ALBRequestCountPerTarget"}, CPU["PredefinedMetricSpecification"] | {"ResourceLabel": "x"}):
        with pytest.raises(target.exceptions.ValidationException):
            put(target, PredefinedMetricSpecification=wrong)


def test_a_policy_needs_its_target_and_goes_by_its_name(cloud, target, refused):
    refused("ObjectNotFoundException", target.put_scaling_policy, **OTHER, PolicyName="cpu", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=CPU)
    put(target)
    target.delete_scaling_policy(**TARGET, PolicyName="cpu")
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    refused("ObjectNotFoundException", target.delete_scaling_policy, **TARGET, PolicyName="cpu")


# What an alarm sets in motion


def test_load_scales_out_in_proportion_and_idleness_in(cloud, target):
    put(target)
    uses(cloud, 140)
    assert count(cloud) == 4  # 2 × 140 / 70
    activity = target.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=RESOURCE)["ScalingActivities"][0]
    assert activity["Cause"].startswith(f"monitor alarm TargetTracking-{RESOURCE}-AlarmHigh-")
    assert activity["Cause"].endswith(" in state ALARM triggered policy cpu")
    assert activity["StatusMessage"] == "Successfully set desired count to 4. Change successfully fulfilled by ecs."


def test_the_bounds_bind_the_engine(cloud, target):
    made = put(target)
    target.register_scalable_target(**TARGET, MaxCapacity=3)
    uses(cloud, 700)
    assert count(cloud) == 3
    rings(cloud, side(made, "AlarmHigh"), "OK")
    rings(cloud, side(made, "AlarmHigh"))
    assert count(cloud) == 3
    cloud.client("ecs").update_service(cluster="mate-dev", service=NAME, desiredCount=5)
    rings(cloud, side(made, "AlarmHigh"), "OK")
    rings(cloud, side(made, "AlarmHigh"))
    assert count(cloud) == 5  # not the engine's doing, and not undone by a scale-out


def test_scale_in_waits_for_all_policies(cloud, target):
    cpu = put(target)
    memory = put(target, "memory", PredefinedMetricSpecification={"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"})
    rings(cloud, side(cpu, "AlarmLow"))
    assert count(cloud) == 2
    rings(cloud, side(memory, "AlarmLow"))
    assert count(cloud) == 1


def test_what_is_suspended_does_not_scale(cloud, target):
    made = put(target)
    target.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": True})
    rings(cloud, side(made, "AlarmHigh"))
    assert count(cloud) == 2
    target.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": False})
    rings(cloud, side(made, "AlarmHigh"), "OK")
    rings(cloud, side(made, "AlarmHigh"))
    assert count(cloud) == 3


def test_a_policy_without_scale_in_has_one_alarm(cloud, target):
    made = put(target, DisableScaleIn=True)
    assert len(made["Alarms"]) == 1
    assert side(made, "AlarmHigh")


def test_a_step_policy_follows_an_alarm_of_ones_own(cloud, target):
    steps = [{"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
             {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3}]
    policy = target.put_scaling_policy(
        **TARGET, PolicyName="steps", PolicyType="StepScaling",
        StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps, "Cooldown": 60})
    assert policy["Alarms"] == []
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="busy", Namespace="Demo", MetricName="Queue", Statistic="Average", Period=60, EvaluationPeriods=1, Threshold=50,
        ComparisonOperator="GreaterThanThreshold", AlarmActions=[policy["PolicyARN"]])
    cloudwatch.put_metric_data(Namespace="Demo", MetricData=[{"MetricName": "Queue", "Value": 65}])
    assert count(cloud) == 5


def test_a_cooldown_holds_back_what_its_activity_has_covered(timed):
    client = prepared(timed)
    made = put(client, ScaleOutCooldown=60)
    rings(timed, side(made, "AlarmHigh"))
    assert count(timed) == 3
    rings(timed, side(made, "AlarmHigh"), "OK")
    rings(timed, side(made, "AlarmHigh"))
    assert count(timed) == 3
    uses(timed, 140)
    rings(timed, side(made, "AlarmHigh"), "OK")
    rings(timed, side(made, "AlarmHigh"))
    assert count(timed) == 4  # a larger need is met at once, from the 2 before


def test_a_scale_in_is_not_followed_by_another_within_its_cooldown(timed):
    client = prepared(timed, MinCapacity=0)
    low = side(put(client, ScaleInCooldown=5), "AlarmLow")
    rings(timed, low)
    assert count(timed) == 1
    rings(timed, low, "OK")
    rings(timed, low)
    assert count(timed) == 1

    def scaled_in():
        rings(timed, low, "OK")
        rings(timed, low)
        return count(timed) == 0

    eventually(scaled_in, "the cooldown of 5 s (1 s here) never ended")


def test_an_alarm_that_stays_goes_on_scaling(hasty):
    client = prepared(hasty)
    rings(hasty, side(put(client, ScaleOutCooldown=60), "AlarmHigh"))
    eventually(lambda: count(hasty) == 6, "it never reached its maximum")


# Scheduled actions


def test_a_scheduled_action_sets_the_bounds_at_its_moment(cloud, target, refused):
    refused("ValidationException", target.put_scheduled_action, **TARGET, ScheduledActionName="night", Schedule="at night",
            ScalableTargetAction={"MinCapacity": 4})
    target.put_scheduled_action(**TARGET, ScheduledActionName="morning", Schedule="cron(0 6 * * ? *)", Timezone="Europe/Berlin",
                                ScalableTargetAction={"MinCapacity": 4})
    assert count(cloud) == 2
    cloud.control("POST", "autoscaling/scheduled-action", {"cluster": "mate-dev", "service": NAME, "action": "morning"})
    assert count(cloud) == 4
    target.put_scheduled_action(**TARGET, ScheduledActionName="once", Schedule="at(2000-01-01T00:00:00)",
                                ScalableTargetAction={"MinCapacity": 5})
    assert count(cloud) == 5
    seen = [one["ScheduledActionName"] for one in target.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]]
    assert seen == ["morning"]
    target.delete_scheduled_action(**TARGET, ScheduledActionName="morning")
    refused("ObjectNotFoundException", target.delete_scheduled_action, **TARGET, ScheduledActionName="morning")


def test_a_suspended_scheduled_action_does_nothing(cloud, target):
    target.register_scalable_target(**TARGET, SuspendedState={"ScheduledScalingSuspended": True})
    target.put_scheduled_action(**TARGET, ScheduledActionName="once", Schedule="at(2000-01-01T00:00:00)",
                                ScalableTargetAction={"MinCapacity": 5})
    assert count(cloud) == 2


# Sums


@pytest.mark.parametrize(("base", "value", "scale_in", "wanted"), [
    (2, 140, False, 4),
    (2, 71, False, 3),  # rounded up
    (0, 0, False, 1),  # from nothing at least one
    (4, 35, True, 2),
    (3, 35, True, 2),  # rounded up: not too few
    (2, 56, True, 2),
    (2, None, False, 3),
    (2, None, True, 1),
])
def test_target_tracking_is_proportional(base, value, scale_in, wanted):
    assert tracked(base, value, 70.0, scale_in) == wanted


@pytest.mark.parametrize(("kind", "adjustment", "least", "wanted"), [
    ("ChangeInCapacity", -3, 0, 7),
    ("ExactCapacity", 4, 0, 4),
    ("PercentChangeInCapacity", 25, 0, 12),  # 2.5 more, rounded down
    ("PercentChangeInCapacity", 5, 0, 11),  # half of one is one
    ("PercentChangeInCapacity", -25, 4, 6),
])
def test_a_step_adjusts(kind, adjustment, least, wanted):
    configuration = {"AdjustmentType": kind, "StepAdjustments": [{"ScalingAdjustment": adjustment}], "MinAdjustmentMagnitude": least}
    assert stepped(10, 5.0, configuration) == wanted
