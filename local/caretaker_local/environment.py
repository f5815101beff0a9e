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
    put_ledger_item(endpoint, table, fixture, outputs)
    return outputs


def put_ledger_item(endpoint: str, table: str, fixture: dict, outputs: dict) -> None:
    """The environment's intent; a tenant count that is already kept stays."""
    boto_client("dynamodb", endpoint).update_item(
        TableName=table,
        Key={"pk": {"S": f"environment#{fixture['environment']}"}, "sk": {"S": "intent"}},
        UpdateExpression=(
            "SET #schema = :schema, blueprint = :blueprint, phase = :ready,"
            " outputs = :outputs, tenants = if_not_exists(tenants, :none)"
        ),
        ExpressionAttributeNames={"#schema": "schema"},
        ExpressionAttributeValues={
            ":schema": {"N": str(LEDGER_SCHEMA)},
            ":blueprint": {"S": fixture["blueprint"]},
            ":ready": {"S": "ready"},
            ":outputs": {"S": json.dumps(outputs)},
            ":none": {"N": "0"},
        },
    )
