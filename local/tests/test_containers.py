"""The same cloud on a machine with a container engine and on one without."""

import importlib

import docker
import pytest
from caretaker_local import containers

# Of ministack's services that would start containers.
SERVICES = ["rds", "ecs", "elasticache", "eks", "opensearch"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_finds_a_container_engine(name, monkeypatch):
    service = importlib.import_module(f"ministack.services.{name}")
    # As on a machine that has one.
    for maker in ("from_env", "DockerClient"):
        monkeypatch.setattr(docker, maker, lambda *_args, **_named: object())
    monkeypatch.setattr(service, "_docker", None, raising=False)
    containers.forbid()
    try:
        found = service._get_docker()
    except containers.NoEngine:
        found = None
    assert found is None
