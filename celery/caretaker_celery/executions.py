"""What runs in the pool and what has ended, measured in the parent: the pool's processes know nothing of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import time

from billiard.einfo import ExceptionWithTraceback
from celery.exceptions import Ignore, Reject, Retry
from celery.worker.request import Request


@dataclass
class Tally:
    """Of one queue: executions that have ended, of those failed and retried, and their run times in seconds."""

    completed: int = 0
    failed: int = 0
    retried: int = 0
    seconds: float = 0.0


class Executions:
    """Follows each request from the pool's entrance to its end by the callbacks that the pool calls."""

    def __init__(self, queue_of: Callable[[Request], str]):
        self.queue_of = queue_of
        self.running: set[Request] = set()
        self._ended: defaultdict[str, Tally] = defaultdict(Tally)

    def follow(self, request: Request) -> None:
        """Count `request` as running until one of its callbacks tells of its end."""
        self.running.add(request)
        # On the object: Celery makes a Request class per task whose on_success calls no base class.
        success, failure, timed_out = request.on_success, request.on_failure, request.on_timeout

        def on_success(failed__retval__runtime, **kwargs):
            failed, value, seconds = failed__retval__runtime
            self._end(request, _outcome(value) if failed else None, seconds)
            return success(failed__retval__runtime, **kwargs)

        def on_failure(exc_info, **kwargs):
            self._end(request, "failed")
            return failure(exc_info, **kwargs)

        def on_timeout(soft, timeout):
            if not soft:
                self._end(request, "failed")
            return timed_out(soft, timeout)

        request.on_success, request.on_failure, request.on_timeout = on_success, on_failure, on_timeout

    def forget(self, request: Request) -> None:
        """`request` was not executed after all: it is revoked."""
        self.running.discard(request)

    def forget_discarded(self) -> None:
        """After a lost connection: the pool has dropped, without a word, what none of its processes had taken."""
        self.running = {request for request in self.running if request.time_start is not None}

    def cut(self) -> None:
        """All that still runs is about to be ended by a stop: completed, neither failed nor retried."""
        for request in tuple(self.running):
            self._end(request, None)

    def take(self) -> dict[str, Tally]:
        """What has ended since the last call, per queue; the caller must write it or give it back."""
        taken, self._ended = dict(self._ended), defaultdict(Tally)
        return taken

    def give_back(self, tallies: Iterable[tuple[str, Tally]]) -> None:
        """Add what could not be written to what is written next."""
        for queue, tally in tallies:
            self._add(queue, tally)

    def _end(self, request: Request, outcome: str | None, seconds: float | None = None) -> None:
        # A request has several callbacks for one end: a hard time limit is followed by a lost process.
        if request not in self.running:
            return
        self.running.discard(request)
        if seconds is None:
            seconds = _since(request)
        self._add(self.queue_of(request), Tally(1, outcome == "failed", outcome == "retried", seconds))

    def _add(self, queue: str, tally: Tally) -> None:
        total = self._ended[queue]
        total.completed += tally.completed
        total.failed += tally.failed
        total.retried += tally.retried
        total.seconds += tally.seconds


def _outcome(exc_info) -> str | None:
    error = exc_info.exception
    if isinstance(error, ExceptionWithTraceback):
        error = error.exc
    if isinstance(error, Retry):
        return "retried"
    return None if isinstance(error, (Ignore, Reject)) else "failed"


def _since(request: Request) -> float:
    """Seconds since a pool process took `request`; 0 if none did."""
    return 0.0 if request.time_start is None else max(time() - request.time_start, 0.0)
