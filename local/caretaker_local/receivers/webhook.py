"""PagerDuty's webhooks, version 3: what PagerDuty tells of an incident, signed.

https://developer.pagerduty.com/docs/webhooks-overview, https://developer.pagerduty.com/docs/verifying-signatures"""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime

from caretaker_local.receivers.pagerduty import Incident


def signature(body: bytes, secrets: list[str]) -> str:
    """Of the raw body; while a secret is being replaced, one of each."""
    return ",".join(f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}" for secret in secrets)


def event(incident: Incident, kind: str, by: str, occurred_at: float | None) -> dict:
    """The body before it is JSON."""
    moment = datetime.fromtimestamp(time.time() if occurred_at is None else occurred_at, UTC)
    return {"event": {
        "id": uuid.uuid4().hex.upper()[:26], "event_type": kind, "resource_type": "incident", "occurred_at": iso(moment),
        "agent": person(by), "client": None, "data": data(incident, by)}}


def data(incident: Incident, by: str) -> dict:
    return {
        "id": incident.id, "type": "incident", "self": f"https://api.pagerduty.com/incidents/{incident.id}",
        "html_url": f"https://local.pagerduty.com/incidents/{incident.id}", "number": incident.number, "status": incident.status,
        "incident_key": incident.dedup_key, "created_at": iso(datetime.fromtimestamp(incident.created_at, UTC)), "title": incident.title,
        "service": reference("PSERVICE", "service", "Caretaker"), "assignees": [person(by)],
        "escalation_policy": reference("PPOLICY", "escalation_policy", "On call"), "teams": [], "priority": None,
        "urgency": "high" if incident.severity in ("critical", "error") else "low", "conference_bridge": None, "resolve_reason": None}


def person(name: str) -> dict:
    return reference("P" + hashlib.sha256(name.encode()).hexdigest()[:6].upper(), "user", name)


def reference(identity: str, kind: str, summary: str) -> dict:
    return {"html_url": f"https://local.pagerduty.com/{kind}s/{identity}", "id": identity,
            "self": f"https://api.pagerduty.com/{kind}s/{identity}", "summary": summary, "type": f"{kind}_reference"}


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def send(url: str, body: bytes, signed: str, timeout: float = 10) -> dict:
    """{"status", "body"}; status 0: nobody answered."""
    headers = {"content-type": "application/json", "user-agent": "PagerDuty-Webhook/V3.0", "x-pagerduty-signature": signed,
               "x-webhook-id": str(uuid.uuid4()), "x-webhook-subscription": "PSUBSCR"}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return {"status": reply.status, "body": reply.read().decode(errors="replace")}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode(errors="replace")}
    except OSError as error:
        return {"status": 0, "body": str(error)}


def tell(incident: Incident, body: dict, kind: str) -> dict:
    """Sends it as the request asks: {"by", "url", "secret" or "secrets", "occurredAt"?, "signature"?}."""
    written = json.dumps(event(incident, kind, body["by"], body.get("occurredAt"))).encode()
    signed = body.get("signature") or signature(written, body.get("secrets") or [body["secret"]])
    return send(body["url"], written, signed) | {"sent": json.loads(written)}
