"""CloudFormation: properties that ministack's provisioners drop."""


def install() -> None:
    """AWS::Lambda::Function keeps RecursiveLoop, on create and on update."""
    from ministack.services.cloudformation import provisioners

    for attribute in ("create", "update"):
        handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
        if attribute in handlers:
            handlers[attribute] = keeping_recursive_loop(handlers[attribute])


def keeping_recursive_loop(provision):
    from ministack.services import lambda_svc

    def wrapped(*arguments, **named):
        result = provision(*arguments, **named)
        for value in [*arguments, *named.values()]:
            if isinstance(value, dict) and "RecursiveLoop" in value:
                name = result[0] if isinstance(result, tuple) else result
                function = lambda_svc._functions.get(str(name).rpartition(":")[2])
                if function is not None:
                    function["recursive_loop"] = value["RecursiveLoop"]
        return result

    return wrapped
