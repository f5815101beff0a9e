"""botocore's service models: AWS's own description of each request."""

import functools
import re

# The name in a request's signature → botocore's name of the service, where they differ.
SERVICE_BY_SIGNING_NAME = {
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
}


@functools.cache
def service_model(service: str):
    """The newest model of a service, or None if botocore has none."""
    import botocore.exceptions
    import botocore.loaders
    import botocore.model

    try:
        description = botocore.loaders.Loader().load_service_model(service, "service-2")
    except botocore.exceptions.UnknownServiceError:
        return None
    return botocore.model.ServiceModel(description, service)


@functools.cache
def rest_routes(service: str) -> list[tuple[str, re.Pattern, frozenset, str]]:
    """(method, path pattern, required query keys, operation), the most specific first."""
    model = service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(
            r"\\{(\w+)(\\\+)?\\}",
            lambda part: f"(?P<{part[1]}>{'.+' if part[2] else '[^/]+'})",
            re.escape(path.rstrip("/") or "/"),
        )
        keys = frozenset(part.partition("=")[0] for part in query.split("&") if part)
        routes.append((http["method"], re.compile(f"^{pattern}/?$"), keys, name))
    return sorted(routes, key=lambda route: (-len(route[2]), route[1].pattern.count("(?P<"), -len(route[1].pattern)))


# What reads only. ReceiveMessage hides messages for a while, and changes nothing that lasts.
READING = re.compile(
    r"^(Describe|Get(?!RandomPassword)|List|Head|Query|Scan|BatchGet|TransactGet|Receive|Filter|Lookup|Search|"
    r"Check|Validate|Simulate|Estimate|Select|GetRandomPassword|Detect)"
)


def is_mutating(operation: str) -> bool:
    """Whether the operation can change what AWS keeps."""
    return not READING.match(operation)
