"""The tags of a thing, by its ARN."""


def tags_of(arn: str) -> dict[str, str]:
    """Of the kinds that policies restrict by tag here; nothing for others."""
    parts = arn.split(":")
    look = {"rds": rds, "elasticfilesystem": efs, "secretsmanager": secretsmanager, "ecs": ecs}.get(
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
    system = service._file_systems.get(target["FileSystemId"] if target else identifier)
    return pairs(system["Tags"]) if system else {}


def secretsmanager(arn: str) -> dict[str, str]:
    from ministack.services import secretsmanager as service

    _name, secret = service._resolve(arn)
    return pairs(secret.get("Tags")) if secret else {}


def ecs(arn: str) -> dict[str, str]:
    from ministack.services import ecs as service

    return pairs(service._tags.get(arn), "key", "value")
