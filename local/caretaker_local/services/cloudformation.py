"""CloudFormation: what ministack's provisioners drop or leave as text."""

# Properties that are numbers; `!Ref` of a parameter of type Number gives text, and CloudFormation converts it.
NUMBERS = {
    "AWS::Lambda::EventSourceMapping": ("BatchSize", "MaximumBatchingWindowInSeconds", "MaximumConcurrency"),
    "AWS::Lambda::Function": ("MemorySize", "Timeout"),
    "AWS::Logs::LogGroup": ("RetentionInDays",),
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
        new_props = with_numbers(new_props, numbers)
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
