"""The ARNs that IAM checks a call against, of what a base is made of.

Resource types: Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/"""

from caretaker_local.arn import arn

# What a creation of EC2 makes, and members that name what it is made in or of.
EC2_CREATIONS = {
    "CreateVpc": ("vpc", {}),
    "CreateSubnet": ("subnet", {"VpcId": "vpc"}),
    "CreateInternetGateway": ("internet-gateway", {}),
    "AllocateAddress": ("elastic-ip", {}),
    "CreateNatGateway": ("natgateway", {"SubnetId": "subnet", "AllocationId": "elastic-ip"}),
    "CreateRouteTable": ("route-table", {"VpcId": "vpc"}),
    "CreateSecurityGroup": ("security-group", {"VpcId": "vpc"}),
    "CreateFlowLogs": ("vpc-flow-log", {}),
}


def ec2_creation(kind: str, within: dict[str, str]):
    def look(params: dict) -> list[str]:
        return [arn("ec2", f"{kind}/*"), *(arn("ec2", f"{of}/{params[member]}") for member, of in within.items() if params.get(member))]

    return look


def named(service: str, form: str, *names: str):
    """By a name in the request, or an ARN; a list of them is all of them."""
    def look(params: dict) -> list[str]:
        found = next((params[name] for name in names if params.get(name)), "*")
        each = found if isinstance(found, list) else [found]
        return [one if str(one).startswith("arn:") else arn(service, form.format(one)) for one in each]

    return look


def role(params: dict) -> list[str]:
    """With its path: one that stands has its own, one that is to be made the request's, one that is not there none."""
    from ministack.core.responses import get_account_id
    from ministack.services import iam

    name = params.get("RoleName", "*")
    standing = iam._roles.get(name)
    return [standing["Arn"] if standing else f"arn:aws:iam::{get_account_id()}:role{params.get('Path') or '/'}{name}"]


def rules(params: dict) -> list[str]:
    """A rule of the default bus has no bus in its ARN."""
    name = params.get("Name") or params.get("Rule") or params.get("ResourceARN") or "*"
    bus = str(params.get("EventBusName") or "default").rpartition("/")[2]
    within = "" if bus == "default" else f"{bus}/"
    return [name if name.startswith("arn:") else arn("events", f"rule/{within}{name}")]


REPOSITORIES = ("DescribeRepositories", "DescribeImages", "GetLifecyclePolicy", "PutLifecyclePolicy", "PutImageScanningConfiguration",
                "CreateRepository", "DeleteRepository", "ListTagsForResource", "TagResource")
ROLES = ("GetRole", "GetRolePolicy", "CreateRole", "DeleteRole", "PutRolePolicy", "DeleteRolePolicy", "UpdateAssumeRolePolicy", "TagRole")
LOG_GROUPS = ("CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "AssociateKmsKey")

LOOKUPS = {
    **{f"ec2.{operation}": ec2_creation(kind, within) for operation, (kind, within) in EC2_CREATIONS.items()},
    **{f"ecs.{operation}": named("ecs", "cluster/{}", "clusterName", "clusters", "cluster")
       for operation in ("CreateCluster", "DescribeClusters", "UpdateCluster", "DeleteCluster")},
    "ecs.TagResource": named("ecs", "{}", "resourceArn"),
    "ecs.RunTask": named("ecs", "task-definition/{}", "taskDefinition"),
    "ecs.StopTask": named("ecs", "task/{}", "task"),
    "ecs.DescribeTasks": named("ecs", "task/{}", "tasks"),
    **{f"ecr.{operation}": named("ecr", "repository/{}", "resourceArn", "repositoryName", "repositoryNames") for operation in REPOSITORIES},
    **{f"iam.{operation}": role for operation in ROLES},
    **{f"logs.{operation}": named("logs", "log-group:{}:*", "logGroupName") for operation in LOG_GROUPS},
    **{f"events.{operation}": rules for operation in ("PutRule", "PutTargets", "DescribeRule", "ListTargetsByRule", "RemoveTargets",
                                                      "DeleteRule", "TagResource", "ListTagsForResource")},
    "logs.DescribeLogGroups": lambda params: [arn("logs", "log-group:*")],
    **{f"rds.{operation}": named("rds", "subgrp:{}", "DBSubnetGroupName")
       for operation in ("CreateDBSubnetGroup", "DescribeDBSubnetGroups", "ModifyDBSubnetGroup", "DeleteDBSubnetGroup")},
    "rds.ListTagsForResource": named("rds", "{}", "ResourceName"),
    "backup.CreateBackupPlan": lambda params: [arn("backup", "backup-plan:*")],
    **{f"backup.{operation}": named("backup", "backup-plan:{}", "BackupPlanId")
       for operation in ("CreateBackupSelection", "UpdateBackupPlan", "DeleteBackupPlan", "DeleteBackupSelection")},
    **{f"backup.{operation}": named("backup", "backup-vault:{}", "BackupVaultName")
       for operation in ("CreateBackupVault", "DeleteBackupVault")},
}
