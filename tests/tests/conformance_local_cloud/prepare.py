"""Caretaker's own ledger, queues and bus, as template.yaml has them, for clients without a deployment; prints their names as JSON."""

import json

import boto3

dynamodb, sqs, events = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("events")
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
print(json.dumps({
    "table": "conformance",
    "bus": "conformance",
    "queue": sqs.create_queue(QueueName="conformance")["QueueUrl"],
    "dlq": sqs.create_queue(QueueName="conformance-dlq")["QueueUrl"],
}))
