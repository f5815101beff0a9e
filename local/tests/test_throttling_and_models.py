"""Token buckets, and requests checked against the services' models."""

import botocore.config
import boto3
import pytest


@pytest.fixture
def unchecked(cloud):
    """Clients that neither validate nor retry: what AWS itself says."""

    def client(service):
        config = botocore.config.Config(parameter_validation=False, retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=cloud.endpoint, region_name="us-east-1", config=config,
                            aws_access_key_id="test", aws_secret_access_key="test")

    return client


def definition(family):
    return {"family": family, "containerDefinitions": [{"name": "web", "image": "web:1"}]}


def test_the_twenty_first_task_definition_is_throttled(cloud, unchecked, refused):
    ecs = unchecked("ecs")
    cloud.control("POST", "throttling", {"enabled": True})
    for _ in range(20):
        ecs.register_task_definition(**definition("burst"))
    error = refused("ThrottlingException", ecs.register_task_definition, **definition("burst"))
    assert error["Error"]["Message"] == "Rate exceeded"
    cloud.control("POST", "throttling", {"enabled": False})
    assert ecs.register_task_definition(**definition("burst"))["taskDefinition"]["revision"] == 21


def test_rds_throttles_all_calls_together(cloud, unchecked):
    import botocore.exceptions

    rds = unchecked("rds")
    cloud.control("POST", "throttling", {"enabled": True})
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(400):
            rds.describe_db_snapshots()
            rds.describe_db_instances()
    assert caught.value.response["Error"]["Code"] == "Throttling"


@pytest.mark.parametrize("service, operation, parameters, code", [
    ("efs", "create_file_system", {"CreationToken": "x" * 65}, "ValidationException"),  # at most 64
    ("efs", "create_file_system", {"CreationToken": "x", "ThroughputMode": "fast"}, "ValidationException"),
    ("rds", "create_db_instance", {"DBInstanceIdentifier": "a"}, "MissingParameter"),
    ("secretsmanager", "create_secret", {"Name": "a", "ClientRequestToken": "short"}, "ValidationException"),  # 32 to 64
    ("secretsmanager", "get_secret_value", {}, "InvalidParameterException"),
    ("ecs", "create_service", {"serviceName": "web", "launchType": "MOON"}, "InvalidParameterException"),
    ("dynamodb", "get_item", {"TableName": "t"}, "ValidationException"),
    ("events", "put_rule", {"Name": "no blanks"}, "ValidationException"),
])
def test_a_request_outside_its_model_is_refused(unchecked, refused, service, operation, parameters, code):
    refused(code, getattr(unchecked(service), operation), **parameters)


def test_only_aws_sends_events_of_aws(cloud):
    events = cloud.client("events")
    events.create_event_bus(Name="ours")
    for bus in ("ours", "default"):
        entry = {"EventBusName": bus, "Source": "aws.ecs", "DetailType": "x", "Detail": "{}"}
        reply = events.put_events(Entries=[entry])
        assert reply["FailedEntryCount"] == 1
        assert reply["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_what_cannot_be_delivered_goes_to_the_targets_dead_letter_queue(cloud):
    sqs, events = cloud.client("sqs"), cloud.client("events")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    events.put_rule(Name="r", EventPattern='{"source": ["ours"]}')
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": f"{arn}nowhere", "DeadLetterConfig": {"Arn": f"{arn}dead"}}])
    events.put_events(Entries=[{"Source": "ours", "DetailType": "x", "Detail": '{"n": 1}'}])
    message = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"][0]
    assert '"n": 1' in message["Body"]
    assert message["MessageAttributes"]["TARGET_ARN"]["StringValue"] == f"{arn}nowhere"
