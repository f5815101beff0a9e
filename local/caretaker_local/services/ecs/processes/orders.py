"""Which local command stands for a container's image."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Order:
    """For one container of one service, or of all ("*")."""

    service: str
    container: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    cwd: str | None = None

    def stands_for(self, service: str, container: str) -> bool:
        return self.service in (service, "*") and self.container == container


def read_order(body: dict) -> Order:
    """From a control route's JSON; ValueError says what is wrong with it."""
    unknown = set(body) - {"service", "container", "command", "environment", "cwd"}
    if unknown:
        raise ValueError(f"an order has no {', '.join(sorted(unknown))}")
    command, environment, cwd = body["command"], body.get("environment") or {}, body.get("cwd")
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        raise ValueError(f"command is a list of words, not {command!r}")
    if not all(isinstance(value, str) for value in environment.values()):
        raise ValueError("environment has text by name")
    if cwd is not None and not os.path.isdir(cwd):
        raise ValueError(f"no directory {cwd}")
    return Order(body["service"], body["container"], command, environment, cwd)
