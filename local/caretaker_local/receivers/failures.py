"""A receiver that fails on request."""

import threading
import time
from dataclasses import dataclass

# What it does in place of answering as it should.
KINDS = {
    "status": "answers with that status; nothing is taken in",
    "drop": "closes the connection; nothing is taken in",
    "drop_reply": "takes the message in, and closes the connection",
    "hang": "takes the message in, and answers only after `holdMs`",
    "timeout": "takes nothing in, and closes the connection after `holdMs`",
}
HOLD_MS = 10_000


@dataclass
class Failure:
    """For `times` messages, or until a moment, or for ever."""

    receiver: str
    kind: str
    status: int = 0
    hold_ms: int = HOLD_MS
    retry_after: int | None = None
    times: int | None = None
    until: float | None = None
    hits: int = 0


class Failures:
    def __init__(self):
        self.lock = threading.Lock()
        self.asked: list[Failure] = []

    def ask(self, body: dict) -> Failure:
        """{"receiver", "status" or "kind", "times"? or "seconds"?, "holdMs"?, "retryAfter"?}."""
        kind = body.get("kind") or ("status" if "status" in body else None)
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        until = time.monotonic() + body["seconds"] if "seconds" in body else None
        failure = Failure(body["receiver"], kind, int(body.get("status", 503)), int(body.get("holdMs", HOLD_MS)), body.get("retryAfter"),
                          body.get("times"), until)
        with self.lock:
            self.asked.append(failure)
        return failure

    def hit(self, receiver: str) -> Failure | None:
        """The first that stands for `pagerduty`, `slack`, `hook`, or one hook, `hook/NAME`."""
        with self.lock:
            self.asked = [one for one in self.asked if (one.until is None or one.until > time.monotonic())
                          and (one.times is None or one.hits < one.times)]
            found = next((one for one in self.asked if one.receiver in ("*", receiver, receiver.partition("/")[0])), None)
            if found is not None:
                found.hits += 1
            return found

    def clear(self) -> int:
        with self.lock:
            count = len(self.asked)
            self.asked.clear()
            return count
