"""Lambda functions and scheduled rules that are made by calls, as a base blueprint makes its sampler."""

import base64
import hashlib
import json
import threading
import urllib.request

import boto3
import pytest
from botocore.config import Config
from caretaker_local.client import LocalCloudError
from conftest import eventually
from functions import create_queue, invocations, invoke, package

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NETWORK_RIGHTS = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
NAME = "mate-dev-sample-queues"


def create_role(server, name: str = "sampler", trust=TRUST, rights=NETWORK_RIGHTS) -> str:
    iam = server.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if rights:
        iam.put_role_policy(RoleName=name, PolicyName="network", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(rights), "Resource": "*"}]}))
    return arn


def create_network(server) -> tuple[str, str, str]:
    """(VPC, subnet, security group)."""
    ec2 = server.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.11.0/24")["Subnet"]["SubnetId"]
    return vpc, subnet, ec2.create_security_group(GroupName="sampler", Description="sampler", VpcId=vpc)["GroupId"]


def create(server, role: str, name: str = NAME, **settings) -> dict:
    return server.client("lambda").create_function(
        FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role=role, Timeout=30, MemorySize=256,
        Architectures=["arm64"], Code={"ZipFile": package()}, Tags={"caretaker:owner": "environment/dev"},
        **{"Environment": {"Variables": {"AWS_ENDPOINT_URL": server.endpoint}}, **settings})


def network_of(subnet: str, group: str) -> dict:
    return {"SubnetIds": [subnet], "SecurityGroupIds": [group]}


def schedule(server, function_arn: str, target: dict | None = None, allowed: bool = True) -> str:
    """A rule of each minute for the function; its ARN."""
    events = server.client("events")
    rule = events.put_rule(Name=NAME, ScheduleExpression="rate(1 minute)", Tags=[{"Key": "caretaker:owner", "Value": "environment/dev"}])
    events.put_targets(Rule=NAME, Targets=[{"Id": "function", "Arn": function_arn, "Input": '{"calls": []}', **(target or {})}])
    if allowed:
        server.client("lambda").add_permission(FunctionName=NAME, StatementId="schedule", Action="lambda:InvokeFunction",
                                               Principal="events.amazonaws.com", SourceArn=rule["RuleArn"])
    return rule["RuleArn"]


def test_a_function_is_pending_until_it_is_active(slow, refused):
    vpc, subnet, group = create_network(slow)
    role = create_role(slow)
    slow.pass_time()
    functions = slow.client("lambda")
    made = create(slow, role, VpcConfig=network_of(subnet, group), LoggingConfig={"LogGroup": "/caretaker/sampler"})
    assert (made["State"], made["StateReasonCode"], made["LastUpdateStatus"]) == ("Pending", "Creating", "InProgress")
    refused("ResourceConflictException", functions.invoke, FunctionName=NAME)
    refused("ResourceConflictException", functions.update_function_code, FunctionName=NAME, ZipFile=package())
    slow.pass_time()
    seen = functions.get_function(FunctionName=NAME)
    settings = seen["Configuration"]
    assert (settings["State"], settings["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReasonCode" not in settings
    assert settings["VpcConfig"] == {**network_of(subnet, group), "VpcId": vpc}
    assert settings["LoggingConfig"]["LogGroup"] == "/caretaker/sampler"
    assert settings["CodeSha256"] == base64.b64encode(hashlib.sha256(package()).digest()).decode()
    assert seen["Tags"] == {"caretaker:owner": "environment/dev"}


def test_a_functions_code_can_be_downloaded(cloud):
    create(cloud, create_role(cloud))
    location = cloud.client("lambda").get_function(FunctionName=NAME)["Code"]["Location"]
    with urllib.request.urlopen(location) as reply:
        assert reply.read() == package()


def test_a_second_update_waits_for_the_first(slow, refused):
    role = create_role(slow)
    slow.pass_time()
    create(slow, role)
    slow.pass_time()
    functions = slow.client("lambda")
    updating = functions.update_function_configuration(FunctionName=NAME, MemorySize=512)
    assert (updating["State"], updating["LastUpdateStatus"]) == ("Active", "InProgress")
    refused("ResourceConflictException", functions.update_function_code, FunctionName=NAME, ZipFile=package())
    slow.pass_time()
    functions.update_function_code(FunctionName=NAME, ZipFile=package())
    slow.pass_time()
    seen = functions.get_function_configuration(FunctionName=NAME)
    assert (seen["LastUpdateStatus"], seen["MemorySize"]) == ("Successful", 512)


def test_a_name_is_taken(cloud, refused):
    role = create_role(cloud)
    create(cloud, role)
    refused("ResourceConflictException", lambda: create(cloud, role))


@pytest.mark.parametrize("fault", ["no trust", "absent"])
def test_a_role_that_lambda_cannot_assume_is_refused(slow, refused, fault):
    other = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
    role = create_role(slow, trust=other if fault == "no trust" else TRUST)
    slow.pass_time()
    if fault == "absent":
        role += "s"
    error = refused("InvalidParameterValueException", lambda: create(slow, role))
    assert error["Error"]["Message"] == "The role defined for the function cannot be assumed by Lambda."


def test_a_young_role_is_refused_for_a_while(young_cloud, refused):
    role = create_role(young_cloud)
    refused("InvalidParameterValueException", lambda: create(young_cloud, role))


@pytest.mark.parametrize("missing", NETWORK_RIGHTS)
def test_a_function_in_a_vpc_needs_its_roles_network_rights(cloud, refused, missing):
    _, subnet, group = create_network(cloud)
    role = create_role(cloud, rights=[right for right in NETWORK_RIGHTS if right != missing])
    error = refused("InvalidParameterValueException", lambda: create(cloud, role, VpcConfig=network_of(subnet, group)))
    action = missing.partition(":")[2]
    assert error["Error"]["Message"] == f"The provided execution role does not have permissions to call {action} on EC2"
    create(cloud, role)


@pytest.mark.parametrize("settings", [
    {"VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": []}},
    {"Environment": {"Variables": {"AWS_REGION": "eu-central-1"}}},
])
def test_settings_that_lambda_does_not_take_are_refused(cloud, refused, settings):
    role = create_role(cloud)
    refused("InvalidParameterValueException", lambda: create(cloud, role, **settings))


def test_interfaces_outlive_their_function(slow, refused):
    """What they are in cannot be deleted meanwhile."""
    _, subnet, group = create_network(slow)
    role = create_role(slow)
    slow.pass_time()
    create(slow, role, VpcConfig=network_of(subnet, group))
    create(slow, role, name="other", VpcConfig=network_of(subnet, group))
    slow.pass_time()
    ec2, functions = slow.client("ec2"), slow.client("lambda")
    functions.delete_function(FunctionName=NAME)
    slow.pass_time()
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    functions.delete_function(FunctionName="other")
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet)
    (interface,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert interface["InterfaceType"] == "lambda"
    refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=interface["NetworkInterfaceId"])
    slow.pass_time()
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)


