"""How often a key may call."""

import math
import time
from collections import defaultdict, deque


class Window:
    """At most `most` in each `seconds`."""

    def __init__(self, most: int, seconds: float, clock=time.monotonic):
        self.most, self.seconds, self.clock = most, seconds, clock
        self.calls: dict[str, deque] = defaultdict(deque)

    def admits(self, key: str) -> bool:
        now, calls = self.clock(), self.calls[key]
        while calls and calls[0] <= now - self.seconds:
            calls.popleft()
        if len(calls) >= self.most:
            return False
        calls.append(now)
        return True


class Bucket:
    """`per_second` on the long run, `burst` at once."""

    def __init__(self, per_second: float, burst: int, clock=time.monotonic):
        self.per_second, self.burst, self.clock = per_second, burst, clock
        self.left: dict[str, tuple[float, float]] = {}

    def retry_after(self, key: str) -> int:
        """Whole seconds to wait; 0: go on."""
        now = self.clock()
        tokens, at = self.left.get(key, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - at) * self.per_second)
        if tokens < 1:
            self.left[key] = (tokens, now)
            return max(1, math.ceil((1 - tokens) / self.per_second))
        self.left[key] = (tokens - 1, now)
        return 0
