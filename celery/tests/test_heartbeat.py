"""What the sampler reads: heartbeats, counters and stamps of real workers."""

import json
import time

import pytest
from conftest import ARN, eventually


def ready_message(stand, queue="celery") -> dict:
    """The newest message of the queue as it lies in Redis."""
    return json.loads(stand.redis.lindex(queue, 0))


def test_a_heartbeat_tells_what_executes_what_waits_and_what_has_an_eta(stand, agent):
    before = time.time()
    stand.worker(concurrency=3, queues="celery,mail", ECS_AGENT_URI=agent.uri)
    for name in ("first", "second"):
        stand.send("rare", name)
    stand.await_note("end", "first")
    # Fetched one after another: a worker whose processes are all busy takes no more.
    stand.send("nap", "later", countdown=300)
    eventually(lambda: stand.redis.hlen("unacked") == 2, stand.logs)
    stand.send("nap", "one", 15)
    stand.send("nap", "two", 15, queue="mail")
    stand.await_note("begin", "two")
    seen = eventually(lambda: (queues := stand.queues()).get("mail", {}).get("active") and queues, stand.logs)
    assert seen == {"celery": {"active": 1, "reserved": 1, "scheduled": 1},
                    "mail": {"active": 1, "reserved": 0, "scheduled": 0}}
    beat = stand.beat()
    assert (beat["schema"], beat["concurrency"], beat["consuming"], beat["task"]) == ("1", "3", "1", ARN)
    assert before <= float(beat["started_at"]) <= float(beat["beat_at"]) <= time.time()
    (node,) = stand.redis.zrange("caretaker:workers", 0, -1)
    assert node.startswith("a@test/") and 0 < stand.redis.ttl(f"caretaker:worker:{node}") <= 30
    assert stand.redis.zscore("caretaker:workers", node) == pytest.approx(float(beat["beat_at"]), abs=1)


def test_counters_tell_successes_failures_retries_and_time_limits_apart_and_outlive_the_worker(stand):
    worker = stand.worker(concurrency=1)
    stand.send("nap", "fine", 0.4)
    stand.send("fail", "broken")
    stand.send("retry_once", "again", 0)
    stand.send("nap", "endless", 60, time_limit=1)
    stand.await_note("begin", "endless")
    stand.send("nap", "last")
    stand.await_note("end", "last")
    worker.terminate()
    worker.wait(timeout=20)
    counted = stand.redis.hgetall("caretaker:tasks:celery")
    # fine, broken, again twice, endless, last
    assert (counted["completed"], counted["failed"], counted["retried"]) == ("6", "2", "1"), stand.logs()
    assert 1.4 <= float(counted["seconds"]) < 6
    assert stand.redis.ttl("caretaker:tasks:celery") == -1
    # One that stops on purpose leaves no heartbeat.
    assert not stand.beat() and not stand.redis.exists("caretaker:workers")


def test_a_worker_behind_a_key_prefix_writes_behind_it_and_forgets_the_dead(stand):
    stand.redis.zadd("mate:caretaker:workers", {"dead@test": time.time() - 3700, "late@test": time.time() - 3000})
    stand.worker(conf={"broker_transport_options": {"visibility_timeout": 3600, "global_keyprefix": "mate:"}})
    late, node = stand.redis.zrange("mate:caretaker:workers", 0, -1)
    assert late == "late@test" and node.startswith("a@test/")
    assert stand.redis.hget(f"mate:caretaker:worker:{node}", "consuming") == "1"
    assert not stand.redis.keys("caretaker:*")


def test_two_workers_of_one_node_name_are_two(stand):
    for _ in range(2):
        stand.worker(ready=False)
    eventually(lambda: stand.redis.zcard("caretaker:workers") == 2, stand.logs)
    nodes = stand.redis.zrange("caretaker:workers", 0, -1)
    assert all(stand.redis.hget(f"caretaker:worker:{node}", "concurrency") == "2" for node in nodes), nodes


def test_a_message_says_when_it_was_published(stand):
    before = time.time()
    stand.send("nap", "stamped")
    assert before <= ready_message(stand)["headers"]["caretaker_sent_at"] <= time.time()


def test_a_retry_at_once_keeps_its_age_and_one_with_an_eta_begins_anew(stand):
    stand.worker(concurrency=1)
    sent = {}
    for name, countdown in (("at once", 0), ("later", 1)):
        stand.send("retry_once", name, countdown)
        eventually(lambda: sum(note[1] == name for note in stand.notes()) == 2, stand.logs)
        sent[name] = [float(what.split()[1]) for what, of, *_ in stand.notes() if of == name]
    assert sent["at once"][0] == sent["at once"][1]
    assert sent["later"][0] < sent["later"][1]
