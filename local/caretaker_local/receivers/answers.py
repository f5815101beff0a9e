"""What a receiver answers, and what it thinks of a message."""

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """`why` is for those who look at what was seen, not for the sender."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.status < 300


def text(status: int, body: str, why=(), **headers: str) -> Answer:
    return Answer(status, body.encode(), {"content-type": "text/plain", **headers}, tuple(why))


def in_json(status: int, value, why=(), **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json", **headers}, tuple(why))
