"""ECS: convergence, events, circuit breaker, draining, refusals."""

import json
from datetime import UTC, datetime

import pytest
from conftest import FIXTURE, eventually, watch_default_bus

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0b20000000000002a"], "securityGroups": ["sg-0c3000000000000e1"]}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def register(server, base, **container):
    return server.client("ecs").register_task_definition(
        family="mate-demo-web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        executionRoleArn=base["execution.arn"], containerDefinitions=[{"name": "web", "image": "web:1", **container}],
    )["taskDefinition"]["taskDefinitionArn"]


def create(server, definition, **members):
    return server.client("ecs").create_service(**{
        "cluster": "mate-dev", "serviceName": "mate-demo-web", "taskDefinition": definition, "desiredCount": 2,
        "launchType": "FARGATE", "networkConfiguration": NETWORK, "deploymentConfiguration": BREAKER, **members,
    })["service"]


def describe(server):
    return server.client("ecs").describe_services(cluster="mate-dev", services=["mate-demo-web"])["services"][0]


def tasks(server, **query):
    ecs = server.client("ecs")
    arns = ecs.list_tasks(cluster="mate-dev", **query)["taskArns"]
    return ecs.describe_tasks(cluster="mate-dev", tasks=arns)["tasks"] if arns else []


@pytest.fixture
def service(cloud, base):
    """A steady service with two tasks; its events so far are behind us."""
    create(cloud, register(cloud, base))
    assert describe(cloud)["runningCount"] == 2
    return cloud


def test_a_service_converges_over_time(slow, slow_base):
    poll = watch_default_bus(slow, "aws.ecs")
    created = create(slow, register(slow, slow_base))
    assert (created["status"], created["runningCount"]) == ("ACTIVE", 0)
    assert created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    seen = describe(slow)
    assert (seen["runningCount"], seen["pendingCount"], seen["desiredCount"]) == (0, 2, 2)
    slow.pass_time()
    assert describe(slow)["runningCount"] == 2
    assert describe(slow)["deployments"][0]["rolloutState"] == "COMPLETED"
    assert not {"stopCode", "stoppedReason"} & set(tasks(slow)[0])
    events = poll()
    arn = tasks(slow)[0]["taskArn"]
    changes = [event["detail"] for event in events if event["detail"].get("taskArn") == arn]
    assert [change["lastStatus"] for change in changes] == ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]
    assert [change["version"] for change in changes] == [1, 2, 3, 4]
    assert changes[-1]["group"] == "service:mate-demo-web"
    assert changes[-1]["startedBy"].startswith("ecs-svc/")
    assert changes[-1]["cpu"] == "256"
    names = [event["detail"]["eventName"] for event in events if "eventName" in event["detail"]]
    assert names == ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_STEADY_STATE"]
    steady = next(event for event in events if event["detail"].get("eventName") == "SERVICE_STEADY_STATE")
    assert steady["detail-type"] == "ECS Service Action"
    assert steady["resources"] == [created["serviceArn"]]


