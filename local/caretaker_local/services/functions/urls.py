"""Function URLs: addresses that lead here, and who may call them.

On AWS https://ID.lambda-url.REGION.on.aws/, a name that nobody finds here. ministack serves the same by a path."""

import json
import os

from caretaker_local.errors import refusal
from caretaker_local.settings import HOST

PATH = "/_aws/lambda-url/"

# What the policy of a function must allow to everyone: action → condition key and its value.
# "Starting in October 2025, new function URLs will require both".
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
PUBLIC = {"lambda:InvokeFunctionUrl": ("lambda:FunctionUrlAuthType", "NONE"),
          "lambda:InvokeFunction": ("lambda:InvokedViaFunctionUrl", "true")}


def install() -> None:
    """Replaces ministack's addresses, and asks for rights before it serves."""
    from ministack.services import lambda_svc

    lambda_svc._create_function_url_config = leading_here(lambda_svc._create_function_url_config)
    lambda_svc._function_url_id = identifier
    lambda_svc.handle_function_url_request = allowed_only(lambda_svc.handle_function_url_request)


def leading_here(create):
    """A URL that is made from now on has this machine's address."""
    def create_here(name: str, data: dict, qualifier: str | None):
        from ministack.core.responses import json_response
        from ministack.services import lambda_svc

        status, headers, body = create(name, data, qualifier)
        if status >= 300:
            return status, headers, body
        config = lambda_svc._function_urls[lambda_svc._url_config_key(name, qualifier)]
        config["FunctionUrl"] = f"http://{HOST}:{os.environ['GATEWAY_PORT']}{PATH}{identifier(config['FunctionUrl'])}/"
        return json_response(config, status)

    return create_here


def identifier(url: str) -> str:
    """The ID of a URL of either form."""
    _before, found, rest = url.partition(PATH)
    return rest.rstrip("/") if found else url.split("://", 1)[-1].split(".", 1)[0]


def allowed_only(serve):
    """A public URL is served if the function's policy has both rights."""
    async def serve_allowed(url_id, method, path, headers, body, query_params, resolved=None, source_ip=None):
        from ministack.services import lambda_svc

        resolved = resolved or lambda_svc.resolve_function_url(url_id)
        if resolved is not None and resolved[4].get("AuthType") == "NONE" and not is_public(*resolved[:3]):
            return forbidden()
        return await serve(url_id, method, path, headers, body, query_params, resolved=resolved, source_ip=source_ip)

    return serve_allowed


def is_public(account: str, region: str, name: str) -> bool:
    """Whether everyone may call the function by its URL."""
    from ministack.core.responses import request_scope
    from ministack.services import lambda_svc

    with request_scope(account, region):
        statements = lambda_svc._functions[name]["policy"]["Statement"] if name in lambda_svc._functions else []
    return all(any(grants(one, action, *condition) for one in statements) for action, condition in PUBLIC.items())


def grants(statement: dict, action: str, key: str, value: str) -> bool:
    """Whether a statement that Lambda has written allows the action to everyone, at least under that condition."""
    conditions = {name: wanted for operator in (statement.get("Condition") or {}).values() for name, wanted in operator.items()}
    return (statement["Effect"], statement["Principal"], statement["Action"]) == ("Allow", "*", action) and conditions in ({}, {key: value})


def forbidden():
    """ministack's form of a reply: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"""
    refused = refusal("lambda_url_forbidden")
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refused.code}
    return refused.status, headers, json.dumps({"Message": refused.message}).encode()
