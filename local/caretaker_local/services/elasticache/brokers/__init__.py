"""A real broker behind each replication group, on request: `serve --broker valkey`, or its control route."""

import logging
from collections import Counter

from caretaker_local.services.elasticache.brokers.certificates import Authority
from caretaker_local.services.elasticache.brokers.front import Front, Loop
from caretaker_local.services.elasticache.brokers.server import BrokerError, Server, Spec
from caretaker_local.settings import HOST

log = logging.getLogger("caretaker")

# maxmemory in bytes by node type; ElastiCache keeps reserved-memory-percent, 25 by default, of it for itself.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html#ParameterGroups.Redis.NodeSpecific
MEMORY = {"cache.t4g.micro": 536870912, "cache.t4g.small": 1471026299, "cache.t4g.medium": 3317862236, "cache.r7g.large": 14037181030}
USABLE = 0.75


class Broker:
    """A group's server and the address in front of it."""

    def __init__(self, group: dict, server: Server, front: Front):
        self.group = group
        self.server = server
        self.front = front


class Brokers:
    """By replication group. `firewall` says who may connect; None while nothing filters."""

    def __init__(self, cloud, spawner):
        self.cloud = cloud
        self.spawner = spawner
        self.firewall = None
        self.authority: Authority | None = None
        self.loop: Loop | None = None
        self.by_group: dict[str, Broker] = {}
        self.refused: Counter = Counter()
        self.enabled = False
        self.switch(cloud.settings.broker == "valkey")

    def switch(self, enabled: bool) -> None:
        """From now on groups that become available have a broker, or none."""
        self.enabled = enabled
        if enabled and self.loop is None:
            self.loop = Loop()
            self.authority = Authority(self.cloud.settings.ca)

    def close(self) -> None:
        for name in [*self.by_group]:
            self.stop(name)

    def reset(self) -> None:
        self.close()
        self.refused.clear()
        self.switch(self.cloud.settings.broker == "valkey")

    def trust(self) -> dict[str, str]:
        """What a process needs in its environment to trust the brokers' certificates."""
        return {"SSL_CERT_FILE": str(self.authority.path)} if self.enabled else {}

    def report(self) -> dict:
        """{"ca", "brokers": [{group, address, port, tls, pid, refused}]}; `refused` counts by client."""
        brokers = [{"group": name, "address": HOST, "port": one.front.port, "tls": one.front.context is not None,
                    "pid": one.server.child.pid, "refused": {client: count for (group, client), count in self.refused.items() if group == name}}
                   for name, one in self.by_group.items()]
        return {"enabled": self.enabled, "ca": str(self.authority.path) if self.authority else None, "brokers": brokers}

    def start(self, group: dict) -> None:
        """The group has become available: its endpoint is the real one from now on."""
        name = group["ReplicationGroupId"]
        if not self.enabled or name in self.by_group:
            return
        server = Server(spec_of(group), self.spawner, self.cloud.settings.state_dir / "brokers")
        try:
            server.start()
        except (BrokerError, OSError) as error:
            log.error("no broker for %s: %s", name, error)
            server.stop()
            return
        context = self.authority.context if group.get("TransitEncryptionEnabled") else None
        front = Front(self.loop, server.socket, context, lambda port: self.admits(group, name, port))
        self.by_group[name] = Broker(group, server, front)
        show_endpoint(group, front.port)

    def admits(self, group: dict, name: str, client_port: int) -> bool:
        """Whether the process at that port may connect."""
        refused = self.firewall and self.firewall.refuses(group, client_port, self.by_group[name].front.port)
        if refused:
            self.refused[name, refused] += 1
        return not refused

    def stop(self, name: str) -> None:
        broker = self.by_group.pop(name, None)
        if broker is not None:
            broker.front.close()
            broker.server.stop()

    def replace(self, name: str, keep_data: bool) -> dict:
        """{"group", "runId"}: another node takes the place of the group's, at the same address."""
        broker = self.by_group.get(name)
        if broker is None:
            raise ValueError(f"no broker behind a replication group {name!r}")
        broker.server.replace(keep_data)
        broker.front.drop_all()
        with broker.server.client() as client:
            return {"group": name, "runId": client.info("server")["run_id"]}

    def parameters_changed(self, parameter_group: str) -> None:
        """The eviction policy is applied at once, as on AWS."""
        for broker in self.by_group.values():
            if broker.group["CacheParameterGroupName"] == parameter_group:
                broker.server.set("maxmemory-policy", policy_of(broker.group))


def spec_of(group: dict) -> Spec:
    tokens = group.get("_auth_tokens") or [None]
    memory = MEMORY.get(group.get("CacheNodeType"), 0)
    return Spec(group["ReplicationGroupId"], tokens[-1], policy_of(group), int(memory * USABLE))


def policy_of(group: dict) -> str:
    from ministack.services import elasticache

    parameters = elasticache._param_group_params.get(group["CacheParameterGroupName"]) or {}
    return (parameters.get("maxmemory-policy") or {}).get("Value") or "volatile-lru"


def show_endpoint(group: dict, port: int) -> None:
    """In the group and in its nodes."""
    from ministack.services import elasticache

    endpoint = {"Address": HOST, "Port": port}
    for shard in group["NodeGroups"]:
        shard.update(PrimaryEndpoint=endpoint, ReaderEndpoint=endpoint)
        for member in shard["NodeGroupMembers"]:
            member["ReadEndpoint"] = endpoint
            node = elasticache._clusters[member["CacheClusterId"]]
            node["_endpoint"] = endpoint
            for one in node["CacheNodes"]:
                one["Endpoint"] = endpoint
