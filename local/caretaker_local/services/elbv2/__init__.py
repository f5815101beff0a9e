"""Elastic Load Balancing: load balancers that take time, repeated creates, what is in use, certificates, buckets for logs."""

from caretaker_local.services.elbv2 import listeners
from caretaker_local.services.elbv2.balancers import Balancers


def install(cloud) -> Balancers:
    """Hangs the checks and the life cycle into the cloud."""
    listeners.install(cloud)
    return Balancers(cloud)
