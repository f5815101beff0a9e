"""CloudFormation: what ministack's provisioners drop, leave as text or name otherwise."""

import json

# Properties that are numbers; `!Ref` of a parameter of type Number gives text, and CloudFormation converts it.
NUMBERS = {
    "AWS::Lambda::EventSourceMapping": ("BatchSize", "MaximumBatchingWindowInSeconds", "MaximumConcurrency"),
    "AWS::Lambda::Function": ("MemorySize", "ReservedConcurrentExecutions", "Timeout"),
    "AWS::Logs::LogGroup": ("RetentionInDays",),
    "AWS::SecretsManager::Secret": ("PasswordLength",),
}


def install() -> None:
    """Wraps the provisioners of the types that the project's template uses."""
    from ministack.services.cloudformation import provisioners

    finishers = {
        "AWS::Lambda::Function": finish_function,
        "AWS::Events::EventBus": finish_event_bus,
        "AWS::DynamoDB::Table": finish_table,
    }
    for type_name in {*NUMBERS, *finishers}:
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        numbers, finish = NUMBERS.get(type_name, ()), finishers.get(type_name)
        handlers["create"] = creating(handlers["create"], numbers, finish)
        if handlers.get("update"):
            handlers["update"] = updating(handlers["update"], numbers, finish)
    provisioners._sm_secret_string = secret_string
    known_by_arn(provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"])


def creating(provision, numbers, finish):
    def create(logical_id, props, stack_name, *rest):
        props = with_numbers(props, numbers)
        result = provision(logical_id, props, stack_name, *rest)
        if finish is not None:
            finish(physical_name(result), props)
        return result

    return create


def updating(provision, numbers, finish):
    def update(physical_id, old_props, new_props, *rest, **named):
        # Both: what is compared must be written alike.
        old_props, new_props = with_numbers(old_props, numbers), with_numbers(new_props, numbers)
        result = provision(physical_id, old_props, new_props, *rest, **named)
        if finish is not None:
            finish(physical_name(result) or physical_id, new_props)
        return result

    return update


def physical_name(result) -> str:
    name = result[0] if isinstance(result, tuple) else result
    return name if isinstance(name, str) else ""


def with_numbers(value, names):
    """The properties, with those of these names as numbers at any depth."""
    if isinstance(value, list):
        return [with_numbers(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: int(item) if key in names and isinstance(item, str) and item.isdigit() else with_numbers(item, names)
        for key, item in value.items()
    }


def finish_function(name: str, props: dict) -> None:
    from ministack.services import lambda_svc

    function = lambda_svc._functions.get(name)
    if function is None:
        return
    function["recursive_loop"] = props.get("RecursiveLoop", "Terminate")
    function["concurrency"] = props.get("ReservedConcurrentExecutions")
    if props.get("DeadLetterConfig"):
        function["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]


def finish_event_bus(name: str, props: dict) -> None:
    from ministack.services import eventbridge

    bus = eventbridge._event_buses.get(name)
    if bus is None:
        return
    if props.get("Policy"):
        eventbridge._event_bus_policies[name] = props["Policy"]
    if props.get("DeadLetterConfig"):
        bus["DeadLetterConfig"] = props["DeadLetterConfig"]


def finish_table(name: str, props: dict) -> None:
    """A ledger without expiry would only grow, here as on AWS."""
    from ministack.services import dynamodb

    if props.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": props["TimeToLiveSpecification"]})
    if props.get("PointInTimeRecoverySpecification"):
        recovery = props["PointInTimeRecoverySpecification"]
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})


def secret_string(props: dict) -> str:
    """The value that a template gives, or has generated: ministack overlooks most options of GenerateSecretString.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html"""
    options = props.get("GenerateSecretString")
    if options is None or props.get("SecretString"):
        return props.get("SecretString", "")
    password = random_password(options)
    if "SecretStringTemplate" not in options:
        return password
    return json.dumps(json.loads(options["SecretStringTemplate"]) | {options["GenerateStringKey"]: password})


def random_password(options: dict) -> str:
    """The options are GetRandomPassword's."""
    from ministack.services import secretsmanager

    status, _headers, body = secretsmanager._get_random_password(options)
    answer = json.loads(body)
    if status >= 300:
        raise ValueError(f"AWS::SecretsManager::Secret: {answer}")
    return answer["RandomPassword"]


def known_by_arn(handlers: dict) -> None:
    """A secret's physical id, and so its `Ref`, is its ARN; ministack's own is the name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html"""
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def by_arn(made):
        _name, attributes = made
        return attributes["Id"], attributes

    handlers["create"] = lambda *given: by_arn(create(*given))
    handlers["update"] = lambda arn, *given, **named: by_arn(update(secret_name(arn), *given, **named))
    handlers["delete"] = lambda arn, props: delete(secret_name(arn), props)


def secret_name(arn: str) -> str | None:
    from ministack.services import secretsmanager

    return secretsmanager._resolve(arn)[0]
