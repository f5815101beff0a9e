"""Tells the application where its broker is, as the task definition would: for what runs outside of a task, such as the demo's publisher."""

import json
import os

import boto3

GROUP = os.environ.get("TENANT_GROUP", "mate-demo-dev")


def find() -> None:
    """Sets REDIS_HOST, REDIS_PORT and REDIS_AUTH."""
    (group,) = boto3.client("elasticache").describe_replication_groups(ReplicationGroupId=GROUP)["ReplicationGroups"]
    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    secrets = boto3.client("secretsmanager")
    pages = secrets.get_paginator("list_secrets").paginate()
    (name,) = [one["ARN"] for page in pages for one in page["SecretList"] if one["Name"].startswith(f"{GROUP}/redis-auth-")]
    token = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])["token"]
    os.environ.update(REDIS_HOST=endpoint["Address"], REDIS_PORT=str(endpoint["Port"]), REDIS_AUTH=token)


if "REDIS_HOST" not in os.environ:
    find()
