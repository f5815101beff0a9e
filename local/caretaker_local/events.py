"""AWS's own events: on the default bus, as only AWS can send them."""

import json
import time
from datetime import UTC, datetime


def emit(source: str, detail_type: str, resources: list[str], detail: dict) -> None:
    """Puts an `aws.*` event on the default bus of the current account and region."""
    from ministack.services import eventbridge

    eventbridge._put_events(
        {"Entries": [{"Source": source, "DetailType": detail_type, "Resources": resources, "Detail": json.dumps(detail)}]},
        allow_aws_source=True,
    )


def iso_now() -> str:
    """Now as AWS's events write it: UTC, milliseconds."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(time.time() * 1000) % 1000:03d}Z"
