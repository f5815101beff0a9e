"""A container that asks a broker without TLS again and again, from a child of its own as a pool's; its log says what it heard."""

import os
import socket
import sys
import time

ADDRESS = (os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"]))


def ping() -> str:
    try:
        with socket.create_connection(ADDRESS, timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).decode().strip()
    except TimeoutError:
        return "silence"


if os.fork() == 0:
    while True:
        print(ping(), flush=True)
        time.sleep(0.1)
os.wait()
sys.exit(1)
