"""How many tasks a policy asks for: pure functions."""

import math


def tracked(base: int, value: float | None, target: float, scale_in: bool) -> int:
    """In proportion to metric over target, rounded up; without a datapoint one step.

    "Target tracking scaling ... rounds up to avoid adding insufficient or removing too much capacity":
    https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html"""
    if value is None:
        return base - 1 if scale_in else base + 1
    wanted = math.ceil(round(base * value / target, 9))
    return wanted if scale_in else max(base + 1, wanted)


def stepped(base: int, breach: float, configuration: dict) -> int:
    """The step whose interval the breach, metric minus threshold, lies in.

    https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html"""
    step = next((step for step in configuration["StepAdjustments"] if covers(step, breach)), None)
    if step is None:
        return base
    adjustment = step["ScalingAdjustment"]
    if configuration["AdjustmentType"] == "ExactCapacity":
        return adjustment
    if configuration["AdjustmentType"] == "PercentChangeInCapacity":
        return base + percent(base, adjustment, configuration.get("MinAdjustmentMagnitude", 0))
    return base + adjustment


def covers(step: dict, breach: float) -> bool:
    """Above the threshold the lower bound belongs to the step, below it the upper one."""
    lower, upper = step.get("MetricIntervalLowerBound", -math.inf), step.get("MetricIntervalUpperBound", math.inf)
    return lower <= breach < upper if breach >= 0 else lower < breach <= upper


def percent(base: int, adjustment: int, least: int) -> int:
    """Rounded down above 1 and below -1, otherwise to a whole task; never less than `least`."""
    change = base * adjustment / 100
    whole = math.trunc(change) if abs(change) >= 1 else int(math.copysign(math.ceil(abs(change)), change))
    return int(math.copysign(max(abs(whole), least), adjustment))


def within(count: int, target: dict) -> int:
    return max(target["MinCapacity"], min(target["MaxCapacity"], count))
