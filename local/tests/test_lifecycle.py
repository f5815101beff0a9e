"""The commands: up, status, environment, deploy, down; and nothing listens beyond this machine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import functions
import pytest
from caretaker_local.client import boto_client, control
from conftest import LOCAL

FIXTURE_PATH = LOCAL / "fixtures" / "environment-dev.json"


@pytest.fixture
def command(tmp_path):
    def run(*arguments, expect=0):
        result = subprocess.run([sys.executable, "-m", "caretaker_local", *arguments], capture_output=True, text=True,
                                env={**os.environ, "PYTHONPATH": str(LOCAL)}, cwd=tmp_path, timeout=120, check=False)
        assert result.returncode == expect, result.stderr
        return result

    yield run
    run("down", "--state-dir", str(tmp_path / "state"))


@pytest.fixture
def endpoint(command, tmp_path):
    out = command("up", "--port", "0", "--profile", "instant", "--state-dir", str(tmp_path / "state")).stdout
    return re.search(r"export AWS_ENDPOINT_URL=(\S+)", out)[1]


def test_up_says_what_aws_needs_and_down_ends_all(command, endpoint, tmp_path):
    state = str(tmp_path / "state")
    again = command("up", "--state-dir", state)
    assert "already up" in again.stderr
    assert f"export AWS_ENDPOINT_URL={endpoint}" in again.stdout
    assert "export AWS_DEFAULT_REGION=us-east-1" in again.stdout
    server = json.loads(command("status", "--state-dir", state).stdout)
    assert server["endpoint"] == endpoint

    class Cloud:
        client = staticmethod(lambda service: boto_client(service, endpoint))

    Cloud.endpoint = endpoint
    functions.create_function(Cloud)
    functions.invoke(Cloud, {})
    family = processes_of(server["pid"])
    assert len(family) == 2  # the server and one warm function
    command("down", "--state-dir", state)
    assert [pid for pid in family if lives(pid)] == []
    assert command("status", "--state-dir", state, expect=1)


def lives(pid: int) -> bool:
    """A zombie, which waits for nothing but its parent, has ended."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def processes_of(pid: int) -> list[int]:
    """The server's process and its children."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *sorted({int(child) for path in children for child in path.read_text().split()})]


def test_all_sockets_are_this_machines_own(command, endpoint, tmp_path):
    pid = json.loads(command("status", "--state-dir", str(tmp_path / "state")).stdout)["pid"]
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(descriptor)))
    listening = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]]
    addresses = {row[1].split(":")[0] for row in listening if row[3] == "0A" and row[9] in inodes}
    assert addresses == {"0100007F"}  # 127.0.0.1, as the kernel writes it


def test_environment_puts_the_fixtures_very_ids(command, endpoint):
    dynamodb = boto_client("dynamodb", endpoint)
    dynamodb.create_table(
        TableName="ledger", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
    put = ("environment", "--endpoint", endpoint, "--fixture", str(FIXTURE_PATH), "--table", "ledger")
    outputs = json.loads(command(*put).stdout)
    key = {sort: {"pk": {"S": "environment#dev"}, "sk": {"S": sort}} for sort in ("state", "tenants")}
    dynamodb.update_item(TableName="ledger", Key=key["tenants"], UpdateExpression="SET #count = :n",
                         ExpressionAttributeNames={"#count": "count"}, ExpressionAttributeValues={":n": {"N": "3"}})
    command(*put)
    state, tenants = (dynamodb.get_item(TableName="ledger", Key=key[sort])["Item"] for sort in ("state", "tenants"))
    assert {name: value["S"] for name, value in state["outputs"]["M"].items()} == outputs
    assert (state["phase"], state["stood"], state["schema"]) == ({"S": "ready"}, {"BOOL": True}, {"N": "1"})
    assert (tenants["open"], tenants["count"]) == ({"BOOL": True}, {"N": "3"})
    fixture = json.loads(FIXTURE_PATH.read_text())
    subnets = boto_client("ec2", endpoint).describe_subnets(SubnetIds=[outputs[f"private-{zone}.id"] for zone in "abc"])["Subnets"]
    assert {(subnet["SubnetId"], subnet["VpcId"], subnet["CidrBlock"], subnet["AvailabilityZone"]) for subnet in subnets} == {
        (subnet["id"], fixture["vpc"]["id"], subnet["cidr"], subnet["availability_zone"]) for subnet in fixture["private_subnets"]}
    groups = boto_client("ec2", endpoint).describe_security_groups(GroupIds=[outputs[f"{name}.id"] for name in fixture["security_groups"]])
    assert {group["GroupName"] for group in groups["SecurityGroups"]} == {"ecs", "rds", "efs"}
    database_group = boto_client("rds", endpoint).describe_db_subnet_groups(DBSubnetGroupName="mate-dev")["DBSubnetGroups"][0]
    assert len(database_group["Subnets"]) == 3
    assert boto_client("iam", endpoint).get_role(RoleName=fixture["execution_role"])["Role"]["Arn"] == outputs["execution.arn"]
    assert boto_client("ecs", endpoint).describe_clusters(clusters=["mate-dev"])["clusters"][0]["status"] == "ACTIVE"


TEMPLATE = """
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  AwsEndpointUrl: { Type: String, Default: '' }
  Concurrency: { Type: Number, Default: 5 }
