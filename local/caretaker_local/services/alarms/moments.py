"""When a change of state happened: now, unless a control call says otherwise."""

import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

CHOSEN: ContextVar[float | None] = ContextVar("moment of an alarm's change", default=None)


def moment() -> float:
    """In seconds since the epoch, to the millisecond."""
    chosen = CHOSEN.get()
    return round(time.time() if chosen is None else chosen, 3)


@contextmanager
def at(seconds: float | None):
    """What changes within happened then, children and the composites above them alike."""
    token = CHOSEN.set(seconds)
    try:
        yield
    finally:
        CHOSEN.reset(token)


def written(seconds: float) -> str:
    """As alarms write a moment: 2023-08-04T12:36:15.490+0000."""
    whole = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{round(seconds % 1 * 1000) % 1000:03d}+0000"


def read(text: str) -> float:
    """An ISO 8601 moment with its zone."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"{text!r} names no zone")
    return parsed.timestamp()
