"""Real processes behind ECS tasks, and the container agent that they talk to."""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from caretaker_local.client import LocalCloudError
from conftest import FIXTURE, Server, eventually
from test_ecs import NETWORK

WORKER = [sys.executable, str(Path(__file__).parent / "worker.py")]
SERVICE = "mate-demo-celery"


def register(server, base, **container):
    return server.client("ecs").register_task_definition(
        family=SERVICE, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        executionRoleArn=base["execution.arn"], taskRoleArn=base["execution.arn"],
        containerDefinitions=[{"name": "celery", "image": "celery:1", **container}])["taskDefinition"]["taskDefinitionArn"]


def start(server, base, count: int = 1, container: dict | None = None, **environment) -> list[dict]:
    """A service of `count` tasks with the worker behind each; its processes."""
    order(server, environment=environment)
    server.client("ecs").create_service(
        cluster="mate-dev", serviceName=SERVICE, taskDefinition=register(server, base, **(container or {})), desiredCount=count,
        launchType="FARGATE", networkConfiguration=NETWORK)
    return eventually(lambda: len(ready := living(server)) == count and ready)


def order(server, **members):
    return server.control("POST", "ecs/processes", {"service": SERVICE, "container": "celery", "command": WORKER, **members})


def processes(server) -> list[dict]:
    return server.control("GET", "ecs/processes")["processes"]


def living(server) -> list[dict]:
    """Those that have written their environment and metadata."""
    return [one for one in processes(server) if one["exitCode"] is None and Path(one["log"]).read_text().count("\n") >= 2]


def said(process: dict) -> list[dict]:
    """(environment, metadata) as the process found them."""
    return [json.loads(line) for line in Path(process["log"]).read_text().splitlines()[:2]]


def scale(server, count: int) -> None:
    server.client("ecs").update_service(cluster="mate-dev", service=SERVICE, desiredCount=count)


def task_of(server, process: dict) -> dict:
    return server.client("ecs").describe_tasks(cluster="mate-dev", tasks=[process["task"]])["tasks"][0]


def is_alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def ask(url: str, method: str = "GET", value=None) -> tuple[int, dict]:
    body = None if value is None else value if isinstance(value, bytes) else json.dumps(value).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, method=method)) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def protect(process: dict, enabled: bool = True, **members) -> dict:
    url = said(process)[0]["ECS_AGENT_URI"] + "/task-protection/v1/state"
    status, answer = ask(url, "PUT", {"ProtectionEnabled": enabled, **members})
    assert status == 200, answer
    return answer["protection"]


def test_a_process_has_its_containers_environment_and_secrets(cloud, base):
    secret = cloud.client("secretsmanager").create_secret(Name="redis-auth", SecretString='{"token": "swordfish"}')["ARN"]
    (process,) = start(cloud, base, container={
        "environment": [{"name": "REDIS_HOST", "value": "redis.local"}],
        "secrets": [{"name": "REDIS_AUTH", "valueFrom": f"{secret}:token::"}, {"name": "WHOLE", "valueFrom": secret}]}, OWN="own")
    found, metadata = said(process)
    assert (found["REDIS_HOST"], found["REDIS_AUTH"], found["OWN"]) == ("redis.local", "swordfish", "own")
    assert json.loads(found["WHOLE"]) == {"token": "swordfish"}
    assert found["AWS_ENDPOINT_URL"] == cloud.endpoint
    assert "SETTING_OF_THE_SHELL" not in found
    assert (metadata["TaskARN"], metadata["Family"], metadata["ServiceName"]) == (process["task"], SERVICE, SERVICE)
    assert os.getpgid(process["pid"]) == process["pid"]


def test_a_missing_key_of_a_secret_keeps_the_task_from_starting(cloud, base):
    secret = cloud.client("secretsmanager").create_secret(Name="redis-auth", SecretString='{"token": "x"}')["ARN"]
    order(cloud)
    ecs = cloud.client("ecs")
    definition = register(cloud, base, secrets=[{"name": "P", "valueFrom": f"{secret}:password::"}])
    ecs.create_service(cluster="mate-dev", serviceName=SERVICE, taskDefinition=definition, desiredCount=1, launchType="FARGATE",
                       networkConfiguration=NETWORK)
    stopped = eventually(lambda: ecs.list_tasks(cluster="mate-dev", desiredStatus="STOPPED")["taskArns"])
    task = ecs.describe_tasks(cluster="mate-dev", tasks=stopped[:1])["tasks"][0]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].endswith("did not contain json key password")
    assert processes(cloud) == []


