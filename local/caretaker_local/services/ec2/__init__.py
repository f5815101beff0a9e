"""EC2's network: what stands in the way of a deletion, what exists already, tokens, gateways that take time."""

from caretaker_local.services.ec2 import actions, refusals


def install(cloud) -> None:
    actions.install(cloud)
    refusals.install(cloud)
