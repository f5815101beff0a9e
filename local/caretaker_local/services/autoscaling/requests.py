"""How the service's requests are read and answered."""

from collections.abc import Callable

from caretaker_local.errors import AwsError, Reply
from caretaker_local.rules import json_reply
from caretaker_local.services.autoscaling.store import DIMENSION, NAMESPACE
from caretaker_local.wire import Call

# "The default value is 50", which is the most as well.
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
PAGE = 50


def answers(handler: Callable[[dict], dict]) -> Callable[[Call], Reply]:
    """A handler of parameters as a check of the pipeline, whose reply is the answer."""
    def check(call: Call) -> Reply:
        refuse_others(call.params)
        return json_reply(handler(call.params))

    return check


def refuse_others(params: dict) -> None:
    """Only ECS services are scaled here."""
    if params.get("ServiceNamespace", NAMESPACE) != NAMESPACE or params.get("ScalableDimension", DIMENSION) != DIMENSION:
        raise AwsError("ValidationException", "The local cloud scales ECS services only.")


def page(name: str, records: list[dict], params: dict) -> dict:
    """{name: some of the records, NextToken: where to go on}."""
    token = params.get("NextToken") or "0"
    if not token.isdigit():
        raise AwsError("InvalidNextTokenException", "The next token supplied was invalid.")
    start, most = int(token), min(int(params.get("MaxResults") or PAGE), PAGE)
    answer: dict = {name: records[start:start + most]}
    if start + most < len(records):
        answer["NextToken"] = str(start + most)
    return answer
