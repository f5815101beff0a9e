"""CloudWatch: an alarm looks at the metric with its own dimensions only; ministack takes all of that name."""

import types


def install() -> None:
    """Gives ministack's evaluation a view on the metrics that the alarm means."""
    from ministack.services import cloudwatch

    original = cloudwatch._evaluate_alarm

    def evaluate_alarm(alarm):
        view = {**original.__globals__, "_metrics": own_metrics(alarm)}
        types.FunctionType(original.__code__, view)(alarm)

    cloudwatch._evaluate_alarm = evaluate_alarm


def own_metrics(alarm: dict) -> dict:
    """Series whose dimensions are exactly the alarm's."""
    from ministack.services import cloudwatch

    wanted = {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions") or []}
    return {
        key: points for key, points in list(cloudwatch._metrics.items())
        if points and (points[0].get("Dimensions") or {}) == wanted
    }
