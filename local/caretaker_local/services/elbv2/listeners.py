"""Target groups and listeners: repeated creates, what is in use, certificates."""

from caretaker_local.errors import Reply, refusal
from caretaker_local.services.elbv2.balancers import tags, xml_reply
from caretaker_local.wire import Call

# What a create of a target group may set, with ministack's own defaults.
SETTINGS = {"Protocol": "HTTP", "Port": 80, "VpcId": "", "HealthCheckProtocol": "HTTP", "HealthCheckPort": "traffic-port",
            "HealthCheckPath": "/", "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2, "TargetType": "instance"}


def install(cloud) -> None:
    cloud.refusals.add("elbv2.CreateTargetGroup", refuse_group)
    cloud.refusals.add("elbv2.DeleteTargetGroup", refuse_group_delete)
    cloud.refusals.add("elbv2.CreateListener", refuse_listener)
    cloud.refusals.add("elbv2.ModifyListener", refuse_listener_change)
    for operation in ("CreateListener", "ModifyListener", "DeleteListener", "CreateRule", "ModifyRule", "DeleteRule", "DeleteLoadBalancer"):
        cloud.effects.add(f"elbv2.{operation}", tell_target_groups)


def refuse_group(call: Call) -> Reply | None:
    """A create that is repeated answers with what stands, if it has the same settings."""
    from ministack.services import alb

    params = call.params
    known = next((one for one in alb._tgs.values() if one["TargetGroupName"] == params["Name"]), None)
    if known is None:
        return None
    settings = {name: params.get(name, default) for name, default in SETTINGS.items()}
    stands = {name: known[name] for name in SETTINGS}
    codes = (params.get("Matcher") or {}).get("HttpCode", "200")
    if (settings, codes, tags(params.get("Tags"))) != (stands, known["Matcher"]["HttpCode"], tags(alb._tags.get(known["TargetGroupArn"]))):
        raise refusal("elb_target_group_exists", name=params["Name"])
    return xml_reply(alb._xml(200, "CreateTargetGroup", f"<TargetGroups>{alb._tg_xml(known)}</TargetGroups>"))


def users(group: str) -> set[str]:
    """The load balancers whose listeners or rules send requests to it."""
    from ministack.services import alb

    found = {one["LoadBalancerArn"] for one in alb._listeners.values() if group in targets(one["DefaultActions"])}
    fronts = {one["ListenerArn"] for one in alb._rules.values() if group in targets(one["Actions"])}
    return found | {alb._listeners[front]["LoadBalancerArn"] for front in fronts if front in alb._listeners}


def targets(actions) -> set[str]:
    return {action["TargetGroupArn"] for action in actions or [] if action.get("TargetGroupArn")}


def refuse_group_delete(call: Call) -> None:
    group = call.params.get("TargetGroupArn")
    if users(group):
        raise refusal("elb_target_group_in_use", arn=group)


def tell_target_groups(_call: Call, _reply: Reply) -> None:
    """ministack only ever adds to the load balancers that a target group shows."""
    from ministack.services import alb

    for arn, group in alb._tgs.items():
        group["LoadBalancerArns"] = sorted(users(arn))


def refuse_listener(call: Call) -> Reply | None:
    from ministack.services import alb

    params = call.params
    balancer = params["LoadBalancerArn"]
    if balancer not in alb._lbs:
        return None
    known = next((one for one in alb._listeners.values() if (one["LoadBalancerArn"], one["Port"]) == (balancer, params["Port"])), None)
    if known is not None:
        return same(known, params)
    check(params, balancer)
    return None


def same(known: dict, params: dict) -> Reply:
    """A create that is repeated answers with what stands, if it has the same settings."""
    from ministack.services import alb

    wanted = (params.get("Protocol", "HTTP"), params.get("SslPolicy"), certificates(params), essence(params.get("DefaultActions")),
              tags(params.get("Tags")))
    stands = (known["Protocol"], known.get("SslPolicy"), known.get("Certificates", []), essence(known["DefaultActions"]),
              tags(alb._tags.get(known["ListenerArn"])))
    if wanted != stands:
        raise refusal("elb_listener_exists", arn=known["LoadBalancerArn"])
    return xml_reply(alb._xml(200, "CreateListener", f"<Listeners>{alb._listener_xml(known)}</Listeners>"))


def certificates(params: dict) -> list[str]:
    return [entry["CertificateArn"] for entry in params.get("Certificates") or []]


def essence(actions) -> list[tuple]:
    """Where requests are sent, without what AWS adds."""
    redirects = [action.get("RedirectConfig") or {} for action in actions or []]
    return [(action["Type"], action.get("TargetGroupArn"), redirect.get("Protocol"), redirect.get("Port"))
            for action, redirect in zip(actions or [], redirects, strict=True)]


def refuse_listener_change(call: Call) -> None:
    from ministack.services import alb

    params = call.params
    listener = alb._listeners.get(params.get("ListenerArn"))
    if listener is None:
        return
    balancer = listener["LoadBalancerArn"]
    others = (one for arn, one in alb._listeners.items() if arn != params["ListenerArn"] and one["LoadBalancerArn"] == balancer)
    if any(one["Port"] == params.get("Port") for one in others):
        raise refusal("elb_listener_exists", arn=balancer)
    check(params, balancer)


def check(params: dict, balancer: str) -> None:
    """Certificates must be issued, target groups stand and serve no other load balancer."""
    from ministack.services import acm, alb

    for arn in certificates(params):
        certificate = acm._certificates.get(arn)
        if certificate is None:
            raise refusal("elb_certificate_missing", arn=arn)
        if certificate["Status"] != "ISSUED":
            raise refusal("elb_certificate_not_issued", arn=arn)
    for group in targets(params.get("DefaultActions")):
        if group not in alb._tgs:
            raise refusal("elb_target_group_missing", arn=group)
        if users(group) - {balancer}:
            raise refusal("elb_target_group_taken", arn=group)
