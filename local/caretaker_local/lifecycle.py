"""`up`, `down`, `status`: one local cloud in the background per state directory."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from caretaker_local.client import LocalCloudError, control

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


def ready_file(state_dir: Path) -> Path:
    return state_dir / "server.json"


def running(state_dir: Path) -> dict | None:
    """{"endpoint", "pid"} of a live local cloud of this directory, or None."""
    try:
        server = json.loads(ready_file(state_dir).read_text())
        control(server["endpoint"], "GET", "/_caretaker/health", timeout=5)
    except (OSError, ValueError, LocalCloudError):
        return None
    return server


def up(state_dir: Path, port: int, profile: str, seed: int, time_scale: float | None = None,
       broker: str = "none") -> tuple[dict, bool]:
    """Starts one unless it runs; the server, and whether it was already up."""
    server = running(state_dir)
    if server is not None:
        return server, True
    state_dir.mkdir(parents=True, exist_ok=True)
    # A dead server's file would be taken for the new one's.
    ready_file(state_dir).unlink(missing_ok=True)
    log = state_dir / "local-cloud.log"
    command = [
        sys.executable, "-m", "caretaker_local", "serve", "--port", str(port), "--profile", profile,
        "--seed", str(seed), "--broker", broker, "--state-dir", str(state_dir), "--ready-file", str(ready_file(state_dir)),
    ]
    if time_scale is not None:
        command += ["--time-scale", str(time_scale)]
    # The package need not be installed: the child finds it where this process did.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with log.open("wb") as output:
        # A session of its own makes a process group: `down` can end the functions' processes with it.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True, env=environment,
        )
    return wait_until_ready(process, state_dir, log), False


def wait_until_ready(process: subprocess.Popen, state_dir: Path, log: Path) -> dict:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if ready_file(state_dir).exists():
            return json.loads(ready_file(state_dir).read_text())
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise LocalCloudError(f"the local cloud did not start; {log} ends with:\n{tail}")


def down(state_dir: Path) -> bool:
    """Ends the local cloud of this directory and its functions' processes; False if none ran."""
    try:
        pid = json.loads(ready_file(state_dir).read_text())["pid"]
    except (OSError, ValueError):
        return False
    if not is_local_cloud(pid):
        ready_file(state_dir).unlink(missing_ok=True)
        return False
    group = os.getpgid(pid)
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_local_cloud(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    if group == pid:
        end_group(group)
    ready_file(state_dir).unlink(missing_ok=True)
    return True


def end_group(group: int) -> None:
    """Whatever of the group outlived the polite way."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def is_local_cloud(pid: int) -> bool:
    """Whether the pid is a living local cloud: a pid from a stale file may be another's by now."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return ") Z " not in stat and b"caretaker_local" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
