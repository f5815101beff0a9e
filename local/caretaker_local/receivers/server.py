"""The HTTP side of the receivers, on 127.0.0.1."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from caretaker_local.receivers import webhook
from caretaker_local.receivers.answers import Answer, in_json, text
from caretaker_local.receivers.failures import Failures
from caretaker_local.receivers.pagerduty import PagerDuty
from caretaker_local.receivers.slack import Slack

HOST = "127.0.0.1"
# More than any of the services takes; a body beyond is not read.
LONGEST_BODY = 4 * 1024 * 1024


class Receivers:
    """All receivers, what they have seen, and their control side."""

    def __init__(self, port: int = 0):
        self.lock = threading.RLock()
        self.failures = Failures()
        self.reset({})
        self.http = ThreadingHTTPServer((HOST, port), handler_of(self))
        self.http.daemon_threads = True
        self.endpoint = f"http://{HOST}:{self.http.server_address[1]}"
        self.controls = {
            ("POST", "/control/fail"): self.fail, ("DELETE", "/control/fail"): self.heal, ("GET", "/control/seen"): self.tell_seen,
            ("POST", "/control/acknowledge"): self.acknowledge, ("POST", "/control/resolve"): self.resolve,
            ("POST", "/control/reset"): self.reset, ("GET", "/control/health"): lambda _body: {"status": "ok"},
        }

    def serve(self) -> None:
        self.http.serve_forever(poll_interval=0.05)

    def start(self) -> "Receivers":
        """In a thread, for tests."""
        threading.Thread(target=self.serve, daemon=True, name="receivers").start()
        return self

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    # What comes in

    def receive(self, path: str, raw: bytes) -> Answer | None:
        """The answer to a message; None: the connection is closed without one."""
        receiver = receiver_of(path)
        if receiver is None:
            return text(404, "no such receiver")
        failure = self.failures.hit(receiver)
        kind = failure.kind if failure is not None else None
        if kind in ("status", "drop", "timeout"):
            if kind == "timeout":
                time.sleep(failure.hold_ms / 1000)
            headers = {} if failure.retry_after is None else {"retry-after": str(failure.retry_after)}
            answer = text(failure.status, "asked to fail", **headers) if kind == "status" else None
            self.note(receiver, path, raw, answer, [f"asked to fail: {kind}"])
            return answer
        with self.lock:
            answer = self.take(receiver, path, raw)
            self.note(receiver, path, raw, answer, answer.why)
        if kind == "hang":
            time.sleep(failure.hold_ms / 1000)
        return None if kind == "drop_reply" else answer

    def take(self, receiver: str, path: str, raw: bytes) -> Answer:
        if receiver == "pagerduty":
            return self.pagerduty.take(raw)
        if receiver == "slack":
            return self.slack.take(path, raw)
        return in_json(200, {"status": "ok"})

    def note(self, receiver: str, path: str, raw: bytes, answer: Answer | None, why) -> None:
        with self.lock:
            self.seen.append({
                "seq": len(self.seen) + 1, "at": round(time.time(), 3), "receiver": receiver, "path": path,
                "status": answer.status if answer else 0, "accepted": answer is not None and answer.accepted, "why": list(why),
                "bytes": len(raw), "body": parsed(raw)})

    # The control side

    def fail(self, body: dict) -> dict:
        return {"asked": self.failures.ask(body).kind}

    def heal(self, _body: dict) -> dict:
        return {"removed": self.failures.clear()}

    def tell_seen(self, body: dict) -> dict:
        """{"messages", "incidents"}, after ?since=SEQ, in the order in which they came."""
        with self.lock:
            return {"messages": [one for one in self.seen if one["seq"] > int(body.get("since", 0))],
                    "incidents": [incident.told() for incident in self.pagerduty.incidents]}

    def acknowledge(self, body: dict) -> dict:
        """{"dedup_key", "by", "url", "secret" or "secrets"}: as a person does in PagerDuty, which tells of it."""
        return self.answered(body, "acknowledged")

    def resolve(self, body: dict) -> dict:
        return self.answered(body, "resolved")

    def answered(self, body: dict, status: str) -> dict:
        with self.lock:
            incident = self.pagerduty.standing(body["dedup_key"])
            if incident is None:
                raise ValueError(f"no open incident of {body['dedup_key']!r}")
            incident.status = status
            incident.log.append({"at": round(time.time(), 3), "action": f"{status} by {body['by']}"})
        return webhook.tell(incident, body, f"incident.{status}")

    def reset(self, _body: dict) -> dict:
        """Forgets what was seen, incidents, rates and failures."""
        with self.lock:
            self.pagerduty, self.slack, self.seen = PagerDuty(), Slack(), []
            self.failures.clear()
        return {"status": "reset"}


def receiver_of(path: str) -> str | None:
    """`pagerduty`, `slack` or `hook/NAME`."""
    if path == "/pagerduty/v2/enqueue":
        return "pagerduty"
    if path.startswith("/slack/") and len(path) > len("/slack/"):
        return "slack"
    return path[1:] if path.startswith("/hook/") and len(path) > len("/hook/") else None


def parsed(raw: bytes):
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", errors="replace")


def handler_of(receivers: Receivers):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one write: no wait for an acknowledgement in between.
        wbufsize = -1

        def do_GET(self) -> None:
            self.control(dict(parse_qsl(urlsplit(self.path).query)))

        def do_DELETE(self) -> None:
            self.control({})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > LONGEST_BODY:
                self.close_connection = True
                self.send(text(413, "too long"))
                return
            raw = self.rfile.read(length)
            if self.path.startswith("/control/"):
                self.control(raw)
                return
            answer = receivers.receive(urlsplit(self.path).path, raw)
            if answer is None:
                self.close_connection = True
            else:
                self.send(answer)

        def control(self, given) -> None:
            route = receivers.controls.get((self.command, urlsplit(self.path).path))
            if route is None:
                self.send(in_json(404, {"error": f"no route {self.command} {self.path}"}))
                return
            try:
                body = given if isinstance(given, dict) else json.loads(given or b"{}")
                self.send(in_json(200, route(body)))
            except (KeyError, TypeError, ValueError) as error:
                self.send(in_json(400, {"error": f"{type(error).__name__}: {error}"}))

        def send(self, answer: Answer) -> None:
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
                self.wfile.flush()
            except OSError:
                # The sender has gone, which is what it does when it is kept waiting.
                self.close_connection = True

        def log_message(self, *_arguments) -> None:
            """Silent: a message may hold a key."""

    return Handler
