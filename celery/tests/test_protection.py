"""Task protection: the real agent's answers by a stand-in, in virtual time, and with real workers."""

import pytest
from conftest import ARN, eventually

from caretaker_celery.agent import Agent
from caretaker_celery.protection import Protection

ON, OFF = {"ProtectionEnabled": True, "ExpiresInMinutes": 20}, {"ProtectionEnabled": False}


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def protection(agent, clock):
    """For tasks of at most ten minutes: it lives for twenty."""
    protection = Protection(Agent(agent.uri), longest_task=600, idle=30, clock=clock)
    protection.adopt()
    return protection


def pass_time(clock, protection, seconds, busy):
    """Half a second at a time, as a worker's loop does."""
    for _ in range(int(seconds * 2)):
        clock.now += 0.5
        protection.tick(busy)


# Invariant: a task that begins is protected to its end.


def test_the_first_task_sets_it_and_the_next_ones_cost_no_call(agent, protection):
    assert all(protection.covers(600) for _ in range(100))
    assert agent.bodies() == [ON]
    assert protection.task == ARN


def test_it_is_extended_at_half_its_life_while_something_is_held(agent, clock, protection):
    protection.covers(600)
    pass_time(clock, protection, 599, busy=True)
    assert agent.bodies() == [ON]
    pass_time(clock, protection, 2, busy=True)
    assert agent.bodies() == [ON, ON]
    pass_time(clock, protection, 3600, busy=True)
    assert agent.bodies() == [ON] * 8


def test_a_task_with_a_longer_limit_of_its_own_is_covered_too(agent, protection):
    protection.covers(600)
    protection.covers(1500)
    assert agent.bodies()[-1] == {"ProtectionEnabled": True, "ExpiresInMinutes": 50}


@pytest.mark.parametrize("longest_task, minutes", [
    (1, 1),  # ECS takes no less than a minute
    (31, 2),
    (600, 20),
    (86_400, 2880),
    (200_000, 2880),  # nor more than two days
])
def test_its_life_is_twice_the_longest_task(agent, clock, longest_task, minutes):
    Protection(Agent(agent.uri), longest_task, 30, clock).covers(longest_task)
    assert agent.bodies() == [{"ProtectionEnabled": True, "ExpiresInMinutes": minutes}]


def test_tasks_of_two_days_are_covered_without_a_call_each(agent, clock):
    protection = Protection(Agent(agent.uri), 172_800, 30, clock)
    assert all(protection.covers(172_800) for _ in range(10))
    assert len(agent.calls) == 1


# Invariant: what nothing needs is given up, after a while.


def test_it_is_cleared_after_thirty_seconds_without_work(agent, clock, protection):
    protection.covers(600)
    pass_time(clock, protection, 29, busy=False)
    pass_time(clock, protection, 1, busy=True)
    pass_time(clock, protection, 30, busy=False)
    assert agent.bodies() == [ON]
    pass_time(clock, protection, 600, busy=False)
    assert agent.bodies() == [ON, OFF]


def test_what_an_earlier_process_has_left_is_cleared(agent, clock):
    agent.protected = True
    protection = Protection(Agent(agent.uri), 600, 30, clock)
    protection.adopt()
    pass_time(clock, protection, 40, busy=False)
    assert agent.bodies() == [OFF]


def test_a_clear_that_fails_is_tried_again_and_keeps_no_task_waiting(agent, clock, protection):
    protection.covers(600)
    agent.answer = 500, {}
    pass_time(clock, protection, 31, busy=False)
    agent.answer = None
    assert protection.covers(600) and agent.bodies() == [ON, OFF]
    pass_time(clock, protection, 40, busy=False)
    assert agent.bodies() == [ON, OFF, OFF]


# Invariant: without protection nothing begins, and the agent is not flooded.


@pytest.mark.parametrize("answer, why", [
    ((200, {"failure": {"Arn": ARN, "Reason": "DEPLOYMENT_BLOCKED", "Detail": "wait"}}), "DEPLOYMENT_BLOCKED: wait"),
    ((400, {"error": {"Arn": ARN, "Code": "AccessDeniedException", "Message": "no"}}), "AccessDeniedException: no"),
    ((500, {}), "500"),
    ((200, {"protection": {"ProtectionEnabled": False, "TaskArn": ARN}}), "not protected"),
    ((200, ["?"]), "not understood"),
])
def test_a_refusal_is_named_and_holds_the_task_back(agent, protection, answer, why):
    agent.answer = answer
    assert not protection.covers(600)
    assert why in protection.failure


def test_an_agent_that_does_not_listen_is_named(agent, protection):
    agent.stop()
    assert not protection.covers(600)
    assert agent.uri in protection.failure


def test_tries_come_ever_later_and_the_first_that_succeeds_ends_them(agent, clock, protection):
    agent.deny()
    protection.covers(600)
    pass_time(clock, protection, 120, busy=False)
    # After 1, 2, 4, 8, 16, 30 and 30 s.
    assert len(agent.calls) == 8
    assert not protection.covers(600) and len(agent.calls) == 8
    agent.answer = None
    pass_time(clock, protection, 30, busy=False)
    assert protection.failure is None and protection.covers(600)
    assert len(agent.calls) == 9


def test_an_extension_that_fails_is_told_while_the_old_one_lasts(agent, clock, protection):
    protection.covers(600)
    agent.deny()
    pass_time(clock, protection, 601, busy=True)
    assert protection.failure is not None
    assert protection.covers(500)


def test_without_an_agent_everything_may_begin():
    protection = Protection(None, 600, 30)
    protection.adopt()
    protection.tick(busy=True)
    assert protection.covers(600) and protection.failure is None


# Real workers.


def test_a_worker_is_protected_before_its_first_task_begins_and_released_when_idle(stand, agent):
    stand.worker(ECS_AGENT_URI=agent.uri, CARETAKER_PROTECTION_IDLE="2")
    stand.send("nap", "later", countdown=300)
    eventually(lambda: stand.redis.hlen("unacked") == 1)
    for name in ("one", "two", "three"):
        stand.send("nap", name, 0.5)
    stand.await_note("end", "three")
    began = min(when for what, _, when, _ in stand.notes() if what == "begin")
    assert len(agent.calls) == 1 and agent.calls[0][0] < began, "one call, before the first task"
    # The task with an eta is still held, and does not hold the protection.
    eventually(lambda: agent.bodies()[-1] == OFF)
    assert stand.redis.hlen("unacked") == 1


def test_a_worker_that_is_refused_gives_its_messages_back_and_goes_on_when_it_may(stand, agent):
    agent.deny()
    worker = stand.worker(ECS_AGENT_URI=agent.uri)
    stand.send("nap", "one")
    stand.send("nap", "two")
    eventually(lambda: agent.calls and stand.redis.llen("celery") == 2 and not stand.redis.hlen("unacked"), stand.logs)
    eventually(lambda: stand.beat()["consuming"] == "0", stand.logs)
    eventually(lambda: len(agent.calls) == 3, stand.logs)
    assert stand.notes() == []
    # Each message is received once, and not again and again while it cannot begin.
    assert worker.log.read_text().count("] received") <= 2
    agent.answer = None
    for name in ("one", "two"):
        stand.await_note("end", name, timeout=35)
    assert stand.said("begin", "one") == stand.said("begin", "two") == 1
    eventually(lambda: stand.beat()["consuming"] == "1", stand.logs)