def test_a_command_that_is_not_there_keeps_the_task_from_starting(cloud, base):
    order(cloud, command=["/no/such/command"])
    ecs = cloud.client("ecs")
    ecs.create_service(cluster="mate-dev", serviceName=SERVICE, taskDefinition=register(cloud, base), desiredCount=1,
                       launchType="FARGATE", networkConfiguration=NETWORK)
    stopped = eventually(lambda: ecs.list_tasks(cluster="mate-dev", desiredStatus="STOPPED")["taskArns"])
    task = ecs.describe_tasks(cluster="mate-dev", tasks=stopped[:1])["tasks"][0]
    assert task["stoppedReason"].startswith("CannotStartContainerError: ")


def test_scale_in_sends_sigterm_and_shows_the_exit_code(cloud, base):
    (process,) = start(cloud, base, LAST_CODE="3")
    scale(cloud, 0)
    eventually(lambda: task_of(cloud, process)["lastStatus"] == "STOPPED")
    task = task_of(cloud, process)
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("ServiceSchedulerInitiated", 3)
    assert "told to end" in Path(process["log"]).read_text()
    assert not is_alive(process["pid"])


def test_a_task_is_stopping_as_long_as_its_process_takes(cloud, base):
    (process,) = start(cloud, base, LINGER="0.5")
    began = time.monotonic()
    scale(cloud, 0)
    assert task_of(cloud, process)["lastStatus"] == "STOPPING"
    eventually(lambda: task_of(cloud, process)["lastStatus"] == "STOPPED")
    assert time.monotonic() - began >= 0.5


def test_a_process_that_does_not_end_is_killed_after_its_stop_timeout(cloud, base):
    (process,) = start(cloud, base, container={"stopTimeout": 2}, LINGER="never")
    scale(cloud, 0)
    eventually(lambda: task_of(cloud, process)["lastStatus"] == "STOPPED")
    assert task_of(cloud, process)["containers"][0]["exitCode"] == 137


def test_a_process_that_ends_by_itself_is_replaced(cloud, base):
    (process,) = start(cloud, base)
    os.kill(process["pid"], signal.SIGKILL)
    other = eventually(lambda: [one for one in living(cloud) if one["task"] != process["task"]])
    task = task_of(cloud, process)
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 137)
    assert other[0]["pid"] != process["pid"]


