"""Service quotas that a test can set: how many of a kind may stand."""

from collections.abc import Callable

from caretaker_local import facts
from caretaker_local.errors import AwsError
from caretaker_local.wire import Call


def standing() -> dict[str, Callable[[], int]]:
    """How many stand now, per operation that makes one."""
    from ministack.services import ecs, efs, rds, secretsmanager

    return {
        "rds.CreateDBInstance": lambda: len(rds._instances),
        "rds.CreateDBSnapshot": lambda: len(rds._snapshots),
        "efs.CreateFileSystem": lambda: len(efs._file_systems),
        "efs.CreateMountTarget": lambda: len(efs._mount_targets),
        "secretsmanager.CreateSecret": lambda: len(secretsmanager._secrets),
        "ecs.CreateService": lambda: sum(1 for service in ecs._services.values() if service["status"] != "INACTIVE"),
    }


class Quotas:
    """None in force until set: AWS's defaults (quotas.toml) exceed what a test makes."""

    def __init__(self):
        self.limits: dict[str, int] = {}

    def set(self, limits: dict[str, int | None]) -> None:
        """Sets limits by "service.Operation"; null lifts one."""
        unknown = set(limits) - set(facts.quotas())
        if unknown:
            raise ValueError(f"no quota on {', '.join(sorted(unknown))}; known: {', '.join(sorted(facts.quotas()))}")
        for name, limit in limits.items():
            if limit is None:
                self.limits.pop(name, None)
            else:
                self.limits[name] = int(limit)

    def reset(self) -> None:
        self.limits.clear()

    def check(self, call: Call) -> None:
        """Raises the service's own error once the limit is reached."""
        limit = self.limits.get(call.name)
        if limit is not None and standing()[call.name]() >= limit:
            row = facts.quotas()[call.name]
            raise AwsError(row["code"], row["message"], row["status"])
