"""EventBridge: what cannot be delivered to a queue goes to the target's dead-letter queue."""

import json


def install() -> None:
    """Wraps ministack's delivery to one target."""
    from ministack.services import eventbridge, sqs

    original = eventbridge._invoke_target

    def invoke_target(target, event, rule, view=None):
        arn = target.get("Arn", "")
        if arn.startswith("arn:aws:sqs:") and not sqs._queue_by_arn(arn):
            dead_letter(target, event, rule)
            return
        original(target, event, rule, view)

    eventbridge._invoke_target = invoke_target


def dead_letter(target: dict, event: dict, rule: dict) -> None:
    """The event, with AWS's attributes that say why.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    A queue that does not exist is no error that AWS retries."""
    from ministack.services import eventbridge, sqs

    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    record = sqs._queue_by_arn(queue) if queue else None
    if not record:
        return
    why = {
        "RULE_ARN": rule.get("Arn", ""),
        "TARGET_ARN": target.get("Arn", ""),
        "ERROR_CODE": "NO_PERMISSIONS" if target.get("Arn") == queue else "SDK_CLIENT_ERROR",
        "ERROR_MESSAGE": "The specified queue does not exist.",
        "EXHAUSTED_RETRY_CONDITION": "NotRetryable",
        "RETRY_ATTEMPTS": "0",
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in why.items() if value}
    body = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
    name = queue.rpartition(":")[2]
    sqs._act_send_message({"MessageBody": body, "MessageAttributes": attributes}, sqs._queue_url(name))
