"""A small container: writes what it finds to its log, protects its task if asked, and ends as its environment says.

On SIGTERM it takes LINGER seconds (0), or never ends (LINGER=never)."""

import json
import os
import signal
import sys
import time
import urllib.request


def ask(url: str, method: str = "GET", value=None) -> dict:
    request = urllib.request.Request(url, method=method, data=None if value is None else json.dumps(value).encode())
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def end(_signal, _frame):
    print("told to end", flush=True)
    if os.environ.get("LINGER") != "never":
        time.sleep(float(os.environ.get("LINGER", "0")))
        sys.exit(int(os.environ.get("LAST_CODE", "0")))


signal.signal(signal.SIGTERM, end)
print(json.dumps(dict(os.environ)), flush=True)
print(json.dumps(ask(os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task")), flush=True)
if "EXIT" in os.environ:
    sys.exit(int(os.environ["EXIT"]))
while True:
    time.sleep(0.1)
