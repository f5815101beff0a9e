"""The stop on SIGTERM: a soft shutdown that keeps the event loop alive.

Celery's own (`WorkController.wait_for_soft_shutdown`, 5.7.0) sleeps in the signal handler: it takes the whole
time-out even if the last task ends after a second, and a message that Redis has just handed out waits in the
socket meanwhile, in no queue and in no list of unacknowledged ones: a SIGKILL loses it. So this one only notes the
signal, and the loop stops consuming, hands back what has not begun, and goes on with results, acknowledgements and
heartbeats until the last task has ended. Celery's cold shutdown follows for what has not.
"""

import logging
import signal
from collections.abc import Callable
from time import monotonic

from celery import platforms
from celery.apps.worker import on_cold_shutdown
from celery.platforms import EX_OK
from celery.worker import state

from .executions import Executions
from .intake import STOPPING, Intake

logger = logging.getLogger(__name__)


class Drain:
    """From the signal to the end of the worker."""

    def __init__(self, worker, intake: Intake, executions: Executions, soft_timeout: float,
                 clock: Callable[[], float] = monotonic):
        """`soft_timeout`: seconds from the signal until executing tasks are handed back."""
        self.worker, self.intake, self.executions = worker, intake, executions
        self.soft_timeout, self.clock = soft_timeout, clock
        #: Whether the event loop runs, and `tick` is called.
        self.looping = False
        self.asked_at: float | None = None
        self._celery_handler = None

    def install(self) -> None:
        """Take SIGTERM over from Celery, which keeps it for the times when no loop runs."""
        if self._celery_handler is None:
            self._celery_handler = signal.getsignal(signal.SIGTERM)
            platforms.signals["SIGTERM"] = self._on_sigterm

    def _on_sigterm(self, signum, frame) -> None:
        if self.asked_at is not None:
            return
        if self.looping:
            self.asked_at = self.clock()
        else:
            self._celery_handler(signum, frame)

    def loop_ended(self) -> None:
        """The connection is lost or the worker stops; one that was stopping already does not connect again."""
        self.looping = False
        if self.asked_at is not None and state.should_stop is None and state.should_terminate is None:
            state.should_stop = EX_OK

    def tick(self) -> None:
        """Go on with the stop, if there is one."""
        if self.asked_at is None or state.should_stop is not None or state.should_terminate is not None:
            return
        if STOPPING not in self.intake.reasons:
            self._begin()
        if not self.executions.running:
            logger.info("nothing is executing any more: the worker stops")
            state.should_stop = EX_OK
        elif self.clock() - self.asked_at >= self.soft_timeout:
            self._cut()

    def _begin(self) -> None:
        self.intake.close(STOPPING)
        waiting = self.intake.hand_back_waiting()
        logger.info("soft shutdown: %d executing, %d handed back; at most %g s", len(self.executions.running),
                    waiting, self.soft_timeout)

    def _cut(self) -> None:
        cut = [f"{request.name}[{request.id}]" for request in self.executions.running]
        logger.warning("%d tasks have not ended in %g s and go back to their queues: %s", len(cut),
                       self.soft_timeout, ", ".join(cut))
        # The wait is over; what follows is Celery's own: cancel, stop the pool, close, restore.
        self.executions.cut()
        self.worker.wait_for_soft_shutdown = lambda: None
        on_cold_shutdown(self.worker)
