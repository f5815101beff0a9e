"""What a container's process finds in its environment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"""

import json
import os

from caretaker_local import children
from caretaker_local.services.ecs.prerequisites import reason
from caretaker_local.settings import HOST, client_environment

# arn:aws:secretsmanager:region:account:secret:name, and then [:json-key[:version-stage[:version-id]]]
ARN_PARTS = 7


class Unresolvable(Exception):
    """A secret that the task definition names has no such value; the text is the task's stopped reason."""


def environment_of(container: dict, endpoint_id: str, own: dict[str, str]) -> dict[str, str]:
    """Image, task definition, secrets, and what the order for the local command adds, the later ones before the earlier."""
    endpoint = f"http://{HOST}:{os.environ['GATEWAY_PORT']}"
    given = {entry["name"]: entry.get("value", "") for entry in container.get("environment") or []}
    secrets = {entry["name"]: secret_value(entry["valueFrom"]) for entry in container.get("secrets") or []}
    # Without its own endpoint and keys an SDK in the process would look for AWS itself.
    return {**children.inherited(), **client_environment(endpoint), **agent_environment(endpoint, endpoint_id), **given, **secrets, **own}


def agent_environment(endpoint: str, endpoint_id: str) -> dict[str, str]:
    """Where the container agent answers; on AWS http://169.254.170.2/api/ID and …/v4/ID."""
    base = f"{endpoint}/_caretaker/ecs-agent"
    return {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE", "ECS_AGENT_URI": f"{base}/api/{endpoint_id}",
            "ECS_CONTAINER_METADATA_URI_V4": f"{base}/v4/{endpoint_id}"}


def secret_value(source: str) -> str:
    """The secret's text, or one key of it."""
    from ministack.services import secretsmanager

    parts = source.split(":")
    arn, (key, stage, version) = ":".join(parts[:ARN_PARTS]), (*parts[ARN_PARTS:], "", "", "")[:3]
    text = secretsmanager.resolve_secret_string(arn, stage or "AWSCURRENT", version or None)
    if text is None:
        raise Unresolvable(reason("ecs_secret_missing", arn=arn))
    return text if not key else member_of(text, key)


def member_of(text: str, key: str) -> str:
    try:
        value = json.loads(text)[key]
    except (ValueError, KeyError, TypeError) as error:
        raise Unresolvable(reason("ecs_secret_key_missing", key=key)) from error
    return value if isinstance(value, str) else json.dumps(value)
