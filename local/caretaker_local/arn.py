"""ARNs of this account and region."""


def arn(service: str, resource: str) -> str:
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def tail(reference) -> str:
    """The name at the end of a name or an ARN."""
    return str(reference or "").rpartition("/")[2]
