"""The facts are data that others read too: whole, sourced, and each with a test's name."""

import re
import tomllib

import pytest
from caretaker_local import facts
from caretaker_local.durations import duration, unit
from caretaker_local.errors import refusal

TABLES = {
    "durations": ("duration", {"kind", "phase", "min_s", "median_s", "max_s", "source", "test"}),
    "buckets": ("bucket", {"service", "operations", "burst", "per_second", "source", "test"}),
    "refusals": ("refusal", {"id", "service", "operation", "when", "code", "message", "status", "source", "test"}),
    "tokens": ("token", {"service", "operation", "member", "scope", "same", "other", "source", "test"}),
    "defaults": ("default", {"service", "operation", "member", "sent", "seen", "source", "test"}),
    "quotas": ("quota", {"service", "operation", "default", "code", "message", "status", "source", "test"}),
}


@pytest.mark.parametrize("file", TABLES)
def test_rows_are_whole(file):
    row_name, members = TABLES[file]
    rows = tomllib.loads((facts.FACTS_DIR / f"{file}.toml").read_text())[row_name]
    assert rows
    for row in rows:
        assert members <= set(row) <= members | {"ttl_s"}, row
        assert re.fullmatch(r"conformance::[a-z0-9_]+", row["test"])
        assert row["source"]


def test_ids_and_keys_are_unique():
    assert len(facts.refusals()) == len(facts.table("refusals", "refusal"))
    assert len(facts.durations()) == len(facts.table("durations", "duration"))


def test_each_refusal_that_the_code_names_has_a_row():
    source = "\n".join(path.read_text() for path in facts.FACTS_DIR.parent.joinpath("caretaker_local").rglob("*.py"))
    named = set(re.findall(r'(?:refusal|reason)\("([a-z0-9_]+)"', source))
    assert named <= set(facts.refusals())
    assert refusal("rds_instance_exists").code == "DBInstanceAlreadyExists"


def test_samples_lie_around_the_median():
    row = facts.durations()["rds-instance", "create"]
    samples = [duration("rds-instance", "create", str(seed)) for seed in range(2000)]
    assert row["min_s"] <= min(samples)
    assert max(samples) <= row["max_s"]
    below = sum(sample < row["median_s"] for sample in samples)
    assert 900 < below < 1100
    assert duration("rds-instance", "create", "5") == duration("rds-instance", "create", "5")


def test_the_unit_is_what_other_languages_compute():
    # SHA-256("1:rds-instance:create") begins with these 8 bytes; a second implementation checks itself by it.
    assert unit("1:rds-instance:create") == pytest.approx(UNIT_OF_EXAMPLE, abs=1e-12)


UNIT_OF_EXAMPLE = 0xe141555fbef79eba / 2**64
