"""How the commands talk to a running local cloud."""

import json
import urllib.error
import urllib.request

from caretaker_local.settings import REGION


class LocalCloudError(Exception):
    """What a command reports to its user, in one sentence."""


def boto_client(service: str, endpoint: str):
    """An ordinary AWS client pointed at the endpoint."""
    import boto3

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def control(endpoint: str, method: str, path: str, value=None, timeout: float = 30):
    """Calls a control route; its JSON."""
    body = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(endpoint.rstrip("/") + path, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise LocalCloudError(f"{method} {path}: {error.code} {error.read().decode(errors='replace').strip()}") from error
    except OSError as error:
        raise LocalCloudError(f"no local cloud answers at {endpoint}: {error}; start one with `up`") from error
