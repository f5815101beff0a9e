"""One local cloud for the whole run, on a free port; each test begins with an empty account."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LOCAL = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(LOCAL))

from caretaker_local.client import boto_client, control  # noqa: E402


class Server:
    """A local cloud in a process of its own."""

    def __init__(self, directory: Path, *options: str):
        self.ready = directory / "server.json"
        self.log = (directory / "log").open("wb")
        command = [sys.executable, "-m", "caretaker_local", "serve", "--port", "0", "--seed", "7", *options,
                   "--state-dir", str(directory), "--ready-file", str(self.ready)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, start_new_session=True,
                                        env={**os.environ, "PYTHONPATH": str(LOCAL), "SETTING_OF_THE_SHELL": "x",
                                             # What `up` prints, and a shell may therefore have.
                                             "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"})
        eventually(self.ready.exists, f"no local cloud; see {directory / 'log'}", timeout=30)
        self.endpoint = json.loads(self.ready.read_text())["endpoint"]

    def client(self, service: str):
        return boto_client(service, self.endpoint)

    def control(self, method: str, path: str, value=None):
        return control(self.endpoint, method, f"/_caretaker/{path}", value)

    def calls(self, **query) -> list[dict]:
        return self.control("GET", "calls?" + "&".join(f"{key}={value}" for key, value in query.items()))["calls"]

    def pass_time(self) -> None:
        self.control("POST", "time", {"paused": False})
        self.control("POST", "time", {"paused": True})

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)
        self.log.close()


def eventually(condition, message: str = "it never came true", timeout: float = 10):
    """The condition's first true value before the deadline."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, message
        time.sleep(0.02)


@pytest.fixture(scope="session")
def instant_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("instant"), "--profile", "instant")
    yield server
    server.stop()


@pytest.fixture
def young_cloud(tmp_path):
    """AWS's own durations: a role stays young for seconds."""
    server = Server(tmp_path, "--profile", "aws")
    yield server
    server.stop()


@pytest.fixture
def cloud(instant_server):
    instant_server.control("POST", "reset")
    return instant_server


@pytest.fixture
def slow(cloud):
    """Time stands still, so that what is in between can be seen; `cloud.pass_time()` lets it go on to its rest."""
    cloud.control("POST", "time", {"paused": True})
    return cloud


FIXTURE = json.loads((LOCAL / "fixtures" / "environment-dev.json").read_text())


@pytest.fixture
def base(cloud):
    """The outputs of a Ready environment."""
    return cloud.control("POST", "environment", FIXTURE)


@pytest.fixture
def slow_base(slow):
    return slow.control("POST", "environment", FIXTURE)


@pytest.fixture
def refused():
    """Asserts that a call is refused with a code."""
    import botocore.exceptions

    def check(code: str, call, **parameters):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call(**parameters)
        error = caught.value.response
        assert error["Error"]["Code"] == code, error
        return error

    return check


def watch_default_bus(server, source: str, queue_name: str = "watch"):
    """A function that returns the AWS events received so far."""
    sqs, events = server.client("sqs"), server.client("events")
    url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=queue_name, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=queue_name, Targets=[{"Id": "queue", "Arn": arn}])
    received: list[dict] = []

    def poll():
        while True:
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                return received
            for message in messages:
                received.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    return poll
