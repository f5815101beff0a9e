"""Which process is at the other end of a connection on 127.0.0.1, by what the kernel shows of it (Linux, /proc).

https://docs.kernel.org/networking/proc_net_tcp.html, proc_pid_fd(5), proc_pid_stat(5)"""

import os
from pathlib import Path

PROC = Path("/proc")
TABLES = ("net/tcp", "net/tcp6")


def process_at(port: int, remote_port: int) -> int | None:
    """The pid of a process that holds the connection from `port` to `remote_port`; None if it has ended or is another user's."""
    inode = inode_of(port, remote_port)
    return None if inode is None else next((pid for pid in pids() if holds(pid, f"socket:[{inode}]")), None)


def inode_of(port: int, remote_port: int) -> str | None:
    """Of the socket with these ports; a row is `sl local remote state … uid timeout inode`, ports in hexadecimal."""
    for table in TABLES:
        for line in (PROC / table).read_text().splitlines()[1:]:
            fields = line.split()
            if port_of(fields[1]) == port and port_of(fields[2]) == remote_port:
                return fields[9]
    return None


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def pids() -> list[int]:
    """The newest first: whoever has just connected is rarely an old one."""
    return sorted((int(name) for name in os.listdir(PROC) if name.isdigit()), reverse=True)


def holds(pid: int, target: str) -> bool:
    try:
        with os.scandir(PROC / str(pid) / "fd") as descriptors:
            return any(readlink(entry.path) == target for entry in descriptors)
    except OSError:
        return False


def readlink(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None  # closed meanwhile


def lineage(pid: int) -> set[int]:
    """The process, its ancestors, and the session it belongs to: a child whose parent has ended keeps that."""
    found: set[int] = set()
    while pid > 1 and pid not in found:
        try:
            # The name before it is in brackets and may have blanks: state, parent, group, session follow.
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            break
        found |= {pid, int(fields[3])}
        pid = int(fields[1])
    return found
