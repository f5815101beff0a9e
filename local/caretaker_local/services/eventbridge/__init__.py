"""EventBridge: rules and schedules made by calls, and what becomes of an event that cannot be delivered."""

from caretaker_local.services.eventbridge import rules
from caretaker_local.services.eventbridge.delivery import Delivery
from caretaker_local.services.eventbridge.schedules import Schedules


def install(cloud) -> Schedules:
    """Hangs EventBridge's checks, deliveries and schedules into the cloud."""
    rules.install(cloud)
    Delivery(cloud).install()
    schedules = Schedules()
    schedules.install()
    return schedules