def test_a_role_deleted_too_early_leaves_the_interfaces(slow, refused):
    _, subnet, group = create_network(slow)
    role = create_role(slow)
    slow.pass_time()
    create(slow, role, VpcConfig=network_of(subnet, group))
    slow.pass_time()
    slow.client("lambda").delete_function(FunctionName=NAME)
    iam, ec2 = slow.client("iam"), slow.client("ec2")
    iam.delete_role_policy(RoleName="sampler", PolicyName="network")
    iam.delete_role(RoleName="sampler")
    slow.pass_time()
    refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    (interface,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    ec2.delete_security_group(GroupId=group)


def test_a_function_without_a_permission_has_no_policy(cloud, refused):
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    functions = cloud.client("lambda")
    refused("ResourceNotFoundException", functions.get_policy, FunctionName=NAME)
    rule = schedule(cloud, arn)
    (statement,) = json.loads(functions.get_policy(FunctionName=NAME)["Policy"])["Statement"]
    assert statement["Condition"]["ArnLike"] == {"AWS:SourceArn": rule}
    functions.remove_permission(FunctionName=NAME, StatementId="schedule")
    refused("ResourceNotFoundException", functions.get_policy, FunctionName=NAME)


def test_a_hundred_executions_stay_unreserved(cloud, refused):
    create(cloud, create_role(cloud))
    functions = cloud.client("lambda")
    functions.put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=900)
    refused("InvalidParameterValueException", functions.put_function_concurrency, FunctionName=NAME, ReservedConcurrentExecutions=901)
    assert functions.get_function(FunctionName=NAME)["Concurrency"] == {"ReservedConcurrentExecutions": 900}


def test_a_schedule_invokes_its_function_with_its_input(cloud):
    url, _ = create_queue(cloud, "seen")
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    calls = [{"service": "sqs", "operation": "send_message", "parameters": {"QueueUrl": url, "MessageBody": "sampled"}}]
    rule = schedule(cloud, arn, {"Input": json.dumps({"calls": calls})})
    assert cloud.control("POST", "events/fire", {"rule": NAME}) == {"rule": rule, "targets": 1}
    sqs = cloud.client("sqs")
    message = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    assert message[0]["Body"] == "sampled"
    # Its log is written at its end, which the next test's must not be.
    eventually(lambda: invocations(cloud, NAME) == 1)


def test_a_schedule_without_permission_goes_to_the_dead_letters(cloud):
    url, queue = create_queue(cloud, "dead")
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    schedule(cloud, arn, {"DeadLetterConfig": {"Arn": queue}}, allowed=False)
    cloud.control("POST", "events/fire", {"rule": NAME})
    sqs = cloud.client("sqs")
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"))
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert invocations(cloud, NAME) == 0


