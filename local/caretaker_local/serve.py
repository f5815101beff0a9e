"""Runs ministack in this process, on 127.0.0.1 only, behind our gateway."""

import asyncio
import http.server
import json
import logging
import os
import signal
import socket
import socketserver
import sys
from importlib.metadata import version
from pathlib import Path

from caretaker_local import children
from caretaker_local.settings import ACCOUNT, HOST, MINISTACK_VERSION, REGION, Settings

log = logging.getLogger("caretaker")


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(1024)
    return listener


def prepare_environment(port: int, settings: Settings) -> None:
    """What ministack reads at import: it must be set before the first import of it."""
    os.environ.update(
        BIND_HOST=HOST,
        GATEWAY_PORT=str(port),
        # Part of every URL that services hand out (SQS queues, function URLs).
        MINISTACK_HOST=HOST,
        MINISTACK_ACCOUNT_ID=ACCOUNT,
        MINISTACK_REGION=REGION,
        IOT_MTLS_ENABLED="0",  # it would listen on 0.0.0.0:8883
        SFTP_ENABLED="0",
        LAMBDA_EXECUTOR="local",
        PERSIST_STATE="0",
        # Unpacked function code and S3's scratch files stay with this cloud's state.
        TMPDIR=str(settings.state_dir / "tmp"),
    )
    # The shell's own AWS settings must not leak into the functions started here.
    for name in [*os.environ]:
        if name.startswith("AWS_") or name == "DOCKER_HOST":
            del os.environ[name]
    (settings.state_dir / "tmp").mkdir(parents=True, exist_ok=True)


def quicken_runtime_api() -> None:
    """Lambda's runtime API answers in two small writes; Nagle and delayed ACK make that 40 ms."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    http.server.BaseHTTPRequestHandler.wbufsize = -1


def write_ready_file(path: Path, endpoint: str, settings: Settings) -> None:
    """Written whole or not at all: readers poll for it."""
    trusted = {"ca": str(settings.ca)} if settings.broker != "none" else {}
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"endpoint": endpoint, "pid": os.getpid(), **trusted}) + "\n")
    part.replace(path)


async def wait_until_healthy(port: int) -> None:
    """Until the gateway answers its own health route."""
    while True:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"GET /_caretaker/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = await reader.readline()
        writer.close()
        if b" 200 " in status:
            return
        await asyncio.sleep(0.02)


async def run(listener: socket.socket, settings: Settings, ready_file: Path | None) -> None:
    """Serves until SIGTERM or SIGINT."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from caretaker_local.cloud import Cloud
    from caretaker_local.gateway import build_gateway

    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1.0
    config.backlog = 1024

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)

    cloud = Cloud(settings)
    server = asyncio.create_task(serve(build_gateway(cloud), config, shutdown_trigger=stop.wait))
    healthy = asyncio.create_task(wait_until_healthy(port))
    await asyncio.wait({server, healthy}, return_when=asyncio.FIRST_COMPLETED)
    if healthy.done():
        healthy.result()
        endpoint = f"http://{HOST}:{port}"
        if ready_file is not None:
            write_ready_file(ready_file, endpoint, settings)
        print(f"{endpoint} (pid {os.getpid()}, profile {settings.profile}, seed {settings.seed})", flush=True)
    try:
        await server
    finally:
        cloud.close()


def main(port: int, settings: Settings, ready_file: Path | None) -> int:
    """Blocks; ends the Lambda processes it started before it ends itself."""
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        wanted = f"the local cloud extends {MINISTACK_VERSION}"
        print(f"ministack {installed} is installed, and {wanted}; run `make tools`", file=sys.stderr)
        return 1
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)
    try:
        listener = listen(port)
    except OSError as error:
        print(f"cannot listen on {HOST}:{port}: {error.strerror}; is a local cloud already up?", file=sys.stderr)
        return 1
    prepare_environment(listener.getsockname()[1], settings)
    quicken_runtime_api()
    try:
        asyncio.run(run(listener, settings, ready_file))
    finally:
        end_lambda_processes()
        children.end_all()
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)
    sys.stdout.flush()
    # Threads that long-poll queues would hold the interpreter for seconds more.
    os._exit(0)


def end_lambda_processes() -> None:
    """A warm function's process waits for its next event for ever."""
    from ministack.core import lambda_runtime

    lambda_runtime.reset()
