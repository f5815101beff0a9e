"""Targets of a target group and how they are: ECS registers the tasks of its services, and deregisters them before it ends them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from caretaker_local.errors import Reply
from caretaker_local.services.ecs.views import address_of, tasks_of
from caretaker_local.services.elbv2.balancers import xml_reply
from caretaker_local.services.elbv2.listeners import users
from caretaker_local.wire import Call


@dataclass(frozen=True)
class State:
    """A TargetHealth: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html"""

    name: str
    reason: str = ""
    description: str = ""


HEALTHY = State("healthy")
INITIAL = State("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
DRAINING = State("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_IN_USE = State("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
NOT_REGISTERED = State("unused", "Target.NotRegistered", "Target is not registered to the target group")


@dataclass(frozen=True)
class Target:
    """One registration."""

    address: str
    port: int
    state: State
    zone: str = ""


class Health:
    """Answers DescribeTargetHealth. Each check that a task's target is due is passed."""

    def __init__(self, cloud):
        self.cloud = cloud
        # (task, target group) of those that have passed their first check.
        self.checked: set[tuple[str, str]] = set()
        cloud.refusals.add("elbv2.DescribeTargetHealth", self.describe)

    def reset(self) -> None:
        self.checked.clear()

    def task_runs(self, task: dict, service: dict) -> None:
        """"After your target is registered, it must pass one health check to be considered healthy." """
        from ministack.services import alb

        for balancer in service.get("loadBalancers") or []:
            arn = balancer.get("targetGroupArn")
            if arn not in alb._tgs:
                continue
            seconds = int(alb._tgs[arn]["HealthCheckIntervalSeconds"]) * self.cloud.settings.time_scale
            passed = (task["taskArn"], arn)
            self.cloud.timeline.after(seconds, lambda passed=passed: self.checked.add(passed))

    def describe(self, call: Call) -> Reply | None:
        """All targets, or those that are asked for."""
        from ministack.services import alb

        arn = call.params["TargetGroupArn"]
        group = alb._tgs.get(arn)
        if group is None:
            return None
        targets = [*self.tasks(arn), *by_hand(group)]
        if not users(arn):
            targets = [replace(one, state=NOT_IN_USE) for one in targets]
        if call.params.get("Targets"):
            targets = [found for asked in call.params["Targets"] for found in chosen(targets, asked, group)]
        inner = "".join(shown(target, group) for target in targets)
        return xml_reply(alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{inner}</TargetHealthDescriptions>"))

    def tasks(self, arn: str) -> Iterator[Target]:
        """A target for each task of the services that name the group, from RUNNING to the end of DEACTIVATING."""
        from ministack.services import ecs

        for service in [*ecs._services.values()]:
            for balancer in service.get("loadBalancers") or []:
                for task in tasks_of(service) if balancer.get("targetGroupArn") == arn else ():
                    if state := self.state_of(task, arn):
                        yield Target(address_of(task), balancer["containerPort"], state, task.get("availabilityZone") or "")

    def state_of(self, task: dict, arn: str) -> State | None:
        """None: not registered yet, or no more."""
        if not task.get("startedAt"):
            return None
        if task["lastStatus"] == "DEACTIVATING":
            return DRAINING
        if task["lastStatus"] != "RUNNING":
            return None
        return HEALTHY if (task["taskArn"], arn) in self.checked else INITIAL


def by_hand(group: dict) -> Iterator[Target]:
    """Those of RegisterTargets."""
    from ministack.services import alb

    for target in alb._targets.get(group["TargetGroupArn"], []):
        yield Target(target["Id"], target.get("Port") or group["Port"], HEALTHY)


def chosen(targets: list[Target], asked: dict, group: dict) -> list[Target]:
    """The registrations of an id, at the port if one is named."""
    found = [one for one in targets if one.address == asked["Id"] and asked.get("Port") in (None, one.port)]
    return found or [Target(asked["Id"], asked.get("Port") or group["Port"], NOT_REGISTERED)]


def shown(target: Target, group: dict) -> str:
    """A TargetHealthDescription."""
    port, state = group.get("HealthCheckPort", "traffic-port"), target.state
    zone = f"<AvailabilityZone>{target.zone}</AvailabilityZone>" if target.zone else ""
    why = f"<Reason>{state.reason}</Reason><Description>{state.description}</Description>" if state.reason else ""
    return (f"<member><HealthCheckPort>{target.port if port == 'traffic-port' else port}</HealthCheckPort>"
            f"<Target><Id>{escape(target.address)}</Id><Port>{target.port}</Port>{zone}</Target>"
            f"<TargetHealth><State>{state.name}</State>{why}</TargetHealth></member>")