def test_another_rules_permission_does_not_do(cloud):
    url, queue = create_queue(cloud, "dead")
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    rule = schedule(cloud, arn, {"DeadLetterConfig": {"Arn": queue}}, allowed=False)
    cloud.client("lambda").add_permission(FunctionName=NAME, StatementId="other", Action="lambda:InvokeFunction",
                                          Principal="events.amazonaws.com", SourceArn=rule + "-2")
    cloud.control("POST", "events/fire", {"rule": NAME})
    assert eventually(lambda: cloud.client("sqs").receive_message(QueueUrl=url).get("Messages"))


def test_a_second_run_waits_for_the_first_where_concurrency_is_one(cloud):
    """Called directly it is throttled; the schedule's event is tried again until it runs."""
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    functions = cloud.client("lambda")
    functions.put_function_concurrency(FunctionName=NAME, ReservedConcurrentExecutions=1)
    schedule(cloud, arn)
    url, _ = create_queue(cloud, "long")
    poll = {"service": "sqs", "operation": "receive_message", "parameters": {"QueueUrl": url, "WaitTimeSeconds": 10}}
    first = threading.Thread(target=invoke, args=(cloud, {"calls": [poll]}, NAME))
    first.start()
    eventually(lambda: [call for call in cloud.calls() if call["operation"] == "ReceiveMessage"])
    once = boto3.client("lambda", endpoint_url=cloud.endpoint, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(functions.exceptions.ClientError, match="TooManyRequests"):
        once.invoke(FunctionName=NAME, Payload="{}")
    cloud.control("POST", "events/fire", {"rule": NAME})
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="end of the first")
    first.join()
    eventually(lambda: invocations(cloud, NAME) >= 2)


def test_a_rule_is_deleted_after_its_targets(cloud, refused):
    arn = create(cloud, create_role(cloud))["FunctionArn"]
    rule = schedule(cloud, arn)
    events = cloud.client("events")
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "caretaker:owner", "Value": "environment/dev"}]
    assert events.list_targets_by_rule(Rule=NAME)["Targets"][0]["Arn"] == arn
    refused("ValidationException", events.delete_rule, Name=NAME)
    events.remove_targets(Rule=NAME, Ids=["function"])
    events.delete_rule(Name=NAME)
    events.delete_rule(Name=NAME)
    refused("ResourceNotFoundException", events.describe_rule, Name=NAME)
    refused("ResourceNotFoundException", events.list_targets_by_rule, Rule=NAME)
    refused("ResourceNotFoundException", events.remove_targets, Rule=NAME, Ids=["function"])


@pytest.mark.parametrize("settings", [
    {},
    {"ScheduleExpression": "rate(1 minutes)"},
    {"ScheduleExpression": "rate(5 minute)"},
    {"ScheduleExpression": "rate(0 minutes)"},
    {"ScheduleExpression": "rate(1 minute)", "EventBusName": "own"},
])
def test_rules_that_cannot_be_are_refused(cloud, refused, settings):
    events = cloud.client("events")
    events.create_event_bus(Name="own")
    refused("ValidationException", events.put_rule, Name=NAME, **settings)


def test_a_rule_put_again_keeps_its_tags(cloud):
    events = cloud.client("events")
    put = lambda value: events.put_rule(  # noqa: E731
        Name=NAME, ScheduleExpression="rate(1 minute)", Tags=[{"Key": "caretaker:owner", "Value": value}])["RuleArn"]
    assert put("first") == put("second")
    assert events.list_tags_for_resource(ResourceARN=put("third"))["Tags"] == [{"Key": "caretaker:owner", "Value": "first"}]


def test_a_rule_has_five_targets_at_most(cloud, refused):
    events = cloud.client("events")
    events.put_rule(Name=NAME, ScheduleExpression="rate(1 minute)")
    _, queue = create_queue(cloud, "seen")
    targets = [{"Id": str(number), "Arn": queue} for number in range(6)]
    events.put_targets(Rule=NAME, Targets=targets[:5])
    refused("LimitExceededException", events.put_targets, Rule=NAME, Targets=targets[5:])


@pytest.mark.parametrize("age_s, fires", [(59, False), (61, True)])
def test_a_schedule_fires_a_minute_after_it_was_made(monkeypatch, age_s, fires):
    """The clock's part, which no test can wait for: ministack's scheduler, looked at by hand."""
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    fired = []
    monkeypatch.setattr(eventbridge, "_invoke_target", lambda target, *_rest: fired.append(target["Id"]))
    with request_scope("123456789012", "us-east-1"):
        eventbridge._ensure_default_bus()
        eventbridge._put_rule({"Name": NAME, "ScheduleExpression": "rate(1 minute)"})
        eventbridge._put_targets({"Rule": NAME, "Targets": [{"Id": "one", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}]})
        eventbridge._rules[eventbridge._rule_key(NAME, "default")]["CreationTime"] -= age_s
        eventbridge._tick_scheduled_rules()
    eventbridge.reset()
    assert fired == ["one"] * fires


def test_only_a_scheduled_rule_can_be_fired(cloud):
    cloud.client("events").put_rule(Name=NAME, EventPattern='{"source": ["a"]}')
    with pytest.raises(LocalCloudError, match="no scheduled rule"):
        cloud.control("POST", "events/fire", {"rule": NAME})
