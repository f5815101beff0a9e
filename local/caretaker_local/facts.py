"""The facts about AWS, read once from local/facts/*.toml. The simulator reads the same files."""

import functools
import tomllib
from pathlib import Path

FACTS_DIR = Path(__file__).resolve().parents[1] / "facts"


@functools.cache
def table(file: str, row: str) -> list[dict]:
    """All `[[row]]` entries of local/facts/FILE.toml."""
    return tomllib.loads((FACTS_DIR / f"{file}.toml").read_text())[row]


@functools.cache
def durations() -> dict[tuple[str, str], dict]:
    """Rows of durations.toml by (kind, phase)."""
    return {(row["kind"], row["phase"]): row for row in table("durations", "duration")}


@functools.cache
def refusals() -> dict[str, dict]:
    """Rows of refusals.toml by id."""
    return {row["id"]: row for row in table("refusals", "refusal")}


@functools.cache
def quotas() -> dict[str, dict]:
    """Rows of quotas.toml by "service.Operation"."""
    return {f"{row['service']}.{row['operation']}": row for row in table("quotas", "quota")}
