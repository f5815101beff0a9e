"""SQS: the longest delay of a message, and redriving a dead-letter queue, which ministack lacks.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html"""

import json
import time
import uuid

from caretaker_local.errors import AwsError, Reply, refusal
from caretaker_local.rules import json_reply
from caretaker_local.wire import Call

CONTENT_TYPE = b"application/x-amz-json-1.0"


def install(cloud) -> None:
    tasks = MoveTasks(cloud.timeline)
    cloud.refusals.add("sqs.SendMessage", refuse_delay)
    cloud.refusals.add("sqs.StartMessageMoveTask", tasks.start)
    cloud.refusals.add("sqs.ListMessageMoveTasks", tasks.list)
    cloud.refusals.add("sqs.CancelMessageMoveTask", tasks.cancel)


# "Valid values: 0 to 900. Maximum: 15 minutes."
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
LONGEST_DELAY_S = 900


def refuse_delay(call: Call) -> None:
    delay = int(call.params.get("DelaySeconds") or 0)
    if not 0 <= delay <= LONGEST_DELAY_S:
        raise refusal("sqs_delay_range", delay=delay)


class MoveTasks:
    """Tasks by source queue, the newest first."""

    def __init__(self, timeline):
        self.timeline = timeline
        self._tasks: dict[str, list[dict]] = {}

    def start(self, call: Call) -> Reply:
        source = queue(call.params["SourceArn"])
        if not is_dead_letter_queue(call.params["SourceArn"]):
            raise refusal("sqs_move_from_ordinary_queue")
        destination = call.params.get("DestinationArn")
        if destination:
            queue(destination)
        task = {
            "TaskHandle": str(uuid.uuid4()), "Status": "RUNNING", "SourceArn": call.params["SourceArn"],
            **({"DestinationArn": destination} if destination else {}),
            "ApproximateNumberOfMessagesMoved": 0, "ApproximateNumberOfMessagesToMove": len(source["messages"]),
            "StartedTimestamp": int(time.time() * 1000),
        }
        self._tasks.setdefault(task["SourceArn"], []).insert(0, task)
        self.timeline.after(0, lambda: move(task, source))
        return json_reply({"TaskHandle": task["TaskHandle"]}, content_type=CONTENT_TYPE)

    def list(self, call: Call) -> Reply:
        queue(call.params["SourceArn"])
        newest = self._tasks.get(call.params["SourceArn"], [])[: call.params.get("MaxResults", 1)]
        # Only a running task has a handle to cancel it by.
        shown = [task if task["Status"] == "RUNNING" else {name: value for name, value in task.items() if name != "TaskHandle"}
                 for task in newest]
        return json_reply({"Results": shown}, content_type=CONTENT_TYPE)

    def cancel(self, call: Call) -> Reply:
        for tasks in self._tasks.values():
            for task in tasks:
                if task["TaskHandle"] == call.params["TaskHandle"] and task["Status"] == "RUNNING":
                    task["Status"] = "CANCELLED"
                    moved = task["ApproximateNumberOfMessagesMoved"]
                    return json_reply({"ApproximateNumberOfMessagesMoved": moved}, content_type=CONTENT_TYPE)
        raise AwsError("ResourceNotFoundException", "The task is not running.")


def queue(arn: str) -> dict:
    from ministack.services import sqs

    found = sqs._queue_by_arn(arn)
    if not found:
        raise AwsError("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.")
    return found


def is_dead_letter_queue(arn: str) -> bool:
    """Whether a queue names it in its redrive policy."""
    from ministack.services import sqs

    policies = (json.loads(other["attributes"].get("RedrivePolicy") or "{}") for other in sqs._queues.values())
    return any(policy.get("deadLetterTargetArn") == arn for policy in policies)


def move(task: dict, source: dict) -> None:
    """All messages, each to the queue it came from or to the named one."""
    from ministack.services import sqs

    for message in list(source["messages"]):
        target = task.get("DestinationArn") or message.get("sys", {}).get("DeadLetterQueueSourceArn")
        destination = sqs._queue_by_arn(target) if target else None
        if task["Status"] != "RUNNING":
            return
        if not destination:
            task.update(Status="FAILED", FailureReason="CouldNotDetermineMessageSource")
            return
        source["messages"].remove(message)
        destination["messages"].append({**message, "receipt_handle": None, "receive_count": 0, "visible_at": time.time()})
        task["ApproximateNumberOfMessagesMoved"] += 1
    sqs.esm_wake.set()
    task["Status"] = "COMPLETED"