def test_a_stopped_task_is_replaced(service):
    poll = watch_default_bus(service, "aws.ecs")
    before = {task["taskArn"] for task in tasks(service)}
    stopped = service.control("POST", "ecs/stop-task", {
        "cluster": "mate-dev", "service": "mate-demo-web", "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "web", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}],
    })["taskArn"]
    after = {task["taskArn"] for task in tasks(service)}
    assert stopped in before - after
    assert len(after) == 2
    event = [event for event in poll() if event["detail"].get("taskArn") == stopped][-1]["detail"]
    assert (event["lastStatus"], event["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert event["containers"][0]["exitCode"] == 137
    assert event["containers"][0]["reason"].startswith("OutOfMemoryError")
    assert describe(service)["runningCount"] == 2


def test_a_new_revision_replaces_the_old_tasks(service, base):
    old = {task["taskArn"] for task in tasks(service)}
    definition = register(service, base, environment=[{"name": "A", "value": "1"}])
    updated = service.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", taskDefinition=definition)["service"]
    assert len(updated["deployments"]) == 2
    now = describe(service)
    assert [deployment["rolloutState"] for deployment in now["deployments"]] == ["COMPLETED"]
    assert {task["taskDefinitionArn"] for task in tasks(service)} == {definition}
    assert not old & {task["taskArn"] for task in tasks(service)}


def test_desired_count_is_obeyed(service):
    ecs = service.client("ecs")
    ecs.update_service(cluster="mate-dev", service="mate-demo-web", desiredCount=3)
    assert describe(service)["runningCount"] == 3
    ecs.update_service(cluster="mate-dev", service="mate-demo-web", desiredCount=0)
    assert (describe(service)["runningCount"], tasks(service)) == (0, [])


def test_protected_tasks_survive_scale_in(service):
    ecs = service.client("ecs")
    kept = tasks(service)[0]["taskArn"]
    reply = ecs.update_task_protection(cluster="mate-dev", tasks=[kept], protectionEnabled=True)
    assert reply["protectedTasks"][0]["protectionEnabled"] is True
    ecs.update_service(cluster="mate-dev", service="mate-demo-web", desiredCount=0)
    assert [task["taskArn"] for task in tasks(service)] == [kept]
    ecs.update_task_protection(cluster="mate-dev", tasks=[kept], protectionEnabled=False)
    assert tasks(service) == []


def failing(server, base):
    """A revision whose secret does not stand."""
    return register(server, base, secrets=[{"name": "P", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:no-AbCdEf"}])


def test_the_circuit_breaker_rolls_back(service, base):
    poll = watch_default_bus(service, "aws.ecs")
    good = describe(service)["taskDefinition"]
    service.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", taskDefinition=failing(service, base))
    eventually(lambda: describe(service)["taskDefinition"] == good, "no rollback", timeout=15)
    deployments = describe(service)["deployments"]
    assert [deployment["rolloutState"] for deployment in deployments] == ["COMPLETED"]
    details = [event["detail"] for event in poll()]
    failed = [detail for detail in details if detail.get("stopCode") == "TaskFailedToStart" and detail["lastStatus"] == "STOPPED"]
    assert len(failed) >= 3  # clamp(ceil(50 % × 2), 3, 200)
    assert failed[0]["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets")
    assert "exitCode" not in failed[0]["containers"][0]
    deployed = [(detail["eventName"], detail["reason"]) for detail in details if "deploymentId" in detail]
    assert ("SERVICE_DEPLOYMENT_FAILED", "ECS deployment circuit breaker: tasks failed to start.") in deployed
    assert any(name == "SERVICE_DEPLOYMENT_IN_PROGRESS" and "rolling back to deploymentId" in reason for name, reason in deployed)


def stopped(server, definition):
    """The service's first task that did not start, and the event that tells of it."""
    poll = watch_default_bus(server, "aws.ecs")
    create(server, definition, desiredCount=1)
    task = eventually(lambda: tasks(server, desiredStatus="STOPPED"))[-1]
    event = [event["detail"] for event in poll() if event["detail"].get("taskArn") == task["taskArn"]][-1]
    assert event["lastStatus"] == "STOPPED"
    assert (event["stopCode"], event["stoppedReason"]) == (task["stopCode"], task["stoppedReason"])
    assert "exitCode" not in event["containers"][0]
    return task, event


REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize("image", [f"{REGISTRY}/web:2", f"{REGISTRY}/web", f"{REGISTRY}/nobody:1", f"{REGISTRY}/web@sha256:{'0' * 64}"])
def test_a_task_without_its_image_does_not_start(cloud, base, image):
    cloud.client("ecr").create_repository(repositoryName="web")
    cloud.control("POST", "images", {"repositories": ["web"], "tag": "1"})
    task, event = stopped(cloud, register(cloud, base, image=image))
    text = f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: not found"
    assert (task["stopCode"], task["stoppedReason"]) == ("TaskFailedToStart", text)
    assert [container["reason"] for container in event["containers"]] == [text]
    assert "startedAt" not in event
    said = f"(service mate-demo-web) was unable to place a task. Reason: {text}."
    assert said in [event["message"] for event in describe(cloud)["events"]]


def test_only_the_container_without_an_image_says_why(cloud, base):
    definition = cloud.client("ecs").register_task_definition(
        family="mate-demo-web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[{"name": "log", "image": "log:1"}, {"name": "web", "image": f"{REGISTRY}/web:1"}],
    )["taskDefinition"]["taskDefinitionArn"]
    _task, event = stopped(cloud, definition)
    assert [container["name"] for container in event["containers"] if "reason" in container] == ["web"]


def test_a_task_whose_image_is_there_starts(cloud, base):
    cloud.client("ecr").create_repository(repositoryName="team/web")
    cloud.control("POST", "images", {"repositories": ["team/web"], "tag": "dev-1"})
    digest = cloud.client("ecr").describe_images(repositoryName="team/web")["imageDetails"][0]["imageDigest"]
    ecs = cloud.client("ecs")
    for image in (f"{REGISTRY}/team/web:dev-1", f"{REGISTRY}/team/web@{digest}", "public.ecr.aws/nginx/nginx:stable",
                  "999999999999.dkr.ecr.us-east-1.amazonaws.com/theirs:1"):
        run = ecs.run_task(cluster="mate-dev", taskDefinition=register(cloud, base, image=image), launchType="FARGATE",
                           networkConfiguration=NETWORK)
        seen = ecs.describe_tasks(cluster="mate-dev", tasks=[run["tasks"][0]["taskArn"]])["tasks"][0]
        assert (seen["stopCode"], seen["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0), image


def test_an_image_that_comes_later_lets_the_next_task_start(cloud, base):
    cloud.client("ecr").create_repository(repositoryName="web")
    stopped(cloud, register(cloud, base, image=f"{REGISTRY}/web:1"))
    cloud.control("POST", "images", {"repositories": ["web"], "tag": "1"})
    cloud.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", forceNewDeployment=True)
    eventually(lambda: describe(cloud)["runningCount"] == 1)


def logging(**options):
    return {"logDriver": "awslogs", "options": {"awslogs-region": "us-east-1", "awslogs-stream-prefix": "web", **options}}


def test_a_task_without_its_log_group_does_not_start(cloud, base):
    group = {"awslogs-group": "/ecs/mate-demo"}
    task, event = stopped(cloud, register(cloud, base, logConfiguration=logging(**group)))
    assert (task["stopCode"], task["stoppedReason"]) == (
        "TaskFailedToStart", "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1")
    assert "reason" not in event["containers"][0]
    cloud.client("ecs").delete_service(cluster="mate-dev", service="mate-demo-web", force=True)
    eventually(lambda: describe(cloud)["status"] == "INACTIVE")
    create(cloud, register(cloud, base, logConfiguration=logging(**group, **{"awslogs-create-group": "true"})))
    assert describe(cloud)["runningCount"] == 2
    cloud.client("logs").create_log_group(logGroupName="/ecs/mate-demo")
    definition = register(cloud, base, logConfiguration=logging(**group))
    cloud.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", taskDefinition=definition)
    assert {task["taskDefinitionArn"] for task in tasks(cloud)} == {definition}


@pytest.mark.parametrize("days", [None, 7])
def test_a_task_without_its_secret_does_not_start(cloud, base, days):
    secrets = cloud.client("secretsmanager")
    arn = secrets.create_secret(Name="mate/demo", SecretString='{"KEY": "x"}')["ARN"]
    secrets.delete_secret(SecretId=arn, **({"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}))
    task, event = stopped(cloud, register(cloud, base, secrets=[{"name": "P", "valueFrom": f"{arn}:KEY::"}]))
    why = ("InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion." if days else
           "ResourceNotFoundException: Secrets Manager can't find the specified secret.")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "TaskFailedToStart", "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {arn} from secrets manager: {why}")
    assert "reason" not in event["containers"][0]


@pytest.mark.parametrize(("code", "says"), [
    ("SpotInterruption", "Your Spot Task was interrupted."), ("TerminationNotice", "Your Spot Task was interrupted."),
    ("UserInitiated", "Task stopped by user"), ("EssentialContainerExited", "Essential container in task exited")])
def test_a_task_is_stopped_as_it_is_ordered(service, code, says):
    poll = watch_default_bus(service, "aws.ecs")
    end = {"name": "web", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
    order = {"cluster": "mate-dev", "service": "mate-demo-web", "stopCode": code, "containers": [end]}
    arn = service.control("POST", "ecs/stop-task", order)["taskArn"]
    event = [event["detail"] for event in poll() if event["detail"].get("taskArn") == arn][-1]
    assert (event["lastStatus"], event["stopCode"], event["stoppedReason"]) == ("STOPPED", code, says)
    assert {name: event["containers"][0][name] for name in end} == end
    seen = service.client("ecs").describe_tasks(cluster="mate-dev", tasks=[arn])["tasks"][0]
    assert {name: seen["containers"][0][name] for name in end} == end
    assert describe(service)["runningCount"] == 2


def test_tasks_have_addresses_of_their_own(service):
    service.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", desiredCount=40)
    addresses = [detail["value"] for task in tasks(service) for detail in task["attachments"][0]["details"]
                 if detail["name"] == "privateIPv4Address"]
    assert len(set(addresses)) == 40


def test_a_forced_deployment_has_new_tasks(service):
    before, old = describe(service), {task["taskArn"] for task in tasks(service)}
    began = datetime.now(UTC).replace(microsecond=0)
    updated = service.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", forceNewDeployment=True)["service"]
    assert updated["deployments"][0]["id"] != before["deployments"][0]["id"]
    assert began <= updated["deployments"][0]["createdAt"] <= datetime.now(UTC)
    now = describe(service)
    assert [(one["id"], one["rolloutState"]) for one in now["deployments"]] == [(updated["deployments"][0]["id"], "COMPLETED")]
    assert now["deployments"][0]["createdAt"] == updated["deployments"][0]["createdAt"]
    assert now["taskDefinition"] == before["taskDefinition"]
    assert len(tasks(service)) == 2
    assert not old & {task["taskArn"] for task in tasks(service)}


def test_without_spare_room_the_old_task_ends_before_the_new_one_begins(cloud, base):
    single = {"maximumPercent": 100, "minimumHealthyPercent": 0}
    create(cloud, register(cloud, base), desiredCount=1, deploymentConfiguration=single)
    old = tasks(cloud)[0]["taskArn"]
    poll = watch_default_bus(cloud, "aws.ecs")
    cloud.client("ecs").update_service(cluster="mate-dev", service="mate-demo-web", forceNewDeployment=True)
    seen = [(event["detail"]["taskArn"] == old, event["detail"]["lastStatus"]) for event in poll() if "taskArn" in event["detail"]]
    assert seen == [(True, state) for state in ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")] + [
        (False, state) for state in ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")]


def test_a_first_deployment_that_cannot_start_fails(cloud, base):
    create(cloud, failing(cloud, base), desiredCount=1)
    eventually(lambda: describe(cloud)["deployments"][0]["rolloutState"] == "FAILED", timeout=15)
    assert describe(cloud)["runningCount"] == 0
    assert describe(cloud)["deployments"][0]["failedTasks"] == 3


def test_a_task_waits_for_nobodys_mount_target(cloud, base):
    system = cloud.client("efs").create_file_system(CreationToken="x")["FileSystemId"]
    definition = cloud.client("ecs").register_task_definition(
        family="mate-demo-web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[{"name": "web", "image": "web:1"}],
        volumes=[{"name": "media", "efsVolumeConfiguration": {"fileSystemId": system}}],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs = cloud.client("ecs")
    run = {"cluster": "mate-dev", "taskDefinition": definition, "launchType": "FARGATE", "networkConfiguration": NETWORK}
    failed = ecs.run_task(**run)["tasks"][0]["taskArn"]
    cloud.client("efs").create_mount_target(FileSystemId=system, SubnetId=base["private-a.id"])
    done = ecs.run_task(**run)["tasks"][0]["taskArn"]
    seen = {task["taskArn"]: task for task in ecs.describe_tasks(cluster="mate-dev", tasks=[failed, done])["tasks"]}
    assert "failed to invoke EFS utils" in seen[failed]["stoppedReason"]
    assert (seen[done]["stopCode"], seen[done]["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)


def test_a_deleted_service_drains_until_its_tasks_are_gone(slow, slow_base, refused):
    definition = register(slow, slow_base)
    create(slow, definition)
    slow.pass_time()
    ecs = slow.client("ecs")
    refused("InvalidParameterException", ecs.delete_service, cluster="mate-dev", service="mate-demo-web")
    assert ecs.delete_service(cluster="mate-dev", service="mate-demo-web", force=True)["service"]["status"] == "DRAINING"
    assert describe(slow)["status"] == "DRAINING"
    error = refused("InvalidParameterException", ecs.create_service, cluster="mate-dev", serviceName="mate-demo-web",
                    taskDefinition=definition, desiredCount=1)
    assert error["Error"]["Message"] == "Unable to Start a service that is still Draining."
    refused("ServiceNotActiveException", ecs.update_service, cluster="mate-dev", service="mate-demo-web", desiredCount=1)
    slow.pass_time()
    assert describe(slow)["status"] == "INACTIVE"
    create(slow, definition)


def test_service_tokens(cloud, base, refused):
    definition = register(cloud, base)
    first = create(cloud, definition, clientToken="incarnation-1")
    again = create(cloud, definition, clientToken="incarnation-1")
    assert first["serviceArn"] == again["serviceArn"]
    assert len(tasks(cloud)) == 2
    wanted = {"cluster": "mate-dev", "serviceName": "mate-demo-web", "taskDefinition": definition, "desiredCount": 2}
    error = refused("InvalidParameterException", cloud.client("ecs").create_service, **wanted, clientToken="incarnation-2")
    assert error["Error"]["Message"] == "Creation of service was not idempotent."


def test_run_task_tokens(cloud, base, refused):
    ecs = cloud.client("ecs")
    run = {"cluster": "mate-dev", "taskDefinition": register(cloud, base), "launchType": "FARGATE",
           "networkConfiguration": NETWORK, "clientToken": "migrate-1"}
    assert ecs.run_task(**run)["tasks"][0]["taskArn"] == ecs.run_task(**run)["tasks"][0]["taskArn"]
    refused("ConflictException", ecs.run_task, **run | {"count": 2})


def test_who_started_tasks_is_the_only_filter(cloud, base, refused):
    refused("InvalidParameterException", cloud.client("ecs").list_tasks, cluster="mate-dev", startedBy="me", desiredStatus="STOPPED")
    assert cloud.client("ecs").list_tasks(cluster="mate-dev", startedBy="me")["taskArns"] == []


TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def test_a_young_role_is_refused(young_cloud, refused):
    assert young_cloud.control("GET", "health")["throttling"] is True
    young_cloud.control("POST", "environment", FIXTURE)
    role = young_cloud.client("iam").create_role(RoleName="young", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    definition = register(young_cloud, {"execution.arn": role})
    ecs = young_cloud.client("ecs")
    run = {"cluster": "mate-dev", "taskDefinition": definition, "launchType": "FARGATE", "networkConfiguration": NETWORK}
    error = refused("ClientException", ecs.run_task, **run)
    assert "unable to assume the role" in error["Error"]["Message"]
    create(young_cloud, definition, desiredCount=1)
    assert "unable to assume the role" in describe(young_cloud)["events"][0]["message"]
    assert tasks(young_cloud) == []


def test_a_role_that_does_not_stand_is_refused(cloud, base, refused):
    definition = register(cloud, {"execution.arn": base["execution.arn"] + "x"})
    refused("ClientException", cloud.client("ecs").run_task, cluster="mate-dev", taskDefinition=definition,
            launchType="FARGATE", networkConfiguration=NETWORK)


def test_fargate_has_no_such_size(cloud, base, refused):
    ecs = cloud.client("ecs")
    wanted = {"family": "f", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256",
              "containerDefinitions": [{"name": "web", "image": "web:1"}]}
    refused("ClientException", ecs.register_task_definition, **wanted, memory="3072")
    refused("ClientException", ecs.register_task_definition, **wanted | {"networkMode": "bridge"}, memory="512")
    secret = [{"name": "web", "image": "web:1", "secrets": [{"name": "P", "valueFrom": "arn:x"}]}]
    refused("ClientException", ecs.register_task_definition, **wanted | {"containerDefinitions": secret}, memory="512")


def test_each_registration_is_a_new_revision_and_inactive_ones_are_refused(cloud, base, refused):
    ecs = cloud.client("ecs")
    first, second = register(cloud, base), register(cloud, base)
    assert (first[-2:], second[-2:]) == (":1", ":2")
    ecs.deregister_task_definition(taskDefinition=first)
    refused("ClientException", ecs.create_service, cluster="mate-dev", serviceName="s", taskDefinition=first, desiredCount=1)


def test_a_family_is_its_newest_active_revision(cloud, base, refused):
    ecs = cloud.client("ecs")
    first, second = register(cloud, base), register(cloud, base)
    described = lambda: ecs.describe_task_definition(taskDefinition="mate-demo-web")["taskDefinition"]["taskDefinitionArn"]
    assert described() == second
    ecs.deregister_task_definition(taskDefinition=second)
    assert described() == first
    ecs.deregister_task_definition(taskDefinition=first)
    refused("ClientException", ecs.describe_task_definition, taskDefinition="mate-demo-web")


def test_a_task_definition_shows_its_defaults(cloud, base):
    ecs = cloud.client("ecs")
    sent = {"name": "web", "image": "web:1", "portMappings": [{"containerPort": 8000}],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    registered = ecs.register_task_definition(
        family="f", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[sent], volumes=[{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1234567890abcdef0"}}],
        tags=[{"key": "caretaker:owner", "value": "demo"}])
    arn = registered["taskDefinition"]["taskDefinitionArn"]
    described = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
    assert registered["taskDefinition"] == described["taskDefinition"]
    container = described["taskDefinition"]["containerDefinitions"][0]
    assert container["portMappings"] == [{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}]
    assert (container["cpu"], container["essential"], container["volumesFrom"]) == (0, True, [])
    assert [entry["name"] for entry in container["environment"]] == ["B", "A"]
    assert container["mountPoints"][0]["readOnly"] is False
    assert described["taskDefinition"]["volumes"][0]["efsVolumeConfiguration"]["rootDirectory"] == "/"
    assert described["tags"] == [{"key": "caretaker:owner", "value": "demo"}]
    assert "tags" not in ecs.describe_task_definition(taskDefinition=arn)


def test_a_service_shows_its_defaults_and_its_tags_only_when_asked_for(cloud, base):
    create(cloud, register(cloud, base), deploymentConfiguration={}, tags=[{"key": "caretaker:owner", "value": "demo"}])
    seen = describe(cloud)
    assert (seen["deploymentConfiguration"]["maximumPercent"], seen["deploymentConfiguration"]["minimumHealthyPercent"]) == (200, 100)
    assert seen["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    assert (seen["platformVersion"], seen["availabilityZoneRebalancing"]) == ("LATEST", "ENABLED")
    assert "tags" not in seen
    asked = cloud.client("ecs").describe_services(cluster="mate-dev", services=["mate-demo-web"], include=["TAGS"])
    assert asked["services"][0]["tags"] == [{"key": "caretaker:owner", "value": "demo"}]


def test_definitions_are_listed_by_their_whole_family(cloud, base):
    ecs = cloud.client("ecs")
    for family in ("mate-demo", "mate-demo-two"):
        ecs.register_task_definition(family=family, containerDefinitions=[{"name": "web", "image": "web:1"}])
    arns = ecs.list_task_definitions(familyPrefix="mate-demo")["taskDefinitionArns"]
    assert [arn.rpartition("/")[2] for arn in arns] == ["mate-demo:1"]
    assert ecs.list_task_definitions(familyPrefix="mate")["taskDefinitionArns"] == []


def test_a_deleted_task_definition_stays_while_it_is_used(service):
    ecs = service.client("ecs")
    arn = describe(service)["taskDefinition"]
    refused = ecs.delete_task_definitions(taskDefinitions=[arn])["failures"][0]
    assert "still in ACTIVE status" in refused["reason"]
    ecs.deregister_task_definition(taskDefinition=arn)
    assert ecs.delete_task_definitions(taskDefinitions=[arn])["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    assert ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "DELETE_IN_PROGRESS"
    ecs.delete_service(cluster="mate-dev", service="mate-demo-web", force=True)
    eventually(lambda: ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == [])
