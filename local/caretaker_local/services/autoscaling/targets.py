"""Scalable targets: one per ECS service."""

from caretaker_local.errors import refusal
from caretaker_local.services.autoscaling import alarms
from caretaker_local.services.autoscaling.requests import page
from caretaker_local.services.autoscaling.services import active
from caretaker_local.services.autoscaling.store import Store, arn, hex_id, identity, now

SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

# Made by the first registration of an account.
# https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
ROLE = "AWSServiceRoleForApplicationAutoScaling_ECSService"
PRINCIPAL = "ecs.application-autoscaling.amazonaws.com"


class Targets:
    """RegisterScalableTarget and its kin."""

    def __init__(self, store: Store, engine):
        self.store = store
        self.engine = engine

    def operations(self) -> dict:
        return {"RegisterScalableTarget": self.register, "DescribeScalableTargets": self.describe,
                "DeregisterScalableTarget": self.deregister}

    def register(self, params: dict) -> dict:
        """"Any parameters that you don't specify are not changed by this update request."

        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"""
        resource = params["ResourceId"]
        known = self.store.targets.get(resource)
        check(params, known)
        target = known or new_target(resource)
        target |= {member: params[member] for member in ("MinCapacity", "MaxCapacity") if member in params}
        target["SuspendedState"] |= params.get("SuspendedState") or {}
        if known is None:
            self.store.targets[resource] = target
            self.store.tags[target["ScalableTargetARN"]] = dict(params.get("Tags") or {})
        self.engine.bring_within_bounds(resource)
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def describe(self, params: dict) -> dict:
        wanted = params.get("ResourceIds")
        found = [target for target in self.store.targets.values() if not wanted or target["ResourceId"] in wanted]
        return page("ScalableTargets", found, params)

    def deregister(self, params: dict) -> dict:
        resource = params["ResourceId"]
        if resource not in self.store.targets:
            raise refusal("autoscaling_target_missing", id=resource)
        self.forget(resource)
        return {}

    def service_deleted(self, call, _reply) -> None:
        """With a service go its target and all that hangs on it: a row of facts/defaults.toml."""
        from ministack.services import ecs

        cluster = ecs._resolve_cluster_name(call.params.get("cluster", "default"))
        self.forget(f"service/{cluster}/{call.params['service'].rpartition('/')[2]}")

    def forget(self, resource: str) -> None:
        """The target, its policies with their alarms, and its scheduled actions."""
        target = self.store.targets.pop(resource, None)
        if target is None:
            return
        self.store.tags.pop(target["ScalableTargetARN"], None)
        for policy in self.store.policies_of(resource):
            alarms.delete(policy)
            self.store.policies.pop((resource, policy["PolicyName"]))
        for owner, name in self.store.actions.keys():
            if owner == resource:
                self.store.actions.pop((owner, name))


def check(params: dict, known: dict | None) -> None:
    """Raises what a registration is refused for."""
    resource = params["ResourceId"]
    if active(resource) is None:
        raise refusal("autoscaling_service_missing", id=resource)
    if known is not None and params.get("Tags"):
        raise refusal("autoscaling_target_tagged")
    bounds = (known or {}) | params
    if "MinCapacity" not in bounds or "MaxCapacity" not in bounds:
        raise refusal("autoscaling_bounds_missing")
    if bounds["MinCapacity"] > bounds["MaxCapacity"]:
        raise refusal("autoscaling_bounds_crossed")


def new_target(resource: str) -> dict:
    return {
        **identity(resource),
        "RoleARN": service_linked_role(),
        "CreationTime": now(),
        "SuspendedState": dict.fromkeys(SUSPENSIONS, False),
        "ScalableTargetARN": arn("application-autoscaling", f"scalable-target/{hex_id(36)}"),
    }


def service_linked_role() -> str:
    """Its ARN; it is made if it is not there."""
    import json

    from ministack.services import iam

    if ROLE not in iam._roles:
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": PRINCIPAL}, "Action": "sts:AssumeRole"}]}
        iam._create_role({"RoleName": ROLE, "Path": f"/aws-service-role/{PRINCIPAL}/",
                          "AssumeRolePolicyDocument": json.dumps(trust)})
    return iam._roles[ROLE]["Arn"]
