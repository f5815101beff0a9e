"""How a matched event comes to one target, and to the target's dead-letter queue if it cannot.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""

import json
from dataclasses import dataclass

# "EventBridge tries … for 24 hours and up to 185 times", unless the target's RetryPolicy says otherwise.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
LONGEST_AGE_S, MOST_RETRIES = 86_400, 185
# "with an exponential back off and jitter": its times are not published; Lambda's own queue has these.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 300.0
# In real seconds: without it a retried event would spin in the profile `instant`.
LEAST_WAIT_REAL_S = 0.2


@dataclass(frozen=True)
class Failure:
    """Why a delivery failed, in the words of the dead-letter queue's attributes."""

    code: str
    message: str
    retryable: bool = False


class Delivery:
    """ministack's delivery to one target, with the failures that it overlooks."""

    def __init__(self, cloud):
        self.cloud = cloud

    def install(self) -> None:
        from ministack.services import eventbridge

        self.original = eventbridge._invoke_target
        eventbridge._invoke_target = self.deliver
        eventbridge._dispatch_to_lambda = to_function

    def deliver(self, target: dict, event: dict, rule: dict, view=None) -> None:
        """In place of ministack's _invoke_target."""
        self.attempt(target, event, rule, view, retries=0, age_s=0.0)

    def attempt(self, target: dict, event: dict, rule: dict, view, retries: int, age_s: float) -> None:
        failure = failure_of(target, rule)
        if failure is None:
            self.original(target, event, rule, view)
            return
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**retries)
        exhausted = exhausted_by(target.get("RetryPolicy") or {}, failure, retries, age_s + wait)
        if exhausted:
            dead_letter(target, event, rule, failure, exhausted, retries)
            return
        self.cloud.timeline.after(max(LEAST_WAIT_REAL_S, wait * self.cloud.settings.time_scale),
                                  lambda: self.attempt(target, event, rule, view, retries + 1, age_s + wait))


def failure_of(target: dict, rule: dict) -> Failure | None:
    """What stands in the way of a delivery now; of queues and functions."""
    from ministack.services import sqs

    arn = target.get("Arn", "")
    if arn.startswith("arn:aws:sqs:") and not sqs._queue_by_arn(arn):
        return Failure("SDK_CLIENT_ERROR", "The specified queue does not exist.")
    return failure_of_function(arn, rule) if arn.startswith("arn:aws:lambda:") else None


def failure_of_function(arn: str, rule: dict) -> Failure | None:
    from ministack.services import lambda_svc

    function, config, _name = lambda_svc._get_func_record_for_ref(arn)
    if config is None:
        return Failure("NO_RESOURCE", f"Function not found: {arn}")
    if not may_invoke(function["policy"], arn, rule["Arn"]):
        return Failure("NO_PERMISSIONS", "User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: "
                                         f"{arn} because no resource-based policy allows the lambda:InvokeFunction action")
    if config.get("State") == "Pending":
        return Failure("SDK_CLIENT_ERROR", "The function is currently in the following state: Pending", retryable=True)
    return None


def may_invoke(policy: dict, function: str, rule: str) -> bool:
    """Whether the function's own policy lets EventBridge invoke it for that rule.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions"""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.core.responses import get_account_id, get_region

    context = EvalContext(principal_arn="events.amazonaws.com", principal_type="Service", principal_account="",
                          action="lambda:InvokeFunction", resource_arn=function, region=get_region(),
                          service_context={"aws:sourcearn": rule, "aws:sourceaccount": get_account_id()})
    return evaluate_resource_policy(policy, context, service="events.amazonaws.com").decision == "Allow"


def exhausted_by(policy: dict, failure: Failure, retries: int, age_s: float) -> str | None:
    """EXHAUSTED_RETRY_CONDITION, or None while there is another try."""
    if not failure.retryable:
        return "NotRetryable"
    if retries >= policy.get("MaximumRetryAttempts", MOST_RETRIES):
        return "MaximumRetryAttempts"
    return "MaximumEventAgeInSeconds" if age_s > policy.get("MaximumEventAgeInSeconds", LONGEST_AGE_S) else None


def to_function(arn: str, payload: str) -> None:
    """Asynchronously, as EventBridge does: Lambda's own queue retries what the function fails at.

    https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchevents.html"""
    from ministack.services import lambda_svc

    function, config, _name = lambda_svc._get_func_record_for_ref(arn)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def dead_letter(target: dict, event: dict, rule: dict, failure: Failure, exhausted: str, retries: int) -> None:
    """The event, with AWS's attributes that say why."""
    from ministack.services import eventbridge, sqs

    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    record = sqs._queue_by_arn(queue) if queue else None
    if not record:
        return
    why = {
        "RULE_ARN": rule.get("Arn", ""),
        "TARGET_ARN": target.get("Arn", ""),
        "ERROR_CODE": "NO_PERMISSIONS" if target.get("Arn") == queue else failure.code,
        "ERROR_MESSAGE": failure.message,
        "EXHAUSTED_RETRY_CONDITION": exhausted,
        "RETRY_ATTEMPTS": str(retries),
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in why.items() if value}
    body = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    name = queue.rpartition(":")[2]
    sqs._act_send_message({"MessageBody": body, "MessageAttributes": attributes}, sqs._queue_url(name))
