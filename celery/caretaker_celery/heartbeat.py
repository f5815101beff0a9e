"""The heartbeat: what a worker writes of itself for whoever counts the backlog.

Key names, fields and units are a contract with the sampler; the README has it.
"""

import json
import logging
from collections.abc import Callable
from time import time

from celery.worker import state
from redis.client import Pipeline
from redis.exceptions import RedisError

from .broker import Broker
from .executions import Executions, Tally
from .intake import Intake, rate_limited, scheduled
from .queues import QueueNames

logger = logging.getLogger(__name__)

SCHEMA = "1"
#: A worker is silent for six beats before it counts as gone, so a single slow one does no harm.
BEAT_SECONDS = 5.0
TTL_SECONDS = 30
#: For how long the sorted set remembers a worker that ended without a word.
REMEMBERED_SECONDS = 3600


class Heartbeat:
    """Writes one worker's hash, its place in the set of workers, and the counters of its queues."""

    def __init__(self, node: str, names: QueueNames, executions: Executions, intake: Intake,
                 places: Callable[[], int], task: Callable[[], str]):
        """`node` is Celery's node name and what tells this worker from others of that name; `places` the pool's size; `task` the ARN of the ECS task or ""."""
        self.node, self.names, self.executions, self.intake = node, names, executions, intake
        self.places, self.task = places, task
        self.started_at = time()
        self._silent = False

    def beat(self, broker: Broker) -> None:
        """Write all of it in one transaction; what cannot be counted now is counted at the next beat."""
        worker, workers, now = broker.key(f"worker:{self.node}"), broker.key("workers"), time()
        with broker.client.pipeline() as pipe:
            pipe.delete(worker).hset(worker, mapping=self.fields()).expire(worker, TTL_SECONDS)
            pipe.zadd(workers, {self.node: now}).zremrangebyscore(workers, "-inf", now - REMEMBERED_SECONDS)
            self._execute(pipe, broker)

    def end(self, broker: Broker) -> None:
        """The last counts; the worker leaves the set, since it stops on purpose."""
        with broker.client.pipeline() as pipe:
            pipe.delete(broker.key(f"worker:{self.node}")).zrem(broker.key("workers"), self.node)
            self._execute(pipe, broker)

    def fields(self) -> dict[str, str]:
        """The hash, all text."""
        return {
            "schema": SCHEMA,
            "beat_at": repr(time()),
            "started_at": repr(self.started_at),
            "concurrency": str(self.places()),
            "consuming": "1" if self.intake.is_open else "0",
            "task": self.task(),
            "queues": json.dumps(self._queues()),
        }

    def _queues(self) -> dict[str, dict[str, int]]:
        consumer = self.intake.consumer
        waiting = set(state.reserved_requests).difference(state.active_requests).union(rate_limited(consumer))
        held = {"active": set(state.active_requests), "reserved": waiting, "scheduled": scheduled(consumer)}
        queues = {name: dict.fromkeys(held, 0) for name in self.names.names}
        for kind, requests in held.items():
            for request in requests:
                queues.setdefault(self.names.of(request), dict.fromkeys(held, 0))[kind] += 1
        return queues

    def _execute(self, pipe: Pipeline, broker: Broker) -> None:
        tallies = self.executions.take()
        for queue, tally in tallies.items():
            _count(pipe, broker.key(f"tasks:{queue}"), tally)
        try:
            pipe.execute()
        except (RedisError, OSError) as error:
            self.executions.give_back(tallies.items())
            if not self._silent:
                logger.warning("no heartbeat, the next is tried in %g s: %s", BEAT_SECONDS, error)
            self._silent = True
        else:
            self._silent = False


def _count(pipe: Pipeline, key: str, tally: Tally) -> None:
    for name in ("completed", "failed", "retried"):
        pipe.hincrby(key, name, int(getattr(tally, name)))
    pipe.hincrbyfloat(key, "seconds", tally.seconds)
