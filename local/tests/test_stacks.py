"""What stands after a stack is made by CloudFormation: URLs of functions, generated secrets, two subscriptions of one topic."""

import json
import urllib.error
import urllib.parse
import urllib.request

import boto3
import functions
import pytest
from botocore.config import Config
from conftest import eventually

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Length: { Type: Number, Default: 64 }
Resources:
  Key:
    Type: AWS::SecretsManager::Secret
    Properties:
      Description: DESCRIPTION
      GenerateSecretString: { SecretStringTemplate: "{}", GenerateStringKey: key, PasswordLength: !Ref Length, ExcludePunctuation: true }
  Word:
    Type: AWS::SecretsManager::Secret
    Properties: { Name: word, GenerateSecretString: { ExcludeLowercase: true, ExcludeNumbers: true, ExcludePunctuation: true } }
  Given:
    Type: AWS::SecretsManager::Secret
    Properties: { SecretString: given }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Key }]
  One: { Type: AWS::SQS::Queue, Properties: { QueueName: one } }
  Two: { Type: AWS::SQS::Queue, Properties: { QueueName: two } }
  Topic: { Type: AWS::SNS::Topic }
  ToOne: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt One.Arn } }
  ToTwo: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Two.Arn } }
  Link:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: link
      CodeUri: s3://code/link.zip
      Handler: bootstrap
      Runtime: provided.al2023
      Role: !GetAtt Role.Arn
      ReservedConcurrentExecutions: 5
      FunctionUrlConfig: { AuthType: NONE }
      Environment: { Variables: { KEY: !Ref Key } }
  Original:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: original
      CodeUri: s3://code/link.zip
      Handler: bootstrap
      Runtime: provided.al2023
      Role: !GetAtt Role.Arn
      ReservedConcurrentExecutions: 0
Outputs:
  Url: { Value: !GetAtt LinkUrl.FunctionUrl }
  Key: { Value: !Ref Key }
  Word: { Value: !Ref Word }
  Given: { Value: !Ref Given }
  Topic: { Value: !Ref Topic }
"""
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def settle(server) -> dict[str, str]:
    """The stack's outputs, once it is done."""
    cloudformation = server.client("cloudformation")

    def done():
        stack = cloudformation.describe_stacks(StackName="t")["Stacks"][0]
        return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

    stack = eventually(done, timeout=30)
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), stack
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.fixture
def outputs(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="link.zip", Body=functions.package())
    cloud.client("cloudformation").create_stack(StackName="t", TemplateBody=TEMPLATE, Capabilities=CAPABILITIES)
    return settle(cloud)


