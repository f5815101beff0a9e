"""Security groups between local processes: who of the cloud's own processes may connect to what stands in a VPC.

On 127.0.0.1 all look alike, so the process behind a connection is found, and by it the function or the task that it is of.
A process that the cloud has not started, such as a test, is nobody's: nothing filters it."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from caretaker_local import peers


@dataclass(frozen=True)
class Client:
    """A function or a task; without a network it is in no VPC."""

    name: str
    groups: tuple[str, ...]
    subnets: tuple[str, ...]


class Firewall:
    """Asked at each new connection only: security groups are stateful, an open one stays."""

    def __init__(self, cloud):
        self.cloud = cloud

    def refuses(self, replication_group: dict, port: int, own_port: int) -> str | None:
        """The name of the client at `port` that may not connect, or None."""
        from ministack.core.responses import request_scope

        from caretaker_local.settings import ACCOUNT, REGION

        with request_scope(ACCOUNT, REGION):
            client = self.client_at(port, own_port)
            if client is None or admits(client, groups_of(replication_group), subnets_of(replication_group), replication_group["_port"]):
                return None
            return client.name

    def client_at(self, port: int, own_port: int) -> Client | None:
        pid = peers.process_at(port, own_port)
        line = peers.lineage(pid) if pid is not None else set()
        return next((client for own, client in self.clients() if own in line), None)

    def clients(self) -> Iterator[tuple[int, Client]]:
        """By the pid of the first process of each."""
        from caretaker_local.services.ecs.views import service_of

        for container in self.cloud.scheduler.processes.all():
            network = ((service_of(container.task) or {}).get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
            yield container.child.pid, Client(f"task {container.task['taskArn']}", tuple(network.get("securityGroups") or []),
                                              tuple(network.get("subnets") or []))
        for pid, config in self.cloud.invocations.processes():
            network = config.get("VpcConfig") or {}
            yield pid, Client(f"function {config['FunctionName']}", tuple(network.get("SecurityGroupIds") or []),
                              tuple(network.get("SubnetIds") or []))


def groups_of(replication_group: dict) -> tuple[str, ...]:
    from ministack.services import elasticache

    node = elasticache._clusters[replication_group["MemberClusters"][0]]
    return tuple(group["SecurityGroupId"] for group in node["SecurityGroups"])


def subnets_of(replication_group: dict) -> tuple[str, ...]:
    from ministack.services import elasticache

    node = elasticache._clusters[replication_group["MemberClusters"][0]]
    group = elasticache._subnet_groups.get(node.get("CacheSubnetGroupName")) or {}
    return tuple(subnet["SubnetIdentifier"] for subnet in group.get("Subnets", []))


def admits(client: Client, groups: tuple[str, ...], subnets: tuple[str, ...], port: int) -> bool:
    """Whether the client may go out to the target, and the target lets it in; both in one VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"""
    if not vpcs(client.subnets) & vpcs(subnets):
        return False
    out = rules(client.groups, "IpPermissionsEgress")
    into = rules(groups, "IpPermissions")
    return any(meets(rule, groups, subnets, port) for rule in out) and any(meets(rule, client.groups, client.subnets, port) for rule in into)


def vpcs(subnets: tuple[str, ...]) -> set[str]:
    from ministack.services import ec2

    return {ec2._subnets[subnet]["VpcId"] for subnet in subnets if subnet in ec2._subnets}


def rules(groups: tuple[str, ...], direction: str) -> list[dict]:
    from ministack.services import ec2

    return [rule for group in groups if group in ec2._security_groups for rule in ec2._security_groups[group][direction]]


def meets(rule: dict, groups: tuple[str, ...], subnets: tuple[str, ...], port: int) -> bool:
    """Whether a rule is about that port and about one of these groups, or about a range that all the subnets lie in."""
    if rule["IpProtocol"] not in ("-1", "tcp", "6"):
        return False
    if rule["IpProtocol"] != "-1" and not int(rule["FromPort"]) <= port <= int(rule["ToPort"]):
        return False
    if any(pair["GroupId"] in groups for pair in rule.get("UserIdGroupPairs") or []):
        return True
    return any(within(subnets, one["CidrIp"]) for one in rule.get("IpRanges") or [])


def within(subnets: tuple[str, ...], block: str) -> bool:
    from ministack.services import ec2

    networks = [ipaddress.ip_network(ec2._subnets[subnet]["CidrBlock"]) for subnet in subnets if subnet in ec2._subnets]
    return bool(networks) and all(network.subnet_of(ipaddress.ip_network(block)) for network in networks)
