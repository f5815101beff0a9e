"""The ECS agent's task protection endpoint.

PUT and GET `$ECS_AGENT_URI/task-protection/v1/state`; the agent answers a refusal by ECS with status 200 and a
`failure`, its own errors with an `error` (ECS developer guide, "Task scale-in protection endpoint").
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

#: A call blocks the worker's event loop. The agent is on the same host and answers in some 100 ms, since it asks
#: ECS; after this a call counts as failed.
TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True)
class State:
    """What the agent answered: `why` is None if it did what was asked."""

    protected: bool
    task: str = ""
    why: str | None = None


class Agent:
    """A client of one task's endpoint; `uri` is the value of `ECS_AGENT_URI`."""

    def __init__(self, uri: str):
        self.url = f"{uri.rstrip('/')}/task-protection/v1/state"
        # The endpoint is link-local: a proxy of the environment must not see it.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def read(self) -> State:
        """The task's protection as ECS has it, and the task's ARN."""
        return self._call("GET", None)

    def protect(self, minutes: int) -> State:
        """Ask for protection for `minutes` (1 to 2880) from now."""
        return self._call("PUT", {"ProtectionEnabled": True, "ExpiresInMinutes": minutes})

    def unprotect(self) -> State:
        """Give the protection up."""
        return self._call("PUT", {"ProtectionEnabled": False})

    def _call(self, method: str, body: dict | None) -> State:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT_SECONDS) as reply:
                return _state(reply.read())
        except urllib.error.HTTPError as error:
            return State(False, why=f"{method} {self.url}: status {error.code}: {_state(error.read()).why}")
        except OSError as error:
            return State(False, why=f"{method} {self.url}: {error}")


def _state(body: bytes) -> State:
    try:
        reply = json.loads(body)
        found = reply.get("protection") or {}
        trouble = reply.get("failure") or reply.get("error")
    except (ValueError, AttributeError):
        return State(False, why=f"the agent's answer is not understood: {body[:200]!r}")
    if trouble:
        words = (trouble.get("Reason") or trouble.get("Code"), trouble.get("Detail") or trouble.get("Message"))
        return State(False, trouble.get("Arn", ""), ": ".join(word for word in words if word) or str(trouble))
    if "ProtectionEnabled" not in found:
        return State(False, why=f"the agent's answer has no protection: {body[:200]!r}")
    return State(bool(found["ProtectionEnabled"]), found.get("TaskArn", ""))
