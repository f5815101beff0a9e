"""The two alarms in CloudWatch that each target tracking policy has.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html"""

from caretaker_local.services.autoscaling.metrics import followed

HIGH, LOW = "AlarmHigh", "AlarmLow"

# As AWS makes them, seen in published exports: scale out after 3 periods above the target, in after 15 below 90 % of it.
PERIOD_S = 60
RULES = {HIGH: ("GreaterThanThreshold", 3, 1.0), LOW: ("LessThanThreshold", 15, 0.9)}


def put(policy: dict) -> None:
    """Makes or renews them. A step scaling policy has none of its own: who wants it makes an alarm."""
    from ministack.core.responses import new_uuid
    from ministack.services import cloudwatch

    if policy["PolicyType"] != "TargetTrackingScaling":
        return
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    sides = [HIGH] if configuration.get("DisableScaleIn") else [HIGH, LOW]
    named = {side: name for side in sides if (name := name_of(policy, side))}
    for name in set(names(policy)) - set(named.values()):
        cloudwatch.cloudformation_delete_metric_alarm(name)
    policy["Alarms"] = []
    for side in sides:
        name = named.get(side) or f"TargetTracking-{policy['ResourceId']}-{side}-{new_uuid()}"
        cloudwatch.cloudformation_put_metric_alarm(alarm(policy, side, name))
        policy["Alarms"].append({"AlarmName": name, "AlarmARN": cloudwatch._alarms[name]["AlarmArn"]})


def delete(policy: dict) -> None:
    """With a target tracking policy go its alarms."""
    from ministack.services import cloudwatch

    for name in names(policy):
        cloudwatch.cloudformation_delete_metric_alarm(name)


def names(policy: dict) -> list[str]:
    return [alarm["AlarmName"] for alarm in policy["Alarms"]]


def name_of(policy: dict, side: str) -> str | None:
    return next((name for name in names(policy) if f"-{side}-" in name), None)


def is_low(name: str) -> bool:
    return f"-{LOW}-" in name


def in_alarm(policy: dict, side: str) -> bool:
    """Whether that alarm of the policy is in ALARM now."""
    from ministack.services import cloudwatch

    record = cloudwatch._alarms.get(name_of(policy, side) or "")
    return record is not None and record["StateValue"] == "ALARM"


def alarm(policy: dict, side: str, name: str) -> dict:
    """ministack's record of one; a known one keeps its state."""
    import time

    from ministack.services import cloudwatch

    from caretaker_local.services.autoscaling.store import arn

    comparison, periods, share = RULES[side]
    target = policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
    state = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation", "StateUpdatedTimestamp": int(time.time())}
    known = cloudwatch._alarms.get(name) or {}
    return {
        "AlarmName": name,
        "AlarmArn": arn("cloudwatch", f"alarm:{name}"),
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}.",
        **followed(policy),
        "ExtendedStatistic": None,
        "Period": PERIOD_S,
        "EvaluationPeriods": periods,
        # Nine tenths of 30 are 27, not 27.000000000000004.
        "Threshold": round(target * share, 9),
        "ComparisonOperator": comparison,
        "TreatMissingData": "missing",
        "ActionsEnabled": True,
        "AlarmActions": [policy["PolicyARN"]],
        "OKActions": [],
        "InsufficientDataActions": [],
        "AlarmConfigurationUpdatedTimestamp": int(time.time()),
        **{member: known.get(member, value) for member, value in state.items()},
    }
