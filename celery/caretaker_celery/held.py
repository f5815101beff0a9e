"""What the worker holds unacknowledged, over the connections to its broker.

kombu and Celery 5.7.0 give all of it back when a connection is lost: that would repeat tasks that go on executing.
And it fails: the connection has been collected by then, and kombu's AttributeError ends the worker, after a failover
every busy one. So nothing is given back at a loss, and all of it moves to the next connection.
"""

import logging

from .executions import Executions

logger = logging.getLogger(__name__)


class Held:
    """The unacknowledged messages of the present connection."""

    def __init__(self, executions: Executions):
        self.executions = executions
        self._channel = None

    def move_to(self, channel) -> None:
        """Hold on `channel` (kombu's, of Redis) what the last connection held; return what does not execute.

        Redis is told all of it anew, since after a failover it may know nothing.
        """
        before, self._channel = self._channel, channel
        channel.qos.restore_at_shutdown = False
        if before is not None:
            self._move(before.qos, channel)

    def give_back_at_close(self) -> None:
        """Let kombu return to the queues what is still held when the worker's connection is closed."""
        if self._channel is not None:
            self._channel.qos.restore_at_shutdown = True

    def _move(self, before, channel) -> None:
        before._flush()
        executing = {request.message.delivery_tag for request in self.executions.running}
        for tag, message in before._delivered.items():
            message.channel = channel
            channel.qos.append(message, tag)
            if tag not in executing:
                channel.basic_reject(tag, requeue=True)
        if before._delivered:
            logger.info("%d messages that were held before the connection was lost: %d execute, the others go back "
                        "to their queues", len(before._delivered), len(executing.intersection(before._delivered)))
        before._delivered.clear()
