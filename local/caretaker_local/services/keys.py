"""KMS keys as AWS shows them: always the key's ARN, whatever the request named."""

import uuid


def key_arn(named: str | None, service: str) -> str:
    """The ARN of a key that was named by id, alias or ARN; without a name, of the service's own key.

    An alias that leads to no key of KMS here is turned into a key id that stays the same: AWS's own have none."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import kms

    key = kms._resolve_key(named)
    if key:
        return key["Arn"]
    if named and ":key/" in named:
        return named
    name = named or f"alias/aws/{service}"
    alias = name.rpartition(":")[2]
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, alias)) if alias.startswith("alias/") else alias
    return f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{identifier}"
