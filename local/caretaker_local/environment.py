"""`environment`: a Ready environment from a fixture, in AWS and in the ledger."""

import json
from pathlib import Path

from caretaker_local.client import boto_client, control

# The ledger's item schema that this writes.
LEDGER_SCHEMA = 1


def put_environment(endpoint: str, fixture_path: Path, table: str) -> dict:
    """Seeds the base and its ledger item; returns the outputs. Can be repeated."""
    fixture = json.loads(fixture_path.read_text())
    outputs = control(endpoint, "POST", "/_caretaker/environment", fixture)
    put_ledger_items(endpoint, table, fixture, outputs)
    return outputs


def put_ledger_items(endpoint: str, table: str, fixture: dict, outputs: dict) -> None:
    """What declares that it stands and takes tenants in; a tenant count that is already kept stays."""
    numbers = ("version", "revision", "retries", "failures", "monthly_usd")
    sets = "phase = :ready, stood = :true, outputs = :outputs, report = :nothing, settled_at = :begin"
    set_item(endpoint, table, fixture, "state", ", ".join([sets, *(f"{name} = :zero" for name in numbers)]), {
        ":ready": {"S": "ready"},
        ":true": {"BOOL": True},
        ":zero": {"N": "0"},
        ":nothing": {"L": []},
        ":begin": {"S": "1970-01-01T00:00:00Z"},
        ":outputs": {"M": {name: {"S": value} for name, value in outputs.items()}},
    })
    set_item(endpoint, table, fixture, "tenants", "#open = :true, #count = if_not_exists(#count, :none)", {
        ":true": {"BOOL": True},
        ":none": {"N": "0"},
    }, {"#open": "open", "#count": "count"})


def set_item(endpoint: str, table: str, fixture: dict, key: str, sets: str, values: dict, names: dict | None = None):
    """Sets attributes of an item of the environment."""
    boto_client("dynamodb", endpoint).update_item(
        TableName=table,
        Key={"pk": {"S": f"environment#{fixture['environment']}"}, "sk": {"S": key}},
        UpdateExpression=f"SET #schema = :schema, {sets}",
        ExpressionAttributeNames={"#schema": "schema", **(names or {})},
        ExpressionAttributeValues={":schema": {"N": str(LEDGER_SCHEMA)}, **values},
    )
