"""What the functions' own IAM policies allow: recorded or enforced on request.

ministack's evaluator decides; which action on which resource a call is, and the tags of what it names,
come from the call. Only calls of functions are looked at: a test's own are its root user's."""

from collections import Counter

from caretaker_local.condition_keys import keys_of
from caretaker_local.errors import AwsError
from caretaker_local.invocations import Invocation
from caretaker_local.resource_arns import arns_of
from caretaker_local.services.autoscaling import rights as autoscaling
from caretaker_local.tags import tags_of
from caretaker_local.wire import Call

MODES = ("off", "record", "enforce")

# Operations of Lambda whose right has another name.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
LAMBDA_ACTIONS = {"Invoke": "InvokeFunction"}

# A batch is checked by the right of the call that it is a batch of.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
SQS_ACTIONS = {f"sqs:{operation}Batch": f"sqs:{operation}"
               for operation in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}

# The services whose error has no "Exception" at its end.
PLAIN = {"rds", "elasticache", "iam", "sts", "s3", "cloudformation", "sns", "elbv2"}


class Access:
    """Off until switched on."""

    def __init__(self):
        self.reset()

    def reset(self) -> None:
        self.mode = "off"
        self.denials: Counter = Counter()

    def switch(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"mode {mode!r} is none of {', '.join(MODES)}")
        self.mode = mode
        self.denials.clear()

    def report(self) -> dict:
        """Each distinct denial since it was switched on."""
        return {"mode": self.mode, "denials": [
            {"function": function, "action": action, "resource": resource, "count": count}
            for (function, action, resource), count in sorted(self.denials.items())
        ]}

    def check_right(self, role: str, caller: str, action: str, resource: str) -> None:
        """The same for one right that a role uses without a call that is seen here."""
        if self.mode == "off" or is_allowed(role, caller, action, resource, {}):
            return
        self.denials[caller, action, resource] += 1
        if self.mode == "enforce":
            raise denied("AccessDeniedException", role, caller, action, resource)

    def check(self, call: Call, invocation: Invocation | None) -> None:
        """Notes each right that the function's role lacks for this call; refuses the call if enforced."""
        if self.mode == "off" or invocation is None:
            return
        role = invocation.worker.config.get("Role", "")
        for action, resource, context in rights(call):
            if is_allowed(role, invocation.function, action, resource, context):
                continue
            self.denials[invocation.function, action, resource] += 1
            if self.mode == "enforce":
                code = "AccessDenied" if call.service in PLAIN else "AccessDeniedException"
                status = 403 if call.protocol.startswith("rest") else 400
                raise denied(code, role, invocation.function, action, resource, status)


def denied(code: str, role: str, caller: str, action: str, resource: str, status: int = 400) -> AwsError:
    """AWS's own words."""
    user = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role.rpartition('/')[2]}/{caller}"
    return AwsError(code, f"User: {user} is not authorized to perform: {action} on resource: {resource} "
                          f"because no identity-based policy allows the {action} action", status)


def rights(call: Call) -> list[tuple[str, str, dict]]:
    """(action, resource, condition keys) that AWS checks for a call."""
    if call.service == autoscaling.SERVICE:
        return autoscaling.rights(call)
    from ministack.app import _routing_params
    from ministack.core import iam_actions
    from ministack.core.responses import get_account_id, get_region
    from ministack.core.router import detect_service

    region, account = get_region(), get_account_id()
    params = _routing_params(call.method, call.path, call.headers, call.body, call.query)
    service = detect_service(call.method, call.path, call.headers, params)
    action = iam_actions.extract_iam_action(service, call.method, call.path, call.headers, call.body, params)
    if call.service == "lambda":
        # ministack guesses by path; two operations share some.
        action = f"lambda:{LAMBDA_ACTIONS.get(call.operation, call.operation)}"
    action = SQS_ACTIONS.get(action, action)
    if action is None:
        return []
    if service == "dynamodb" and (items := iam_actions.dynamodb_transaction_checks(action, call.body, region, account)):
        return [(item_action, arn, {}) for item_action, arn in items]
    if action == "events:PutEvents":
        return [put_events_right(entry, region, account) for entry in call.params.get("Entries") or []]
    arns = arns_of(call) or [iam_actions.extract_resource_arn(
        service, call.method, call.path, call.headers, call.body, params, region, account)]
    context = iam_actions.request_tag_context(service, action, call.body, params) | keys_of(call)
    return [*((action, arn, context) for arn in arns), *passed_roles(call)]


def put_events_right(entry: dict, region: str, account: str) -> tuple[str, str, dict]:
    """Each entry is checked by itself: its bus, its source, its detail type."""
    bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
    keys = {"events:source": entry.get("Source"), "events:detail-type": entry.get("DetailType")}
    return "events:PutEvents", f"arn:aws:events:{region}:{account}:event-bus/{bus}", keys


def passed_roles(call: Call) -> list[tuple[str, str, dict]]:
    """Roles that a task definition hands to ECS, an instance to RDS and a function to Lambda need iam:PassRole."""
    if call.name in ("lambda.CreateFunction", "lambda.UpdateFunctionConfiguration") and call.params.get("Role"):
        return [("iam:PassRole", call.params["Role"], {"iam:PassedToService": "lambda.amazonaws.com"})]
    if call.name in ("rds.CreateDBInstance", "rds.ModifyDBInstance") and call.params.get("MonitoringRoleArn"):
        return [("iam:PassRole", call.params["MonitoringRoleArn"], {"iam:PassedToService": "monitoring.rds.amazonaws.com"})]
    if call.name != "ecs.RegisterTaskDefinition":
        return []
    roles = {call.params.get(member) for member in ("executionRoleArn", "taskRoleArn")} - {None, ""}
    return [("iam:PassRole", role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}) for role in sorted(roles)]


def is_allowed(role: str, function: str, action: str, resource: str, context: dict) -> bool:
    """Whether the role's policies allow it, and none denies it."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id, get_region

    account, name = get_account_id(), role.rpartition("/")[2]
    keys = {key.lower(): value for key, value in context.items()}
    keys.setdefault("aws:tagkeys", None)
    for tag, value in tags_of(resource).items():
        keys.setdefault(f"aws:resourcetag/{tag}".lower(), value)
    asked = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/{function}", principal_type="AssumedRole",
        principal_account=account, action=action, resource_arn=resource, region=get_region(), service_context=keys)
    policies = iam_evaluator._gather_role_policies(name, account)
    return iam_evaluator.evaluate(asked, policies).decision == "Allow"
