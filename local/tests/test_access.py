"""The functions' own IAM policies, recorded and enforced."""

import json

import functions
import pytest
from functions import call

POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
     "Resource": "arn:aws:secretsmanager:us-east-1:123456789012:secret:mate-*",
     "Condition": {"Null": {"aws:RequestTag/caretaker:owner": "false"}}},
    {"Effect": "Allow", "Action": "secretsmanager:DeleteSecret", "Resource": "*",
     "Condition": {"Null": {"aws:ResourceTag/caretaker:owner": "false"}}},
    {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*", "Condition": {"StringEquals": {"events:source": "caretaker.answers"}}},
    {"Effect": "Allow", "Action": "ecs:RegisterTaskDefinition", "Resource": "*"},
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:ours"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/mate-*",
     "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
]}
OWNED = [{"Key": "caretaker:owner", "Value": "demo"}]


@pytest.fixture
def worker(cloud, base):
    functions.create_function(cloud)
    cloud.client("iam").put_role_policy(RoleName="worker-role", PolicyName="own", PolicyDocument=json.dumps(POLICY))
    return cloud


def secret(name, **more):
    return call("secretsmanager", "create_secret", Name=name, SecretString="x", **more)


def denied(server):
    return [(line["action"], line["resource"].rpartition(":")[2]) for line in server.control("GET", "iam")["denials"]]


def outcomes(server, *calls):
    answers, failure = functions.invoke(server, {"calls": list(calls)})
    assert failure is None
    return [answer.get("message", "ok")[:70] for answer in answers]


def test_what_the_role_does_not_allow_is_refused(worker):
    worker.control("POST", "iam", {"mode": "enforce"})
    done = outcomes(worker, secret("mate-demo", Tags=OWNED), secret("mate-bare"), secret("other", Tags=OWNED))
    assert done[0] == "ok"
    assert all("AccessDeniedException" in text for text in done[1:])
    assert [name["Name"] for name in worker.client("secretsmanager").list_secrets()["SecretList"]] == ["mate-demo"]


def test_conditions_see_the_tags_of_what_is_touched(worker):
    client = worker.client("secretsmanager")
    client.create_secret(Name="mate-ours", SecretString="x", Tags=OWNED)
    client.create_secret(Name="mate-theirs", SecretString="x")
    worker.control("POST", "iam", {"mode": "enforce"})
    done = outcomes(worker, *(call("secretsmanager", "delete_secret", SecretId=name) for name in ("mate-ours", "mate-theirs")))
    assert done[0] == "ok"
    assert "AccessDeniedException" in done[1]


def test_a_batch_is_checked_by_the_right_of_its_call(worker):
    client = worker.client("sqs")
    urls = [client.create_queue(QueueName=name)["QueueUrl"] for name in ("ours", "theirs")]
    worker.control("POST", "iam", {"mode": "enforce"})
    entries = [{"Id": "1", "MessageBody": "x"}]
    done = outcomes(worker, *(call("sqs", "send_message_batch", QueueUrl=url, Entries=entries) for url in urls))
    assert done[0] == "ok"
    assert denied(worker) == [("sqs:SendMessage", "theirs")]


def test_recording_refuses_nothing_and_tells_all(worker, base):
    worker.control("POST", "iam", {"mode": "record"})
    entry = {"EventBusName": "default", "DetailType": "x", "Detail": "{}"}
    definition = {"family": "f", "containerDefinitions": [{"name": "web", "image": "web:1"}]}
    outcomes(worker, call("events", "put_events", Entries=[{**entry, "Source": "caretaker.answers"}]),
             call("events", "put_events", Entries=[{**entry, "Source": "caretaker.tenants"}]),
             call("ecs", "register_task_definition", **definition, executionRoleArn=base["execution.arn"]),
             call("ecs", "register_task_definition", **definition, taskRoleArn="arn:aws:iam::123456789012:role/admin"),
             call("rds", "describe_db_instances"))
    assert ("events:PutEvents", "event-bus/default") in denied(worker)
    assert ("iam:PassRole", "role/admin") in denied(worker)
    assert [action for action, _resource in denied(worker)] == ["events:PutEvents", "iam:PassRole", "rds:DescribeDBInstances"]
    worker.control("POST", "iam", {"mode": "record"})
    assert denied(worker) == []
