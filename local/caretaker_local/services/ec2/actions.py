"""Actions that ministack answers otherwise than EC2: NAT gateways and flow logs lack members, addresses have no filters."""

from functools import partial
from xml.sax.saxutils import escape

from caretaker_local.errors import refusal

# What a repeat of a create with the same token is held against.
TOKENS: dict[str, tuple[str, dict]] = {}


def install(cloud) -> None:
    from ministack.services import ec2

    TOKENS.clear()
    add = cloud.refusals.add
    add("ec2.CreateNatGateway", refuse_other_parameters({"subnet": "SubnetId", "allocation": "AllocationId"}))
    add("ec2.CreateRouteTable", refuse_other_parameters({"vpc": "VpcId"}))
    add("ec2.CreateFlowLogs", refuse_other_parameters(
        {"resources": "ResourceIds", "group": "LogGroupName", "role": "DeliverLogsPermissionArn"}))
    ec2._ACTION_MAP.update({
        "DescribeAddresses": describe_addresses,
        "CreateNatGateway": partial(create_nat_gateway, cloud),
        "DescribeNatGateways": describe_nat_gateways,
        "DeleteNatGateway": partial(delete_nat_gateway, cloud),
        "CreateRouteTable": partial(create_route_table, ec2._create_route_table),
        "CreateFlowLogs": create_flow_logs,
        "DescribeFlowLogs": describe_flow_logs,
    })


def known(token: str | None, parameters: dict) -> str | None:
    """The id of what a call with this token and these parameters has made."""
    identifier, before = TOKENS.get(token, (None, None)) if token else (None, None)
    return identifier if before == parameters else None


def refuse_other_parameters(members: dict[str, str]):
    """The same token with other parameters is refused; `members` are those that count, by our name for them."""
    def check(call):
        _, before = TOKENS.get(call.params.get("ClientToken"), (None, None))
        if before is not None and before != {ours: call.params.get(member) for ours, member in members.items()}:
            raise refusal("ec2_token_mismatch")
    return check


def new_id(prefix: str) -> str:
    from ministack.core.responses import new_uuid

    return prefix + new_uuid().replace("-", "")[:17]


def describe_addresses(p):
    from ministack.services import ec2

    wanted, filters = ec2._parse_member_list(p, "AllocationId"), ec2._parse_filters(p)
    items = ""
    for address in ec2._addresses.values():
        identifier = address["AllocationId"]
        if (wanted and identifier not in wanted) or not ec2._resource_matches_tag_filters(identifier, filters):
            continue
        items += (f"<item><allocationId>{identifier}</allocationId><publicIp>{address['PublicIp']}</publicIp>"
                  f"<domain>{address['Domain']}</domain>{ec2._tag_set_xml(identifier)}</item>")
    return ec2._xml(200, "DescribeAddressesResponse", f"<addressesSet>{items}</addressesSet>")


def create_nat_gateway(cloud, p):
    from ministack.services import ec2

    subnet, allocation, token = (ec2._p(p, name) for name in ("SubnetId", "AllocationId", "ClientToken"))
    parameters = {"subnet": subnet, "allocation": allocation}
    identifier = known(token, parameters)
    if identifier is None:
        if subnet not in ec2._subnets:
            return ec2._error("InvalidSubnetID.NotFound", f"The subnet ID '{subnet}' does not exist", 400)
        if allocation not in ec2._addresses:
            return ec2._error("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist", 400)
        identifier = new_id("nat-")
        record = {"NatGatewayId": identifier, "SubnetId": subnet, "VpcId": ec2._subnets[subnet]["VpcId"],
                  "AllocationId": allocation, "ConnectivityType": "public", "State": "pending",
                  "CreateTime": ec2._now_ts(), "Tags": []}
        ec2._nat_gateways[identifier] = record
        ec2._parse_tag_specs(p, "natgateway", identifier)
        if token:
            TOKENS[token] = (identifier, parameters)
        cloud.timeline.after(cloud.takes("nat-gateway", "create", name_of(identifier)), lambda: becomes(record, "pending", "available"))
    return ec2._xml(200, "CreateNatGatewayResponse", f"<natGateway>{nat_gateway(ec2._nat_gateways[identifier])}</natGateway>")


def name_of(identifier: str) -> str:
    from ministack.services import ec2

    return next((tag["Value"] for tag in ec2._tags.get(identifier, []) if tag["Key"] == "Name"), identifier)


def becomes(record: dict, before: str, after: str) -> None:
    if record["State"] == before:
        record["State"] = after


def nat_gateway(record: dict) -> str:
    from ministack.services import ec2

    members = {"natGatewayId": "NatGatewayId", "subnetId": "SubnetId", "vpcId": "VpcId", "state": "State",
               "connectivityType": "ConnectivityType", "createTime": "CreateTime"}
    text = "".join(f"<{member}>{escape(record[key])}</{member}>" for member, key in members.items())
    address = f"<item><allocationId>{record['AllocationId']}</allocationId></item>"
    return f"{text}<natGatewayAddressSet>{address}</natGatewayAddressSet>{ec2._tag_set_xml(record['NatGatewayId'])}"


