"""Application Auto Scaling for ECS services, which ministack lacks: targets, policies with their alarms, scheduled actions, and the engine.

https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html"""

from caretaker_local.services.autoscaling.activities import Activities
from caretaker_local.services.autoscaling.engine import Engine
from caretaker_local.services.autoscaling.policies import Policies
from caretaker_local.services.autoscaling.requests import answers
from caretaker_local.services.autoscaling.schedules import Schedules
from caretaker_local.services.autoscaling.store import shared
from caretaker_local.services.autoscaling.tags import Tags
from caretaker_local.services.autoscaling.targets import Targets


class AutoScaling:
    """The service as the rest of the local cloud sees it."""

    def __init__(self, cloud):
        self.store = shared()
        self.engine = Engine(cloud, self.store)
        self.targets = Targets(self.store, self.engine)
        self.schedules = Schedules(cloud, self.store, self.engine)
        self.parts = (self.targets, Policies(self.store), self.schedules, Activities(self.store), Tags(self.store))

    def reset(self) -> None:
        """Forgets everything."""
        self.store.clear()
        self.engine.clear()


def install(cloud) -> AutoScaling:
    """Answers the service's calls before ministack sees them, listens to alarms and to services that are deleted."""
    service = AutoScaling(cloud)
    for part in service.parts:
        for operation, handler in part.operations().items():
            cloud.refusals.add(f"application-autoscaling.{operation}", answers(handler))
    cloud.effects.add("ecs.DeleteService", service.targets.service_deleted)
    service.engine.listen()
    return service
