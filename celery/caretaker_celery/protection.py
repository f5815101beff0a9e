"""When the task's protection is set, extended, tried again and cleared. Time is an argument; calls are the agent's."""

import logging
import math
from collections.abc import Callable
from time import monotonic

from .agent import Agent

logger = logging.getLogger(__name__)

#: ECS takes 1 to 2880 minutes, 48 hours (UpdateTaskProtection, `expiresInMinutes`).
LIFE_MINUTES = range(1, 2881)
#: After a failed call: doubled from the first to the last. ECS allows some calls a second for a whole account.
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 1.0, 30.0


class Protection:
    """Protection against scale-in and deployments while messages that are due are held.

    It lives twice as long as the longest task may run, so at half its life it still covers a task that begins
    then: a task that has begun needs no call of ours to stay protected to its end, whatever becomes of the loop.
    """

    def __init__(self, agent: Agent | None, longest_task: float, idle: float,
                 clock: Callable[[], float] = monotonic):
        """`longest_task` and `idle` in seconds; without an agent everything is allowed and nothing is called."""
        self.agent, self.idle, self.clock = agent, idle, clock
        self.life = _minutes(longest_task)
        self.task = ""
        #: Of the present protection, on `clock`; None: not protected.
        self.ends: float | None = None
        self.idle_since: float | None = None
        #: Why the last set or extension failed; None: it did not.
        self.failure: str | None = None
        self._retry_at = self._delay = 0.0

    def adopt(self) -> None:
        """Learn the task's ARN, and take over a protection that an earlier process of the task has left."""
        if self.agent is None:
            logger.info("no ECS_AGENT_URI: not on ECS, so this worker's tasks are not protected from scale-in")
            return
        state = self.agent.read()
        self.task = state.task
        if state.protected:
            self.ends = self.clock()

    def covers(self, seconds: float) -> bool:
        """Whether a task that may run `seconds` can begin: it is protected to its end, by a call if need be."""
        if self.agent is None:
            return True
        life = max(self.life, _minutes(seconds))
        if self._left() >= min(seconds, life * 60 / 2):
            return True
        if self.failure is not None and not self._due():
            return False
        return self._set(life)

    def tick(self, busy: bool) -> None:
        """Extend, try again or clear, as is due; `busy`: messages that are due are held."""
        if self.agent is None:
            return
        now = self.clock()
        self.idle_since = None if busy else (now if self.idle_since is None else self.idle_since)
        if self.failure is not None or (busy and self.ends is not None and self._left() <= self.life * 60 / 2):
            if self._due():
                self._set(self.life)
        elif self.ends is not None and not busy and now - self.idle_since >= self.idle and self._due():
            self._clear()

    def _left(self) -> float:
        return -math.inf if self.ends is None else self.ends - self.clock()

    def _due(self) -> bool:
        return self.clock() >= self._retry_at

    def _set(self, life: int) -> bool:
        asked = self.clock()
        state = self.agent.protect(life)
        if not state.protected:
            self._failed(state.why or "the agent answered that the task is not protected")
            return False
        if self.failure is not None:
            logger.info("the task is protected again")
        self.task, self.failure, self.idle_since = state.task or self.task, None, None
        self.ends, self._retry_at, self._delay = asked + life * 60, 0.0, 0.0
        return True

    def _failed(self, why: str) -> None:
        if self.failure is None:
            logger.error("task protection could not be set; no task begins until it is: %s", why)
        self.failure = why
        self._back_off()

    def _clear(self) -> None:
        state = self.agent.unprotect()
        if state.why is None and not state.protected:
            self.ends, self._retry_at, self._delay = None, 0.0, 0.0
        else:
            logger.warning("task protection could not be cleared; it ends by itself: %s", state.why)
            self._back_off()

    def _back_off(self) -> None:
        self._delay = min(max(self._delay * 2, FIRST_RETRY_SECONDS), LAST_RETRY_SECONDS)
        self._retry_at = self.clock() + self._delay


def _minutes(seconds: float) -> int:
    """The life that covers a task of `seconds` at its half, within what ECS takes."""
    return min(max(math.ceil(2 * seconds / 60), LIFE_MINUTES[0]), LIFE_MINUTES[-1])
