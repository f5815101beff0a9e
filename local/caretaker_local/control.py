"""The control routes, /_caretaker/…: JSON in, JSON out, never part of AWS."""

import json
from urllib.parse import parse_qs

from caretaker_local.seed import seed_environment
from caretaker_local.settings import Settings


class BadRequest(Exception):
    """The caller's mistake, told as 400."""


class Control:
    """Routes by method and path."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.routes = {
            ("GET", "/_caretaker/health"): self.health,
            ("POST", "/_caretaker/environment"): self.environment,
            ("POST", "/_caretaker/reset"): self.reset,
        }

    async def __call__(self, scope, receive, send):
        handler = self.routes.get((scope["method"], scope["path"]))
        if handler is None:
            await answer(send, 404, {"error": f"no route {scope['method']} {scope['path']}"})
            return
        query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode()).items()}
        try:
            body = json.loads(await read_body(receive) or b"{}")
            await answer(send, 200, handler(body, query))
        except (BadRequest, KeyError, TypeError, ValueError) as error:
            await answer(send, 400, {"error": f"{type(error).__name__}: {error}"})

    def health(self, _body, _query):
        """{"status": "ok", …} once the cloud serves."""
        return {"status": "ok", "profile": self.settings.profile, "seed": self.settings.seed}

    def environment(self, body, _query):
        """Puts the base a Ready environment stands on, with the very ids of the fixture."""
        return seed_environment(body)

    def reset(self, _body, _query):
        """Forgets all AWS state."""
        from ministack.app import _reset_all_state

        _reset_all_state()
        return {"status": "reset"}


async def read_body(receive) -> bytes:
    """The whole request body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def answer(send, status: int, value) -> None:
    """A JSON reply."""
    body = json.dumps(value, default=str).encode() + b"\n"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
