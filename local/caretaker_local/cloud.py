"""One local cloud: its parts, and how they are put together."""

from caretaker_local import children, connection, containers, runtime_hooks
from caretaker_local.access import Access
from caretaker_local.calllog import CallLog
from caretaker_local.children import Spawner
from caretaker_local.durations import duration
from caretaker_local.faults import Faults
from caretaker_local.firewall import Firewall
from caretaker_local.invocations import Invocations
from caretaker_local.quotas import Quotas
from caretaker_local.rules import Effects, Refusals
from caretaker_local.settings import Settings
from caretaker_local.stale import StaleReads
from caretaker_local.throttling import Throttling
from caretaker_local.timeline import Timeline


class Cloud:
    """All state that is ours; ministack's own lives in its modules."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.invocations = Invocations()
        self.log = CallLog()
        self.faults = Faults(settings.seed)
        self.stale = StaleReads()
        self.throttling = Throttling(enabled=settings.profile == "aws")
        self.quotas = Quotas()
        self.access = Access()
        self.timeline = Timeline()
        self.refusals = Refusals()
        self.effects = Effects()
        self.spawner = Spawner()
        self.install()

    def install(self) -> None:
        """Hangs everything into ministack; once per process."""
        from caretaker_local import cbor
        from caretaker_local.services import (
            access_points, acm, alarms, autoscaling, backup, cloudformation, cloudwatch, cognito, dashboards, ec2, ecr, ecs, efs, elasticache, elbv2,
            eventbridge, functions, kms, rds, route53, s3, secretsmanager, sns, sqs, wafv2,
        )

        cbor.install()
        containers.forbid()
        connection.install()
        runtime_hooks.install(self.invocations, lambda: self.cache.brokers.trust())
        self.database = rds.install(self)
        self.scheduler = ecs.install(self)
        efs.install(self)
        ec2.install(self)
        secretsmanager.install(self)
        sqs.install(self)
        self.schedules = eventbridge.install(self)
        self.interfaces = functions.install(self, self.scheduler.roles)
        cloudformation.install()
        cloudwatch.install()
        self.alarms = alarms.install(self)
        kms.install(self)
        self.people = sns.install(self)
        access_points.install(self)
        self.autoscaling = autoscaling.install(self)
        self.balancers, self.targets = elbv2.install(self)
        wafv2.install(self)
        route53.install(self)
        acm.install(self)
        cognito.install(self)
        self.cache = elasticache.install(self)
        self.cache.brokers.firewall = Firewall(self)
        s3.install(self)
        backup.install(self)
        dashboards.install(self)
        ecr.install(self)

    def close(self) -> None:
        """Ends the processes that stand behind things of AWS."""
        self.cache.brokers.close()
        children.end_all()

    def takes(self, kind: str, phase: str, resource: str) -> float:
        """Real seconds that one phase of one resource takes in this profile."""
        if self.settings.time_scale == 0:
            return 0.0
        return duration(kind, phase, f"{self.settings.seed}:{resource}") * self.settings.time_scale

    def reset(self) -> None:
        """Forgets AWS's state, faults, quotas and the log."""
        from ministack.app import _reset_all_state

        with self.timeline.lock:
            self.timeline.clear()
            _reset_all_state()
            self.scheduler.reset()
            self.cache.brokers.reset()
            self.autoscaling.reset()
            self.balancers.reset()
            self.targets.reset()
            self.alarms.reset()
            self.people.reset()
        self.faults.clear()
        self.stale.clear()
        self.log.clear()
        self.quotas.reset()
        self.access.reset()
        self.throttling.reset()
