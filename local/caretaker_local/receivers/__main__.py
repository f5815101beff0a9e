"""`python -m caretaker_local.receivers --port 0`: serves on 127.0.0.1 until it is told to end."""

import argparse
import json
import os
import signal
from pathlib import Path

from caretaker_local.receivers.server import Receivers


def main() -> None:
    parser = argparse.ArgumentParser(prog="caretaker_local.receivers", description="Receivers of pages that hold to the rules.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--ready-file", type=Path, help="written as JSON {endpoint, pid} once it serves")
    options = parser.parse_args()
    receivers = Receivers(options.port)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ready = json.dumps({"endpoint": receivers.endpoint, "pid": os.getpid()})
    if options.ready_file is not None:
        part = options.ready_file.with_suffix(".part")
        part.write_text(ready + "\n")
        part.replace(options.ready_file)
    print(ready, flush=True)
    try:
        receivers.serve()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
