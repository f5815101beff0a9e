"""What every part of the local cloud agrees on."""

from dataclasses import dataclass
from pathlib import Path

# The account AWS's own documentation uses in examples: nobody's.
ACCOUNT = "123456789012"
REGION = "us-east-1"

# The version whose insides we extend; requirements.txt pins the same.
MINISTACK_VERSION = "1.5.33"

# Never leave the machine: ministack's own default is 0.0.0.0.
HOST = "127.0.0.1"

# How much slower than AWS's sampled durations things happen, per profile.
PROFILES = {"instant": 0.0, "fast": 1 / 20, "aws": 1.0}


# What stands behind ElastiCache: nothing, or a valkey-server per replication group.
BROKERS = ("none", "valkey")


@dataclass(frozen=True)
class Settings:
    """How one local cloud was asked to run."""

    profile: str
    seed: int
    state_dir: Path
    scale: float | None = None
    broker: str = "none"

    @property
    def time_scale(self) -> float:
        """Seconds here per second on AWS: the profile's, unless set."""
        return PROFILES[self.profile] if self.scale is None else self.scale

    @property
    def ca(self) -> Path:
        """The authorities that a client of the brokers trusts, as PEM; made once brokers are asked for."""
        return self.state_dir / "ca.pem"


def client_environment(endpoint: str) -> dict[str, str]:
    """The variables with which any AWS SDK or tool talks to this endpoint."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }
