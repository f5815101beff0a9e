"""How long AWS takes, sampled."""

import hashlib

from caretaker_local import facts


def unit(seed: str) -> float:
    """A number in [0, 1) that any language computes alike: the first 8 bytes of SHA-256, big-endian, over 2^64."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) / 2**64


def duration(kind: str, phase: str, seed: str) -> float:
    """Seconds on AWS of one phase of one resource.

    Linear between min and median, and between median and max: half of all samples lie below the median."""
    row = facts.durations()[(kind, phase)]
    u = unit(f"{seed}:{kind}:{phase}")
    if u < 0.5:
        return row["min_s"] + (row["median_s"] - row["min_s"]) * u * 2
    return row["median_s"] + (row["max_s"] - row["median_s"]) * (u - 0.5) * 2
