"""Lambda functions that are made by calls: states that take time, refusals, network interfaces that linger, retries, URLs."""

from caretaker_local.services.functions import refusals, urls
from caretaker_local.services.functions.asynchronous import Asynchronous
from caretaker_local.services.functions.interfaces import Interfaces
from caretaker_local.services.functions.states import States


def install(cloud, roles) -> Interfaces:
    """Hangs Lambda's checks and life cycle into the cloud. `roles` knows which are too young to be assumed."""
    from ministack.services import lambda_svc

    interfaces, states = Interfaces(cloud), States(cloud)
    refusals.install(cloud, roles)
    states.install()
    interfaces.install()
    urls.install()
    lambda_svc.invoke_async_with_retry = Asynchronous(cloud).accept
    return interfaces
