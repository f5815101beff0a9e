"""Publishes tasks of the demo: `publish.py short COUNT SECONDS`, `long SECONDS` or `tomorrow`; or takes all away: `purge`."""

import sys

import place  # noqa: F401  (before the application is read)
from mate import A_DAY, app, report, thumbnail


def main(what: str, *numbers: str) -> None:
    if what == "short":
        count, seconds = int(numbers[0]), float(numbers[1])
        with app.connection_for_write() as connection:
            for _ in range(count):
                thumbnail.apply_async((seconds,), connection=connection)
    elif what == "long":
        report.delay(float(numbers[0]))
    elif what == "tomorrow":
        thumbnail.apply_async((1.0,), countdown=A_DAY - 3_600)
    elif what == "purge":
        app.control.purge()
    else:
        raise SystemExit(__doc__)


main(*sys.argv[1:])
