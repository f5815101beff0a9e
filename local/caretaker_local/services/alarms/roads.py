"""The three roads of a change: the default bus, topics, functions."""

import json
from contextlib import contextmanager
from contextvars import ContextVar

from caretaker_local.errors import AwsError, refusal
from caretaker_local.events import emit
from caretaker_local.services.alarms import forms
from caretaker_local.services.alarms.moments import moment

ALL = frozenset({"bus", "sns", "lambda"})
OPEN: ContextVar[frozenset] = ContextVar("roads that a change may take", default=ALL)

ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@contextmanager
def only(roads):
    """What changes within is told by these roads alone: the others lose it, or are late."""
    unknown = set(roads or ()) - ALL
    if unknown:
        raise ValueError(f"no such road: {', '.join(sorted(unknown))}")
    token = OPEN.set(frozenset(roads) if roads is not None else ALL)
    try:
        yield
    finally:
        OPEN.reset(token)


def tell_bus(alarm: dict, told: dict) -> None:
    """Always, whether actions are enabled, suppressed or none."""
    if "bus" in OPEN.get():
        emit("aws.cloudwatch", "CloudWatch Alarm State Change", [alarm["AlarmArn"]], told)


def act(alarm: dict, told: dict) -> None:
    """The actions of the state that the alarm is in now. What Auto Scaling is asked for its own engine hears."""
    if not alarm.get("ActionsEnabled", True):
        return
    for action in alarm.get(ACTIONS.get(told["state"]["value"], "")) or []:
        try:
            if action.startswith("arn:aws:sns:") and "sns" in OPEN.get():
                publish(action, alarm, told)
            elif action.startswith("arn:aws:lambda:") and "lambda" in OPEN.get():
                invoke(action, alarm, told)
        except AwsError as error:
            note(alarm, f"Failed to execute action {action}", error.message)
        else:
            note(alarm, f"Successfully executed action {action}", None)


def publish(topic: str, alarm: dict, told: dict) -> None:
    from ministack.services import sns

    attributes = (sns._topics.get(topic) or {}).get("attributes")
    if attributes is None:
        raise refusal("cloudwatch_action_topic_missing", topic=topic)
    if not admits(attributes.get("Policy") or "", "SNS:Publish", topic, "cloudwatch.amazonaws.com", alarm["AlarmArn"]):
        raise refusal("cloudwatch_action_topic_policy", alarm=alarm["AlarmArn"], topic=topic)
    if attributes.get("KmsMasterKeyId") == "alias/aws/sns":
        raise refusal("cloudwatch_action_topic_key")
    message = forms.sns_message(alarm, told)
    sns.publish_internal(topic, json.dumps(message), forms.subject(message))


def invoke(arn: str, alarm: dict, told: dict) -> None:
    from ministack.services import lambda_svc

    function, config, _name = lambda_svc._get_func_record_for_ref(arn)
    if config is None or not admits(function["policy"], "lambda:InvokeFunction", arn, "lambda.alarms.cloudwatch.amazonaws.com",
                                    alarm["AlarmArn"]):
        raise refusal("cloudwatch_action_function_policy", function=arn)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), forms.lambda_event(alarm, told))


def admits(policy, action: str, resource: str, service: str, source: str, account: str | None = None) -> bool:
    """Whether a resource's policy lets that service of AWS in, on behalf of the source."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.core.responses import get_account_id, get_region

    account = account or get_account_id()
    context = EvalContext(principal_arn="*", principal_type="Service", principal_account="", action=action, resource_arn=resource,
                          region=get_region(), service_context={"aws:sourcearn": source, "aws:sourceaccount": account,
                                                                "aws:sourceowner": account})
    return evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def note(alarm: dict, summary: str, error: str | None) -> None:
    """In the alarm's history, where AWS shows what became of an action."""
    from ministack.services import cloudwatch

    data = {"actionState": "Failed", "error": error} if error else {"actionState": "Succeeded"}
    cloudwatch._history_entries().append({
        "AlarmName": alarm["AlarmName"], "AlarmType": "CompositeAlarm" if forms.is_composite(alarm) else "MetricAlarm",
        "Timestamp": cloudwatch._ts_iso(moment()), "HistoryItemType": "Action",
        "HistorySummary": f"{summary}. Received error: \"{error}\"" if error else summary, "HistoryData": json.dumps(data)})
