"""What EC2 refuses: mostly to delete what is still used."""

from caretaker_local.errors import AwsError, refusal
from caretaker_local.wire import Call


# Other services' network interfaces: functions that give (subnets, security groups) of each.
OTHERS = []


def install(cloud) -> None:
    OTHERS[:] = [lambda: cloud.balancers.interfaces()]
    add = cloud.refusals.add
    add("ec2.DeleteVpc", vpc_in_use)
    add("ec2.CreateSubnet", vpc_is_there)
    add("ec2.CreateSecurityGroup", group_is_new)
    add("ec2.DeleteSubnet", subnet_in_use)
    add("ec2.AttachInternetGateway", gateway_is_free)
    add("ec2.DetachInternetGateway", gateway_has_addresses)
    add("ec2.DeleteInternetGateway", gateway_in_use)
    add("ec2.ReleaseAddress", address_in_use)
    add("ec2.CreateRoute", route_is_new)
    add("ec2.ReplaceRoute", target_is_there)
    add("ec2.DeleteRoute", route_is_there)
    add("ec2.AssociateRouteTable", associate_again)
    add("ec2.DisassociateRouteTable", association_is_there)
    add("ec2.DeleteRouteTable", route_table_in_use)
    add("ec2.AuthorizeSecurityGroupIngress", permission_is_new)
    add("ec2.DeleteSecurityGroup", group_in_use)


def vpc_is_there(call: Call) -> None:
    from ministack.services import ec2

    vpc = call.params.get("VpcId")
    if vpc not in ec2._vpcs:
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")


def vpc_in_use(call: Call) -> None:
    """Beside what ministack knows: route tables of one's own, and NAT gateways."""
    from ministack.services import ec2

    vpc = call.params.get("VpcId")
    tables = any(table["VpcId"] == vpc and not any(one.get("Main") for one in table["Associations"]) and ec2._tags.get(identifier)
                 for identifier, table in ec2._route_tables.items())
    if tables or any(gateway["VpcId"] == vpc and gateway["State"] != "deleted" for gateway in ec2._nat_gateways.values()):
        raise refusal("ec2_vpc_in_use", id=vpc)


def standing_gateways():
    """NAT gateways that are not gone."""
    from ministack.services import ec2

    return [gateway for gateway in ec2._nat_gateways.values() if gateway["State"] != "deleted"]


def interfaces():
    """(subnets, security groups) of everything that has a network interface."""
    from ministack.services import ec2, ecs, efs, elasticache, rds

    for target in efs._mount_targets.values():
        yield [target["SubnetId"]], target.get("SecurityGroups") or []
    for instance in rds._instances.values():
        subnets = [one["SubnetIdentifier"] for one in (instance.get("DBSubnetGroup") or {}).get("Subnets", [])]
        yield subnets, [one["VpcSecurityGroupId"] for one in instance.get("VpcSecurityGroups") or []]
    for node in elasticache._clusters.values():
        group = elasticache._subnet_groups.get(node.get("CacheSubnetGroupName")) or {}
        yield [one["SubnetIdentifier"] for one in group.get("Subnets", [])], [one["SecurityGroupId"] for one in node["SecurityGroups"]]
    for service in ecs._services.values():
        network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        if service.get("status") != "INACTIVE":
            yield network.get("subnets") or [], network.get("securityGroups") or []
    for interface in ec2._network_interfaces.values():
        yield [interface["SubnetId"]], [group["GroupId"] for group in interface["Groups"]]
    for others in OTHERS:
        yield from others()


def subnet_in_use(call: Call) -> None:
    subnet = call.params.get("SubnetId")
    gateways = any(gateway["SubnetId"] == subnet for gateway in standing_gateways())
    if gateways or any(subnet in subnets for subnets, _groups in interfaces()):
        raise refusal("ec2_subnet_in_use", id=subnet)


def gateway_is_free(call: Call) -> None:
    from ministack.services import ec2

    gateway, vpc = call.params.get("InternetGatewayId"), call.params.get("VpcId")
    if ec2._internet_gateways.get(gateway, {}).get("Attachments"):
        raise refusal("ec2_gateway_attached", id=gateway, vpc=vpc)
    vpc_is_there(call)


def gateway_has_addresses(call: Call) -> None:
    from ministack.services import ec2

    gateway, vpc = call.params.get("InternetGatewayId"), call.params.get("VpcId")
    attached = any(one["VpcId"] == vpc for one in ec2._internet_gateways.get(gateway, {}).get("Attachments", []))
    if gateway in ec2._internet_gateways and not attached:
        raise AwsError("Gateway.NotAttached", f"resource {gateway} is not attached to network {vpc}")
    if any(one["VpcId"] == vpc for one in standing_gateways()):
        raise refusal("ec2_gateway_has_addresses", id=vpc)


