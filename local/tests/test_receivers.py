"""The receivers of pages: what they take, what they refuse, and how they fail on request."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
from caretaker_local.receivers import slack
from caretaker_local.receivers.rates import Bucket, Window
from caretaker_local.receivers.server import Receivers

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def receivers():
    started = Receivers().start()
    yield started
    started.stop()


def post(receivers, path: str, value, timeout: float = 5):
    """(status, headers, text)."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    request = urllib.request.Request(receivers.endpoint + path, data=body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def seen(receivers) -> dict:
    with urllib.request.urlopen(receivers.endpoint + "/control/seen") as reply:
        return json.load(reply)


def event(action: str = "trigger", key: str = "mate-demo/database", **payload) -> dict:
    body = {"routing_key": KEY, "event_action": action, "dedup_key": key}
    shown = {"summary": "The database fails over.", "source": "caretaker", "severity": "critical", **payload}
    return body | ({"payload": shown} if action == "trigger" else {})


def send(receivers, action: str = "trigger", key: str = "mate-demo/database") -> int:
    return post(receivers, "/pagerduty/v2/enqueue", event(action, key))[0]


# PagerDuty

def test_an_event_is_processed(receivers):
    status, _headers, text = post(receivers, "/pagerduty/v2/enqueue", event())
    assert (status, json.loads(text)) == (202, {"status": "success", "message": "Event processed", "dedup_key": "mate-demo/database"})
    message = seen(receivers)["messages"][0]
    assert (message["receiver"], message["accepted"], message["body"]["payload"]["severity"]) == ("pagerduty", True, "critical")


