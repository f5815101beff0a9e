"""A tenant's application as the README asks for it; settings of one test come as JSON in TENANT_CONF."""

import json
import os
import time

import redis
from celery import Celery

import caretaker_celery

BROKER = os.environ.get("TENANT_BROKER", "redis://127.0.0.1:1/0")
CONF = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    "worker_soft_shutdown_timeout": 20.0,
    "worker_enable_soft_shutdown_on_idle": True,
    "task_time_limit": 20,
    "task_annotations": {"*": {"default_retry_delay": 1}},
    "broker_transport_options": {"visibility_timeout": 3600},
    "task_ignore_result": True,
    # How long a killed process may have left a result behind: 10 s by default.
    "worker_lost_wait": 1.0,
    "broker_connection_retry_on_startup": True,
    "caretaker_stop_timeout": 30,
    "caretaker_longest_eta": 600,
}

app = Celery("tenant", broker=BROKER)
app.conf.update(CONF)
app.conf.update(json.loads(os.environ.get("TENANT_CONF", "{}")))
caretaker_celery.install(app)


def note(what: str, name: str) -> None:
    """Tell the test what has happened, in order, with the moment and the process."""
    redis.Redis.from_url(BROKER).rpush("notes", json.dumps([what, name, time.time(), os.getpid()]))


@app.task
def nap(name: str, seconds: float = 0) -> None:
    note("begin", name)
    time.sleep(seconds)
    note("end", name)


@app.task
def fail(name: str) -> None:
    note("begin", name)
    raise ValueError(name)


@app.task(bind=True)
def retry_once(self, name: str, countdown: float) -> None:
    note(f"sent {self.request.headers['caretaker_sent_at']!r}", name)
    if not self.request.retries:
        raise self.retry(countdown=countdown)


@app.task(rate_limit="1/h")
def rare(name: str) -> None:
    note("begin", name)
    note("end", name)