Conditions:
  IsLocal: !Not [!Equals [!Ref AwsEndpointUrl, '']]
Resources:
  Ledger:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: t-ledger
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
  Dead: { Type: AWS::SQS::Queue }
  Queue: { Type: AWS::SQS::Queue }
  Worker:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: worker } }
    Properties:
      FunctionName: worker
      CodeUri: .
      Handler: bootstrap
      Runtime: provided.al2023
      RecursiveLoop: Allow
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }
      Environment: { Variables: { AWS_ENDPOINT_URL: !If [IsLocal, !Ref AwsEndpointUrl, !Ref AWS::NoValue] } }
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Queue.Arn
            ScalingConfig: { MaximumConcurrency: !Ref Concurrency }
Outputs:
  QueueUrl: { Value: !Ref Queue }
"""


@pytest.mark.parametrize("layout", ["worker", "worker/bootstrap"])
def test_the_real_sam_deploys_the_built_binary(command, endpoint, tmp_path, layout):
    binary = tmp_path / "target" / layout
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!{sys.executable}\n{(LOCAL / 'tests' / 'bootstrap.py').read_text()}")
    repository = LOCAL.parent
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    os.environ.setdefault("CARETAKER_SAM", str(repository / ".tools/sam/bin/sam"))
    outputs = json.loads(command(
        "deploy", "--endpoint", endpoint, "--template", str(tmp_path / "template.yaml"), "--binaries", str(tmp_path / "target"),
        "--stack", "t", "--parameter", "Concurrency=7").stdout)
    client = boto_client("lambda", endpoint)
    assert client.get_function_recursion_config(FunctionName="worker")["RecursiveLoop"] == "Allow"
    assert client.get_function_configuration(FunctionName="worker")["DeadLetterConfig"]["TargetArn"].split(":")[2] == "sqs"
    dynamodb = boto_client("dynamodb", endpoint)
    expiry = dynamodb.describe_time_to_live(TableName="t-ledger")["TimeToLiveDescription"]
    assert (expiry["AttributeName"], expiry["TimeToLiveStatus"]) == ("expiresAt", "ENABLED")
    backups = dynamodb.describe_continuous_backups(TableName="t-ledger")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    mapping = client.list_event_source_mappings()["EventSourceMappings"][0]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 7}
    body = json.dumps({"calls": [functions.call("secretsmanager", "create_secret", Name="made", SecretString="x")]})
    boto_client("sqs", endpoint).send_message(QueueUrl=outputs["QueueUrl"], MessageBody=body)
    functions.eventually(lambda: boto_client("secretsmanager", endpoint).list_secrets()["SecretList"], timeout=20)
    calls = control(endpoint, "GET", "/_caretaker/calls?owner=made")["calls"]
    assert {call["function"] for call in calls if call["operation"] == "CreateSecret"} == {"worker"}


def test_a_missing_binary_is_named(command, endpoint, tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    result = command("deploy", "--endpoint", endpoint, "--template", str(tmp_path / "template.yaml"), "--binaries", str(tmp_path), expect=1)
    assert "no binary worker" in result.stderr
