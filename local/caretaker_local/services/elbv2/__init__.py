"""Elastic Load Balancing: load balancers that take time, repeated creates, what is in use, certificates, buckets for logs, targets."""

from caretaker_local.services.elbv2 import listeners
from caretaker_local.services.elbv2.balancers import Balancers
from caretaker_local.services.elbv2.health import Health


def install(cloud) -> tuple[Balancers, Health]:
    """Hangs the checks and the life cycle into the cloud."""
    listeners.install(cloud)
    return Balancers(cloud), Health(cloud)
