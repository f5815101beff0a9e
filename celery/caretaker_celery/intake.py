"""What the worker takes in, and the way back to the queue."""

import logging

from celery.worker import state
from celery.worker.request import Request

logger = logging.getLogger(__name__)

STOPPING = "the worker is stopping"
UNPROTECTED = "task protection is not held"


class Intake:
    """Consuming stops while there is any reason for it."""

    def __init__(self):
        #: celery.worker.consumer.Consumer of the present connection to the broker.
        self.consumer = None
        self.reasons: set[str] = set()

    @property
    def is_open(self) -> bool:
        return not self.reasons

    def close(self, reason: str) -> None:
        """Stop consuming. A message that is on its way goes back by kombu, which finds no consumer for it."""
        if reason not in self.reasons:
            logger.warning("consuming stops: %s", reason)
            self.reasons.add(reason)
        self.hold()

    def open(self, reason: str) -> None:
        """Consume again, unless something else speaks against it."""
        if reason not in self.reasons:
            return
        self.reasons.discard(reason)
        if self.is_open and self.consumer.task_consumer:
            logger.info("consuming begins again")
            self.consumer.task_consumer.consume()

    def hold(self) -> None:
        """Keep closed what is closed: a new connection to the broker begins to consume by itself."""
        if self.reasons and self.consumer and self.consumer.task_consumer:
            self.consumer.task_consumer.cancel()

    def hand_back(self, request: Request) -> None:
        """Return a received message that has not begun to its queue; kombu puts it behind the others."""
        state.task_ready(request)
        request.reject(requeue=True)

    def hand_back_waiting(self) -> int:
        """Return what is held until an eta or by a rate limit; how many."""
        waiting = [*scheduled(self.consumer), *rate_limited(self.consumer)]
        for request in waiting:
            if request._eta_timer_entry is not None:
                self.consumer.timer.cancel(request._eta_timer_entry)
        for bucket in filter(None, self.consumer.task_buckets.values()):
            bucket.clear_pending()
        for request in waiting:
            self.hand_back(request)
        return len(waiting)


def rate_limited(consumer) -> list[Request]:
    """Received and due, but held until their rate limit lets them go."""
    return [request for bucket in consumer.task_buckets.values() if bucket for request, _ in bucket.contents]


def scheduled(consumer) -> list[Request]:
    """Received and held until their eta or countdown."""
    # celery.worker.state keeps a task whose eta has passed among these while a rate limit holds it.
    return list(set(state.scheduled_requests).difference(rate_limited(consumer)))
