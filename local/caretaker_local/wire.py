"""An HTTP request, read as the AWS call it is."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from caretaker_local import cbor
from caretaker_local.models import SERVICE_BY_SIGNING_NAME, is_mutating, rest_routes, service_model
from caretaker_local.query_protocol import unflatten

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass
class Call:
    """One AWS call. `service` and `operation` are botocore's names; empty if the request is none of AWS's."""

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, list[str]]
    body: bytes
    service: str = ""
    operation: str = ""
    protocol: str = ""
    params: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def mutating(self) -> bool:
        return is_mutating(self.operation)

    @property
    def text(self) -> str:
        """All that the caller said, for searching: path, query and body."""
        query = " ".join(value for values in self.query.values() for value in values)
        return f"{unquote(self.path)} {query} {unquote(self.body.decode('utf-8', errors='replace'))}"


def read_call(scope, body: bytes) -> Call:
    """Parses as far as the models know the request."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    call = Call(scope["method"], scope["path"], headers, query, body)
    signed = SCOPE.search(headers.get("authorization", ""))
    if signed is None:
        return call
    service = SERVICE_BY_SIGNING_NAME.get(signed[2], signed[2])
    if service_model(service) is None:
        call.service = service
        return call
    call.service = service
    identify_operation(call)
    return call


def identify_operation(call: Call) -> None:
    """Sets protocol, operation and parameters."""
    target = call.headers.get("x-amz-target")
    content_type = call.headers.get("content-type", "")
    if target:
        call.protocol, call.operation = "json", target.rpartition(".")[2]
        call.params = json_object(call.body)
    elif "x-www-form-urlencoded" in content_type or "Action" in call.query:
        form = call.query | parse_qs(call.body.decode("utf-8", errors="replace"), keep_blank_values=True)
        call.protocol, call.operation = "query", (form.get("Action") or [""])[0]
        call.params = read_form(call, form)
    elif call.headers.get("smithy-protocol", "").startswith("rpc-v2"):
        call.protocol, call.operation = "rpc-v2", call.path.rpartition("/")[2]
        call.params = cbor_object(call.body)
    else:
        identify_rest(call)


def json_object(body: bytes) -> dict:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def cbor_object(body: bytes) -> dict:
    try:
        value = cbor.loads(body or b"\xa0")
    except (ValueError, KeyError):
        return {}
    return value if isinstance(value, dict) else {}


def read_form(call: Call, form: dict) -> dict:
    model = service_model(call.service)
    if call.operation not in model.operation_names:
        return {key: values[0] for key, values in form.items()}
    shape = model.operation_model(call.operation).input_shape
    flat = {key: values[0] for key, values in form.items() if key not in ("Action", "Version")}
    return unflatten(shape, flat) if shape is not None else {}


def identify_rest(call: Call) -> None:
    call.protocol = service_model(call.service).metadata["protocol"]
    path = unquote(call.path).rstrip("/") or "/"
    for method, pattern, keys, operation in rest_routes(call.service):
        match = pattern.match(path)
        if method != call.method or match is None or not keys <= call.query.keys():
            continue
        call.operation = operation
        read_rest_params(call, match.groupdict())
        return


def read_rest_params(call: Call, labels: dict) -> None:
    shape = service_model(call.service).operation_model(call.operation).input_shape
    if shape is None:
        return
    params = json_object(call.body) if "json" in call.protocol else {}
    for name, member in shape.members.items():
        wire_name = member.serialization.get("name", name)
        location = member.serialization.get("location")
        if location == "uri" and wire_name in labels:
            params[name] = labels[wire_name]
        elif location == "querystring" and wire_name in call.query:
            values = call.query[wire_name]
            params[name] = values if member.type_name == "list" else values[0]
        elif location == "header" and wire_name.lower() in call.headers:
            params[name] = call.headers[wire_name.lower()]
    call.params = params
