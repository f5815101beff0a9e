"""Why a metric alarm changed, in AWS's words and as data; ministack has a short form of its own."""

import json
import re
from datetime import UTC, datetime

from caretaker_local.services.alarms.moments import moment, written

# What ministack writes when a metric has crossed a threshold.
OWN = re.compile(r"Threshold Crossed: \S+ \S+ \w+Threshold \S+")

WORDS = {"GreaterThanOrEqualToThreshold": "greater than or equal to", "GreaterThanThreshold": "greater than",
         "LessThanThreshold": "less than", "LessThanOrEqualToThreshold": "less than or equal to"}


def complete(alarm: dict, old_state: str) -> None:
    """Rewrites what ministack wrote; what a caller of SetAlarmState wrote stays."""
    if not OWN.fullmatch(alarm["StateReason"]):
        return
    points = datapoints(alarm)
    alarm["StateReason"] = sentence(alarm, points, old_state)
    alarm["StateReasonData"] = json.dumps(data(alarm, points), separators=(",", ":"))


def datapoints(alarm: dict) -> list[tuple[int, float, float]]:
    """(begin, sample count, value) of each period with data that the alarm looks at, newest first."""
    from ministack.services import cloudwatch

    from caretaker_local.services.cloudwatch import own_metrics

    period = alarm.get("Period", 60)
    since = moment() - period * alarm.get("EvaluationPeriods", 1)
    buckets: dict[int, list] = {}
    for (namespace, name, _dimensions), series in own_metrics(alarm).items():
        for point in series if (namespace, name) == (alarm.get("Namespace"), alarm.get("MetricName")) else ():
            if point["Timestamp"] >= since:
                buckets.setdefault(int(point["Timestamp"] // period) * period, []).append(point)
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    found = []
    for begin, points in sorted(buckets.items(), reverse=True):
        stats = cloudwatch._calc_stats(points)
        value = cloudwatch._stat_value(stats, statistic, points) if stats else None
        if value is not None:
            found.append((begin, stats["SampleCount"], value))
    return found[:alarm.get("EvaluationPeriods", 1)]


def sentence(alarm: dict, points: list, old_state: str) -> str:
    count = len(points)
    listed = ", ".join(f"{value} ({spoken(begin)})" for begin, _samples, value in points)
    verb = "was" if count == 1 else "were"
    crossing = f"{verb} {'' if alarm['StateValue'] == 'ALARM' else 'not '}{WORDS.get(alarm['ComparisonOperator'], 'outside')}"
    s = "" if count == 1 else "s"
    return (f"Threshold Crossed: {count} out of the last {count} datapoints [{listed}] {crossing} the threshold ({alarm['Threshold']}) "
            f"(minimum {count} datapoint{s} for {old_state} -> {alarm['StateValue']} transition).")


def spoken(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d/%m/%y %H:%M:%S")


def data(alarm: dict, points: list) -> dict:
    oldest_first = list(reversed(points))
    told = {"version": "1.0", "queryDate": written(moment())}
    if points:
        told["startDate"] = written(oldest_first[0][0])
    return told | {
        "statistic": alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average", "period": alarm.get("Period", 60),
        "recentDatapoints": [value for _begin, _samples, value in oldest_first], "threshold": alarm["Threshold"],
        "evaluatedDatapoints": [{"timestamp": written(begin), "sampleCount": samples, "value": value} for begin, samples, value in points]}


# What an alarm becomes for which no datapoint came, and how that is said.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
OF_MISSING = {"breaching": ("ALARM", "Breaching"), "notBreaching": ("OK", "NonBreaching")}


def of_nothing(alarm: dict) -> tuple[str, str, dict] | None:
    """(state, reason, reason data) where no period has data; None: it stays as it is."""
    treated, count = alarm.get("TreatMissingData") or "missing", alarm.get("EvaluationPeriods", 1)
    if treated == "ignore":
        return None
    s = "" if count == 1 else "s"
    begins = [int(moment() // alarm.get("Period", 60) - back) * alarm.get("Period", 60) for back in range(1, count + 1)]
    told = data(alarm, []) | {"evaluatedDatapoints": [{"timestamp": written(begin)} for begin in begins]}
    if treated not in OF_MISSING:
        return "INSUFFICIENT_DATA", f"Insufficient Data: {count} datapoint{s} {'was' if count == 1 else 'were'} unknown.", told
    value, word = OF_MISSING[treated]
    were = "was" if count == 1 else "were"
    reason = (f"Threshold Crossed: no datapoints were received for {count} period{s} and {count} missing datapoint{s} "
              f"{were} treated as [{word}].")
    return value, reason, told
