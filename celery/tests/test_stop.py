"""The promise: stops hand back, kills repeat, and nothing is lost."""

import os
import signal
import time

import pytest
from conftest import eventually

#: kombu looks for messages past their visibility timeout once a second instead of every 100.
SOON = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}


def left(stand, queue="celery") -> tuple[int, int]:
    """Messages that are ready, messages that somebody holds."""
    return stand.redis.llen(queue), stand.redis.hlen("unacked")


def test_a_task_that_fits_completes_and_the_worker_does_not_wait_longer(stand):
    worker = stand.worker()
    stand.send("nap", "short", 3)
    stand.send("nap", "tomorrow", countdown=500)
    stand.await_note("begin", "short")
    eventually(lambda: stand.redis.hlen("unacked") == 2)
    asked = time.monotonic()
    worker.terminate()
    # Published while the worker stops: it must not vanish in the socket of a worker that does not read it.
    eventually(lambda: "consuming stops" in worker.log.read_text())
    stand.send("nap", "next")
    eventually(lambda: stand.redis.llen("celery") == 2, stand.logs, timeout=3)
    assert stand.said("end", "short") == 0, "others need not wait for it"
    assert worker.wait(timeout=20) == 0
    # 20 s are allowed; the task needs less than 3.
    assert time.monotonic() - asked < 10, stand.logs()
    assert stand.said("end", "short") == 1
    assert left(stand) == (2, 0)


@pytest.mark.parametrize("moment", ["Connected to", "mingle: searching", "mingle: sync complete", "a@test ready"])
def test_a_worker_that_is_stopped_while_it_begins_stops_at_once(stand, moment):
    stand.worker("other")
    worker = stand.spawn("worker", "-n", "a@test", "-c", "2", "-l", "INFO", "--without-gossip")
    # Celery asks its neighbours for a second before it consumes.
    eventually(lambda: moment in worker.log.read_text(), lambda: worker.log.read_text())
    asked = time.monotonic()
    worker.terminate()
    worker.wait(timeout=20)
    # 20 s are allowed for tasks, of which there are none.
    assert time.monotonic() - asked < 10, worker.log.read_text()
    assert "Traceback" not in worker.log.read_text()


def test_a_task_that_does_not_fit_is_handed_back_and_run_by_another(stand):
    first = stand.worker("a", conf={"worker_soft_shutdown_timeout": 1})
    stand.send("nap", "long", 2)
    stand.send("nap", "short", 0.2)
    stand.await_note("end", "short")
    first.terminate()
    assert first.wait(timeout=20) == 0, stand.logs()
    assert left(stand) == (1, 0), stand.logs()
    # It has ended here, whatever way: it is counted, as no failure.
    assert stand.redis.hgetall("caretaker:tasks:celery").items() >= {"completed": "2", "failed": "0"}.items()
    stand.worker("b")
    stand.await_note("end", "long")
    assert (stand.said("begin", "long"), stand.said("end", "long")) == (2, 1)
    eventually(lambda: left(stand) == (0, 0))


def test_what_waits_for_its_rate_limit_is_handed_back(stand):
    worker = stand.worker()
    for name in ("first", "second"):
        stand.send("rare", name)
    stand.await_note("begin", "first")
    eventually(lambda: stand.redis.hlen("unacked") == 1)
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert left(stand) == (1, 0)


def test_a_killed_worker_leaves_its_task_to_another_after_the_visibility_timeout(stand):
    conf = {"broker_transport_options": {"visibility_timeout": 4, **SOON}, "task_time_limit": 2,
            "caretaker_longest_eta": 1}
    first = stand.worker("a", conf=conf)
    stand.send("nap", "work", 1)
    stand.await_note("begin", "work")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert left(stand) == (0, 1)
    stand.worker("b", conf=conf)
    stand.await_note("end", "work", timeout=25)
    assert stand.said("begin", "work") == 2
    eventually(lambda: left(stand) == (0, 0))


def test_a_killed_pool_process_costs_a_repeat_and_no_task(stand):
    stand.worker(concurrency=1)
    stand.send("nap", "work", 1)
    stand.await_note("begin", "work")
    os.kill(stand.notes()[0][3], signal.SIGKILL)
    stand.await_note("end", "work")
    assert stand.said("begin", "work") == 2
    eventually(lambda: left(stand) == (0, 0))


def test_an_idle_worker_stops_at_once_also_if_told_twice(stand):
    worker, asked = stand.worker(), time.monotonic()
    worker.terminate()
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert time.monotonic() - asked < 8


def test_a_worker_that_dies_unseen_takes_at_most_one_message_with_it(stand):
    worker = stand.worker("a")
    eventually(lambda: any(client["cmd"] == "brpop" for client in stand.redis.client_list()))
    # A host that is gone: Redis still believes in the connection.
    os.kill(worker.pid, signal.SIGSTOP)
    names = [f"task {number}" for number in range(5)]
    for name in names:
        stand.send("nap", name)
    assert left(stand) in ((4, 0), (5, 0))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    stand.worker("b")
    for name in names[1:]:
        stand.await_note("end", name)
