"""Caretaker's own ledger, queues and bus, as template.yaml has them, for clients without a deployment; prints their names as JSON."""

import io
import json
import time
import zipfile

import boto3

dynamodb, sqs, events, iam = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("events"), boto3.client("iam")
functions = boto3.client("lambda")
text = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "ownersIndex", "arn")]


def key(**names):
    return [{"AttributeName": name, "KeyType": kind} for kind, name in names.items()]


dynamodb.create_table(
    TableName="conformance", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=text, KeySchema=key(HASH="pk", RANGE="sk"),
    GlobalSecondaryIndexes=[
        {"IndexName": "owners", "KeySchema": key(HASH="ownersIndex", RANGE="pk"), "Projection": {"ProjectionType": "ALL"}},
        {"IndexName": "arns", "KeySchema": key(HASH="arn"), "Projection": {"ProjectionType": "KEYS_ONLY"}},
    ],
)
dynamodb.get_waiter("table_exists").wait(TableName="conformance")
events.create_event_bus(Name="conformance")


def create_function(name, deadline_s=60):
    """A function of the stack, whose code others run: Lambda takes its role once that is some seconds old."""
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(zipfile.ZipInfo("bootstrap"), "#!/bin/sh\n")
    end = time.monotonic() + deadline_s
    while True:
        try:
            return functions.create_function(FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role=role,
                                             Architectures=["arm64"], Code={"ZipFile": package.getvalue()})
        except functions.exceptions.InvalidParameterValueException:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


create_function("caretaker-sample-queues")
print(json.dumps({
    "table": "conformance",
    "bus": "conformance",
    "queue": sqs.create_queue(QueueName="conformance")["QueueUrl"],
    "dlq": sqs.create_queue(QueueName="conformance-dlq")["QueueUrl"],
}))
