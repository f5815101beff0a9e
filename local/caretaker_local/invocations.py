"""Which invocation of which function makes a call, and how many hops it is from its origin.

Lambda gives each invocation a trace header; the SDK repeats it on every call. Here each
invocation's header has a Parent of its own, so that a call leads back to its invocation."""

import hashlib
import json
import re
import secrets
import threading
import time
import weakref
from collections import OrderedDict
from dataclasses import dataclass

# "If your function is invoked approximately 16 times in the same chain of requests, then Lambda automatically
# stops the next function invocation." https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
MAX_HOPS = 16

# Finished invocations that late calls can still be mapped to.
REMEMBERED = 20_000

PARENT = re.compile(r"Parent=([0-9a-f]{16})")
ROOT = re.compile(r"Root=([^;,\s]+)")
LINEAGE = re.compile(r"Lineage=(\d+):([0-9a-f]{8}):(\d+)")


@dataclass
class Invocation:
    """One run of one function. `payload` is its event as JSON text; `hops` counts this run too."""

    request_id: str
    function: str
    payload: str
    trace: str
    hops: int
    worker: object

    def kill(self) -> None:
        """kill −9 of the process that runs it: nothing of it can answer any more."""
        process = getattr(self.worker, "_proc", None)
        if process is not None:
            process.kill()
            process.wait(timeout=5)


class Invocations:
    """Running and recent invocations by the Parent of their trace header."""

    def __init__(self):
        self._by_parent: OrderedDict[str, Invocation] = OrderedDict()
        self._workers: weakref.WeakSet = weakref.WeakSet()
        self._lock = threading.Lock()

    def start(self, worker, event, request_id: str, inbound: str | None) -> Invocation:
        """A new invocation in the chain of `inbound`, or at the head of a new one."""
        parent = secrets.token_hex(8)
        hops = lineage_of(inbound) + 1
        root = ROOT.search(inbound or "")
        name = root[1] if root else f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        arn = worker.config.get("FunctionArn", worker.func_name)
        mark = hashlib.sha256(arn.encode()).hexdigest()[:8]
        trace = f"Root={name};Parent={parent};Sampled=0;Lineage={hops}:{mark}:0"
        payload = json.dumps(event, ensure_ascii=False)
        invocation = Invocation(request_id, worker.func_name, payload, trace, hops, worker)
        with self._lock:
            self._by_parent[parent] = invocation
            self._workers.add(worker)
            if len(self._by_parent) > REMEMBERED:
                self._by_parent.popitem(last=False)
        return invocation

    def processes(self) -> list[tuple[int, dict]]:
        """(pid, the function's configuration) of each process that runs invocations."""
        with self._lock:
            workers = [*self._workers]
        running = [(getattr(worker, "_proc", None), worker.config) for worker in workers]
        return [(process.pid, config) for process, config in running if process is not None]

    def of_trace(self, trace: str | None) -> Invocation | None:
        """The invocation that sent this X-Amzn-Trace-Id."""
        found = PARENT.search(trace or "")
        with self._lock:
            return self._by_parent.get(found[1]) if found else None


def lineage_of(trace: str | None) -> int:
    """Hops so far, by the trace header's Lineage."""
    found = LINEAGE.search(trace or "")
    return int(found[1]) if found else 0


def inbound_trace(event) -> str | None:
    """The trace header that came with a batch of SQS records: the one that has gone furthest."""
    records = event.get("Records") if isinstance(event, dict) else None
    headers = [record.get("attributes", {}).get("AWSTraceHeader")
               for record in records or [] if isinstance(record, dict) and record.get("eventSource") == "aws:sqs"]
    return max(filter(None, headers), key=lineage_of, default=None)
