"""What the worker holds unacknowledged, over the connections to its broker.

kombu and Celery 5.7.0 give all of it back when a connection is lost: that would repeat tasks that go on executing.
And it fails: the connection has been collected by then, and kombu's AttributeError ends the worker, after a failover
every busy one. So nothing is given back at a loss, and all of it moves to the next connection.
"""

import logging

from kombu import Message

from .executions import Executions

logger = logging.getLogger(__name__)


class Held:
    """The unacknowledged messages of the present connection, and those of earlier ones on their way to it."""

    def __init__(self, executions: Executions):
        self.executions = executions
        self._channel = None
        self._left: dict[str, Message] = {}

    def move_to(self, channel) -> None:
        """Hold on `channel` (kombu's, of Redis) what the last connection held; return what does not execute.

        Redis is told all of it anew, since after a failover it may know nothing. If this connection is lost in the
        middle of it, the next one goes on.
        """
        before, self._channel = self._channel, channel
        channel.qos.restore_at_shutdown = False
        if before is None:
            return
        before.qos._flush()
        self._left.update(before.qos._delivered)
        before.qos._delivered.clear()
        self.executions.forget_discarded()
        self._settle(channel)

    def give_back_at_close(self) -> None:
        """Let kombu return to the queues what is still held when the worker's connection is closed."""
        if self._channel is not None:
            self._channel.qos.restore_at_shutdown = True

    def _settle(self, channel) -> None:
        executing = {request.message.delivery_tag for request in self.executions.running}
        if self._left:
            logger.info("%d messages were held when the connection was lost: %d of them execute, the others go back "
                        "to their queues", len(self._left), len(executing.intersection(self._left)))
        for tag, message in tuple(self._left.items()):
            message.channel = channel
            channel.qos.append(message, tag)
            if tag not in executing:
                channel.basic_reject(tag, requeue=True)
            del self._left[tag]
