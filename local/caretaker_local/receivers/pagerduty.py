"""PagerDuty's Events API v2: its rules, and the incidents that its events make.

https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""

import itertools
import json
import time
import uuid
from dataclasses import dataclass, field

from caretaker_local.receivers.answers import Answer, in_json
from caretaker_local.receivers.rates import Window

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
KEY_CHARACTERS = 32
# Said to be characters; whoever keeps it in bytes keeps it in both.
DEDUP_BYTES = 255
SUMMARY_CHARACTERS = 1024
EVENT_BYTES = 512 * 1024
# "120 API calls per minute" of one integration key.
# https://developer.pagerduty.com/docs/events-api-v2/overview/#response-codes--retry-logic
PER_MINUTE = 120


@dataclass
class Incident:
    """`pages`: how often a person was called."""

    number: int
    id: str
    routing_key: str
    dedup_key: str
    title: str
    severity: str
    status: str = "triggered"
    pages: int = 1
    alerts: int = 1
    created_at: float = field(default_factory=time.time)
    log: list = field(default_factory=list)

    def told(self) -> dict:
        return {"number": self.number, "id": self.id, "routingKey": self.routing_key, "dedupKey": self.dedup_key, "title": self.title,
                "severity": self.severity, "status": self.status, "pages": self.pages, "alerts": self.alerts,
                "createdAt": round(self.created_at, 3), "log": self.log}


class PagerDuty:
    """One account with a service per routing key."""

    def __init__(self):
        self.rate = Window(PER_MINUTE, 60)
        self.incidents: list[Incident] = []
        self.numbers = itertools.count(1)

    def take(self, raw: bytes) -> Answer:
        """The answer to one event."""
        try:
            event = json.loads(raw)
        except ValueError:
            return invalid(["the event is no JSON"])
        errors = faults_of(event, len(raw))
        if errors:
            return invalid(errors)
        if not self.rate.admits(event["routing_key"]):
            return in_json(429, {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly. "
                                                                          "Please retry later."}, ["over 120 a minute"])
        key = event.get("dedup_key") or uuid.uuid4().hex
        self.apply(event, key)
        return in_json(202, {"status": "success", "message": "Event processed", "dedup_key": key})

    def apply(self, event: dict, key: str) -> None:
        incident = self.standing(key, event["routing_key"])
        action = event["event_action"]
        if action == "trigger" and incident is None:
            payload = event["payload"]
            # As PagerDuty writes them: Q and 13 more.
            identity = f"Q{uuid.uuid4().hex[:13].upper()}"
            incident = Incident(next(self.numbers), identity, event["routing_key"], key, payload["summary"], payload["severity"])
            self.incidents.append(incident)
        elif incident is None:
            return
        elif action == "trigger":
            # Another alert of the same incident: nobody is called again, acknowledged or not.
            incident.alerts += 1
        else:
            incident.status = {"acknowledge": "acknowledged", "resolve": "resolved"}[action]
        incident.log.append({"at": round(time.time(), 3), "action": action})

    def standing(self, key: str, routing_key: str | None = None) -> Incident | None:
        """The incident of that key that is not resolved; after its resolution the key is free."""
        return next((one for one in reversed(self.incidents) if one.dedup_key == key and one.status != "resolved"
                     and routing_key in (None, one.routing_key)), None)


def invalid(errors: list[str]) -> Answer:
    return in_json(400, {"status": "invalid event", "message": "Event object is invalid", "errors": errors}, errors)


def faults_of(event, size: int) -> list[str]:
    """All that is wrong with it."""
    if not isinstance(event, dict):
        return ["the event is no object"]
    errors = [f"the event has {size} bytes, at most {EVENT_BYTES} are allowed"] if size > EVENT_BYTES else []
    if len(str(event.get("routing_key") or "")) != KEY_CHARACTERS:
        errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    action, key = event.get("event_action"), event.get("dedup_key")
    if action not in ACTIONS:
        errors.append("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')")
    if key is not None and (not isinstance(key, str) or len(key.encode()) > DEDUP_BYTES):
        errors.append(f"'dedup_key' is invalid (must be text of at most {DEDUP_BYTES} bytes)")
    if action in ("acknowledge", "resolve") and not key:
        errors.append("'dedup_key' is missing or blank")
    if action == "trigger":
        errors += faults_of_payload(event.get("payload"))
    return errors + faults_of_shown(event)


def faults_of_payload(payload) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    errors = [f"'payload.{name}' is missing or blank" for name in ("summary", "source", "severity")
              if not isinstance(payload.get(name), str) or not payload[name].strip()]
    if isinstance(payload.get("summary"), str) and len(payload["summary"]) > SUMMARY_CHARACTERS:
        errors.append(f"'payload.summary' is too long (at most {SUMMARY_CHARACTERS} characters)")
    if payload.get("severity") and payload["severity"] not in SEVERITIES:
        errors.append("'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")
    errors += [f"'payload.{name}' is no text" for name in ("timestamp", "component", "group", "class")
               if payload.get(name) is not None and not isinstance(payload[name], str)]
    return errors


def faults_of_shown(event: dict) -> list[str]:
    """Links and pictures."""
    errors = []
    for name, needed in (("links", "href"), ("images", "src")):
        shown = event.get(name)
        if shown is None:
            continue
        if not isinstance(shown, list):
            errors.append(f"'{name}' is no list")
            continue
        errors += [f"'{name}[{index}].{needed}' is missing or no URL" for index, one in enumerate(shown)
                   if not isinstance(one, dict) or not str(one.get(needed) or "").startswith(("http://", "https://"))]
        if name == "images":
            errors += [f"'images[{index}].src' is not https" for index, one in enumerate(shown)
                       if isinstance(one, dict) and str(one.get("src")).startswith("http://")]
    return errors
