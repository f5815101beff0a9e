"""The name of the thing that a call is about."""

from caretaker_local.wire import Call

# Members that name a call's subject, the most telling first.
NAMING = (
    "DBSnapshotIdentifier", "DBInstanceIdentifier", "DBSubnetGroupName", "MountTargetId", "FileSystemId",
    "CreationToken", "SecretId", "Name", "serviceName", "service", "services", "task", "tasks", "taskDefinition",
    "taskDefinitions", "family", "familyPrefix", "FunctionName", "StackName", "RoleName", "PolicyName", "QueueUrl",
    "QueueName", "TopicArn", "EventBusName", "Rule", "Bucket", "ResourceName", "ResourceArn", "resourceArn",
    "ResourceId", "ResourceARN", "logGroupName", "AlarmNames", "KeyId", "GroupName", "TableName", "cluster",
    "ResourceIds",
    "Names", "LoadBalancerArn", "TargetGroupArn", "ListenerArn", "ResourceArns", "WebACLArn",
    "CertificateArn", "DomainName", "UserPoolId", "PoolName", "HostedZoneId", "DNSName",
)


def resource_of(call: Call) -> str | None:
    """Best effort: a name, an ARN or an id from the request; TABLE/pk/sk for DynamoDB."""
    if call.service == "dynamodb":
        return dynamodb_item(call.params)
    if call.operation == "PutEvents":
        entries = call.params.get("Entries") or [{}]
        return f"{entries[0].get('EventBusName', 'default')}/{entries[0].get('DetailType', '')}"
    for name in NAMING:
        value = call.params.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value:
            return value
    if call.service == "s3":
        return call.path.strip("/") or None
    return None


def dynamodb_item(params: dict) -> str | None:
    """The first item that the call names."""
    items = params.get("TransactItems")
    if isinstance(items, list) and items:
        return dynamodb_item(next(iter(items[0].values()), {}))
    table = params.get("TableName")
    key = params.get("Key") or {name: value for name, value in (params.get("Item") or {}).items() if name in ("pk", "sk")}
    parts = [next(iter(key[name].values())) for name in ("pk", "sk") if name in key]
    return "/".join([table, *map(str, parts)]) if table else None
