"""The condition keys that IAM knows for a call beside the tags that ministack finds in it.

Service Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/"""

from caretaker_local.wire import Call


def keys_of(call: Call) -> dict:
    """By key; a list has several values."""
    look = LOOKUPS.get(call.name)
    return request_tags(call) | ({} if look is None else look(call))


# Members that hold the tags of what a call makes.
TAG_MEMBERS = ("Tags", "tags", "BackupPlanTags", "BackupVaultTags")


def request_tags(call: Call) -> dict:
    """The tags that a creation asks for, in whatever form its service wants them."""
    if not call.operation.startswith(("Create", "Allocate", "Register", "Request", "Run", "Add", "Tag", "Put")):
        return {}
    specifications = call.params.get("TagSpecifications") or call.params.get("TagSpecification") or []
    given = [call.params.get(member) for member in TAG_MEMBERS] + [one.get("Tags") for one in specifications]
    tags = {}
    for entries in filter(None, given):
        if isinstance(entries, dict):
            tags |= entries
        else:
            read = ((one.get("Key") or one.get("key") or one.get("TagKey"), one.get("Value") or one.get("value") or one.get("TagValue") or "")
                    for one in entries if isinstance(one, dict))
            tags |= {key: value for key, value in read if key}
    keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**keys, "aws:TagKeys": list(tags)} if tags else {}


def records(call: Call) -> dict:
    """Names are normalized: in lower case, without the last dot."""
    from caretaker_local.services.route53 import changes_of

    changes, prefix = changes_of(call), "route53:ChangeResourceRecordSets"
    return {
        f"{prefix}NormalizedRecordNames": [change.record["Name"].rstrip(".").lower() for change in changes],
        f"{prefix}RecordTypes": [change.record["Type"] for change in changes],
        f"{prefix}Actions": [change.action for change in changes],
    }


def certificates(call: Call) -> dict:
    domains = [call.params.get("DomainName"), *call.params.get("SubjectAlternativeNames", [])]
    return {"acm:DomainNames": domains, "acm:ValidationMethod": call.params.get("ValidationMethod")}


def pool_tags(call: Call) -> dict:
    tags = call.params.get("UserPoolTags") or {}
    return {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, **({"aws:TagKeys": list(tags)} if tags else {})}


def boundary(call: Call) -> dict:
    """What bounds the role that a call makes or changes."""
    from ministack.services import iam

    standing = (iam._roles.get(call.params.get("RoleName")) or {}).get("PermissionsBoundary")
    standing = standing.get("PermissionsBoundaryArn") if isinstance(standing, dict) else standing
    bounds = call.params.get("PermissionsBoundary") or standing
    return {"iam:PermissionsBoundary": bounds} if bounds else {}


def invoked_function(call: Call) -> dict:
    """Who is given the right to invoke a function."""
    return {"lambda:Principal": call.params.get("Principal")}


def rule_targets(call: Call) -> dict:
    return {"events:TargetArn": [target.get("Arn") for target in call.params.get("Targets") or []]}


def function_network(call: Call) -> dict:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#vpc-conditions"""
    network = call.params.get("VpcConfig") or {}
    keys = {"lambda:SubnetIds": network.get("SubnetIds"), "lambda:SecurityGroupIds": network.get("SecurityGroupIds")}
    return {key: value for key, value in keys.items() if value}


LOOKUPS = {
    "lambda.AddPermission": invoked_function,
    "lambda.CreateFunction": function_network,
    "lambda.UpdateFunctionConfiguration": function_network,
    "events.PutTargets": rule_targets,
    **{f"iam.{operation}": boundary for operation in ("CreateRole", "DeleteRolePolicy", "PutRolePolicy")},
    "route53.ChangeResourceRecordSets": records,
    "acm.RequestCertificate": certificates,
    "cognito-idp.CreateUserPool": pool_tags,
    "cognito-idp.UpdateUserPool": pool_tags,
}
