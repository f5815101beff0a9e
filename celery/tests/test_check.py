"""Each setting that would break the promise, alone and with all others."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from caretaker_celery.check import RULES, Facts, SettingsError, faults
from caretaker_celery.settings import Settings

GOOD = Facts(
    transport="redis", pool="prefork", remap_sigterm="SIGQUIT", prefetch_multiplier=1, disable_prefetch=True,
    soft_shutdown_timeout=110, soft_shutdown_on_idle=True, visibility_timeout=3600, time_limit=1800,
    longest_time_limit=1800, longest_eta=900, stop_timeout=120, on_fargate=True,
)

#: What is wrong, and what the sentence about it must say.
TABLE = [
    ({"transport": "amqp"}, ["broker_url", "amqp", "Redis"]),
    ({"pool": "thread"}, ["worker_pool", "thread", "prefork"]),
    ({"remap_sigterm": None}, ["REMAP_SIGTERM", "None", "SIGQUIT"]),
    ({"early_acks": ["mail.send"]}, ["task_acks_late", "mail.send", "True"]),
    ({"lost_not_requeued": ["a", "b", "c", "d", "e"]}, ["task_reject_on_worker_lost", "a, b, c and 2 more", "True"]),
    ({"prefetch_multiplier": 4}, ["worker_prefetch_multiplier", "4", "must be 1"]),
    ({"disable_prefetch": False}, ["worker_disable_prefetch", "False", "True"]),
    # never
    ({"soft_shutdown_timeout": 0}, ["worker_soft_shutdown_timeout", "0 s", "115 s"]),
    # SIGKILL would come before the messages are back
    ({"soft_shutdown_timeout": 116}, ["worker_soft_shutdown_timeout", "116 s", "115 s", "caretaker_stop_timeout"]),
    ({"soft_shutdown_on_idle": False}, ["worker_enable_soft_shutdown_on_idle", "False", "True"]),
    ({"stop_timeout": 300}, ["caretaker_stop_timeout", "300 s", "Fargate", "120 s"]),
    ({"time_limit": None}, ["task_time_limit", "not set"]),
    ({"visibility_timeout": 2700}, ["visibility_timeout", "2700 s", "1800 s", "900 s"]),
    # a task's own limit or delay may be the longest
    ({"longest_time_limit": 3000}, ["visibility_timeout", "3600 s", "3900 s"]),
    ({"longest_eta": 86_400}, ["visibility_timeout", "88200 s"]),
]


@pytest.mark.parametrize("wrong, words", TABLE, ids=lambda value: "-".join(value) if isinstance(value, dict) else "")
def test_a_fault_alone_is_told_by_name_with_what_it_must_be(wrong, words):
    (sentence,) = faults(replace(GOOD, **wrong))
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("right", [
    {},
    {"soft_shutdown_timeout": 115},
    {"visibility_timeout": 2701},
    # EC2 waits for as long as it is told
    {"on_fargate": False, "stop_timeout": 600, "soft_shutdown_timeout": 500},
])
def test_what_keeps_the_promise_is_let_pass(right):
    assert faults(replace(GOOD, **right)) == []


def test_all_faults_are_told_at_once():
    wrong = {}
    for one, _ in TABLE:
        wrong = {**one, **wrong}
    found = faults(replace(GOOD, **wrong))
    assert len(found) == len(RULES)
    error = SettingsError(found)
    assert str(error).startswith(f"caretaker-celery: {len(RULES)} settings must change:\n  - broker_url")


@pytest.mark.parametrize("given", ["soon", "-1", "0", "nan", "inf", ""])
def test_a_setting_of_ours_that_is_no_number_of_seconds_is_a_fault(given):
    settings, wrong = Settings.read({}, {"CARETAKER_STOP_TIMEOUT": given})
    assert settings.stop_timeout == 30
    assert len(wrong) == 1 and "caretaker_stop_timeout" in wrong[0] and repr(given) in wrong[0]


def test_the_environment_stands_above_the_configuration():
    conf = {"caretaker_stop_timeout": 60, "caretaker_beat_lock": "9"}
    settings, wrong = Settings.read(conf, {"CARETAKER_STOP_TIMEOUT": "90"})
    assert (settings.stop_timeout, settings.beat_lock, wrong) == (90, 9, [])


def test_a_worker_with_celerys_defaults_does_not_start_and_says_why(stand):
    defaults = {
        "task_acks_late": False, "task_reject_on_worker_lost": False, "worker_prefetch_multiplier": 4,
        "worker_disable_prefetch": False, "worker_soft_shutdown_timeout": 0, "task_time_limit": None,
        "worker_enable_soft_shutdown_on_idle": False, "broker_transport_options": {}, "caretaker_longest_eta": 7200,
        "worker_pool": "threads", "caretaker_stop_timeout": "soon",
    }
    stand.send("nap", "never")
    worker = stand.worker(ready=False, conf=defaults, REMAP_SIGTERM="")
    assert worker.wait(timeout=20) != 0
    log = worker.log.read_text()
    assert "caretaker-celery: 11 settings must change:" in log
    for name in (*defaults, "REMAP_SIGTERM", "visibility_timeout", "tenant.nap"):
        assert name in log, f"{name}\n{log}"
    assert stand.notes() == [] and stand.redis.llen("celery") == 1


def test_one_task_that_acknowledges_early_is_enough(stand):
    annotations = {"tenant.fail": {"acks_late": False, "default_retry_delay": 1}}
    worker = stand.worker(ready=False, conf={"task_annotations": annotations, "caretaker_longest_eta": 600})
    assert worker.wait(timeout=20) != 0
    assert "1 setting must change:\n  - task_acks_late is off for tenant.fail;" in worker.log.read_text()


def test_a_worker_starts_with_what_the_readme_asks_for(stand):
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    celeryconfig = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[1]
    conf = {}
    exec(celeryconfig, {}, conf)
    stand.worker(conf={**conf, "task_annotations": {}, "caretaker_longest_eta": 0}, CARETAKER_STOP_TIMEOUT="120",
                 AWS_EXECUTION_ENV="AWS_ECS_FARGATE")
