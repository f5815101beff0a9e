"""What Application Auto Scaling keeps, by account and region."""

import functools
import secrets
import time

NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"


class Store:
    """Targets by resource id; policies and scheduled actions by resource id and name; activities, newest first."""

    def __init__(self):
        from ministack.core.responses import AccountRegionScopedDict

        self.targets = AccountRegionScopedDict()
        self.policies = AccountRegionScopedDict()
        self.actions = AccountRegionScopedDict()
        self.activities = AccountRegionScopedDict()
        self.tags = AccountRegionScopedDict()

    def clear(self) -> None:
        for shelf in (self.targets, self.policies, self.actions, self.activities, self.tags):
            shelf.clear()

    def policies_of(self, resource_id: str) -> list[dict]:
        return [policy for (resource, _name), policy in self.policies.items() if resource == resource_id]

    def policy_by_arn(self, arn: str) -> dict | None:
        return next((policy for policy in self.policies.values() if policy["PolicyARN"] == arn), None)

    def target_by_arn(self, arn: str) -> dict | None:
        return next((target for target in self.targets.values() if target["ScalableTargetARN"] == arn), None)


@functools.cache
def shared() -> Store:
    """The one of this process."""
    return Store()


def identity(resource_id: str) -> dict:
    """The members by which every record names its target."""
    return {"ServiceNamespace": NAMESPACE, "ResourceId": resource_id, "ScalableDimension": DIMENSION}


def arn(service: str, rest: str) -> str:
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{rest}"


def hex_id(digits: int) -> str:
    return secrets.token_hex(digits // 2 + 1)[:digits]


def now() -> float:
    """As the JSON protocol writes a moment: seconds since the Unix epoch."""
    return round(time.time(), 3)
