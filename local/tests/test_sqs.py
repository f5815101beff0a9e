"""SQS: delays, redriving a dead-letter queue."""

import json

import functions
import pytest


@pytest.fixture
def queues(cloud):
    """(source URL, dead-letter URL, dead-letter ARN, source ARN); one message is dead."""
    dead_url, dead_arn = functions.create_queue(cloud, "dead")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": "1"})
    url, arn = functions.create_queue(cloud, "work", VisibilityTimeout="0", RedrivePolicy=policy)
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    assert sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    return url, dead_url, dead_arn, arn


def bodies(server, url):
    return [message["Body"] for message in server.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])]


def test_a_redrive_brings_messages_back_to_their_queue(cloud, queues):
    url, dead_url, dead_arn, _ = queues
    assert bodies(cloud, dead_url) == ["poison"]
    sqs = cloud.client("sqs")
    sqs.start_message_move_task(SourceArn=dead_arn)
    assert bodies(cloud, dead_url) == []
    assert bodies(cloud, url) == ["poison"]
    task = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"][0]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)


def test_only_a_dead_letter_queue_is_redriven(cloud, queues, refused):
    refused("InvalidParameterValue", cloud.client("sqs").start_message_move_task, SourceArn=queues[3])


def test_what_came_from_no_queue_needs_a_destination(cloud, queues):
    _, dead_url, dead_arn, arn = queues
    sqs = cloud.client("sqs")
    sqs.purge_queue(QueueUrl=dead_url)
    sqs.send_message(QueueUrl=dead_url, MessageBody="put by hand")
    sqs.start_message_move_task(SourceArn=dead_arn)
    task = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"][0]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=arn)
    assert bodies(cloud, queues[0]) == ["put by hand"]


def test_a_message_waits_fifteen_minutes_at_most(cloud, refused):
    url, _arn = functions.create_queue(cloud, "later")
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=900)
    error = refused("InvalidParameterValue", sqs.send_message, QueueUrl=url, MessageBody="x", DelaySeconds=901)
    assert "DelaySeconds" in error["Error"]["Message"]
