"""Where the parts meet the worker: one step in its blueprint, one in its consumer's."""

import os
import secrets

from celery import bootsteps
from celery.worker import state
from celery.worker.consumer.tasks import Tasks
from celery.worker.request import Request

from .agent import Agent
from .broker import Broker
from .check import Facts, SettingsError, faults
from .drain import Drain
from .executions import Executions
from .held import Held
from .heartbeat import BEAT_SECONDS, Heartbeat
from .intake import UNPROTECTED, Intake, rate_limited
from .protection import Protection
from .queues import QueueNames
from .settings import Settings

#: How long a signal or the end of a failure may go unnoticed.
TICK_SECONDS = 0.5


class WorkerStep(bootsteps.Step):
    """Checks the settings, and stands at the pool's entrance before there is a pool."""

    def __init__(self, worker, **options):
        settings, wrong = Settings.read(worker.app.conf, os.environ)
        facts = Facts.of(worker.app, worker, settings, os.environ)
        if wrong := [*wrong, *faults(facts)]:
            raise SettingsError(wrong)
        worker.caretaker = Care(worker, settings, facts)
        super().__init__(worker, **options)


class ConsumerStep(bootsteps.StartStopStep):
    """Begins with each connection to the broker, and ends with it."""

    requires = (Tasks,)

    def start(self, consumer):
        care = consumer.controller.caretaker
        try:
            care.connected(consumer)
        except BaseException:
            # There will be no loop that could heed a stop which was only noted.
            care.disconnected()
            raise

    def stop(self, consumer):
        consumer.controller.caretaker.disconnected()

    def shutdown(self, consumer):
        consumer.controller.caretaker.end()


class Care:
    """All parts of one worker, in its parent process and on its event loop."""

    def __init__(self, worker, settings: Settings, facts: Facts):
        uri = os.environ.get("ECS_AGENT_URI")
        names = QueueNames(worker.app.amqp.queues.consume_from)
        self.worker, self.longest_task = worker, facts.longest_time_limit
        self.executions, self.intake = Executions(names.of), Intake()
        self.held = Held(self.executions)
        self.protection = Protection(Agent(uri) if uri else None, facts.longest_time_limit, settings.protection_idle)
        self.drain = Drain(worker, self.intake, self.executions, facts.soft_shutdown_timeout)
        # Two workers of one node name are two all the same: Celery only warns of them.
        node = f"{worker.hostname}/{secrets.token_hex(4)}"
        self.heartbeat = Heartbeat(node, names, self.executions, self.intake,
                                   lambda: worker.pool.num_processes, lambda: self.protection.task)
        self.broker: Broker | None = None
        self._timers: list = []
        self._was_open = True
        # Celery looks the method up at each use, so that all ways into the pool (at once, after an eta, after a rate
        # limit, after waiting for a free process) come by here.
        self._into_pool, worker._process_task = worker._process_task, self.enter
        self._celerys_wait, worker.wait_for_soft_shutdown = worker.wait_for_soft_shutdown, self.wait

    def wait(self) -> None:
        """Celery's soft shutdown, for the times when no loop runs. Before the first connection there is nothing to wait for, and
        Celery would wait all the same."""
        if self.broker is not None:
            self._celerys_wait()

    def enter(self, request: Request) -> None:
        """Let `request` into the pool, or hand it back: its execution must be protected from its first moment."""
        if not (self.intake.is_open and self._is_covered(request)):
            self.intake.hand_back(request)
            self.worker._quick_release()
            return
        self.executions.follow(request)
        self._into_pool(request)
        if request.id not in state.requests:
            self.executions.forget(request)

    def _is_covered(self, request: Request) -> bool:
        limit = request.time_limits[0] or request.task.time_limit or self.longest_task
        covered = self.protection.covers(limit)
        if not covered:
            self.intake.close(UNPROTECTED)
        return covered

    def connected(self, consumer) -> None:
        """A connection to the broker stands, and its loop is about to run."""
        # From here on a stop is only noted. One that came before, while the worker began, has taken the pool away.
        self.drain.install()
        self.drain.looping = True
        state.maybe_shutdown()
        if self.broker is None:
            self.protection.adopt()
        channel = consumer.task_consumer.channel
        self.broker, self.intake.consumer = Broker(channel), consumer
        self.held.move_to(channel)
        self._timers = [consumer.timer.call_repeatedly(TICK_SECONDS, self.tick),
                        consumer.timer.call_repeatedly(BEAT_SECONDS, self.beat)]
        self.beat()

    def disconnected(self) -> None:
        """The connection is lost, or the worker stops."""
        self.drain.loop_ended()
        for timer in self._timers:
            timer.cancel()

    def tick(self) -> None:
        """What time asks for: the protection, the stop."""
        self.protection.tick(bool(self.executions.running or state.reserved_requests
                                  or rate_limited(self.intake.consumer)))
        if self.protection.failure is not None:
            self.intake.close(UNPROTECTED)
        else:
            self.intake.open(UNPROTECTED)
        self.intake.hold()
        self.drain.tick()
        if self.intake.is_open != self._was_open:
            self.beat()

    def beat(self) -> None:
        """Write the heartbeat: as time asks for it, and when consuming stops or begins."""
        self._was_open = self.intake.is_open
        self.heartbeat.beat(self.broker)

    def end(self) -> None:
        """The worker stops: the last counts are written, its heartbeat ends, what is held goes back."""
        self.disconnected()
        self.held.give_back_at_close()
        if self.broker is not None:
            self.heartbeat.end(self.broker)
