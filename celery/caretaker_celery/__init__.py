"""Celery workers and Beat that Caretaker can scale.

    import caretaker_celery
    caretaker_celery.install(app)
"""

from celery import Celery
from celery.signals import beat_init, before_task_publish

from .beat import guard
from .stamp import stamp

__all__ = ("install",)

# By name, since what only publishes needs no worker's code.
WORKER_STEP = "caretaker_celery.steps:WorkerStep"
CONSUMER_STEP = "caretaker_celery.steps:ConsumerStep"


def install(app: Celery) -> Celery:
    """Add the worker's steps, the publish stamp and the Beat lock to `app`; safe to repeat.

    The signals are Celery's, of the whole process: every application in it gets stamp and lock.
    Settings are read when a worker or Beat starts, so `install` may come before the configuration.
    A worker whose settings would break the promise does not start: `check.SettingsError` names all of them.
    """
    app.steps["worker"].add(WORKER_STEP)
    app.steps["consumer"].add(CONSUMER_STEP)
    before_task_publish.connect(stamp, dispatch_uid="caretaker-celery")
    beat_init.connect(guard, dispatch_uid="caretaker-celery")
    return app
