"""The way of a call through the local cloud: log, faults, throttling, model, refusals, ministack, effects."""

import asyncio
import uuid

from caretaker_local import runtime_hooks, validation
from caretaker_local.calllog import error_code
from caretaker_local.errors import AwsError, Reply, error_reply, throttling
from caretaker_local.wire import Call, read_call


class Pipeline:
    """ASGI middleware around ministack's application."""

    def __init__(self, cloud, application):
        self.cloud = cloud
        self.application = application

    async def __call__(self, scope, receive, send):
        body = await read_body(receive)
        call = read_call(scope, body)
        if not call.service:
            await self.application(scope, replay(body), send)
            return
        invocation = self.cloud.invocations.of_trace(call.headers.get("x-amzn-trace-id"))
        entry = self.cloud.log.open(call, invocation)
        hit = self.cloud.faults.hit(call, entry.resource, invocation)
        if hit is not None:
            entry.fault = hit.kind
            await asyncio.sleep(hit.fault.delayMs / 1000)
        reply = await self.answer(call, hit, invocation, scope)
        entry.status, entry.code = reply.status, error_code(reply.body, reply.headers) if reply.status >= 400 else None
        if hit is not None and hit.kind in ("kill", "drop_reply"):
            entry.status = 0
            if hit.kind == "kill":
                await asyncio.to_thread(invocation.kill)
            scope["state"]["caretaker.drop"] = True
            return
        await send_reply(send, reply, head=call.method == "HEAD")

    async def answer(self, call: Call, hit, invocation, scope) -> Reply:
        """The reply, after what the call does is done."""
        request_id = str(uuid.uuid4())
        set_scope(call)
        await self.catch_up()
        try:
            self.before(call, hit, invocation)
            stale = self.cloud.stale.reply(call) if hit is not None and hit.kind == "stale_read" else None
            reply = stale or await self.perform(call, scope)
            if hit is not None and hit.kind == "error_after":
                raise hit_error(hit)
        except AwsError as error:
            reply = error_reply(call.service, call.protocol, error, request_id)
        await self.catch_up()
        return reply

    async def catch_up(self) -> None:
        """What is due by now has happened before the next look. Off the loop, which others may need meanwhile."""
        if self.cloud.timeline.has_due():
            await asyncio.to_thread(self.cloud.timeline.run_due)

    def before(self, call: Call, hit, invocation) -> None:
        """Raises whatever stops the call before it has an effect."""
        if hit is not None and hit.kind == "throttle":
            raise throttling(call.service)
        if hit is not None and hit.kind == "error_before":
            raise hit_error(hit)
        if not self.cloud.throttling.admits(call):
            raise throttling(call.service)
        self.cloud.access.check(call, invocation)
        validation.check(call)

    async def perform(self, call: Call, scope) -> Reply:
        """Refusals, ministack, effects."""
        runtime_hooks.carry_trace(call)
        prepared = self.cloud.refusals.check(call)
        if prepared is not None:
            self.cloud.stale.remember(call, prepared)
            return prepared
        self.cloud.quotas.check(call)
        reply = await forward(self.application, scope, call.body)
        if reply.status < 300:
            reply = self.cloud.effects.apply(call, reply)
        self.cloud.stale.remember(call, reply)
        return reply


def set_scope(call: Call) -> None:
    """ministack keeps each account's and region's things apart, by the request's signature."""
    from ministack.core.responses import set_request_account_id, set_request_region
    from ministack.core.router import extract_access_key_id, extract_region

    set_request_account_id(extract_access_key_id(call.headers, call.query))
    set_request_region(extract_region(call.headers, call.query))


def hit_error(hit) -> AwsError:
    code = hit.fault.code or "InternalFailure"
    return AwsError(code, hit.fault.message or "We encountered an internal error. Please try again.", hit.fault.status)


async def read_body(receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def replay(body: bytes):
    """A `receive` that gives a body that has been read before."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive():
        try:
            return next(messages)
        except StopIteration:
            return await asyncio.Event().wait()

    return receive


async def forward(application, scope, body: bytes) -> Reply:
    """Runs the call in ministack and gathers its reply."""
    headers = [(name, str(len(body)).encode() if name.lower() == b"content-length" else value)
               for name, value in scope["headers"]]
    status, reply_headers, parts = 500, [], []

    async def gather(message):
        nonlocal status, reply_headers
        if message["type"] == "http.response.start":
            status, reply_headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await application({**scope, "headers": headers}, replay(body), gather)
    return Reply(status, reply_headers, b"".join(parts))


async def send_reply(send, reply: Reply, head: bool) -> None:
    # A HEAD reply's length is that of the body it does not have.
    headers = [(name, value) for name, value in reply.headers if head or name.lower() != b"content-length"]
    if not head:
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
