"""IAM roles that are too young for ECS to assume."""

import time

from caretaker_local.wire import Call


class Roles:
    """When roles were made by a call. What a stack or the seeding made counts as old."""

    def __init__(self, cloud):
        self.cloud = cloud
        self._usable_from: dict[str, float] = {}

    def created(self, call: Call, _reply) -> None:
        name = call.params["RoleName"]
        self._usable_from[name] = time.monotonic() + self.cloud.takes("iam-role", "propagate", name)

    def is_assumable(self, arn: str) -> bool:
        """Whether ECS can assume it by now."""
        from ministack.services import iam

        name = arn.rpartition("/")[2]
        return name in iam._roles and time.monotonic() >= self._usable_from.get(name, 0.0)
