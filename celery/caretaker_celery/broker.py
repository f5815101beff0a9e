"""Our own keys in the broker's database, next to kombu's and under the same prefix."""

import redis


class Broker:
    """A plain client on a kombu channel's connections: same server, credentials, TLS and sentinels.

    kombu's own client puts the prefix before the keys of some commands only, so names are made here.
    """

    def __init__(self, channel):
        self.prefix: str = channel.global_keyprefix
        self.client = redis.Redis(connection_pool=channel.pool)

    def key(self, name: str) -> str:
        """`caretaker:<name>` behind kombu's `global_keyprefix`."""
        return f"{self.prefix}caretaker:{name}"
