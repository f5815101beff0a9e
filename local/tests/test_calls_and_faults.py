"""The call log, and faults on request: who called, and what goes wrong."""

import functions
import pytest
from conftest import eventually
from functions import call

SECRET = call("secretsmanager", "create_secret", Name="demo-secret", SecretString="one", ClientRequestToken="t" * 32)


@pytest.fixture
def worker(cloud):
    functions.create_function(cloud)
    return cloud


def secrets(server):
    return [secret["Name"] for secret in server.client("secretsmanager").list_secrets()["SecretList"]]


def test_a_call_leads_back_to_its_invocation_and_its_event(worker):
    functions.invoke(worker, {"tenant": "demo-17", "calls": [SECRET]})
    mine = worker.calls(owner="demo-17")
    created = next(line for line in mine if line["operation"] == "CreateSecret")
    assert created["function"] == "worker"
    assert created["requestId"]
    assert created["service"] == "secretsmanager"
    assert created["resource"] == "demo-secret"
    assert created["mutating"] is True
    assert created["status"] == 200
    assert worker.calls(owner="demo-18") == []


def test_a_function_sees_lambdas_environment_and_its_own(worker):
    seen, _failure = functions.invoke(worker, {"environment": True})
    assert seen["AWS_ENDPOINT_URL"] == worker.endpoint
    assert (seen["AWS_LAMBDA_FUNCTION_NAME"], seen["AWS_LAMBDA_LOG_GROUP_NAME"]) == ("worker", "/aws/lambda/worker")
    assert (seen["AWS_REGION"], seen["AWS_SECRET_ACCESS_KEY"]) == ("us-east-1", "test")
    assert not {"SETTING_OF_THE_SHELL", "HOME", "PYTHONPATH", "GATEWAY_PORT"} & set(seen)


def test_the_log_goes_on_from_a_number(cloud):
    cloud.client("sqs").list_queues()
    last = cloud.control("GET", "calls")["last"]
    cloud.client("ecs").list_clusters()
    lines = cloud.calls(since=last)
    assert [(line["service"], line["operation"], line["mutating"]) for line in lines] == [("ecs", "ListClusters", False)]


def test_dynamodb_lines_name_the_item(cloud):
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(TableName="ledger", BillingMode="PAY_PER_REQUEST",
                          AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
                          KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
    dynamodb.put_item(TableName="ledger", Item={"pk": {"S": "tenant#dev#demo"}, "sk": {"S": "intent"}})
    assert cloud.calls()[-1]["resource"] == "ledger/tenant#dev#demo/intent"


def test_error_before_has_no_effect(cloud, refused):
    cloud.control("POST", "faults", {"service": "secretsmanager", "operation": "CreateSecret", "kind": "error_before",
                                     "code": "InternalServiceError", "status": 400})
    refused("InternalServiceError", cloud.client("secretsmanager").create_secret, Name="a", SecretString="x")
    assert secrets(cloud) == []
    cloud.client("secretsmanager").create_secret(Name="a", SecretString="x")
    assert secrets(cloud) == ["a"]


def test_error_after_has_the_effect(cloud, refused):
    cloud.control("POST", "faults", {"service": "secretsmanager", "operation": "CreateSecret", "kind": "error_after",
                                     "code": "InternalServiceError", "status": 400})
    refused("InternalServiceError", cloud.client("secretsmanager").create_secret, Name="a", SecretString="x")
    assert secrets(cloud) == ["a"]


def test_a_dropped_reply_closes_the_connection_after_the_effect(worker):
    worker.control("POST", "faults", {"operation": "CreateSecret", "kind": "drop_reply"})
    answers, failure = functions.invoke(worker, {"calls": [SECRET]})
    assert failure is None
    assert answers[0]["error"] in ("ConnectionClosedError", "EndpointConnectionError"), answers
    assert secrets(worker) == ["demo-secret"]
    line = next(line for line in worker.calls() if line["operation"] == "CreateSecret")
    assert (line["status"], line["fault"]) == (0, "drop_reply")


def test_a_kill_ends_the_function_after_the_effect_and_before_the_reply(worker):
    worker.control("POST", "faults", {"operation": "CreateSecret", "contains": "demo-17", "occurrence": 2, "kind": "kill"})
    second = call("secretsmanager", "create_secret", Name="second", SecretString="x")
    third = call("secretsmanager", "create_secret", Name="third", SecretString="x")
    answer, failure = functions.invoke(worker, {"tenant": "demo-17", "calls": [SECRET, second, third]})
    assert failure == "Unhandled", answer
    assert sorted(secrets(worker)) == ["demo-secret", "second"]
    answers, failure = functions.invoke(worker, {"tenant": "demo-17", "calls": [third]})
    assert failure is None
    fault = worker.control("GET", "faults")["faults"][0]
    assert (fault["matched"], fault["fired"]) == (3, 1)


def test_a_stale_read_shows_what_was(cloud):
    secretsmanager = cloud.client("secretsmanager")
    secretsmanager.create_secret(Name="a", SecretString="old")
    assert secretsmanager.get_secret_value(SecretId="a")["SecretString"] == "old"
    secretsmanager.put_secret_value(SecretId="a", SecretString="new")
    cloud.control("POST", "faults", {"operation": "GetSecretValue", "kind": "stale_read"})
    assert secretsmanager.get_secret_value(SecretId="a")["SecretString"] == "old"
    assert secretsmanager.get_secret_value(SecretId="a")["SecretString"] == "new"


def test_a_stale_read_of_something_new_finds_nothing(cloud, refused):
    secretsmanager = cloud.client("secretsmanager")
    secretsmanager.create_secret(Name="a", SecretString="x")
    cloud.control("POST", "faults", {"operation": "DescribeSecret", "kind": "stale_read"})
    refused("ResourceNotFoundException", secretsmanager.describe_secret, SecretId="a")
    assert secretsmanager.describe_secret(SecretId="a")["Name"] == "a"


def test_only_a_read_can_be_stale(cloud):
    cloud.control("POST", "faults", {"service": "secretsmanager", "kind": "stale_read"})
    cloud.client("secretsmanager").create_secret(Name="a", SecretString="x")
    assert secrets(cloud) == []
    assert secrets(cloud) == ["a"]


def test_random_faults_follow_the_seed(cloud):
    import botocore.exceptions

    def run():
        cloud.control("DELETE", "faults")
        cloud.control("POST", "faults", {"service": "sqs", "rate": 0.3, "kinds": ["error_before", "throttle"], "seed": 5,
                                         "status": 400})
        outcome = []
        for _ in range(30):
            try:
                cloud.client("sqs").list_queues()
                outcome.append("ok")
            except botocore.exceptions.ClientError as error:
                outcome.append(error.response["Error"]["Code"])
        return outcome

    first = run()
    assert set(first) == {"ok", "InternalFailure", "RequestThrottled"}
    assert run() == first


def test_a_bad_fault_is_refused(cloud):
    from caretaker_local.client import LocalCloudError

    with pytest.raises(LocalCloudError, match="400"):
        cloud.control("POST", "faults", {"kind": "explode"})
    with pytest.raises(LocalCloudError, match="400"):
        cloud.control("POST", "faults", {"kind": "kill", "sevrice": "rds"})


def test_the_seventeenth_hop_is_dropped(worker):
    dead_url, dead_arn = functions.create_queue(worker, "dead")
    redrive = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": "1"}}'
    url, arn = functions.create_queue(worker, "loop", VisibilityTimeout="2", RedrivePolicy=redrive)
    functions.map_queue(worker, arn)
    chain = f'{{"again": {{"queue": "{url}", "left": 40}}}}'
    worker.client("sqs").send_message(QueueUrl=url, MessageBody=chain)

    def dead_letters():
        attributes = worker.client("sqs").get_queue_attributes(QueueUrl=dead_url, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    eventually(dead_letters, "the 17th message never came to the dead-letter queue", timeout=20)
    assert functions.invocations(worker) == 16


def test_a_recursive_loop_that_is_allowed_goes_on(worker):
    url, arn = functions.create_queue(worker, "loop")
    worker.client("lambda").put_function_recursion_config(FunctionName="worker", RecursiveLoop="Allow")
    functions.map_queue(worker, arn)
    worker.client("sqs").send_message(QueueUrl=url, MessageBody=f'{{"again": {{"queue": "{url}", "left": 19}}}}')
    eventually(lambda: functions.invocations(worker) == 20, timeout=20)


def test_reset_forgets_state_faults_and_log(cloud):
    cloud.client("secretsmanager").create_secret(Name="a", SecretString="x")
    cloud.control("POST", "faults", {"kind": "throttle", "service": "nobody"})
    cloud.control("POST", "reset")
    assert cloud.control("GET", "faults")["faults"] == []
    assert cloud.calls() == []
    assert secrets(cloud) == []
