"""The settings of Celery that the promise needs, checked before a worker takes its first message."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from billiard.common import REMAP_SIGTERM
from celery import Celery
from celery.exceptions import ImproperlyConfigured

from .settings import Settings

#: Between the end of the soft shutdown and SIGKILL: cancelling tasks, joining the pool, giving messages back.
#: Measured with 1, 2 and 8 processes on a local broker: 0.6 to 1.4 s; the rest is reserve for slower ones.
STOP_MARGIN_SECONDS = 5.0
#: The most that Fargate takes as stopTimeout (ECS developer guide, "Task definition parameters").
FARGATE_STOP_TIMEOUT_SECONDS = 120.0
#: kombu.transport.redis.Channel.visibility_timeout
DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 3600.0


class SettingsError(ImproperlyConfigured):
    """All that must change before the worker can keep the promise, by name."""

    def __init__(self, faults: list[str]):
        self.faults = faults
        count = f"{len(faults)} settings" if len(faults) > 1 else "1 setting"
        super().__init__("\n  - ".join([f"caretaker-celery: {count} must change:", *faults]))


@dataclass(frozen=True)
class Facts:
    """What a worker is about to run with. Times are seconds; `None`: not set."""

    transport: str
    pool: str
    remap_sigterm: str | None
    prefetch_multiplier: int
    disable_prefetch: bool
    soft_shutdown_timeout: float
    soft_shutdown_on_idle: bool
    visibility_timeout: float
    time_limit: float | None
    longest_time_limit: float
    longest_eta: float
    stop_timeout: float
    on_fargate: bool
    early_acks: list[str] = field(default_factory=list)
    lost_not_requeued: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, app: Celery, worker, settings: Settings, environ: Mapping[str, str]) -> "Facts":
        """From the application and `worker` (a WorkController, whose options may come from the command line)."""
        conf, tasks = app.conf, list(app.tasks.values())
        options = conf.broker_transport_options or {}
        return cls(
            transport=app.connection_for_read().transport.driver_type,
            pool=worker.pool_cls.__module__.rsplit(".", 1)[-1],
            remap_sigterm=REMAP_SIGTERM,
            prefetch_multiplier=worker.prefetch_multiplier,
            disable_prefetch=bool(conf.worker_disable_prefetch),
            soft_shutdown_timeout=float(conf.worker_soft_shutdown_timeout or 0),
            soft_shutdown_on_idle=bool(conf.worker_enable_soft_shutdown_on_idle),
            visibility_timeout=float(options.get("visibility_timeout", DEFAULT_VISIBILITY_TIMEOUT_SECONDS)),
            time_limit=worker.time_limit,
            longest_time_limit=max([worker.time_limit or 0, *(task.time_limit or 0 for task in tasks)]),
            longest_eta=max([settings.longest_eta, *map(_retry_delay, tasks)]),
            stop_timeout=settings.stop_timeout,
            on_fargate=environ.get("AWS_EXECUTION_ENV") == "AWS_ECS_FARGATE",
            early_acks=_sorted(task.name for task in tasks if not task.acks_late),
            lost_not_requeued=_sorted(task.name for task in tasks if not task.reject_on_worker_lost),
        )


def _retry_delay(task) -> float:
    """The longest that a retry of `task` waits by itself, in seconds."""
    backoff = getattr(task, "retry_backoff_max", 600) if getattr(task, "retry_backoff", False) else 0
    return max(task.default_retry_delay or 0, backoff)


def faults(facts: Facts) -> list[str]:
    """A sentence for each setting that must change: its name, its value, what it must be, and why."""
    return [sentence for rule in RULES for sentence in rule(facts)]


def _transport(facts: Facts) -> Iterator[str]:
    if facts.transport != "redis":
        yield f"broker_url is a {facts.transport} broker; it must be Redis or Valkey, where heartbeats and the lock live"


def _pool(facts: Facts) -> Iterator[str]:
    if facts.pool != "prefork":
        yield f"worker_pool is {facts.pool}; it must be prefork: its tasks run in processes that a time limit can end"


def _remap_sigterm(facts: Facts) -> Iterator[str]:
    if facts.remap_sigterm != "SIGQUIT":
        yield (f"REMAP_SIGTERM was {facts.remap_sigterm!r} in the environment when Celery was loaded; it must be "
               "'SIGQUIT': "
               "a SIGTERM while the worker has no broker would otherwise wait for tasks without end")


def _acks_late(facts: Facts) -> Iterator[str]:
    if facts.early_acks:
        yield (f"task_acks_late is off for {_names(facts.early_acks)}; it must be True: "
               "what is acknowledged before it runs is lost when its worker is killed")


def _reject_on_worker_lost(facts: Facts) -> Iterator[str]:
    if facts.lost_not_requeued:
        yield (f"task_reject_on_worker_lost is off for {_names(facts.lost_not_requeued)}; it must be True: "
               "a task whose process is killed would be acknowledged as failed")


def _prefetch(facts: Facts) -> Iterator[str]:
    if facts.prefetch_multiplier != 1:
        yield (f"worker_prefetch_multiplier is {facts.prefetch_multiplier}; it must be 1: "
               "a busy worker would hold messages that idle ones could run")


def _disable_prefetch(facts: Facts) -> Iterator[str]:
    if not facts.disable_prefetch:
        yield ("worker_disable_prefetch is False; it must be True: the prefetch count is one of unacknowledged "
               "messages, so etas and lost connections let a worker receive what no free process can begin")


def _soft_shutdown(facts: Facts) -> Iterator[str]:
    most = facts.stop_timeout - STOP_MARGIN_SECONDS
    if not 0 < facts.soft_shutdown_timeout <= most:
        yield (f"worker_soft_shutdown_timeout is {facts.soft_shutdown_timeout:g} s; it must be above 0 and at most "
               f"{most:g} s, caretaker_stop_timeout ({facts.stop_timeout:g} s) less {STOP_MARGIN_SECONDS:g} s "
               "to hand messages back before SIGKILL")


def _soft_shutdown_on_idle(facts: Facts) -> Iterator[str]:
    if not facts.soft_shutdown_on_idle:
        yield ("worker_enable_soft_shutdown_on_idle is False; it must be True: "
               "to Celery's own soft shutdown a worker that holds only eta tasks is idle")


def _stop_timeout(facts: Facts) -> Iterator[str]:
    if facts.on_fargate and facts.stop_timeout > FARGATE_STOP_TIMEOUT_SECONDS:
        yield (f"caretaker_stop_timeout is {facts.stop_timeout:g} s; Fargate kills after "
               f"{FARGATE_STOP_TIMEOUT_SECONDS:g} s at most")


def _time_limit(facts: Facts) -> Iterator[str]:
    if not facts.time_limit:
        yield ("task_time_limit is not set; it must be a number of seconds: "
               "the life of the protection and the visibility timeout follow from it")


def _visibility_timeout(facts: Facts) -> Iterator[str]:
    # A message stays unacknowledged from its receipt over its eta to the end of its execution.
    held = facts.longest_eta + facts.longest_time_limit
    if facts.visibility_timeout <= held:
        yield (f"broker_transport_options['visibility_timeout'] is {facts.visibility_timeout:g} s; it must be above "
               f"{held:g} s, the longest time limit ({facts.longest_time_limit:g} s) plus the longest eta or retry "
               f"delay ({facts.longest_eta:g} s; caretaker_longest_eta raises it): Redis would give a task that is still held to a second worker")


def _sorted(names: Iterable[str]) -> list[str]:
    """The application's own tasks before those that Celery brings."""
    return sorted(names, key=lambda name: (name.startswith("celery."), name))


def _names(tasks: list[str], shown: int = 3) -> str:
    rest = len(tasks) - shown
    return ", ".join(tasks[:shown]) + (f" and {rest} more" if rest > 0 else "")


RULES: tuple[Callable[[Facts], Iterable[str]], ...] = (
    _transport, _pool, _remap_sigterm, _acks_late, _reject_on_worker_lost, _prefetch, _disable_prefetch,
    _soft_shutdown, _soft_shutdown_on_idle, _stop_timeout, _time_limit, _visibility_timeout,
)
