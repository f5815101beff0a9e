"""One Beat at a time: a lock in the broker's database, and the last runs beside it, so that a spare goes on from them."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from os import environ
from time import monotonic

from celery.utils.time import maybe_make_aware
from redis.exceptions import RedisError

from .broker import Broker
from .settings import Settings

logger = logging.getLogger(__name__)

#: KEYS[1] the lock, ARGV[1] our token, ARGV[2] its life in ms; 1 if the lock is ours.
RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

#: Renewals per life, so that two may fail; also how often a spare looks.
LOOKS_PER_LIFE = 3
#: Part of its life by which the holder lets go early: clocks run at different speeds, and sending takes a moment.
EARLY = 0.1


class Lost(Exception):
    """The lock went to another, or may have, just before a task was to be sent."""


class Lock:
    """A lock with a life; whoever holds it knows when it ends without asking."""

    def __init__(self, broker: Callable[[], Broker], life: float, clock: Callable[[], float] = monotonic):
        """`life` in seconds; `broker` is asked for a connection at each use."""
        self.broker, self.life, self.clock = broker, life, clock
        self.token = uuid.uuid4().hex
        self._ends = self._renew_at = 0.0

    def is_held(self) -> bool:
        """Whether it is surely ours at this moment, as far as the clock tells."""
        return self.clock() < self._ends

    def keep(self) -> bool:
        """Whether it is ours; it is renewed when a third of its life has passed."""
        if self.clock() < self._renew_at:
            return True
        return self.renew() or self.is_held()

    def take(self) -> bool:
        """Take it, if nobody has it."""
        return self._until(lambda broker, key, ms: broker.client.set(key, self.token, nx=True, px=ms))

    def renew(self) -> bool:
        """Prolong it, if Redis knows it as ours; without an answer it stays ours until its end."""
        return self._until(lambda broker, key, ms: broker.client.eval(RENEW, 1, key, self.token, ms))

    def release(self) -> None:
        """Give it back, so that a spare need not wait for its end."""
        held, self._ends, self._renew_at = self.is_held(), 0.0, 0.0
        if held:
            try:
                broker = self.broker()
                broker.client.eval(RELEASE, 1, broker.key("beat"), self.token)
            except (RedisError, OSError) as error:
                logger.warning("the lock of Beat ends by itself: %s", error)

    def _until(self, ask: Callable[[Broker, str, int], object]) -> bool:
        # The life is counted from before the question, so it ends here before it ends in Redis.
        asked = self.clock()
        try:
            broker = self.broker()
            ours = bool(ask(broker, broker.key("beat"), int(self.life * 1000)))
        except (RedisError, OSError) as error:
            logger.warning("the lock of Beat cannot be reached: %s", error)
            return False
        self._ends = asked + self.life * (1 - EARLY) if ours else 0.0
        self._renew_at = asked + self.life / LOOKS_PER_LIFE if ours else 0.0
        return ours


class Runs:
    """When each entry was last sent, as Unix seconds in the hash `caretaker:beat:runs`."""

    def __init__(self, broker: Callable[[], Broker]):
        self.broker = broker

    def write(self, name: str, at: datetime) -> None:
        """Remember that `name` was sent for the moment `at`."""
        broker = self.broker()
        broker.client.hset(broker.key("beat:runs"), name, repr(maybe_make_aware(at).timestamp()))

    def read(self) -> dict[str, datetime]:
        """All that is remembered."""
        broker = self.broker()
        found = broker.client.hgetall(broker.key("beat:runs"))
        return {name.decode(): datetime.fromtimestamp(float(at), timezone.utc) for name, at in found.items()}


class Duty:
    """Stands before a scheduler of any class: it ticks only while the lock is ours."""

    def __init__(self, scheduler, lock: Lock, runs: Runs):
        self.scheduler, self.lock, self.runs = scheduler, lock, runs
        self.on_duty = self._told = False
        # On the object: the class may come from the command line or from another package.
        self._tick, self._apply, self._close = scheduler.tick, scheduler.apply_entry, scheduler.close
        scheduler.tick, scheduler.apply_entry, scheduler.close = self.tick, self.apply_entry, self.close

    def tick(self) -> float:
        """Send what is due, if on duty; seconds until the next tick."""
        pause = self.lock.life / LOOKS_PER_LIFE
        try:
            if not self._is_on_duty():
                return pause
            interval = self._tick()
        except Lost:
            logger.warning("the lock of Beat was lost before a task was sent; whoever holds it sends that one")
            self.on_duty = False
            return 0.0
        return pause if interval is None else min(interval, pause)

    def apply_entry(self, entry, producer=None) -> None:
        """Send one entry, after Redis has confirmed the lock."""
        if not self.lock.renew():
            # The scheduler has noted the run already.
            self.scheduler.schedule[entry.name] = entry
            raise Lost
        self._apply(entry, producer=producer)
        try:
            self.runs.write(entry.name, self.scheduler.schedule[entry.name].last_run_at)
        except (RedisError, OSError) as error:
            logger.warning("the run of %s is not remembered; a spare may repeat it: %s", entry.name, error)

    def close(self) -> None:
        """Close the scheduler and let a spare take over."""
        try:
            self._close()
        finally:
            self.lock.release()

    def _is_on_duty(self) -> bool:
        if self.on_duty and self.lock.keep():
            return True
        self.on_duty = False
        # Ours still, if an answer was missed.
        if not (self.lock.renew() or self.lock.take()):
            self._tell("another Beat holds the lock: this one waits as a spare")
            return False
        try:
            self._take_over()
        except (RedisError, OSError) as error:
            logger.warning("the last runs cannot be read, so nothing is sent yet: %s", error)
            self.lock.release()
            return False
        return True

    def _take_over(self) -> None:
        schedule = self.scheduler.schedule
        for name, at in self.runs.read().items():
            if name in schedule:
                schedule[name].last_run_at = at.astimezone(self.scheduler.app.timezone)
        # The heap knows the old moments.
        self.scheduler._heap = None
        self.on_duty, self._told = True, False
        logger.info("this Beat holds the lock")

    def _tell(self, sentence: str) -> None:
        if not self._told:
            logger.info(sentence)
        self._told = True


def guard(sender, **_) -> None:
    """Put a `Duty` before the scheduler of a Beat that starts (receiver of `beat_init`; `sender` is its Service).

    A fault of the settings ends the process: a receiver's exceptions are only logged by Celery.
    """
    app = sender.app
    settings, wrong = Settings.read(app.conf, environ)
    if wrong:
        raise SystemExit("caretaker-celery: " + "; ".join(wrong))
    brokers: list[Broker] = []

    def broker() -> Broker:
        if not brokers:
            brokers.append(Broker(app.connection_for_write().default_channel))
        return brokers[0]

    Duty(sender.scheduler, Lock(broker, settings.beat_lock), Runs(broker))