def test_a_chosen_end_kills_the_process_and_is_what_the_task_shows(cloud, base):
    (process,) = start(cloud, base, LINGER="never")
    cloud.control("POST", "ecs/stop-task", {"cluster": "mate-dev", "service": SERVICE, "containers": [
        {"name": "celery", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]})
    eventually(lambda: task_of(cloud, process)["lastStatus"] == "STOPPED")
    assert task_of(cloud, process)["containers"][0]["reason"].startswith("OutOfMemoryError")
    assert not is_alive(process["pid"])


def test_an_order_takes_effect_in_tasks_that_run_already(cloud, base):
    cloud.client("ecs").create_service(cluster="mate-dev", serviceName=SERVICE, taskDefinition=register(cloud, base), desiredCount=2,
                                       launchType="FARGATE", networkConfiguration=NETWORK)
    assert processes(cloud) == []
    assert len(order(cloud, service="*")["processes"]) == 2


@pytest.mark.parametrize("fault", [{"command": []}, {"command": "celery"}, {"cwd": "/no/such/place"}, {"env": {}}])
def test_orders_that_cannot_be_are_refused(cloud, fault):
    with pytest.raises(LocalCloudError, match="400"):
        order(cloud, **fault)


def test_a_process_protects_its_own_task(cloud, base):
    (process,) = start(cloud, base)
    url = said(process)[0]["ECS_AGENT_URI"] + "/task-protection/v1/state"
    assert ask(url) == (200, {"protection": {"ExpirationDate": None, "ProtectionEnabled": False, "TaskArn": process["task"]}})
    until = protect(process, expiresInMinutes=60)["ExpirationDate"]
    left = time.mktime(time.strptime(until, "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 3590 <= left <= 3601
    (seen,) = cloud.client("ecs").get_task_protection(cluster="mate-dev", tasks=[process["task"]])["protectedTasks"]
    assert seen["protectionEnabled"] is True
    assert protect(process, enabled=False)["ProtectionEnabled"] is False


@pytest.mark.parametrize("body, code", [
    ({}, "InvalidParameterException"),
    ({"ProtectionEnabled": True, "Minutes": 1}, "InvalidParameterException"),
    ({"ProtectionEnabled": "yes"}, "InvalidParameterException"),
    ({"ProtectionEnabled": True, "ExpiresInMinutes": 2881}, "InvalidParameterException"),
    (b"{", "InvalidParameterException"),
])
def test_the_agent_refuses_what_it_cannot_read(cloud, base, body, code):
    (process,) = start(cloud, base)
    status, answer = ask(said(process)[0]["ECS_AGENT_URI"] + "/task-protection/v1/state", "PUT", body)
    assert (status, answer["error"]["Code"]) == (400, code)


def test_the_agent_uses_the_tasks_own_rights(cloud, base):
    (process,) = start(cloud, base)
    cloud.control("POST", "iam", {"mode": "enforce"})
    status, answer = ask(said(process)[0]["ECS_AGENT_URI"] + "/task-protection/v1/state", "PUT", {"ProtectionEnabled": True})
    assert (status, answer["error"]["Code"]) == (400, "AccessDeniedException")
    assert "ecs:UpdateTaskProtection" in answer["error"]["Message"]


def test_the_agent_knows_no_other_task(cloud):
    status, answer = ask(f"{cloud.endpoint}/_caretaker/ecs-agent/api/nobody/task-protection/v1/state")
    assert (status, answer["error"]["Code"]) == (404, "ResourceNotFoundException")


def test_protected_tasks_are_not_chosen_for_scale_in(cloud, base):
    """Desired 6, protected 4, target 2: ends at 4, and comes to 2 once they are free."""
    six = start(cloud, base, count=6)
    kept = six[:4]
    for process in kept:
        protect(process)
    scale(cloud, 2)
    eventually(lambda: len(living(cloud)) == 4)
    assert {one["task"] for one in living(cloud)} == {one["task"] for one in kept}
    seen = cloud.client("ecs").describe_services(cluster="mate-dev", services=[SERVICE])["services"][0]
    assert (seen["desiredCount"], seen["runningCount"]) == (2, 4)
    for process in kept:
        protect(process, enabled=False)
    eventually(lambda: len(living(cloud)) == 2)


def test_free_tasks_go_before_protected_ones(cloud, base):
    four = start(cloud, base, count=4)
    protect(four[0])
    scale(cloud, 1)
    eventually(lambda: [one["task"] for one in living(cloud)] == [four[0]["task"]])


def test_a_protected_task_blocks_a_deployment(cloud, base):
    ecs = cloud.client("ecs")
    (old,) = start(cloud, base)
    protect(old)
    ecs.update_service(cluster="mate-dev", service=SERVICE, taskDefinition=register(cloud, base))
    eventually(lambda: len(living(cloud)) == 2)
    deployments = lambda: ecs.describe_services(cluster="mate-dev", services=[SERVICE])["services"][0]["deployments"]  # noqa: E731
    assert [one["rolloutState"] for one in deployments()] == ["IN_PROGRESS", "COMPLETED"]
    protect(old, enabled=False)
    eventually(lambda: [one["rolloutState"] for one in deployments()] == ["COMPLETED"])
    assert not is_alive(old["pid"])


def test_protection_is_of_tasks_of_services(cloud, base):
    ecs = cloud.client("ecs")
    cloud.control("POST", "time", {"paused": True})
    alone = ecs.run_task(cluster="mate-dev", taskDefinition=register(cloud, base), launchType="FARGATE",
                         networkConfiguration=NETWORK)["tasks"][0]["taskArn"]
    answer = ecs.update_task_protection(cluster="mate-dev", tasks=[alone], protectionEnabled=True)
    assert answer["failures"] == [{"arn": alone, "reason": "TASK_NOT_VALID"}]
    cloud.pass_time()


@pytest.fixture
def own_cloud(tmp_path):
    server = Server(tmp_path, "--profile", "instant")
    yield server
    server.process.kill()
    server.log.close()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_cloud(own_cloud, end):
    (process,) = start(own_cloud, own_cloud.control("POST", "environment", FIXTURE), LINGER="never")
    own_cloud.process.send_signal(end)
    own_cloud.process.wait(timeout=15)
    eventually(lambda: not is_alive(process["pid"]))


def test_a_reset_ends_all_processes(cloud, base):
    (process,) = start(cloud, base, LINGER="never")
    cloud.control("POST", "reset")
    assert processes(cloud) == []
    eventually(lambda: not is_alive(process["pid"]))