def ask(url: str, body: dict | None = None, **headers) -> tuple[int, dict]:
    """What a browser sees."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def value(server, secret: str) -> str:
    return server.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]


def test_a_function_answers_at_its_url(cloud, outputs):
    url = outputs["Url"]
    assert url.startswith(f"{cloud.endpoint}/")
    assert url.endswith("/")
    assert ask(f"{url}?t=a-_.b")[1] == {"path": "/", "query": "t=a-_.b", "said": []}
    assert ask(f"{url}deeper/down", {})[1] == {"path": "/deeper/down", "query": "", "said": []}
    known = cloud.client("lambda").get_function_url_config(FunctionName="link")
    assert (known["FunctionUrl"], known["AuthType"]) == (url, "NONE")
    # By AWS's own form of the name, too.
    host = f"{url.rstrip('/').rpartition('/')[2]}.lambda-url.us-east-1.on.aws"
    assert ask(f"{cloud.endpoint}/?t=1", Host=host)[1]["query"] == "t=1"


def test_calls_by_a_url_are_the_functions_own(cloud, outputs):
    cloud.control("POST", "iam", {"mode": "enforce"})
    wanted = [functions.call("secretsmanager", "get_secret_value", SecretId=outputs[name]) for name in ("Key", "Given")]
    first, second = ask(outputs["Url"], {"calls": wanted})[1]["said"]
    assert first["SecretString"] == value(cloud, outputs["Key"])
    assert "AccessDeniedException" in second["message"]
    assert [line["function"] for line in cloud.control("GET", "iam")["denials"]] == ["link"]
    assert {call["operation"] for call in cloud.calls() if call["function"] == "link"} == {"GetSecretValue"}


@pytest.mark.parametrize("action", ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"])
def test_a_public_url_needs_both_rights(cloud, outputs, action):
    client = cloud.client("lambda")
    statements = json.loads(client.get_policy(FunctionName="link")["Policy"])["Statement"]
    assert {one["Action"] for one in statements} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    (lost,) = [one for one in statements if one["Action"] == action]
    client.remove_permission(FunctionName="link", StatementId=lost["Sid"])
    status, answer = ask(outputs["Url"])
    assert status == 403
    assert answer["Message"].startswith("Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/")
    condition = {"FunctionUrlAuthType": "NONE"} if action.endswith("Url") else {"InvokedViaFunctionUrl": True}
    client.add_permission(FunctionName="link", StatementId="again", Principal="*", Action=action, **condition)
    assert ask(outputs["Url"])[0] == 200


def test_a_url_of_nobody_is_not_found(cloud):
    assert ask(f"{cloud.endpoint}/_aws/lambda-url/{'0' * 32}/")[0] == 404


def test_a_function_has_its_reserved_concurrency(cloud, outputs):
    client = cloud.client("lambda")
    assert client.get_function_concurrency(FunctionName="link")["ReservedConcurrentExecutions"] == 5
    assert client.get_function_concurrency(FunctionName="original")["ReservedConcurrentExecutions"] == 0
    impatient = boto3.client("lambda", endpoint_url=cloud.endpoint, config=Config(retries={"total_max_attempts": 1}),
                             aws_access_key_id="test", aws_secret_access_key="test")
    with pytest.raises(client.exceptions.TooManyRequestsException):
        impatient.invoke(FunctionName="original")


def test_a_secret_is_generated_as_the_template_says(cloud, outputs):
    generated = json.loads(value(cloud, outputs["Key"]))
    assert list(generated) == ["key"]
    assert len(generated["key"]) == 64
    assert generated["key"].isalnum()
    word = value(cloud, outputs["Word"])
    assert len(word) == 32
    assert word.isalpha()
    assert word.isupper()
    assert value(cloud, outputs["Given"]) == "given"


def test_a_secrets_reference_is_its_arn_and_it_outlives_updates(cloud, outputs):
    assert outputs["Word"].startswith("arn:aws:secretsmanager:us-east-1:123456789012:secret:word-")
    before = value(cloud, outputs["Key"])
    template = TEMPLATE.replace("DESCRIPTION", "changed").replace("ReservedConcurrentExecutions: 5", "ReservedConcurrentExecutions: 6")
    cloud.client("cloudformation").update_stack(StackName="t", TemplateBody=template, Capabilities=CAPABILITIES)
    assert settle(cloud) == outputs
    secrets = cloud.client("secretsmanager")
    assert secrets.describe_secret(SecretId=outputs["Key"])["Description"] == "changed"
    assert value(cloud, outputs["Key"]) == before
    assert cloud.client("lambda").get_function_concurrency(FunctionName="link")["ReservedConcurrentExecutions"] == 6
    assert ask(outputs["Url"])[0] == 200
    cloud.client("cloudformation").delete_stack(StackName="t")
    eventually(lambda: secrets.list_secrets()["SecretList"] == [], timeout=30)


def test_a_topic_tells_both_of_its_queues(cloud, outputs):
    cloud.client("sns").publish(TopicArn=outputs["Topic"], Message="hello")
    sqs = cloud.client("sqs")
    for name in ("one", "two"):
        (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])["Messages"]
        assert json.loads(message["Body"])["Message"] == "hello"