def gateway_in_use(call: Call) -> None:
    from ministack.services import ec2

    gateway = call.params.get("InternetGatewayId")
    if ec2._internet_gateways.get(gateway, {}).get("Attachments"):
        raise refusal("ec2_gateway_in_use", id=gateway)


def address_in_use(call: Call) -> None:
    allocation = call.params.get("AllocationId")
    if any(gateway["AllocationId"] == allocation for gateway in standing_gateways()):
        raise refusal("ec2_address_in_use", id=allocation)


def target_is_there(call: Call) -> None:
    from ministack.services import ec2

    for member, things, code in (("NatGatewayId", ec2._nat_gateways, "NatGatewayNotFound"),
                                 ("GatewayId", ec2._internet_gateways, "InvalidGatewayID.NotFound")):
        target = call.params.get(member)
        if target and target not in things:
            raise AwsError(code, f"The gateway ID '{target}' does not exist")


def route_is_new(call: Call) -> None:
    target_is_there(call)
    if route_of(call):
        raise refusal("ec2_route_exists", destination=call.params.get("DestinationCidrBlock"))


def route_is_there(call: Call) -> None:
    from ministack.services import ec2

    if call.params.get("RouteTableId") in ec2._route_tables and not route_of(call):
        destination = call.params.get("DestinationCidrBlock")
        raise AwsError("InvalidRoute.NotFound", f"no route with destination-cidr-block {destination} in route table")


def route_of(call: Call) -> dict | None:
    from ministack.services import ec2

    table = ec2._route_tables.get(call.params.get("RouteTableId"), {"Routes": []})
    destination = call.params.get("DestinationCidrBlock")
    return next((route for route in table["Routes"] if route.get("DestinationCidrBlock") == destination), None)


def associate_again(call: Call):
    """Associated again, it is the same association."""
    from caretaker_local.errors import Reply
    from ministack.services import ec2

    table = ec2._route_tables.get(call.params.get("RouteTableId"), {"Associations": []})
    for one in table["Associations"]:
        if one.get("SubnetId") == call.params.get("SubnetId"):
            identifier = one["RouteTableAssociationId"]
            status, headers, body = ec2._xml(200, "AssociateRouteTableResponse", f"<associationId>{identifier}</associationId>")
            pairs = [(key.lower().encode(), str(value).encode()) for key, value in headers.items()]
            return Reply(status, pairs, body if isinstance(body, bytes) else body.encode())
    return None


def association_is_there(call: Call) -> None:
    from ministack.services import ec2

    identifier = call.params.get("AssociationId")
    known = {one["RouteTableAssociationId"] for table in ec2._route_tables.values() for one in table["Associations"]}
    if identifier not in known:
        raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{identifier}' does not exist")


def route_table_in_use(call: Call) -> None:
    from ministack.services import ec2

    identifier = call.params.get("RouteTableId")
    if any(one.get("SubnetId") for one in ec2._route_tables.get(identifier, {}).get("Associations", [])):
        raise refusal("ec2_route_table_in_use", id=identifier)


def group_is_new(call: Call) -> None:
    from ministack.services import ec2

    vpc_is_there(call)
    name, vpc = call.params.get("GroupName"), call.params.get("VpcId")
    if any(group["GroupName"] == name and group["VpcId"] == vpc for group in ec2._security_groups.values()):
        raise refusal("ec2_group_duplicate", name=name, vpc=vpc)


def rules(permissions) -> set[tuple]:
    """(protocol, port, from) of permissions, in the API's or in ministack's spelling."""
    found = set()
    for one in permissions or []:
        head = (one.get("IpProtocol"), str(one.get("FromPort")))
        found |= {(*head, each["GroupId"]) for each in one.get("UserIdGroupPairs") or []}
        found |= {(*head, each["CidrIp"]) for each in one.get("IpRanges") or []}
    return found


def permission_is_new(call: Call) -> None:
    from ministack.services import ec2

    wanted = rules(call.params.get("IpPermissions"))
    missing = next((source for _, _, source in wanted if source.startswith("sg-") and source not in ec2._security_groups), None)
    if missing:
        raise AwsError("InvalidGroup.NotFound", f"The security group '{missing}' does not exist")
    group = ec2._security_groups.get(call.params.get("GroupId"))
    if group and wanted & rules(group["IpPermissions"]):
        raise refusal("ec2_permission_duplicate")


def group_in_use(call: Call) -> None:
    from ministack.services import ec2

    group = call.params.get("GroupId")
    named = any(group in {source for _, _, source in rules(other["IpPermissions"])}
                for identifier, other in ec2._security_groups.items() if identifier != group)
    if named or any(group in groups for _subnets, groups in interfaces()):
        raise refusal("ec2_group_in_use", id=group)
