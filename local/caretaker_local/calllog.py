"""Every AWS call: who, what, on which resource, and how it ended."""

import itertools
import json
import threading
import time
from dataclasses import asdict, dataclass, field

from caretaker_local.invocations import Invocation
from caretaker_local.resource import resource_of
from caretaker_local.wire import Call

# Older entries go first; a run of the crash table makes some 50,000 calls.
CAPACITY = 200_000

# Enough of a request to find an owner in; an uploaded package is not kept.
SEARCHED = 16_384


@dataclass
class Entry:
    """One line of the log. `at` in UNIX seconds; `status` 0: no reply was sent."""

    seq: int
    at: float
    function: str | None
    requestId: str | None
    service: str
    operation: str
    resource: str | None
    mutating: bool
    status: int | None = None
    code: str | None = None
    fault: str | None = None
    text: str = field(default="", repr=False)
    payload: str = field(default="", repr=False)


class CallLog:
    """In the order in which the calls came in."""

    def __init__(self):
        self._entries: list[Entry] = []
        self._seq = itertools.count(1)
        self._lock = threading.Lock()

    def open(self, call: Call, invocation: Invocation | None) -> Entry:
        """A line for a call that has just come in."""
        with self._lock:
            entry = Entry(
                next(self._seq), time.time(),
                invocation.function if invocation else None,
                invocation.request_id if invocation else None,
                call.service, call.operation, resource_of(call), call.mutating,
                text=call.text[:SEARCHED],
                payload=invocation.payload if invocation else "",
            )
            self._entries.append(entry)
            if len(self._entries) > CAPACITY:
                del self._entries[: CAPACITY // 10]
        return entry

    def since(self, seq: int, owner: str | None) -> list[dict]:
        """Lines after `seq`; with `owner`, those whose request or whose invocation's event holds that text."""
        with self._lock:
            found = [entry for entry in self._entries
                     if entry.seq > seq and (not owner or owner in entry.text or owner in entry.payload)]
        return [{key: value for key, value in asdict(entry).items() if key not in ("text", "payload")} for entry in found]

    def last_seq(self) -> int:
        with self._lock:
            return self._entries[-1].seq if self._entries else 0

    def clear(self) -> None:
        """Forgets the lines; numbers go on rising, so that a reader's `since` stays true."""
        with self._lock:
            self._entries.clear()


def owner_text(call: Call, invocation: Invocation | None) -> str:
    return f"{call.text}\n{invocation.payload if invocation else ''}"


def error_code(body: bytes, headers: list[tuple[bytes, bytes]]) -> str | None:
    """The error's code in a reply of any protocol."""
    named = dict(headers).get(b"x-amzn-errortype")
    if named:
        return named.decode().partition(":")[0]
    text = body[:4096].decode("utf-8", errors="replace")
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("</Code>")[0]
    try:
        value = json.loads(body)
    except ValueError:
        return None
    code = (value.get("__type") or value.get("ErrorCode") or value.get("code")) if isinstance(value, dict) else None
    return code.rpartition("#")[2] if isinstance(code, str) else None
