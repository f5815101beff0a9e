"""Deploying and invoking the small Lambda of bootstrap.py."""

import io
import json
import sys
import zipfile
from pathlib import Path

from conftest import eventually


def package() -> bytes:
    """bootstrap.py as a deployment package, run by this Python."""
    source = (Path(__file__).parent / "bootstrap.py").read_text()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, f"#!{sys.executable}\n{source}")
    return buffer.getvalue()


def create_function(server, name: str = "worker", timeout: int = 20) -> str:
    """Its ARN."""
    role = server.client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }))["Role"]["Arn"]
    return server.client("lambda").create_function(
        FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role=role, Timeout=timeout,
        Code={"ZipFile": package()}, Environment={"Variables": {"AWS_ENDPOINT_URL": server.endpoint}},
    )["FunctionArn"]


def invoke(server, event: dict, name: str = "worker") -> tuple[object, str | None]:
    """(what it returned, FunctionError)."""
    reply = server.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(reply["Payload"].read()), reply.get("FunctionError")


def call(service: str, operation: str, /, **parameters) -> dict:
    return {"service": service, "operation": operation, "parameters": parameters}


def create_queue(server, name: str, **attributes) -> tuple[str, str]:
    """(URL, ARN)."""
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def map_queue(server, queue_arn: str, name: str = "worker") -> None:
    server.client("lambda").create_event_source_mapping(EventSourceArn=queue_arn, FunctionName=name, BatchSize=1)


def invocations(server, name: str = "worker") -> int:
    """How many runs the function's log tells of."""
    logs = server.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]:
        return 0
    found = 0
    for stream in logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}").get("logStreams", []):
        events = logs.get_log_events(logGroupName=f"/aws/lambda/{name}", logStreamName=stream["logStreamName"])["events"]
        found += sum(event["message"].startswith("START") for event in events)
    return found


__all__ = ["call", "create_function", "create_queue", "eventually", "invocations", "invoke", "map_queue"]
