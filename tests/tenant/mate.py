"""The application of a tenant, as far as the demo of scaling needs one: two queues, short and long tasks.

Who runs it gives REDIS_HOST, REDIS_PORT and REDIS_AUTH as the task definition has them. Each execution is counted where it begins and
where it ends: the files `starts` and `ends` in the folder DEMO_COUNTS have a line per task id. Not in the broker, which may restart.
"""

import os
import time
from pathlib import Path

import caretaker_celery
from celery import Celery
from kombu import Queue

A_DAY = 86_400
TIME_LIMIT = 600

ADDRESS = f"rediss://:{os.environ['REDIS_AUTH']}@{os.environ['REDIS_HOST']}:{os.environ['REDIS_PORT']}"
COUNTS = Path(os.environ.get("DEMO_COUNTS", "/tmp"))

app = Celery("mate", broker=f"{ADDRESS}/0?ssl_cert_reqs=required")
app.conf.update(
    task_ignore_result=True,
    task_queues=[Queue("celery"), Queue("long")],
    task_default_queue="celery",
    task_routes={"mate.report": {"queue": "long"}},
    worker_concurrency=2,
    broker_connection_retry_on_startup=True,
    # What caretaker-celery asks for.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=TIME_LIMIT,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_soft_shutdown_timeout=110,
    worker_enable_soft_shutdown_on_idle=True,
    caretaker_longest_eta=A_DAY,
    broker_transport_options={"visibility_timeout": TIME_LIMIT + A_DAY + 3_600},
)
caretaker_celery.install(app)


def spend(task, seconds: float) -> None:
    """Sleeps, and is counted before and after."""
    count("starts", task)
    time.sleep(seconds)
    count("ends", task)


def count(what: str, task) -> None:
    """One write of less than a page, at the end of the file: lines of several processes do not mix."""
    with open(COUNTS / what, "a") as lines:
        lines.write(f"{task.request.id}\n")


@app.task(bind=True)
def thumbnail(task, seconds: float) -> None:
    """A short one."""
    spend(task, seconds)


@app.task(bind=True)
def report(task, seconds: float) -> None:
    """A long one, in a queue of its own."""
    spend(task, seconds)
