"""Puts a Ready environment's base into ministack with chosen ids.

AWS chooses the ids of a VPC, its subnets and groups; a committed fixture has to know them
beforehand, so their generators are replaced while the resources are made."""

import contextlib
import json
from unittest.mock import patch

from caretaker_local.settings import ACCOUNT, REGION

ECS_TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }],
})


def seed_environment(fixture: dict) -> dict:
    """Makes what is not there yet; returns the environment's outputs."""
    from ministack.core.responses import request_scope

    account, region = fixture.get("account", ACCOUNT), fixture.get("region", REGION)
    with request_scope(account, region):
        seed_network(fixture)
        cluster_arn = seed_cluster(fixture["cluster"])
        role_arn = seed_execution_role(fixture["execution_role"])
        seed_db_subnet_group(fixture["db_subnet_group"], ids(fixture["private_subnets"]))
        if "hosted_zone" in fixture:
            seed_hosted_zone(fixture["hosted_zone"])
    zones = "abc"
    return {
        "vpc.id": fixture["vpc"]["id"],
        **{f"private-{zone}.id": subnet for zone, subnet in zip(zones, ids(fixture["private_subnets"]), strict=True)},
        **{f"public-{zone}.id": subnet for zone, subnet in zip(zones, ids(fixture["public_subnets"]), strict=True)},
        **{f"{name}.id": group for name, group in fixture["security_groups"].items()},
        "cluster.name": fixture["cluster"],
        "cluster.arn": cluster_arn,
        "execution.arn": role_arn,
        "database-subnets.name": fixture["db_subnet_group"],
    }


def ids(entries: list[dict]) -> list[str]:
    return [entry["id"] for entry in entries]


def seed_network(fixture: dict) -> None:
    """VPC, subnets and security groups."""
    from ministack.services import ec2

    vpc = fixture["vpc"]
    if vpc["id"] not in ec2._vpcs:
        with fixed_id(ec2, "_new_vpc_id", vpc["id"]):
            succeed(ec2._create_vpc({"CidrBlock": vpc["cidr"]}))
    for subnet in fixture["public_subnets"] + fixture["private_subnets"]:
        if subnet["id"] in ec2._subnets:
            continue
        with fixed_id(ec2, "_new_subnet_id", subnet["id"]):
            succeed(ec2._create_subnet({
                "VpcId": vpc["id"],
                "CidrBlock": subnet["cidr"],
                "AvailabilityZone": subnet["availability_zone"],
            }))
    for name, group_id in fixture["security_groups"].items():
        if group_id in ec2._security_groups:
            continue
        with fixed_id(ec2, "_new_sg_id", group_id):
            succeed(ec2._create_security_group({
                "GroupName": name,
                "GroupDescription": f"{fixture['cluster']} {name}",
                "VpcId": vpc["id"],
            }))


def seed_cluster(name: str) -> str:
    """The ECS cluster; its ARN."""
    from ministack.services import ecs

    succeed(ecs._create_cluster({"clusterName": name, "capacityProviders": ["FARGATE", "FARGATE_SPOT"]}))
    return ecs._clusters[name]["clusterArn"]


def seed_execution_role(name: str) -> str:
    """The role with which ECS pulls images and reads secrets; its ARN."""
    from ministack.services import iam

    if name not in iam._roles:
        succeed(iam._create_role({"RoleName": name, "AssumeRolePolicyDocument": ECS_TRUST}))
    return iam._roles[name]["Arn"]


def seed_db_subnet_group(name: str, subnet_ids: list[str]) -> None:
    """The RDS subnet group over the private subnets."""
    from ministack.services import rds

    if name in rds._subnet_groups:
        return
    members = {f"SubnetIds.SubnetIdentifier.{at}": [subnet] for at, subnet in enumerate(subnet_ids, 1)}
    succeed(rds._create_subnet_group({
        "DBSubnetGroupName": [name], "DBSubnetGroupDescription": [name], **members,
    }))


def seed_hosted_zone(zone: dict) -> None:
    """The public hosted zone for the hosts of tenants."""
    from ministack.services import route53

    if zone["id"] in route53._zones:
        return
    body = (f'<CreateHostedZoneRequest><Name>{zone["domain"]}</Name>'
            f'<CallerReference>{zone["id"]}</CallerReference></CreateHostedZoneRequest>')
    with fixed_id(route53, "_zone_id", zone["id"]):
        succeed(route53._create_hosted_zone(body.encode(), {}))


@contextlib.contextmanager
def fixed_id(module, generator: str, value: str):
    """The first id generated inside is `value`; further ones (a VPC's default group) stay random."""
    original = getattr(module, generator)
    values = iter([value])
    with patch.object(module, generator, lambda: next(values, None) or original()):
        yield


def succeed(reply) -> None:
    """A service's reply must be a success."""
    status, _headers, body = reply
    if status >= 300:
        raise ValueError(f"seeding failed: {status} {body!r}")
