"""The tags of a thing, by its ARN."""


def tags_of(arn: str) -> dict[str, str]:
    """Of the kinds that policies restrict by tag here; nothing for others."""
    parts = arn.split(":")
    look = {"rds": rds, "elasticfilesystem": efs, "secretsmanager": secretsmanager, "ecs": ecs, "kms": kms, "sns": sns,
            "application-autoscaling": autoscaling, "elasticache": elasticache, "elasticloadbalancing": elbv2, "wafv2": wafv2,
            "acm": acm, "cognito-idp": cognito, "ec2": ec2, "ecr": ecr, "iam": iam, "logs": logs, "backup": backup,
            "lambda": functions, "events": rules}.get(
        parts[2] if len(parts) > 5 else "")
    return look(arn) if look else {}


def pairs(entries, key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {entry[key]: entry[value] for entry in entries or []}


def rds(arn: str) -> dict[str, str]:
    from ministack.services import rds as service

    return pairs(service._tags.get(arn))


def efs(arn: str) -> dict[str, str]:
    """A mount target has its file system's."""
    from ministack.services import efs as service

    identifier = arn.rpartition("/")[2]
    target = service._mount_targets.get(identifier)
    system = service._access_points.get(identifier) or service._file_systems.get(target["FileSystemId"] if target else identifier)
    return pairs(system["Tags"]) if system else {}


def secretsmanager(arn: str) -> dict[str, str]:
    from ministack.services import secretsmanager as service

    _name, secret = service._resolve(arn)
    return pairs(secret.get("Tags")) if secret else {}


def ecs(arn: str) -> dict[str, str]:
    from ministack.services import ecs as service

    return pairs(service._tags.get(arn), "key", "value")


def kms(arn: str) -> dict[str, str]:
    """An alias has none: policies know the key's."""
    from ministack.services import kms as service

    key = service._resolve_key(arn) if ":key/" in arn else None
    return pairs(key.get("Tags"), "TagKey", "TagValue") if key else {}


def sns(arn: str) -> dict[str, str]:
    from ministack.services import sns as service

    return dict(service._topics.get(arn, {}).get("tags", {}))


def autoscaling(arn: str) -> dict[str, str]:
    from caretaker_local.services.autoscaling.store import shared

    return shared().tags.get(arn) or {}


def elbv2(arn: str) -> dict[str, str]:
    """A listener has its own; one that is to be made its load balancer's."""
    from ministack.services import alb

    return pairs(alb._tags.get(arn))


def wafv2(arn: str) -> dict[str, str]:
    """By name, where the call names no id."""
    from ministack.services import waf

    beginning = arn.removesuffix("*")
    return next((pairs(found) for known, found in waf._waf_tags.items() if known.startswith(beginning)), {})


def elasticache(arn: str) -> dict[str, str]:
    from ministack.services import elasticache as service

    return pairs(service._tags.get(arn))


def ec2(arn: str) -> dict[str, str]:
    from ministack.services import ec2 as service

    return pairs(service._tags.get(arn.rpartition("/")[2]))


def ecr(arn: str) -> dict[str, str]:
    from ministack.services import ecr as service

    return pairs((service._repositories.get(arn.partition("repository/")[2]) or {}).get("tags"))


def iam(arn: str) -> dict[str, str]:
    from ministack.services import iam as service

    return pairs((service._roles.get(arn.rpartition("/")[2]) or {}).get("Tags"))


def logs(arn: str) -> dict[str, str]:
    from ministack.services import cloudwatch_logs as service

    return dict((service._log_groups.get(arn.partition("log-group:")[2].removesuffix(":*")) or {}).get("tags") or {})


def backup(arn: str) -> dict[str, str]:
    """Of plans and vaults."""
    from ministack.services import backup as service

    name = arn.rpartition(":")[2]
    vault, plan = service._vaults.get(name) or {}, service._plans.get(name) or {}
    return dict(vault.get("BackupVaultTags") or plan.get("Tags") or {})


def functions(arn: str) -> dict[str, str]:
    from ministack.services import lambda_svc

    return dict((lambda_svc._functions.get(arn.split(":")[6]) or {}).get("tags") or {})


def rules(arn: str) -> dict[str, str]:
    from ministack.services import eventbridge

    return dict(eventbridge._tags.get(arn) or {})


def acm(arn: str) -> dict[str, str]:
    from ministack.services import acm as service

    return pairs((service._certificates.get(arn) or {}).get("Tags"))


def cognito(arn: str) -> dict[str, str]:
    from ministack.services import cognito as service

    return dict((service._user_pools.get(arn.rpartition("/")[2]) or {}).get("UserPoolTags") or {})
