"""AWS's errors, as each protocol writes them."""

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

from caretaker_local import cbor, facts

# One API reference per service names its throttling error; the SDKs know all of these as retryable.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
THROTTLING_CODE = {"rds": "Throttling", "elasticache": "Throttling", "iam": "Throttling", "cloudformation": "Throttling",
                   "sts": "Throttling",
                   "ec2": "RequestLimitExceeded", "lambda": "TooManyRequestsException",
                   "sqs": "RequestThrottled", "dynamodb": "ThrottlingException", "route53": "Throttling"}


@dataclass
class AwsError(Exception):
    """A refusal by AWS; `extra` are the modelled members of the error beside code and message."""

    code: str
    message: str
    status: int = 400
    extra: dict | None = None


@dataclass(frozen=True)
class Reply:
    """What goes back to the caller."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def refusal(identifier: str, extra: dict | None = None, **names) -> AwsError:
    """The refusal of that row of refusals.toml, its message filled in."""
    row = facts.refusals()[identifier]
    return AwsError(row["code"], row["message"].format(**names), row["status"], extra)


def throttling(service: str) -> AwsError:
    return AwsError(THROTTLING_CODE.get(service, "ThrottlingException"), "Rate exceeded")


def error_reply(service: str, protocol: str, error: AwsError, request_id: str) -> Reply:
    """The error in the caller's protocol."""
    kind = "Receiver" if error.status >= 500 else "Sender"
    headers = [(b"x-amzn-requestid", request_id.encode())]
    if service == "ec2":
        body = (f"<Response><Errors><Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error></Errors>"
                f"<RequestID>{request_id}</RequestID></Response>").encode()
        headers.append((b"content-type", b"text/xml"))
    elif protocol == "query" or service == "route53":
        body = (
            f'<ErrorResponse xmlns="http://{service}.amazonaws.com/doc/"><Error><Type>{kind}</Type>'
            f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        ).encode()
        headers.append((b"content-type", b"text/xml"))
    elif protocol == "rest-xml":
        body = (
            f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
            f"<RequestId>{request_id}</RequestId></Error>"
        ).encode()
        headers.append((b"content-type", b"application/xml"))
    elif protocol == "rpc-v2":
        body = cbor.dumps({"__type": error.code, "message": error.message, **(error.extra or {})})
        headers += [(b"content-type", b"application/cbor"), (b"smithy-protocol", b"rpc-v2-cbor"),
                    (b"x-amzn-query-error", f"{error.code};{kind}".encode())]
    else:
        members = {"__type": error.code, "message": error.message, **(error.extra or {})}
        if protocol == "rest-json":
            # EFS names its members so, e.g. FileSystemAlreadyExists {ErrorCode, Message, FileSystemId}.
            members = {"ErrorCode": error.code, "Message": error.message, "message": error.message, **(error.extra or {})}
            headers.append((b"x-amzn-errortype", error.code.encode()))
        body = json.dumps(members).encode()
        headers.append((b"content-type", b"application/json" if protocol == "rest-json" else b"application/x-amz-json-1.1"))
    headers.append((b"content-length", str(len(body)).encode()))
    return Reply(error.status, headers, body)
