"""Faults on request: what goes wrong, for which call, how often."""

import itertools
import random
import threading
from dataclasses import asdict, dataclass, field

from caretaker_local.calllog import owner_text
from caretaker_local.invocations import Invocation
from caretaker_local.wire import Call

KINDS = ("error_before", "error_after", "drop_reply", "stale_read", "kill", "throttle", "delay")

# After the effect; the others act before it.
AFTER = ("error_after", "drop_reply", "kill")


@dataclass
class Fault:
    """One rule. The `occurrence`-th matching call (1-based) and the `times` − 1 after it are hit.

    With `rate`, each matching mutating or reading call is hit by that chance, by one of `kinds`."""

    kind: str = ""
    service: str | None = None
    operation: str | None = None
    contains: str | None = None
    resource: str | None = None
    function: str | None = None
    occurrence: int = 1
    times: int = 1
    code: str | None = None
    message: str | None = None
    status: int = 500
    delayMs: int = 0
    rate: float | None = None
    kinds: list[str] = field(default_factory=list)
    seed: int = 1
    id: int = 0
    matched: int = 0
    fired: int = 0

    def __post_init__(self):
        for kind in self.kinds or [self.kind]:
            if kind not in KINDS:
                raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
        if self.rate is not None and not self.kinds:
            raise ValueError("rate needs kinds")
        if self.occurrence < 1 or self.times < 1:
            raise ValueError("occurrence and times start at 1")
        self._random = random.Random(self.seed)

    def matches(self, call: Call, resource: str | None, invocation: Invocation | None) -> bool:
        """Whether this call is one that the rule counts."""
        return (
            self.service in (None, call.service)
            and self.operation in (None, call.operation)
            and (self.resource is None or self.resource == resource)
            and (self.function is None or (invocation is not None and self.function == invocation.function))
            and (self.contains is None or self.contains in owner_text(call, invocation))
            and applies(self.kind, call, invocation)
        )

    def draw(self, call: Call, invocation: Invocation | None) -> str | None:
        """Counts a matching call; the kind to apply to it, or None."""
        self.matched += 1
        if self.rate is not None:
            if self._random.random() >= self.rate:
                return None
            kind = self._random.choice(self.kinds)
            if not applies(kind, call, invocation):
                return None
        elif self.occurrence <= self.matched < self.occurrence + self.times:
            kind = self.kind
        else:
            return None
        self.fired += 1
        return kind


def applies(kind: str, call: Call, invocation: Invocation | None) -> bool:
    """Only a function can be killed, and only a read can be stale: such a rule waits for its like."""
    if kind == "kill":
        return invocation is not None
    return kind != "stale_read" or not call.mutating


@dataclass(frozen=True)
class Hit:
    """A fault that this call gets."""

    kind: str
    fault: Fault

    @property
    def after(self) -> bool:
        return self.kind in AFTER


class Faults:
    """The rules in force, asked once per call; the first that fires wins."""

    def __init__(self, seed: int):
        self._seed = seed
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, description: dict) -> Fault:
        given = {key: value for key, value in description.items() if key not in ("id", "matched", "fired")}
        fault = Fault(**{"seed": self._seed, **given})
        fault.id = next(self._ids)
        with self._lock:
            self._faults.append(fault)
        return fault

    def hit(self, call: Call, resource: str | None, invocation: Invocation | None) -> Hit | None:
        with self._lock:
            hits = [
                Hit(kind, fault) for fault in self._faults
                if fault.matches(call, resource, invocation) and (kind := fault.draw(call, invocation)) is not None
            ]
        return hits[0] if hits else None

    def all(self) -> list[dict]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self, identifier: int | None = None) -> int:
        """Removes one rule, or all; how many."""
        with self._lock:
            kept = [fault for fault in self._faults if identifier is not None and fault.id != identifier]
            removed = len(self._faults) - len(kept)
            self._faults = kept
        return removed