@pytest.mark.parametrize(("change", "error"), [
    ({"routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
    ({"event_action": "page"}, "'event_action'"),
    ({"dedup_key": "k" * 256}, "'dedup_key'"),
    ({"dedup_key": "ü" * 128}, "'dedup_key'"),
    ({"event_action": "resolve", "dedup_key": None}, "'dedup_key' is missing"),
    ({"payload": None}, "'payload' is missing"),
    ({"payload": event(summary="x" * 1025)["payload"]}, "'payload.summary' is too long"),
    ({"payload": event(summary=" ")["payload"]}, "'payload.summary' is missing"),
    ({"payload": event(severity="fatal")["payload"]}, "'payload.severity' is invalid"),
    ({"payload": event(source="")["payload"]}, "'payload.source' is missing"),
    ({"links": {"href": "https://a"}}, "'links' is no list"),
    ({"links": [{"text": "runbook"}]}, "'links[0].href'"),
    ({"images": [{"src": "http://a/b.png"}]}, "is not https"),
    ({"client": "x" * 512 * 1024}, "bytes"),
])
def test_an_invalid_event_is_refused(receivers, change, error):
    status, _headers, text = post(receivers, "/pagerduty/v2/enqueue", event() | change)
    assert (status, json.loads(text)["status"]) == (400, "invalid event")
    assert error in " ".join(json.loads(text)["errors"])
    assert seen(receivers)["incidents"] == []


def test_what_is_at_a_limit_is_taken(receivers):
    body = event(key="k" * 255, summary="ü" * 1024) | {"links": [{"href": "https://a", "text": "runbook"}], "images": [{"src": "https://a/b"}]}
    assert post(receivers, "/pagerduty/v2/enqueue", body)[0] == 202


def test_the_same_key_pages_once_until_it_is_resolved(receivers):
    for action in ("trigger", "trigger", "acknowledge", "trigger", "resolve", "resolve", "trigger"):
        assert send(receivers, action) == 202
    first, second = seen(receivers)["incidents"]
    assert (first["status"], first["pages"], first["alerts"]) == ("resolved", 1, 3)
    assert (second["status"], second["pages"]) == ("triggered", 1)


def test_an_answer_to_no_incident_is_taken_and_does_nothing(receivers):
    assert send(receivers, "resolve") == 202
    assert seen(receivers)["incidents"] == []


def test_the_121st_event_of_a_minute_is_too_many(receivers):
    answers = [send(receivers, key=str(number)) for number in range(121)]
    assert answers == [202] * 120 + [429]


def test_a_window_moves_on():
    clock = iter([0, 1, 2, 60.5, 60.6]).__next__
    window = Window(2, 60, clock)
    assert [window.admits("a") for _ in range(5)] == [True, True, False, True, False]


# Slack

def message(*blocks: dict) -> dict:
    return {"text": "fallback", "blocks": list(blocks)}


def mrkdwn(count: int) -> dict:
    return {"type": "mrkdwn", "text": "x" * count}


def plain(count: int) -> dict:
    return {"type": "plain_text", "text": "x" * count}


def button(**more) -> dict:
    return {"type": "button", "text": plain(75), "url": "https://a", "action_id": "open", **more}


@pytest.mark.parametrize(("value", "right"), [
    ({"text": "hello"}, True),
    (message({"type": "header", "text": plain(150)}), True),
    (message({"type": "header", "text": plain(151)}), False),
    (message({"type": "header", "text": mrkdwn(10)}), False),
    (message({"type": "section", "text": mrkdwn(3000)}), True),
    (message({"type": "section", "text": mrkdwn(3001)}), False),
    (message({"type": "section", "text": mrkdwn(0)}), False),
    (message({"type": "section"}), False),
    (message({"type": "section", "fields": [mrkdwn(2000)] + [mrkdwn(1)] * 9}), True),
    (message({"type": "section", "fields": [mrkdwn(1)] * 11}), False),
    (message({"type": "section", "fields": [mrkdwn(2001)]}), False),
    (message(*[{"type": "divider"}] * 50), True),
    (message(*[{"type": "divider"}] * 51), False),
    (message(*[{"type": "section", "text": mrkdwn(3000)}] * 4), True),
    (message(*[{"type": "section", "text": mrkdwn(3000)}] * 5), False),
    (message({"type": "context", "elements": [mrkdwn(5)] * 10}), True),
    (message({"type": "context", "elements": [mrkdwn(5)] * 11}), False),
    (message({"type": "actions", "elements": [button()]}), True),
    (message({"type": "actions", "elements": [button(text=plain(76))]}), False),
    (message({"type": "actions", "elements": [button(url="javascript:x")]}), False),
    (message({"type": "actions", "elements": [button(), button()]}), False),
    (message({"type": "actions", "elements": [button(style="loud")]}), False),
    (message({"type": "image", "image_url": "https://a", "alt_text": "a"}), True),
    (message({"type": "image", "image_url": "https://a"}), False),
    (message({"type": "marquee"}), False),
    ({}, False),
    ([], False),
])
def test_the_limits_of_block_kit_hold(value, right):
    answer = slack.Slack().take("/slack/T/B/x", json.dumps(value).encode())
    assert (answer.status, answer.body == b"ok") == ((200, True) if right else (400, False)), answer.why


def test_what_is_no_json_is_an_invalid_payload(receivers):
    assert post(receivers, "/slack/T/B/x", b"{")[::2] == (400, "invalid_payload")
    assert post(receivers, "/pagerduty/v2/enqueue", b"{")[0] == 400


def test_a_webhook_takes_one_a_second_and_a_small_burst(receivers):
    answers = [post(receivers, "/slack/T/B/x", {"text": "hello"}) for _ in range(4)]
    assert [status for status, _headers, _text in answers] == [200, 200, 200, 429]
    assert answers[-1][1]["retry-after"] == "1"
    assert post(receivers, "/slack/T/B/other", {"text": "hello"})[0] == 200


def test_a_bucket_fills_again():
    clock = iter([0, 0, 0.5, 1.5]).__next__
    bucket = Bucket(1.0, 1, clock)
    assert [bucket.retry_after("a") for _ in range(4)] == [0, 1, 1, 0]


# Failing on request

@pytest.mark.parametrize("receiver", ["pagerduty", "*"])
def test_a_receiver_fails_so_often(receivers, receiver):
    post(receivers, "/control/fail", {"receiver": receiver, "status": 503, "times": 2, "retryAfter": 7})
    status, headers, _text = post(receivers, "/pagerduty/v2/enqueue", event())
    assert (status, headers["retry-after"]) == (503, "7")
    assert [send(receivers), send(receivers)] == [503, 202]
    assert [one["accepted"] for one in seen(receivers)["messages"]] == [False, False, True]


def test_a_receiver_fails_so_long(receivers):
    post(receivers, "/control/fail", {"receiver": "pagerduty", "status": 500, "seconds": 0.3})
    assert send(receivers) == 500
    deadline = time.monotonic() + 5
    while send(receivers) != 202:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(("kind", "taken"), [("drop", False), ("drop_reply", True)])
def test_a_connection_is_closed_before_or_after_the_message_is_taken(receivers, kind, taken):
    post(receivers, "/control/fail", {"receiver": "pagerduty", "kind": kind, "times": 1})
    with pytest.raises((RemoteDisconnected, urllib.error.URLError)):
        send(receivers)
    assert bool(seen(receivers)["incidents"]) is taken
    assert send(receivers) == 202
    assert [one["pages"] for one in seen(receivers)["incidents"]] == [1]


@pytest.mark.parametrize(("kind", "taken"), [("hang", True), ("timeout", False)])
def test_a_receiver_keeps_its_sender_waiting(receivers, kind, taken):
    post(receivers, "/control/fail", {"receiver": "pagerduty", "kind": kind, "times": 1, "holdMs": 1000})
    with pytest.raises(TimeoutError):
        post(receivers, "/pagerduty/v2/enqueue", event(), timeout=0.2)
    assert bool(seen(receivers)["incidents"]) is taken


def test_a_hook_takes_anything_and_one_can_fail_alone(receivers):
    post(receivers, "/control/fail", {"receiver": "hook/a", "status": 500})
    assert [post(receivers, f"/hook/{name}", {"x": 1})[0] for name in "ab"] == [500, 200]
    assert post(receivers, "/nowhere", {})[0] == 404
    assert post(receivers, "/control/fail", {"receiver": "slack", "kind": "sulk"})[0] == 400


def test_a_reset_forgets_all(receivers):
    send(receivers)
    post(receivers, "/control/fail", {"receiver": "*", "status": 500})
    post(receivers, "/control/reset", {})
    assert seen(receivers) == {"messages": [], "incidents": []}
    assert send(receivers) == 202


# PagerDuty's own webhook

def acknowledge(receivers, hook: str, **more):
    body = {"dedup_key": "mate-demo/database", "by": "Ada", "url": f"{receivers.endpoint}/hook/{hook}", "secret": "s3cret", **more}
    return post(receivers, "/control/acknowledge", body)


def test_an_acknowledgement_is_told_and_signed(receivers):
    send(receivers)
    status, _headers, text = acknowledge(receivers, "answers")
    assert (status, json.loads(text)["status"]) == (200, 200)
    told = seen(receivers)["messages"][-1]["body"]["event"]
    assert (told["event_type"], told["resource_type"], told["agent"]["summary"]) == ("incident.acknowledged", "incident", "Ada")
    assert (told["data"]["incident_key"], told["data"]["status"]) == ("mate-demo/database", "acknowledged")
    assert seen(receivers)["incidents"][0]["status"] == "acknowledged"


def test_the_signature_is_of_the_raw_body():
    from caretaker_local.receivers.webhook import signature

    digest = hmac.new(b"s3cret", b'{"a": 1}', hashlib.sha256).hexdigest()
    assert signature(b'{"a": 1}', ["s3cret"]) == f"v1={digest}"
    assert signature(b'{"a": 1}', ["other", "s3cret"]).split(",")[1] == f"v1={digest}"


def test_nobody_acknowledges_what_is_not_open(receivers):
    assert acknowledge(receivers, "answers")[0] == 400
    send(receivers)
    send(receivers, "resolve")
    assert acknowledge(receivers, "answers")[0] == 400


def test_it_runs_on_its_own(tmp_path):
    ready = tmp_path / "ready.json"
    local = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen([sys.executable, "-m", "caretaker_local.receivers", "--port", "0", "--ready-file", str(ready)],
                               env={**os.environ, "PYTHONPATH": local}, stdout=subprocess.PIPE)
    try:
        endpoint = json.loads(process.stdout.readline())["endpoint"]
        assert endpoint.startswith("http://127.0.0.1:")
        assert json.loads(ready.read_text())["endpoint"] == endpoint
        with urllib.request.urlopen(f"{endpoint}/control/health") as reply:
            assert json.load(reply) == {"status": "ok"}
    finally:
        process.terminate()
        process.wait(timeout=5)
