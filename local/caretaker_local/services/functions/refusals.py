"""What Lambda refuses."""

import json

from caretaker_local.access import is_allowed
from caretaker_local.arn import arn
from caretaker_local.errors import refusal
from caretaker_local.wire import Call

SERVICE = "lambda.amazonaws.com"

# "Concurrency: 1,000 by default"; of these 100 stay unreserved.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html#configuring-concurrency-reserved
ACCOUNT_CONCURRENCY, UNRESERVED = 1000, 100

# Names that a function's own environment may not have.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}


def install(cloud, roles) -> None:
    """`roles` knows which roles are too young to be assumed."""

    def check_create(call: Call) -> None:
        if call.params["FunctionName"] in functions():
            raise refusal("lambda_function_exists", name=call.params["FunctionName"])
        check_role(roles, call.params["Role"])
        check_settings(call.params["Role"], call.params)

    def check_configuration(call: Call) -> None:
        refuse_busy(call)
        config = config_of(call)
        if config is None:
            return
        if call.params.get("Role"):
            check_role(roles, call.params["Role"])
        check_settings(call.params.get("Role") or config["Role"], call.params)

    for operation, check in (("CreateFunction", check_create), ("UpdateFunctionConfiguration", check_configuration),
                             ("UpdateFunctionCode", refuse_busy), ("PublishVersion", refuse_busy), ("Invoke", refuse_pending),
                             ("PutFunctionConcurrency", refuse_unreserved), ("GetPolicy", refuse_no_policy)):
        cloud.refusals.add(f"lambda.{operation}", check)


def functions():
    from ministack.services import lambda_svc

    return lambda_svc._functions


def config_of(call: Call) -> dict | None:
    """Of a function that is named by its name or its ARN."""
    from ministack.services import lambda_svc

    function = functions().get(lambda_svc._resolve_name(call.params.get("FunctionName") or ""))
    return function and function["config"]


def check_role(roles, role: str) -> None:
    """A role must stand, trust Lambda, and be known everywhere: AWS says the same of all three."""
    from ministack.services import iam

    standing = iam._roles.get(role.rpartition("/")[2])
    if standing is None or standing["Arn"] != role or not trusts(standing) or not roles.is_assumable(role):
        raise refusal("lambda_role_not_assumable")


def trusts(role: dict) -> bool:
    """Whether a statement of the role's trust policy lets Lambda assume it."""
    from ministack.core.iam_evaluator import _service_principal_matches

    statements = json.loads(role.get("AssumeRolePolicyDocument") or "{}").get("Statement") or []
    statements = [statements] if isinstance(statements, dict) else statements
    return any(one.get("Effect") == "Allow" and _service_principal_matches(one.get("Principal"), SERVICE) for one in statements)


def check_settings(role: str, params: dict) -> None:
    named = (params.get("Environment") or {}).get("Variables") or {}
    if keys := sorted(RESERVED & named.keys()):
        raise refusal("lambda_reserved_variables", keys=", ".join(keys))
    network = params.get("VpcConfig") or {}
    if network.get("SubnetIds"):
        check_network(network)
        check_network_rights(role, network)


def check_network(network: dict) -> None:
    from ministack.services import ec2

    for subnet in network["SubnetIds"]:
        if subnet not in ec2._subnets:
            raise refusal("lambda_subnet_missing", id=subnet)
    for group in network.get("SecurityGroupIds") or []:
        if group not in ec2._security_groups:
            raise refusal("lambda_security_group_missing", id=group)


def check_network_rights(role: str, network: dict) -> None:
    """Lambda makes, looks at and deletes the interfaces by the function's own role."""
    anywhere = arn("ec2", "network-interface/*")
    made_of = [arn("ec2", f"subnet/{one}") for one in network["SubnetIds"]]
    made_of += [arn("ec2", f"security-group/{one}") for one in network.get("SecurityGroupIds") or []]
    for action, resources in (("CreateNetworkInterface", [anywhere, *made_of]), ("DescribeNetworkInterfaces", ["*"]),
                              ("DeleteNetworkInterface", [anywhere])):
        if not all(is_allowed(role, "awslambda", f"ec2:{action}", resource, {}) for resource in resources):
            raise refusal("lambda_network_rights", action=action)


def refuse_busy(call: Call) -> None:
    """No update while the function is being created or another update is under way."""
    config = config_of(call)
    if config is not None and config.get("State") == "Pending":
        raise refusal("lambda_function_pending")
    if config is not None and config.get("LastUpdateStatus") == "InProgress":
        raise refusal("lambda_update_in_progress", arn=config["FunctionArn"])


def refuse_pending(call: Call) -> None:
    config = config_of(call)
    if config is not None and config.get("State") == "Pending":
        raise refusal("lambda_function_pending")


def refuse_unreserved(call: Call) -> None:
    name = call.params["FunctionName"]
    others = sum(function.get("concurrency") or 0 for other, function in functions().items() if other != name)
    if name in functions() and others + int(call.params["ReservedConcurrentExecutions"]) > ACCOUNT_CONCURRENCY - UNRESERVED:
        raise refusal("lambda_unreserved_concurrency")


def refuse_no_policy(call: Call) -> None:
    """A function without a statement has no policy; ministack shows an empty one."""
    from ministack.services import lambda_svc

    function = functions().get(lambda_svc._resolve_name(call.params["FunctionName"]))
    if function is not None and not function["policy"]["Statement"]:
        raise refusal("lambda_policy_missing")
