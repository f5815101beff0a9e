"""Tells once a second, as a line of JSON, what the broker holds and what was counted. It is the demo's eye, and no part of the product."""

import json
import sys
import time

import redis
import place  # noqa: F401  (before the application is read)
from mate import COUNTS, app


def look(broker: redis.Redis, counts: redis.Redis) -> dict:
    starts, ends = counts.lrange("starts", 0, -1), counts.lrange("ends", 0, -1)
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
            line = look(broker, redis.Redis.from_url(COUNTS))
        except redis.RedisError as error:
            line = {"error": type(error).__name__}
        print(json.dumps(line), flush=True)
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
