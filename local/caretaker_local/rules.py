"""Where each service's fidelity is hung in: before ministack sees a call, and after it did it."""

import json
from collections import defaultdict
from collections.abc import Callable

from caretaker_local.errors import Reply
from caretaker_local.wire import Call

# A refusal raises AwsError. A Reply returned is the answer, and ministack is not asked.
Refusal = Callable[[Call], Reply | None]
Effect = Callable[[Call, Reply], Reply | None]


class Refusals:
    """Checks per "service.Operation"."""

    def __init__(self):
        self._checks: dict[str, list[Refusal]] = defaultdict(list)

    def add(self, name: str, check: Refusal) -> None:
        self._checks[name].append(check)

    def check(self, call: Call) -> Reply | None:
        """Raises the first refusal; returns a reply that is already known, else None."""
        for check in self._checks.get(call.name, ()):
            reply = check(call)
            if reply is not None:
                return reply
        return None


class Effects:
    """What a successful call sets in motion, and how its reply changes by that."""

    def __init__(self):
        self._effects: dict[str, list[Effect]] = defaultdict(list)

    def add(self, name: str, effect: Effect) -> None:
        self._effects[name].append(effect)

    def apply(self, call: Call, reply: Reply) -> Reply:
        for effect in self._effects.get(call.name, ()):
            reply = effect(call, reply) or reply
        return reply


def json_reply(value: dict, status: int = 200, content_type: bytes = b"application/x-amz-json-1.1") -> Reply:
    """A success that ministack has not made."""
    return Reply(status, [(b"content-type", content_type)], json.dumps(value).encode())


def with_json(reply: Reply, **members) -> Reply:
    """The same JSON reply with some members changed."""
    return Reply(reply.status, reply.headers, json.dumps(json.loads(reply.body) | members).encode())
