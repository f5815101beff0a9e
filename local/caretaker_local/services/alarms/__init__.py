"""CloudWatch's alarms: whom a change of state is told to, and in which form; ministack knows SNS only, in a form of its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html"""

from caretaker_local.services.alarms.changes import Changes
from caretaker_local.services.alarms.configuration import Configuration
from caretaker_local.services.alarms.control import Control
from caretaker_local.services.alarms.muting import Muting
from caretaker_local.services.alarms.suppression import Suppression


class Alarms:
    """The alarms as the rest of the local cloud sees them."""

    def __init__(self, cloud):
        self.configuration = Configuration()
        self.muting = Muting()
        self.changes = Changes(self.configuration, self.muting)
        self.suppression = Suppression(cloud, self.changes)
        self.changes.suppression = self.suppression
        self.configuration.shelves = (self.changes.told, self.suppression.periods, self.suppression.owed, self.muting.owed)
        self.control = Control(self.changes)

    def reset(self) -> None:
        """Forgets everything."""
        self.configuration.known.clear()
        self.changes.told.clear()
        self.suppression.clear()
        self.muting.clear()


def install(cloud) -> Alarms:
    """Before Application Auto Scaling, which listens to the changes too."""
    alarms = Alarms(cloud)
    alarms.configuration.install(cloud)
    alarms.muting.install(cloud)
    alarms.changes.install()
    return alarms
