"""Which queue a message came from: a message names exchange and routing key only."""

from kombu import Queue
from celery.worker.request import Request


class QueueNames:
    """The queues that a worker consumes, found by what its messages say."""

    def __init__(self, consumed: dict[str, Queue]):
        self.names = list(consumed)
        self._by_route = {(queue.exchange.name, queue.routing_key): name for name, queue in consumed.items()}

    def of(self, request: Request) -> str:
        """The queue's name; of patterns of topic exchanges only if the worker consumes a single queue."""
        route = request.delivery_info
        exchange, key = route.get("exchange") or "", route.get("routing_key") or ""
        if (exchange, key) in self._by_route:
            return self._by_route[exchange, key]
        return self.names[0] if len(self.names) == 1 else key
