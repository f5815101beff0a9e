"""A way from a container to a server on 127.0.0.1 of the host."""

import os
import socket
import subprocess
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

# A desktop engine runs in a machine of its own and offers the host under this name.
DESKTOP_HOST = "host.docker.internal"
CHUNK_BYTES = 65536


@contextmanager
def container_network(endpoint: str):
    """A container network of its own, and the endpoint as seen from within it.

    The relay listens on the network's gateway address: it exists on this host alone, and only
    while the network does. The server itself stays on 127.0.0.1."""
    network = f"caretaker-sam-local-{os.getpid()}"
    port = urlsplit(endpoint).port
    subprocess.run(["docker", "network", "create", network], check=True, capture_output=True)
    try:
        gateway = subprocess.run(["docker", "network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network],
                                 check=True, capture_output=True, text=True).stdout.strip()
        try:
            listener = socket.create_server((gateway, 0))
        except OSError:
            yield network, f"http://{DESKTOP_HOST}:{port}"
            return
        with listener:
            threading.Thread(target=accept, args=(listener, port), daemon=True).start()
            yield network, f"http://{gateway}:{listener.getsockname()[1]}"
    finally:
        subprocess.run(["docker", "network", "rm", network], capture_output=True)


def accept(listener: socket.socket, port: int) -> None:
    """Relays every connection until the listener is closed."""
    while True:
        try:
            inner, _ = listener.accept()
        except OSError:
            return
        outer = socket.create_connection(("127.0.0.1", port))
        for source, sink in ((inner, outer), (outer, inner)):
            threading.Thread(target=pump, args=(source, sink), daemon=True).start()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Copies one direction to its end."""
    try:
        while chunk := source.recv(CHUNK_BYTES):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # The other side has gone; its own pump ends as well.
        sink.close()
