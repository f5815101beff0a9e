"""Network interfaces of functions in a VPC: they outlive their functions.

"Lambda takes up to 20 minutes to delete the attached Hyperplane ENI. … Lambda only deletes the ENI if no other function is
using [it]. Lambda relies on permissions in the function execution role to delete the Hyperplane ENI. If you delete the
execution role before Lambda deletes [it], Lambda won't be able to delete [it]. You can manually perform the deletion."
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"""

import uuid
from itertools import product

from caretaker_local.access import is_allowed
from caretaker_local.arn import arn
from caretaker_local.errors import Reply, refusal
from caretaker_local.wire import Call

# What names an interface that Lambda made: its function, while it was made.
# https://repost.aws/knowledge-center/lambda-eni-find-delete
DESCRIPTION = "AWS Lambda VPC ENI-{name}-{unique}"


class Interfaces:
    """One per pair of subnet and set of security groups, shared by the functions that name both."""

    def __init__(self, cloud):
        self.cloud = cloud

    def install(self) -> None:
        refuse, react = self.cloud.refusals.add, self.cloud.effects.add
        react("lambda.CreateFunction", self.attach)
        react("lambda.UpdateFunctionConfiguration", self.attach)
        # Before ministack forgets the function, whose role Lambda needs for the deletion.
        refuse("lambda.DeleteFunction", self.note_role)
        react("lambda.DeleteFunction", self.release_later)
        refuse("ec2.DeleteNetworkInterface", refuse_attached)

    def attach(self, call: Call, _reply: Reply) -> None:
        """Makes what the function needs and has not; what it needs no more goes later."""
        from ministack.services import ec2, lambda_svc

        config = lambda_svc._functions[lambda_svc._resolve_name(call.params["FunctionName"])]["config"]
        for subnet, groups in places(config):
            known = next((one for one in own() if place_of(one) == (subnet, groups)), None)
            interface = known or make(config["FunctionName"], subnet, groups)
            interface.update(Status="in-use", _role=config["Role"])
            ec2._network_interfaces[interface["NetworkInterfaceId"]] = interface
        self.release_later(call)

    def note_role(self, call: Call) -> None:
        from ministack.services import lambda_svc

        function = lambda_svc._functions.get(lambda_svc._resolve_name(call.params["FunctionName"]))
        needed = set(places(function["config"])) if function else set()
        for interface in own():
            if place_of(interface) in needed:
                interface["_role"] = function["config"]["Role"]

    def release_later(self, _call: Call, _reply: Reply | None = None) -> None:
        for interface in own():
            if place_of(interface) not in in_use() and not interface.get("_leaving"):
                interface["_leaving"] = True
                seconds = self.cloud.takes("lambda-network-interface", "delete", ":".join(place_of(interface)[1]))
                self.cloud.timeline.after(seconds, lambda interface=interface: release(interface))


def release(interface: dict) -> None:
    """Deleted, unless a function uses it again, or the role that could do it has gone."""
    from ministack.services import ec2

    interface["_leaving"] = False
    if place_of(interface) in in_use():
        return
    interface["Status"] = "available"
    if is_allowed(interface["_role"], "awslambda", "ec2:DeleteNetworkInterface", arn("ec2", "network-interface/*"), {}):
        ec2._network_interfaces.pop(interface["NetworkInterfaceId"], None)


def refuse_attached(call: Call) -> None:
    from ministack.services import ec2

    interface = ec2._network_interfaces.get(call.params.get("NetworkInterfaceId"))
    if interface is not None and interface["Status"] == "in-use":
        raise refusal("ec2_interface_in_use", id=interface["NetworkInterfaceId"])


def places(config: dict) -> list[tuple[str, tuple[str, ...]]]:
    """(subnet, security groups) for each subnet of a function."""
    network = config.get("VpcConfig") or {}
    groups = tuple(sorted(network.get("SecurityGroupIds") or []))
    return list(product(network.get("SubnetIds") or [], [groups]))


def in_use() -> set:
    """What the standing functions need."""
    from ministack.services import lambda_svc

    return {place for function in lambda_svc._functions.values() for place in places(function["config"])}


def own() -> list[dict]:
    """Lambda's interfaces, also those that are on their way out."""
    from ministack.services import ec2

    return [one for one in ec2._network_interfaces.values() if one.get("InterfaceType") == "lambda"]


def place_of(interface: dict) -> tuple[str, tuple[str, ...]]:
    return interface["SubnetId"], tuple(sorted(group["GroupId"] for group in interface["Groups"]))


def make(name: str, subnet: str, groups: tuple[str, ...]) -> dict:
    """ministack's own record of a new interface, as Lambda's."""
    from ministack.services import ec2

    before = set(ec2._network_interfaces)
    ec2._create_network_interface({"SubnetId": [subnet], **{f"SecurityGroupId.{n}": [one] for n, one in enumerate(groups, 1)}})
    interface = next(ec2._network_interfaces[one] for one in {*ec2._network_interfaces} - before)
    interface.update(InterfaceType="lambda", Description=DESCRIPTION.format(name=name, unique=uuid.uuid4()))
    return interface
