"""What a task needs before it can run; what is missing is its stop reason.

Texts: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"""

from dataclasses import dataclass, field

from caretaker_local import facts
from caretaker_local.services import ecr


@dataclass(frozen=True)
class Failure:
    """Why a task fails to start: its stopped reason, and the outcomes of its containers."""

    reason: str
    containers: list[dict] = field(default_factory=list)


def missing(task_definition: dict) -> Failure | None:
    """Why a task of this definition fails to start, or None."""
    for check in (missing_secret, unmountable_volume, missing_log_group):
        text = check(task_definition)
        if text:
            return Failure(text)
    return missing_image(task_definition)


def reason(identifier: str, **names) -> str:
    return facts.refusals()[identifier]["message"].format(**names)


def missing_secret(task_definition: dict) -> str | None:
    from ministack.services import secretsmanager

    for container in task_definition["containerDefinitions"]:
        for entry in container.get("secrets") or []:
            source = entry["valueFrom"]
            if not source.startswith("arn:aws:secretsmanager:"):
                continue
            # arn:…:secret:NAME[:json-key:version-stage:version-id]
            arn = ":".join(source.split(":")[:7])
            _name, secret = secretsmanager._resolve(arn)
            if secret is None:
                return reason("ecs_secret_missing", arn=arn)
            if secret.get("DeletedDate"):
                return reason("ecs_secret_deleted", arn=arn)
    return None


def unmountable_volume(task_definition: dict) -> str | None:
    from ministack.services import efs

    for volume in task_definition.get("volumes") or []:
        system = (volume.get("efsVolumeConfiguration") or {}).get("fileSystemId")
        if not system:
            continue
        targets = [target for target in efs._mount_targets.values() if target["FileSystemId"] == system]
        if system not in efs._file_systems or not any(target["LifeCycleState"] == "available" for target in targets):
            return reason("ecs_mount_target_missing", id=system)
    return None


def missing_log_group(task_definition: dict) -> str | None:
    from ministack.services import cloudwatch_logs

    for container in task_definition["containerDefinitions"]:
        configuration = container.get("logConfiguration") or {}
        options = configuration.get("options") or {}
        group = options.get("awslogs-group")
        if configuration.get("logDriver") != "awslogs" or not group or options.get("awslogs-create-group") == "true":
            continue
        if group not in cloudwatch_logs._log_groups:
            return reason("ecs_log_group_missing")
    return None


def missing_image(task_definition: dict) -> Failure | None:
    """Images are pulled last; the container whose image cannot be says so itself, too."""
    for container in task_definition["containerDefinitions"]:
        if not ecr.can_be_pulled(container["image"]):
            text = reason("ecs_image_missing", image=container["image"])
            return Failure(text, [{"name": container["name"], "reason": text}])
    return None