def describe_nat_gateways(p):
    from ministack.services import ec2

    wanted, filters = ec2._parse_member_list(p, "NatGatewayId"), ec2._parse_filters(p)
    members = {"state": "State", "vpc-id": "VpcId", "subnet-id": "SubnetId"}

    def matches(record):
        identifier = record["NatGatewayId"]
        by_member = all(record[key] in filters[name] for name, key in members.items() if filters.get(name))
        return (not wanted or identifier in wanted) and by_member and ec2._resource_matches_tag_filters(identifier, filters)

    items = "".join(f"<item>{nat_gateway(record)}</item>" for record in ec2._nat_gateways.values() if matches(record))
    return ec2._xml(200, "DescribeNatGatewaysResponse", f"<natGatewaySet>{items}</natGatewaySet>")


def delete_nat_gateway(cloud, p):
    from ministack.services import ec2

    identifier = ec2._p(p, "NatGatewayId")
    record = ec2._nat_gateways.get(identifier)
    if record is None or record["State"] == "deleted":
        return ec2._error("NatGatewayNotFound", f"The Nat Gateway {identifier} was not found", 400)
    if record["State"] != "deleting":
        record["State"] = "deleting"
        # It is shown as deleted for an hour; nothing here looks at it so long.
        cloud.timeline.after(cloud.takes("nat-gateway", "delete", name_of(identifier)), lambda: becomes(record, "deleting", "deleted"))
    return ec2._xml(200, "DeleteNatGatewayResponse", f"<natGatewayId>{identifier}</natGatewayId>")


def create_route_table(create, p):
    from ministack.services import ec2

    token, parameters = ec2._p(p, "ClientToken"), {"vpc": ec2._p(p, "VpcId")}
    identifier = known(token, parameters)
    if identifier is not None and identifier in ec2._route_tables:
        fields = ec2._rtb_fields_xml(ec2._route_tables[identifier], tag="routeTable")
        return ec2._xml(200, "CreateRouteTableResponse", fields)
    if parameters["vpc"] not in ec2._vpcs:
        return ec2._error("InvalidVpcID.NotFound", f"The vpc ID '{parameters['vpc']}' does not exist", 400)
    before = set(ec2._route_tables)
    reply = create(p)
    if token:
        TOKENS[token] = (next(iter(set(ec2._route_tables) - before)), parameters)
    return reply


def create_flow_logs(p):
    from ministack.services import ec2

    token = ec2._p(p, "ClientToken")
    resources = ec2._parse_member_list(p, "ResourceId")
    parameters = {"resources": resources, "group": ec2._p(p, "LogGroupName"), "role": ec2._p(p, "DeliverLogsPermissionArn")}
    identifier = known(token, parameters)
    if identifier is None:
        missing = next((vpc for vpc in resources if vpc not in ec2._vpcs), None)
        if missing:
            return ec2._error("InvalidVpcId.NotFound", f"The vpc ID '{missing}' does not exist", 400)
        identifier = new_id("fl-")
        ec2._flow_logs[identifier] = {
            "FlowLogId": identifier, "ResourceId": resources[0], "ResourceType": "VPC", "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs", "LogDestination": "", "LogGroupName": parameters["group"],
            "DeliverLogsPermissionArn": parameters["role"], "FlowLogStatus": "ACTIVE", "CreationTime": ec2._now_ts(),
        }
        ec2._parse_tag_specs(p, "vpc-flow-log", identifier)
        if token:
            TOKENS[token] = (identifier, parameters)
    return ec2._xml(200, "CreateFlowLogsResponse", f"<flowLogIdSet><item>{identifier}</item></flowLogIdSet><unsuccessful/>")


def describe_flow_logs(p):
    from ministack.services import ec2

    wanted, filters = ec2._parse_member_list(p, "FlowLogId"), ec2._parse_filters(p)
    wanted = wanted or filters.get("flow-log-id", [])
    members = {"flowLogId": "FlowLogId", "resourceId": "ResourceId", "trafficType": "TrafficType", "logGroupName": "LogGroupName",
               "logDestinationType": "LogDestinationType", "deliverLogsPermissionArn": "DeliverLogsPermissionArn",
               "flowLogStatus": "FlowLogStatus", "creationTime": "CreationTime"}
    items = ""
    for record in ec2._flow_logs.values():
        identifier = record["FlowLogId"]
        if (wanted and identifier not in wanted) or not ec2._resource_matches_tag_filters(identifier, filters):
            continue
        text = "".join(f"<{member}>{escape(record.get(key) or '')}</{member}>" for member, key in members.items())
        items += f"<item>{text}{ec2._tag_set_xml(identifier)}</item>"
    return ec2._xml(200, "DescribeFlowLogsResponse", f"<flowLogSet>{items}</flowLogSet>")
