"""Security groups between the cloud's own processes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from caretaker_local import peers
from conftest import eventually
from functions import invoke
from test_brokers import SUBNETS, broker, connect, make
from test_functions import NAME, create, create_role
from test_processes import SERVICE, order, processes, register

PINGING = [sys.executable, str(Path(__file__).parent / "pinging.py")]
VPC = "vpc-0d3f6a1b2c4e5f601"
ECS = "sg-0c3000000000000e1"


@pytest.fixture
def redis(cloud, base):
    """A plain broker in a security group of its own: {"cloud", "broker", "group", "base"}."""
    cloud.control("POST", "elasticache/brokers", {"enabled": True})
    group = security_group(cloud, "redis")
    one = make(cloud, TransitEncryptionEnabled=False, AuthToken=None, SecurityGroupIds=[group])
    return {"cloud": cloud, "broker": one, "group": group, "base": base}


def security_group(server, name: str) -> str:
    return server.client("ec2").create_security_group(GroupName=name, Description=name, VpcId=VPC)["GroupId"]


def allow(redis, source: str, port: int = 6379) -> dict:
    """A rule of the broker's group for a group or a range."""
    whom = {"UserIdGroupPairs": [{"GroupId": source}]} if source.startswith("sg-") else {"IpRanges": [{"CidrIp": source}]}
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **whom}
    redis["cloud"].client("ec2").authorize_security_group_ingress(GroupId=redis["group"], IpPermissions=[permission])
    return permission


def function(redis, **network) -> None:
    """A function in the VPC, or in none."""
    role = create_role(redis["cloud"])
    create(redis["cloud"], role, **({"VpcConfig": network} if network else {}))


def asked_by_function(redis) -> str:
    return invoke(redis["cloud"], {"ping": [redis["broker"]["address"], redis["broker"]["port"]]}, NAME)[0]


def refused(redis) -> dict:
    return broker(redis["cloud"])["refused"]


@pytest.mark.parametrize("source, port, heard", [
    (None, 0, "silence"),
    ("the function's group", 6379, "+PONG"),
    ("the function's group", 6380, "silence"),
    ("another group", 6379, "silence"),
    ("10.0.11.0/24", 6379, "+PONG"),
    ("10.0.12.0/24", 6379, "silence"),
])
def test_a_function_reaches_a_broker_whose_group_admits_it(redis, source, port, heard):
    sampler = security_group(redis["cloud"], "sampler")
    function(redis, SubnetIds=SUBNETS[:1], SecurityGroupIds=[sampler])
    if source is not None:
        allow(redis, {"the function's group": sampler, "another group": ECS}.get(source, source), port)
    assert asked_by_function(redis) == heard
    assert list(refused(redis)) == ([f"function {NAME}"] if heard == "silence" else [])


def test_a_function_outside_the_vpc_reaches_nothing(redis):
    allow(redis, "0.0.0.0/0")
    function(redis)
    assert asked_by_function(redis) == "silence"


def test_a_function_that_may_send_nothing_reaches_nothing(redis):
    sampler = security_group(redis["cloud"], "sampler")
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    redis["cloud"].client("ec2").revoke_security_group_egress(GroupId=sampler, IpPermissions=[everything])
    allow(redis, sampler)
    function(redis, SubnetIds=SUBNETS[:1], SecurityGroupIds=[sampler])
    assert asked_by_function(redis) == "silence"


def test_a_tasks_process_and_its_children_are_the_tasks(redis):
    """Shut out, then let in by a rule, then out again: a rule counts for new connections at once."""
    cloud = redis["cloud"]
    order(cloud, command=PINGING, environment={"REDIS_HOST": redis["broker"]["address"], "REDIS_PORT": str(redis["broker"]["port"])})
    cloud.client("ecs").create_service(
        cluster="mate-dev", serviceName=SERVICE, taskDefinition=register(cloud, redis["base"]), desiredCount=1, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS, "securityGroups": [ECS]}})
    (process,) = eventually(lambda: processes(cloud))
    heard = lambda: Path(process["log"]).read_text().split()[-1:]  # noqa: E731
    eventually(lambda: heard() == ["silence"])
    assert list(refused(redis)) == [f"task {process['task']}"]
    rule = allow(redis, ECS)
    eventually(lambda: heard() == ["+PONG"])
    cloud.client("ec2").revoke_security_group_ingress(GroupId=redis["group"], IpPermissions=[rule])
    eventually(lambda: heard() == ["silence"])


def test_a_process_that_the_cloud_has_not_started_is_not_filtered(redis):
    assert connect(redis["cloud"], redis["broker"], password=None).ping()


def test_the_process_at_the_other_end_is_found():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code = f"import socket, sys; s = socket.create_connection(('127.0.0.1', {port})); print(s.getsockname()[1], flush=True); sys.stdin.read()"
        child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        theirs = int(child.stdout.readline())
        assert peers.process_at(theirs, port) == child.pid
        assert {child.pid, os.getpid()} <= peers.lineage(child.pid)
        child.communicate()
        assert peers.process_at(theirs, port) != child.pid
