"""Requests checked against botocore's models, as AWS's front ends check them before the service looks."""

import functools
import re

from caretaker_local.errors import AwsError
from caretaker_local.models import service_model
from caretaker_local.wire import Call

# Services whose front end checks the whole model. Others check by hand, and their models are wider than they are.
CHECKED = {"rds", "efs", "secretsmanager", "ecs", "dynamodb", "sqs", "events", "lambda", "scheduler", "logs", "kms", "elbv2", "wafv2",
           "application-autoscaling"}

# The code for a request outside its model, per service; ValidationException elsewhere.
CODES = {
    "rds": "InvalidParameterValue",
    "ecs": "InvalidParameterException",
    "secretsmanager": "ValidationException",
    "sqs": "InvalidParameterValue",
    "elbv2": "ValidationError",
}
MISSING_CODES = {"rds": "MissingParameter", "sqs": "MissingParameter", "secretsmanager": "InvalidParameterException"}

# Members whose pattern in the model is stricter than the service: (service, member).
# logs: the model forbids what the service's own ARNs carry in older SDK releases.
LENIENT = {("logs", "logGroupIdentifier")}


def check(call: Call) -> None:
    """Raises what AWS answers to a request outside its model."""
    model = service_model(call.service) if call.service in CHECKED else None
    if model is None or call.protocol == "rpc-v2" or call.operation not in model.operation_names:
        return
    shape = model.operation_model(call.operation).input_shape
    if shape is None:
        return
    faults = list(violations(call.service, shape, call.params, ""))
    if not faults:
        return
    missing = [text for kind, text in faults if kind == "missing"]
    codes = MISSING_CODES if missing else CODES
    code = codes.get(call.service, "ValidationException")
    text = "; ".join(text for _kind, text in faults)
    plural = "" if len(faults) == 1 else "s"
    raise AwsError(code, f"{len(faults)} validation error{plural} detected: {text}")


def violations(service: str, shape, value, path: str):
    """(kind, sentence) for each rule of the shape that the value breaks."""
    if shape.type_name == "structure":
        yield from structure_violations(service, shape, value, path)
    elif shape.type_name == "list" and isinstance(value, list):
        yield from bounds(len(value), shape.metadata, path, value, "length")
        for at, item in enumerate(value, 1):
            yield from violations(service, shape.member, item, f"{path}.{at}.member")
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from violations(service, shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from string_violations(service, shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from number_violations(shape, value, path)
    elif shape.type_name == "boolean" and not isinstance(value, bool) and value not in ("true", "false"):
        yield "type", f"Value '{value}' at '{path}' failed to satisfy constraint: Member must be a boolean"


def structure_violations(service: str, shape, value, path: str):
    if not isinstance(value, dict):
        yield "type", f"Value at '{path}' failed to satisfy constraint: Member must be a structure"
        return
    for name in shape.required_members:
        member = shape.members[name]
        # The SDK fills such tokens in; AWS takes their absence as a new one.
        if value.get(name) is None and "idempotencyToken" not in member.metadata:
            yield "missing", f"Value null at '{join(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if value.get(name) is not None and (service, name) not in LENIENT:
            yield from violations(service, member, value[name], join(path, name))


def string_violations(service: str, shape, value, path: str):
    if not isinstance(value, str):
        yield "type", f"Value at '{path}' failed to satisfy constraint: Member must be a string"
        return
    yield from bounds(len(value), shape.metadata, path, value, "length")
    pattern = compiled(shape.metadata.get("pattern", ""))
    if pattern is not None and not pattern.fullmatch(value):
        yield "pattern", (f"Value '{value}' at '{path}' failed to satisfy constraint: "
                          f"Member must satisfy regular expression pattern: {pattern.pattern}")
    if shape.enum and value not in shape.enum:
        yield "enum", (f"Value '{value}' at '{path}' failed to satisfy constraint: "
                       f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")


def number_violations(shape, value, path: str):
    try:
        number = float(value)
    except (TypeError, ValueError):
        yield "type", f"Value '{value}' at '{path}' failed to satisfy constraint: Member must be a number"
        return
    yield from bounds(number, shape.metadata, path, value, "value")


def bounds(measure: float, metadata: dict, path: str, value, what: str):
    for limit, text, broken in (
        (metadata.get("min"), "greater", lambda least: measure < float(least)),
        (metadata.get("max"), "less", lambda most: measure > float(most)),
    ):
        if limit is not None and broken(limit):
            yield "bounds", (f"Value '{value}' at '{path}' failed to satisfy constraint: "
                             f"Member must have {what} {text} than or equal to {limit}")


@functools.cache
def compiled(pattern: str):
    """A model's pattern; None where it is Java's own dialect."""
    try:
        return re.compile(pattern) if pattern else None
    except re.error:
        return None


def join(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel
