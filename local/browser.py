"""A headless Chromium, worked by the DevTools protocol over a pair of pipes: no port is opened, and nothing but Python is needed."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome"]

#: It talks to nobody but the page: no updates, no accounts, no QUIC.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--remote-debugging-pipe"]

# Until it has begun, or a page is there.
SECONDS = 60

#: Chromium reads from file 3 and writes to file 4.
LAUNCH = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


def find() -> str | None:
    """The path of a Chromium; none: there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One Chromium with one page, gone with the block."""

    def __init__(self, path: str):
        self.path, self.events, self.number, self.rest = path, [], 0, b""

    def __enter__(self) -> "Browser":
        self.profile = tempfile.TemporaryDirectory(prefix="caretaker-browser-", ignore_cleanup_errors=True)
        inward, self.writes = os.pipe()
        self.reads, outward = os.pipe()
        command = [self.path, *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"]
        self.log = Path(self.profile.name, "log").open("wb")
        self.process = subprocess.Popen([sys.executable, "-c", LAUNCH, str(inward), str(outward), *command], pass_fds=(inward, outward),
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        os.close(inward)
        os.close(outward)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Log", "Runtime"]:
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_) -> None:
        # The group that it leads: its own children, and nobody else's.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.reads)
        os.close(self.writes)
        self.log.close()
        self.profile.cleanup()

    def call(self, method: str, **parameters) -> dict:
        """One command; its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + SECONDS
        while (answer := self.read(deadline)).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def read(self, deadline: float) -> dict:
        """The next message."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reads], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(self.reads, 1 << 16) if ready else b""
            if not part:
                raise RuntimeError("the browser does not answer" if self.process.poll() is None else "the browser has ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def wait_for(self, method: str) -> dict:
        """The next event of this name; those before it are forgotten."""
        deadline = time.monotonic() + SECONDS
        while True:
            event = self.events.pop(0) if self.events else self.read(deadline)
            if event.get("method") == method:
                return event

    def complaints(self) -> list[str]:
        """What it has written into the page's log so far: what its policy forbids, among others."""
        self.evaluate("1")
        return [event["params"]["entry"]["text"] for event in self.events if event.get("method") == "Log.entryAdded"]

    def open(self, url: str) -> None:
        """Opens `url` as somebody does who follows a link."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait_until_loaded()

    def wait_until_loaded(self) -> None:
        """Until the page that is being opened is there. What was complained of meanwhile is kept."""
        kept, deadline = [], time.monotonic() + SECONDS
        while True:
            event = self.events.pop(0) if self.events else self.read(deadline)
            kept.append(event)
            if event.get("method") == "Page.loadEventFired":
                self.events = kept + self.events
                return

    def evaluate(self, expression: str):
        """What `expression` is in the page."""
        outcome = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in outcome:
            raise RuntimeError(f"{expression}: {outcome['exceptionDetails']}")
        return outcome["result"].get("value")

    def click(self, selector: str) -> None:
        """Presses what `selector` names, where it is seen, with the mouse."""
        place = self.evaluate(f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.scrollIntoView();"
                              " const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()")
        self.events.clear()
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        """The whole page as a phone shows it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def as_phone(self) -> None:
        """The width of a phone that somebody holds at night."""
        self.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
