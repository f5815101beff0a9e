"""Tells once a second, as a line of JSON, what the broker holds and what was counted. It is the demo's eye, and no part of the product."""

import json
import sys
import time

import redis
import place  # noqa: F401  (before the application is read)
from mate import COUNTS, app


def lines(name: str) -> list[str]:
    file = COUNTS / name
    return file.read_text().split() if file.exists() else []


def look(broker: redis.Redis) -> dict:
    starts, ends = lines("starts"), lines("ends")
    return {
        "ready": broker.llen("celery") + broker.llen("long"),
        "held": broker.hlen("unacked"),
        "starts": len(starts),
        "ends": len(ends),
        "tasks_begun": len(set(starts)),
        "tasks_ended": len(set(ends)),
    }


def main() -> None:
    while True:
        try:
            broker = redis.Redis.from_url(app.conf.broker_url)
            line = look(broker)
        except redis.RedisError as error:
            line = {"error": type(error).__name__}
        print(json.dumps(line), flush=True)
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
