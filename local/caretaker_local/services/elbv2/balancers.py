"""Load balancers: provisioning → active; deleted, their network interfaces linger."""

import re

from caretaker_local.errors import AwsError, Reply, refusal
from caretaker_local.services.elbv2.logs import takes_logs
from caretaker_local.wire import Call

# "can have a maximum of 32 characters, must contain only alphanumeric characters or hyphens, must not begin or end with a
# hyphen, and must not begin with internal-": https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
NAME = re.compile(r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


class Balancers:
    """What ministack does at once, and what it does not refuse."""

    def __init__(self, cloud):
        self.cloud = cloud
        # What deleted ones still hold, by ARN: (subnets, security groups).
        self.lingering: dict[str, tuple[list, list]] = {}
        cloud.refusals.add("elbv2.CreateLoadBalancer", refuse_create)
        cloud.refusals.add("elbv2.ModifyLoadBalancerAttributes", refuse_attributes)
        cloud.refusals.add("elbv2.DeleteLoadBalancer", self.before_delete)
        cloud.effects.add("elbv2.CreateLoadBalancer", self.created)

    def reset(self) -> None:
        self.lingering.clear()

    def interfaces(self):
        """(subnets, security groups) of all network interfaces of load balancers."""
        from ministack.services import alb

        for balancer in alb._lbs.values():
            yield balancer["Subnets"], balancer["SecurityGroups"]
        yield from list(self.lingering.values())

    def created(self, call: Call, reply: Reply) -> Reply | None:
        balancer = by_name(call.params["Name"])
        if f"<Code>{balancer['State']}</Code>".encode() not in reply.body:
            return None
        balancer["State"] = "provisioning"
        wait = self.cloud.takes("load-balancer", "create", balancer["LoadBalancerName"])
        self.cloud.timeline.after(wait, lambda: balancer.update(State="active"))
        return Reply(reply.status, reply.headers, reply.body.replace(b"<Code>active</Code>", b"<Code>provisioning</Code>"))

    def before_delete(self, call: Call) -> None:
        """Its listeners go with it, and what filters its requests; its interfaces go later."""
        from ministack.services import alb, waf

        arn = call.params.get("LoadBalancerArn")
        balancer = alb._lbs.get(arn)
        if balancer is None:
            return
        if attribute(arn, "deletion_protection.enabled") == "true":
            raise refusal("elb_protected", arn=arn)
        for listener in [known for known, one in alb._listeners.items() if one["LoadBalancerArn"] == arn]:
            alb._delete_listener({"ListenerArn": [listener]})
        waf._associations.pop(arn, None)
        self.lingering[arn] = (balancer["Subnets"], balancer["SecurityGroups"])
        wait = self.cloud.takes("load-balancer", "linger", balancer["LoadBalancerName"])
        self.cloud.timeline.after(wait, lambda: self.lingering.pop(arn, None))


def by_name(name: str) -> dict | None:
    from ministack.services import alb

    return next((one for one in alb._lbs.values() if one["LoadBalancerName"] == name), None)


def attribute(arn: str, key: str) -> str | None:
    from ministack.services import alb

    return next((one["Value"] for one in alb._lb_attrs.get(arn, []) if one["Key"] == key), None)


def refuse_create(call: Call) -> Reply | None:
    params = call.params
    if not NAME.fullmatch(params["Name"]):
        raise refusal("elb_balancer_name", name=params["Name"])
    balancer = by_name(params["Name"])
    if balancer is not None:
        return same(balancer, params)
    zones = {zone_of(subnet) for subnet in params.get("Subnets") or []}
    if len(zones) < 2:
        raise refusal("elb_one_zone")
    return None


def zone_of(subnet: str) -> str:
    from ministack.services import ec2

    if subnet not in ec2._subnets:
        raise AwsError("SubnetNotFound", f"The subnet ID '{subnet}' is not valid")
    return ec2._subnets[subnet]["AvailabilityZone"]


def same(balancer: dict, params: dict) -> Reply:
    """A create that is repeated answers with what stands, if it has the same settings."""
    from ministack.services import alb

    wanted = (params.get("Scheme", "internet-facing"), sorted(params.get("Subnets") or []), sorted(params.get("SecurityGroups") or []),
              tags(params.get("Tags")))
    stands = (balancer["Scheme"], sorted(balancer["Subnets"]), sorted(balancer["SecurityGroups"]),
              tags(alb._tags.get(balancer["LoadBalancerArn"])))
    if wanted != stands:
        raise refusal("elb_balancer_exists", name=params["Name"])
    return xml_reply(alb._xml(200, "CreateLoadBalancer", f"<LoadBalancers>{alb._lb_xml(balancer)}</LoadBalancers>"))


def tags(entries) -> dict[str, str]:
    return {entry["Key"]: entry["Value"] for entry in entries or []}


def xml_reply(made: tuple) -> Reply:
    """One of ministack's own replies, as one of ours."""
    status, headers, body = made
    return Reply(status, [(name.lower().encode(), value.encode()) for name, value in headers.items()], body)


def refuse_attributes(call: Call) -> None:
    wanted = {entry["Key"]: entry.get("Value", "") for entry in call.params.get("Attributes") or []}
    bucket = wanted.get("access_logs.s3.bucket") or attribute(call.params["LoadBalancerArn"], "access_logs.s3.bucket")
    if wanted.get("access_logs.s3.enabled") == "true" and not takes_logs(bucket):
        raise refusal("elb_logs_denied", bucket=bucket)
