"""WAF: names and locks, load balancers that are not active yet, web ACLs in use."""

from caretaker_local.errors import AwsError, Reply, refusal
from caretaker_local.rules import json_reply
from caretaker_local.wire import Call


def install(cloud) -> None:
    cloud.refusals.add("wafv2.CreateWebACL", refuse_create)
    cloud.refusals.add("wafv2.UpdateWebACL", refuse_lock)
    cloud.refusals.add("wafv2.DeleteWebACL", refuse_lock)
    cloud.refusals.add("wafv2.DeleteWebACL", refuse_delete)
    cloud.refusals.add("wafv2.AssociateWebACL", refuse_associate)
    cloud.refusals.add("wafv2.GetWebACLForResource", nothing_filters)


def acl_of(call: Call) -> dict | None:
    from ministack.services import waf

    return waf._resource_from_scope(waf._web_acls, call.params.get("Id", ""), call.params.get("Scope", "REGIONAL"))


def refuse_create(call: Call) -> None:
    from ministack.services import waf

    scope = call.params.get("Scope", "REGIONAL")
    if any(known["Name"] == call.params.get("Name") for known in waf._values_for_scope(waf._web_acls, scope)):
        raise refusal("waf_acl_exists")


def refuse_lock(call: Call) -> None:
    acl = acl_of(call)
    if acl is not None and call.params.get("LockToken") != acl["LockToken"]:
        raise refusal("waf_acl_lock")


def refuse_delete(call: Call) -> None:
    from ministack.services import waf

    acl = acl_of(call)
    if acl is not None and acl["ARN"] in waf._associations.values():
        raise refusal("waf_acl_associated")


def refuse_associate(call: Call) -> None:
    from ministack.services import alb

    arn = call.params.get("ResourceArn", "")
    if ":loadbalancer/" not in arn:
        return
    if arn not in alb._lbs:
        raise AwsError("WAFNonexistentItemException", "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist.")
    if alb._lbs[arn]["State"] != "active":
        raise refusal("waf_resource_unavailable")


def nothing_filters(call: Call) -> Reply | None:
    """ "If there is no associated resource, WAF returns a null web ACL"; ministack says that there is no such thing.
    https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html"""
    from ministack.services import waf

    return None if call.params.get("ResourceArn") in waf._associations else json_reply({})
