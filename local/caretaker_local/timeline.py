"""What will happen later: status changes, events, tasks that start."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger("caretaker")


class Timeline:
    """Runs functions at their moment, one at a time, each in its account and region."""

    def __init__(self):
        self.lock = threading.RLock()
        self._wake = threading.Condition()
        self._due: list[tuple[float, int, str, str, Callable[[], None]]] = []
        self._order = itertools.count()
        self._paused = False
        self._running = False
        threading.Thread(target=self._loop, name="timeline", daemon=True).start()

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Runs `action` in `delay_s` real seconds. Zero: before the next request is looked at."""
        from ministack.core.responses import get_account_id, get_region

        entry = (time.monotonic() + delay_s, next(self._order), get_account_id(), get_region(), action)
        with self._wake:
            heapq.heappush(self._due, entry)
            self._wake.notify()

    def pause(self, paused: bool) -> None:
        """While paused nothing happens by itself: a test can look at what is in between."""
        with self._wake:
            self._paused = paused
            self._wake.notify()

    def clear(self) -> None:
        """Forgets everything planned."""
        with self._wake:
            self._due.clear()
            self._paused = False

    def has_due(self) -> bool:
        """Whether anything waits to be run now, or is being run by another thread."""
        with self._wake:
            return self._running or self._is_due()

    def _is_due(self) -> bool:
        return bool(self._due) and not self._paused and self._due[0][0] <= time.monotonic()

    def run_due(self) -> None:
        """Runs all that is due by now, also what that puts at now."""
        with self.lock:
            while (entry := self._pop_due()) is not None:
                self._run(entry)

    def _pop_due(self):
        with self._wake:
            self._running = self._is_due()
            return heapq.heappop(self._due) if self._running else None

    def _run(self, entry) -> None:
        from ministack.core.responses import request_scope

        _at, _order, account, region, action = entry
        try:
            with request_scope(account, region):
                action()
        except Exception:
            log.exception("timeline: %s failed", action)

    def _loop(self) -> None:
        while True:
            with self._wake:
                if not self._is_due():
                    nothing = self._paused or not self._due
                    self._wake.wait(None if nothing else self._due[0][0] - time.monotonic())
                    continue
            self.run_due()
