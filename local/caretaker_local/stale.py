"""Stale reads: what eventual consistency shows to the next reader."""

from collections import OrderedDict

from caretaker_local.errors import AwsError, Reply
from caretaker_local.rules import json_reply
from caretaker_local.wire import Call

# What a read of one thing that is not yet visible says.
NOT_FOUND = {
    "rds.DescribeDBInstances": ("DBInstanceIdentifier", "DBInstanceNotFound", 404),
    "rds.DescribeDBSnapshots": ("DBSnapshotIdentifier", "DBSnapshotNotFound", 404),
    "efs.DescribeFileSystems": ("FileSystemId", "FileSystemNotFound", 404),
    "efs.DescribeMountTargets": ("MountTargetId", "MountTargetNotFound", 404),
    "secretsmanager.DescribeSecret": ("SecretId", "ResourceNotFoundException", 400),
    "secretsmanager.GetSecretValue": ("SecretId", "ResourceNotFoundException", 400),
    "ecs.DescribeTaskDefinition": ("taskDefinition", "ClientException", 400),
    "lambda.GetFunction": ("FunctionName", "ResourceNotFoundException", 404),
    "events.DescribeRule": ("Name", "ResourceNotFoundException", 400),
    "kms.DescribeKey": ("KeyId", "NotFoundException", 400),
    "kms.ListResourceTags": ("KeyId", "NotFoundException", 400),
    "sns.GetTopicAttributes": ("TopicArn", "NotFound", 404),
    "elbv2.DescribeLoadBalancers": ("Names", "LoadBalancerNotFound", 400),
    "elbv2.DescribeTargetGroups": ("Names", "TargetGroupNotFound", 400),
    "wafv2.GetWebACL": ("Id", "WAFNonexistentItemException", 400),
    "elasticache.DescribeReplicationGroups": ("ReplicationGroupId", "ReplicationGroupNotFoundFault", 404),
    "elasticache.DescribeCacheClusters": ("CacheClusterId", "CacheClusterNotFound", 404),
    "elasticache.DescribeSnapshots": ("SnapshotName", "SnapshotNotFoundFault", 404),
    "elasticache.DescribeCacheParameterGroups": ("CacheParameterGroupName", "CacheParameterGroupNotFound", 404),
    "elasticache.DescribeCacheSubnetGroups": ("CacheSubnetGroupName", "CacheSubnetGroupNotFoundFault", 400),
    "rds.DescribeDBParameterGroups": ("DBParameterGroupName", "DBParameterGroupNotFound", 404),
    "acm.DescribeCertificate": ("CertificateArn", "ResourceNotFoundException", 400),
    "cognito-idp.DescribeUserPool": ("UserPoolId", "ResourceNotFoundException", 400),
}

# What a read says as long as nothing was ever there.
EMPTY = {
    "dynamodb.GetItem": lambda params: {},
    "dynamodb.Query": lambda params: {"Items": [], "Count": 0, "ScannedCount": 0},
    "efs.DescribeFileSystems": lambda params: {"FileSystems": []},
    "efs.DescribeMountTargets": lambda params: {"MountTargets": []},
    "efs.DescribeAccessPoints": lambda params: {"AccessPoints": []},
    "kms.ListKeys": lambda params: {"Keys": [], "Truncated": False},
    "wafv2.ListWebACLs": lambda params: {"WebACLs": []},
    "secretsmanager.ListSecrets": lambda params: {"SecretList": []},
    "ecs.ListTaskDefinitions": lambda params: {"taskDefinitionArns": []},
    "application-autoscaling.DescribeScalableTargets": lambda params: {"ScalableTargets": []},
    "application-autoscaling.DescribeScalingPolicies": lambda params: {"ScalingPolicies": []},
    "acm.ListCertificates": lambda params: {"CertificateSummaryList": []},
    "cognito-idp.ListUserPools": lambda params: {"UserPools": []},
    "ecs.DescribeServices": lambda params: {
        "services": [], "failures": [{"arn": name, "reason": "MISSING"} for name in params.get("services", [])]},
}

CAPACITY = 2_000


class StaleReads:
    """The reply before the last change, per identical read."""

    def __init__(self):
        self._replies: OrderedDict[tuple, Reply] = OrderedDict()

    def clear(self) -> None:
        self._replies.clear()

    def remember(self, call: Call, reply: Reply) -> None:
        if not call.mutating and reply.status < 500:
            self._replies[key(call)] = reply
            self._replies.move_to_end(key(call))
            if len(self._replies) > CAPACITY:
                self._replies.popitem(last=False)

    def reply(self, call: Call) -> Reply | None:
        """What the same read answered last; if it was never asked, not found or empty; None if neither is known."""
        known = self._replies.get(key(call))
        if known is not None:
            return known
        named, code, status = NOT_FOUND.get(call.name, (None, "", 0))
        if call.params.get(named):
            raise AwsError(code, "The requested resource was not found.", status)
        return json_reply(EMPTY[call.name](call.params)) if call.name in EMPTY else None


def key(call: Call) -> tuple:
    return (call.service, call.operation, call.path, str(sorted(call.query.items())), call.body)
