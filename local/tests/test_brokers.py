"""Real brokers behind ElastiCache's replication groups."""

import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from caretaker_local.client import LocalCloudError
from conftest import FIXTURE, LOCAL, Server, eventually
from redis.backoff import NoBackoff
from redis.retry import Retry
from test_elasticache import GROUP, SUBNETS
from test_processes import is_alive, living, order, register, said

# No retries: what a test is told is what happened.
ONCE = {"socket_timeout": 5, "retry": Retry(NoBackoff(), 0)}
NAME = GROUP["ReplicationGroupId"]


@pytest.fixture
def brokers(cloud, base):
    cloud.control("POST", "elasticache/brokers", {"enabled": True})
    return cloud


def make(server, **parameters) -> dict:
    """The group's broker, once it is available."""
    client = server.client("elasticache")
    if not client.describe_cache_subnet_groups()["CacheSubnetGroups"]:
        client.create_cache_subnet_group(CacheSubnetGroupName="mate-dev", CacheSubnetGroupDescription="x", SubnetIds=SUBNETS)
    group = {**GROUP, **parameters}
    client.create_replication_group(**{name: value for name, value in group.items() if value is not None})
    return broker(server, group["ReplicationGroupId"])


def broker(server, name: str = NAME) -> dict:
    return next(one for one in report(server)["brokers"] if one["group"] == name)


def report(server) -> dict:
    return server.control("GET", "elasticache/brokers")


def connect(server, one: dict, password: str | None = GROUP["AuthToken"], **members) -> redis.Redis:
    trusted = {"ssl": True, "ssl_ca_certs": report(server)["ca"]} if one["tls"] else {}
    return redis.Redis(host=one["address"], port=one["port"], password=password, **ONCE, **trusted, **members)


def test_the_endpoint_is_a_real_broker(brokers):
    one = make(brokers)
    seen = brokers.client("elasticache").describe_replication_groups(ReplicationGroupId=NAME)["ReplicationGroups"][0]
    endpoint = {"Address": one["address"], "Port": one["port"]}
    assert seen["NodeGroups"][0]["PrimaryEndpoint"] == endpoint
    node = brokers.client("elasticache").describe_cache_clusters(CacheClusterId=f"{NAME}-001", ShowCacheNodeInfo=True)
    assert node["CacheClusters"][0]["CacheNodes"][0]["Endpoint"] == endpoint
    client = connect(brokers, one)
    client.lpush("celery", "a", "b")
    assert client.llen("celery") == 2
    assert client.info("server")["run_id"]


def test_a_broker_asks_for_its_token(brokers):
    one = make(brokers)
    with pytest.raises(redis.AuthenticationError):
        connect(brokers, one, password=None).ping()
    with pytest.raises(redis.AuthenticationError, match="invalid username-password pair"):
        connect(brokers, one, password="incorrect-horse-battery").ping()


def test_encryption_in_transit_is_real(brokers):
    """A client that speaks plainly is not understood; one that does not know the authority trusts nobody."""
    one = make(brokers)
    with pytest.raises(redis.ConnectionError):
        redis.Redis(host=one["address"], port=one["port"], password=GROUP["AuthToken"], **ONCE).ping()
    with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        redis.Redis(host=one["address"], port=one["port"], password=GROUP["AuthToken"], ssl=True, **ONCE).ping()


def test_a_group_without_encryption_and_token_is_plain(brokers):
    one = make(brokers, TransitEncryptionEnabled=False, AuthToken=None)
    assert one["tls"] is False
    assert connect(brokers, one, password=None).ping()


@pytest.mark.parametrize("command", [["CONFIG", "GET", "maxmemory"], ["SAVE"], ["DEBUG", "SLEEP", "0"], ["SHUTDOWN"]])
def test_commands_that_elasticache_keeps_are_unknown(brokers, command):
    client = connect(brokers, make(brokers))
    with pytest.raises(redis.ResponseError, match="unknown command"):
        client.execute_command(*command)


