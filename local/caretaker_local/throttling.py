"""AWS's token buckets per API, from buckets.toml."""

import fnmatch
import threading
import time

from caretaker_local import facts
from caretaker_local.wire import Call


class Bucket:
    """`burst` tokens at most, refilled by `per_second`."""

    def __init__(self, row: dict):
        self.row = row
        self.tokens = float(row["burst"])
        self.at = time.monotonic()

    def covers(self, call: Call) -> bool:
        return self.row["service"] == call.service and any(
            fnmatch.fnmatchcase(call.operation, pattern) for pattern in self.row["operations"]
        )

    def refill(self, now: float) -> None:
        self.tokens = min(self.row["burst"], self.tokens + (now - self.at) * self.row["per_second"])
        self.at = now


class Throttling:
    """Off until switched on; a call takes a token of every bucket that covers it."""

    def __init__(self, enabled: bool):
        self.default = enabled
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.switch(self.default)

    def switch(self, enabled: bool) -> None:
        """On with full buckets, or off."""
        self.enabled = enabled
        self._buckets = [Bucket(row) for row in facts.table("buckets", "bucket")]

    def admits(self, call: Call) -> bool:
        """Takes the tokens; False if one of the buckets is empty, and then takes none."""
        if not self.enabled:
            return True
        with self._lock:
            buckets = [bucket for bucket in self._buckets if bucket.covers(call)]
            now = time.monotonic()
            for bucket in buckets:
                bucket.refill(now)
            if any(bucket.tokens < 1 for bucket in buckets):
                return False
            for bucket in buckets:
                bucket.tokens -= 1
            return True
