"""Scaling policies of a target."""

import re

from caretaker_local.errors import AwsError, refusal
from caretaker_local.services.autoscaling import alarms
from caretaker_local.services.autoscaling.metrics import PREDEFINED, REQUESTS
from caretaker_local.services.autoscaling.requests import page
from caretaker_local.services.autoscaling.store import Store, arn, identity, now

# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
LABEL = re.compile(r"app/[^/]+/[^/]+/targetgroup/[^/]+/[^/]+")
CONFIGURATIONS = {"TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
                  "StepScaling": "StepScalingPolicyConfiguration"}
# "If no policy type is specified": https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
DEFAULT_TYPE = "StepScaling"


class Policies:
    """PutScalingPolicy, DescribeScalingPolicies, DeleteScalingPolicy."""

    def __init__(self, store: Store):
        self.store = store

    def operations(self) -> dict:
        return {"PutScalingPolicy": self.put, "DescribeScalingPolicies": self.describe, "DeleteScalingPolicy": self.delete}

    def put(self, params: dict) -> dict:
        """Makes it or replaces its configuration; its ARN and its alarms' names stay."""
        resource, name = params["ResourceId"], params["PolicyName"]
        if resource not in self.store.targets:
            raise refusal("autoscaling_target_missing", id=resource)
        known = self.store.policies.get((resource, name))
        kind = params.get("PolicyType") or (known or {}).get("PolicyType", DEFAULT_TYPE)
        configuration = configuration_of(kind, params)
        policy = known or new_policy(resource, name, self.store.policies_of(resource))
        policy |= {"PolicyType": kind, CONFIGURATIONS[kind]: configuration}
        self.store.policies[resource, name] = policy
        alarms.put(policy)
        return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}

    def describe(self, params: dict) -> dict:
        names, resource = params.get("PolicyNames"), params.get("ResourceId")
        found = [policy for policy in self.store.policies.values()
                 if (not names or policy["PolicyName"] in names) and resource in (None, policy["ResourceId"])]
        return page("ScalingPolicies", found, params)

    def delete(self, params: dict) -> dict:
        resource, name = params["ResourceId"], params["PolicyName"]
        policy = self.store.policies.pop((resource, name), None)
        if policy is None:
            raise refusal("autoscaling_policy_missing", id=resource, name=name)
        alarms.delete(policy)
        return {}


def new_policy(resource: str, name: str, others: list[dict]) -> dict:
    """All policies of one target share the first id of their ARN."""
    from ministack.core.responses import new_uuid

    shared = others[0]["PolicyARN"].split(":")[6] if others else new_uuid()
    rest = f"scalingPolicy:{shared}:resource/ecs/{resource}:policyName/{name}:createdBy/{new_uuid()}"
    return {"PolicyARN": arn("autoscaling", rest), "PolicyName": name, **identity(resource), "Alarms": [], "CreationTime": now()}


def configuration_of(kind: str, params: dict) -> dict:
    """The configuration of that type, whole."""
    if kind not in CONFIGURATIONS:
        raise AwsError("ValidationException", f"Policy type {kind} is not supported for ECS services here.")
    configuration = params.get(CONFIGURATIONS[kind])
    if configuration is None:
        raise AwsError("ValidationException", f"{CONFIGURATIONS[kind]} is required for policy type {kind}.")
    if kind == "TargetTrackingScaling":
        check_metric(configuration)
    elif not configuration.get("AdjustmentType") or not configuration.get("StepAdjustments"):
        raise AwsError("ValidationException", "AdjustmentType and StepAdjustments are required for a new step scaling policy.")
    return configuration


def check_metric(configuration: dict) -> None:
    predefined, customized = (configuration.get(f"{word}MetricSpecification") for word in ("Predefined", "Customized"))
    if (predefined is None) == (customized is None):
        raise AwsError("ValidationException", "Specify either a predefined metric or a customized metric.")
    if predefined is None:
        return
    metric, label = predefined["PredefinedMetricType"], predefined.get("ResourceLabel")
    if metric != REQUESTS and metric not in PREDEFINED:
        raise AwsError("ValidationException", f"Metric {metric} is not one of ECS services.")
    if bool(label) != (metric == REQUESTS) or (label and not LABEL.fullmatch(label)):
        raise refusal("autoscaling_label_wrong", metric=metric)
