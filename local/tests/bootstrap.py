"""A small Lambda: makes the AWS calls that its event lists. Also from SQS records, and from what is posted to its URL. Event:
{"calls": [{"service", "operation", "parameters"}], "again": {"queue", "left"}}: sends itself on, `left` times."""

import json
import os
import socket
import urllib.request

import boto3
import botocore.config

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=20)


def ping(address: str, port: int) -> str:
    """What a broker without TLS says to PING; "silence" if nothing comes within a second."""
    try:
        with socket.create_connection((address, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).decode().strip()
    except TimeoutError:
        return "silence"


def handle(event):
    if event.get("ping"):
        return ping(*event["ping"])
    if event.get("environment"):
        return dict(os.environ)
    answers = []
    for call in event.get("calls", []):
        client = boto3.client(call["service"], config=CONFIG)
        try:
            reply = getattr(client, call["operation"])(**call["parameters"])
            reply.pop("ResponseMetadata", None)
            answers.append(reply)
        except Exception as error:  # the test looks at what the function saw
            answers.append({"error": type(error).__name__, "message": str(error)})
    again = event.get("again")
    if again and again["left"] > 0:
        left = {"again": {**again, "left": again["left"] - 1}}
        boto3.client("sqs").send_message(QueueUrl=again["queue"], MessageBody=json.dumps(left))
    return answers


while True:
    with urllib.request.urlopen(f"{API}/next") as request:
        request_id = request.headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = request.headers["Lambda-Runtime-Trace-Id"]
        event = json.load(request)
    if "Records" in event:
        answer = [handle(json.loads(record["body"])) for record in event["Records"]]
    elif "requestContext" in event:
        said = handle(json.loads(event.get("body") or "{}"))
        answer = {"statusCode": 200, "body": json.dumps({"path": event["rawPath"], "query": event["rawQueryString"], "said": said}, default=str)}
    else:
        answer = handle(event)
    body = json.dumps(answer, default=str).encode()
    urllib.request.urlopen(urllib.request.Request(f"{API}/{request_id}/response", data=body, method="POST"))
