"""Tasks that arrive just as workers are taken away: `waves.py WAVES TASKS SECONDS`, one wave every ten seconds."""

import sys
import time

import boto3
import place  # noqa: F401  (before the application is read)
from mate import app, thumbnail

FEW, MANY = 2, 6
HALF = 5.0


def count(workers: int) -> None:
    boto3.client("ecs").update_service(cluster="mate-dev", service="mate-demo-dev-celery", desiredCount=workers)


def main(waves: int, tasks: int, seconds: float) -> None:
    count(MANY)
    time.sleep(6 * HALF)
    with app.connection_for_write() as connection:
        for _ in range(waves):
            began = time.monotonic()
            count(FEW)
            for _ in range(tasks):
                thumbnail.apply_async((seconds,), connection=connection)
            time.sleep(max(0.0, began + HALF - time.monotonic()))
            count(MANY)
            time.sleep(max(0.0, began + 2 * HALF - time.monotonic()))


main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