def test_memory_and_eviction_are_the_node_types_and_the_parameter_groups(brokers):
    caches = brokers.client("elasticache")
    caches.create_cache_parameter_group(CacheParameterGroupName="own", CacheParameterGroupFamily="redis7", Description="x")
    policy = lambda value: caches.modify_cache_parameter_group(  # noqa: E731
        CacheParameterGroupName="own", ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": value}])
    policy("noeviction")
    client = connect(brokers, make(brokers, CacheParameterGroupName="own"))
    memory = client.info("memory")
    assert (memory["maxmemory_policy"], memory["maxmemory"]) == ("noeviction", 402653184)
    policy("allkeys-lru")
    assert client.info("memory")["maxmemory_policy"] == "allkeys-lru"


@pytest.mark.parametrize("keep", [False, True])
def test_a_replaced_broker_has_a_new_run_id(brokers, keep):
    one = make(brokers)
    client = connect(brokers, one)
    client.set("a", "b")
    before = client.info("server")["run_id"]
    answer = brokers.control("POST", "elasticache/replace", {"group": NAME, "keep_data": keep})
    assert broker(brokers)["port"] == one["port"]
    after = eventually(lambda: run_id(brokers, one))
    assert after == answer["runId"] != before
    assert connect(brokers, one).get("a") == (b"b" if keep else None)


def run_id(server, one: dict) -> str | None:
    try:
        return connect(server, one).info("server")["run_id"]
    except redis.ConnectionError:
        return None


def test_only_what_stands_can_be_replaced(brokers):
    with pytest.raises(LocalCloudError, match="no broker"):
        brokers.control("POST", "elasticache/replace", {"group": "other"})


def test_a_deleted_groups_broker_ends(brokers):
    one = make(brokers)
    brokers.client("elasticache").delete_replication_group(ReplicationGroupId=NAME)
    eventually(lambda: not is_alive(one["pid"]))
    assert report(brokers)["brokers"] == []
    with pytest.raises(redis.ConnectionError):
        connect(brokers, {**one, "tls": False}).ping()


def test_without_being_asked_there_is_no_broker(cloud, base):
    cloud.client("elasticache").create_cache_subnet_group(CacheSubnetGroupName="mate-dev", CacheSubnetGroupDescription="x",
                                                          SubnetIds=SUBNETS)
    cloud.client("elasticache").create_replication_group(**GROUP)
    assert report(cloud)["brokers"] == []


def test_a_tasks_process_trusts_the_brokers_by_itself(brokers):
    """As on AWS, where the brokers' authority is in every image's store."""
    make(brokers)
    order(brokers)
    brokers.client("ecs").create_service(
        cluster="mate-dev", serviceName="mate-demo-celery", taskDefinition=register(brokers, {"execution.arn": role(brokers)}),
        desiredCount=1, launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": {"subnets": SUBNETS}})
    (process,) = eventually(lambda: living(brokers))
    path = said(process)[0]["SSL_CERT_FILE"]
    assert path == report(brokers)["ca"]
    ssl.create_default_context(cafile=path)


def role(server) -> str:
    return server.client("iam").list_roles()["Roles"][0]["Arn"]


@pytest.fixture
def own_cloud(tmp_path):
    server = Server(tmp_path, "--profile", "instant", "--broker", "valkey")
    yield server
    if server.process.poll() is None:
        server.stop()


def test_a_cloud_with_brokers_says_whom_to_trust_and_leaves_nothing(own_cloud):
    server = own_cloud
    server.control("POST", "environment", FIXTURE)
    assert json.loads(server.ready.read_text())["ca"] == report(server)["ca"]
    one = make(server)
    assert connect(server, one).ping()
    files = sockets(one["pid"])
    assert files
    server.stop()
    eventually(lambda: not is_alive(one["pid"]))
    assert not any(path.exists() for path in files)


def sockets(pid: int) -> list[Path]:
    """Unix sockets that a process listens at."""
    inodes = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return [Path(row[7]) for row in rows if len(row) > 7 and f"socket:[{row[6]}]" in inodes]


def test_the_brokers_mode_is_a_flag_of_up_and_serve():
    asked = subprocess.run([sys.executable, "-m", "caretaker_local", "serve", "--help"], capture_output=True, text=True, check=True,
                           env={"PYTHONPATH": str(LOCAL)})
    assert "--broker {none,valkey}" in asked.stdout
