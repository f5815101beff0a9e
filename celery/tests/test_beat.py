"""Two Beats, one lock: each entry is sent once, and a spare goes on where the other ended."""

import os
import signal
import time

import pytest
from celery import Celery
from celery.beat import Scheduler
from conftest import eventually

from caretaker_celery.beat import Duty, Lock, Runs
from caretaker_celery.broker import Broker

LIFE = 3
CONF = {"caretaker_beat_lock": LIFE, "beat_schedule": {
    "often": {"task": "tenant.nap", "schedule": 1.0, "args": ["often"]},
    "rarely": {"task": "tenant.nap", "schedule": 3600.0, "args": ["rarely"]},
}}


def beat(stand, name, schedule="", **options):
    return stand.spawn("beat", "-l", "INFO", "-s", str(stand.directory / f"schedule-{name}"), conf=CONF, **options)


def sent(process) -> int:
    return process.log.read_text().count("Sending due task")


def holds(process) -> bool:
    return "this Beat holds the lock" in process.log.read_text()


def test_two_beats_send_each_entry_once_and_a_spare_takes_over_after_a_kill(stand):
    # The hour has passed when the first begins: sent once, by whichever, and not again by the spare.
    stand.redis.hset("caretaker:beat:runs", "rarely", time.time() - 3601)
    first = beat(stand, "first")
    eventually(lambda: holds(first), stand.logs)
    spare = beat(stand, "spare")
    eventually(lambda: "waits as a spare" in spare.log.read_text(), stand.logs)
    began = stand.redis.llen("celery")
    eventually(lambda: stand.redis.llen("celery") >= began + 2)
    assert sent(spare) == 0
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    killed, before = time.monotonic(), stand.redis.llen("celery")
    eventually(lambda: stand.redis.llen("celery") >= before + 2, stand.logs)
    # The rest of the lock's life, a look of the spare, two entries; the rest is a busy machine's.
    assert LIFE / 3 < time.monotonic() - killed < LIFE * 4 / 3 + 2 + 5
    text = "\n".join(process.log.read_text() for process in (first, spare))
    assert text.count("Sending due task rarely") == 1
    assert stand.redis.llen("celery") == text.count("Sending due task")


def test_a_beat_that_is_stopped_lets_the_spare_take_over_at_its_next_look(stand):
    first = beat(stand, "first")
    eventually(lambda: holds(first), stand.logs)
    spare = beat(stand, "spare")
    eventually(lambda: "waits as a spare" in spare.log.read_text(), stand.logs)
    first.terminate()
    first.wait(timeout=10)
    assert stand.redis.get("caretaker:beat") is None or holds(spare)
    eventually(lambda: sent(spare), stand.logs)


def test_a_beat_whose_lock_another_has_sends_nothing_more(stand):
    first = beat(stand, "first")
    eventually(lambda: sent(first) >= 2, stand.logs)
    stand.redis.set("caretaker:beat", "of another")
    count = sent(first)
    eventually(lambda: "waits as a spare" in first.log.read_text(), stand.logs)
    # What was under way when the lock went.
    assert sent(first) <= count + 1
    stand.redis.delete("caretaker:beat")
    eventually(lambda: sent(first) > count + 1, stand.logs)


# The lock itself, on a real server; the holder's clock stands in for a process that hangs.


@pytest.fixture
def lock(stand):
    now = [100.0]
    channel = stand.connection.default_channel

    def make(life=60.0):
        return Lock(lambda: Broker(channel), life, lambda: now[0])
    make.now = now
    return make


def test_one_of_two_gets_it(lock):
    one, other = lock(), lock()
    assert one.take() and not other.take()
    assert one.is_held() and not other.is_held() and not other.renew()
    one.release()
    assert other.take()


def test_nobody_releases_what_is_anothers(lock, stand):
    one, other = lock(), lock()
    one.take()
    stand.redis.set("caretaker:beat", other.token)
    one.release()
    assert stand.redis.get("caretaker:beat") == other.token


def test_the_holder_stops_by_its_own_clock_before_redis_gives_the_lock_away(lock, stand):
    one = lock(life=60)
    one.take()
    lock.now[0] += 53
    assert one.is_held()
    lock.now[0] += 2
    assert not one.is_held()
    assert stand.redis.get("caretaker:beat") == one.token


def test_without_an_answer_it_is_kept_to_its_end_and_no_longer(lock, stand):
    one = lock(life=60)
    one.take()
    one.broker = lambda: (_ for _ in ()).throw(ConnectionError("no broker"))
    lock.now[0] += 30
    assert one.keep()
    lock.now[0] += 25
    assert not one.keep()


def test_a_lock_that_is_lost_between_two_entries_stops_the_second(lock, stand):
    app = Celery(broker=stand.url, set_as_current=False)
    app.conf.beat_schedule = {name: {"task": name, "schedule": 0.01} for name in ("one", "two")}
    mine = lock()
    duty = Duty(Scheduler(app, max_interval=1), mine, Runs(mine.broker))
    eventually(lambda: duty.tick() == 0 and stand.redis.llen("celery") == 1)
    stand.redis.set("caretaker:beat", "of another")
    # By its own clock it has the lock, and the second entry is due.
    assert mine.is_held()
    eventually(lambda: duty.tick() == 0 and not duty.on_duty)
    assert not mine.is_held() and duty.tick() > 0
    assert stand.redis.llen("celery") == 1 and stand.redis.hlen("caretaker:beat:runs") == 1
    stand.redis.delete("caretaker:beat")
    eventually(lambda: duty.tick() == 0 and stand.redis.hlen("caretaker:beat:runs") == 2)
    duty.close()
    assert not stand.redis.exists("caretaker:beat")
