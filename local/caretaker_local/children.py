"""Child processes of the local cloud: each in a process group of its own, none outlives the cloud."""

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2), Linux
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# Of the server's own environment, what a process cannot do without.
INHERITED = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TZ")

LIVING: set["Child"] = set()


class Child:
    """A running command. `on_exit` is told its exit code as a shell has it, 128 + N for signal N."""

    def __init__(self, process: subprocess.Popen, on_exit: Callable[[int], None]):
        self.process = process
        self.pid = process.pid
        LIVING.add(self)
        threading.Thread(target=self._watch, args=(on_exit,), daemon=True, name=f"child-{self.pid}").start()

    def terminate(self) -> None:
        """SIGTERM to the command itself, as to a container's first process; its own children it must end."""
        self._signal(os.kill, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        self._signal(os.killpg, signal.SIGKILL)

    def _signal(self, send, number: int) -> None:
        if self in LIVING:
            try:
                send(self.pid, number)
            except ProcessLookupError:
                pass  # it ended just now, and its watcher will say so

    def _watch(self, on_exit) -> None:
        # Not reaped yet, so that its id cannot be another's when what is left of its group is killed.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self.kill()
        LIVING.discard(self)
        code = self.process.wait()
        on_exit(code if code >= 0 else 128 - code)


class Spawner:
    """Starts all children from one thread: the kernel's "kill me with my parent" means the parent's thread."""

    def __init__(self):
        self._orders: queue.SimpleQueue = queue.SimpleQueue()
        threading.Thread(target=self._loop, daemon=True, name="spawner").start()

    def spawn(self, command: list[str], environment: dict[str, str], log: Path, on_exit, cwd: str | None = None) -> Child:
        """Raises OSError if the command cannot be started."""
        log.parent.mkdir(parents=True, exist_ok=True)
        started: Future = Future()
        self._orders.put((started, command, environment, log, cwd))
        return Child(started.result(), on_exit)

    def _loop(self) -> None:
        while True:
            started, command, environment, log, cwd = self._orders.get()
            try:
                with log.open("ab") as output:
                    started.set_result(subprocess.Popen(
                        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                        start_new_session=True, preexec_fn=die_with_parent))
            except (OSError, ValueError) as error:
                started.set_exception(error)


def die_with_parent() -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def inherited() -> dict[str, str]:
    """The part of the server's environment that a child may see."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def end_all() -> None:
    """At the cloud's end."""
    for child in [*LIVING]:
        child.kill()
