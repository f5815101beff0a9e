"""Lambda's runtime API and the SQS mapping, extended: trace headers, invocations, the hop limit.

Hooks ministack.core.lambda_runtime.ProvidedWorker.invoke and lambda_svc._execute_function."""

import json
import logging
import os

from caretaker_local.invocations import MAX_HOPS, Invocations, inbound_trace, lineage_of
from caretaker_local.settings import HOST

log = logging.getLogger("caretaker")

# ministack stops polling a queue for a second after one failed batch; AWS goes on with the other messages,
# and a failed one stays invisible for its visibility time-out anyway.
PAUSE_AFTER_FAILURE_S = 0.05

# ministack waits 50 ms for a first log line after each invocation. A line is written before the reply, so what a
# quiet function would wait for is only the pipe. The other two are ministack's own: quiet time, and the most.
LOG_WAITS_S = (0.010, 0.005, 0.250)

# Of the server's own environment, what a process cannot do without.
INHERITED = {"PATH", "LANG", "LD_LIBRARY_PATH"}


def install(invocations: Invocations, trust) -> None:
    """Wraps ministack's functions; once per process. `trust` gives the variables with which processes trust the cloud."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    original_invoke = lambda_runtime.ProvidedWorker.invoke
    original_execute = lambda_svc._execute_function

    def invoke(self, event, request_id, *, trace_id=None, **named):
        inbound = trace_id or inbound_trace(event)
        if not inbound and (depth := lambda_svc._invoke_depth.get()) > 1:
            # A direct Invoke carries ministack's own counter, which includes this run.
            inbound = f"Lineage={depth - 1}:00000000:0"
        invocation = invocations.start(self, event, request_id, inbound)
        return original_invoke(self, event, request_id, trace_id=invocation.trace, **named)

    def execute_function(func, event):
        hops = lineage_of(inbound_trace(event)) + 1
        if hops > MAX_HOPS and func.get("recursive_loop") != "Allow":
            name = (func.get("config") or {}).get("FunctionName")
            log.warning("dropped an invocation of %s: hop %d of a recursive loop", name, hops)
            message = "Lambda has detected your function being invoked in a recursive loop"
            # As on AWS the record stays in the queue and ends in its dead-letter queue.
            return {"error": True, "log": "",
                    "body": {"errorType": "RecursiveInvocationException", "errorMessage": message}}
        return original_execute(func, event)

    lambda_runtime.ProvidedWorker.invoke = invoke
    lambda_svc._execute_function = execute_function
    isolate_environment(trust)
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS_S
    lambda_svc._ESM_BACKOFF_SECONDS = PAUSE_AFTER_FAILURE_S


def isolate_environment(trust) -> None:
    """A function sees what Lambda gives it and its own variables, not those of the shell that started the cloud:
    a missing setting must be missing here too.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""
    from ministack.services import lambda_svc

    original = lambda_svc._provided_worker_env

    def worker_env(config, code_dir, port):
        own = (config.get("Environment") or {}).get("Variables") or {}
        seen = {
            name: value for name, value in original(config, code_dir, port).items()
            if name in own or name in INHERITED or os.environ.get(name) != value
        }
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
        # What a blueprint makes knows no endpoint: here an SDK in it would look for AWS itself.
        endpoint = {"AWS_ENDPOINT_URL": f"http://{HOST}:{os.environ['GATEWAY_PORT']}"}
        return {**endpoint, **trust(), **seen, "TZ": ":UTC", "AWS_LAMBDA_LOG_GROUP_NAME": group, "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}

    lambda_svc._provided_worker_env = worker_env


def carry_trace(call) -> None:
    """SQS keeps the sender's trace header as the system attribute AWSTraceHeader."""
    trace = call.headers.get("x-amzn-trace-id")
    if not trace or call.service != "sqs" or call.protocol != "json":
        return
    entries = {"SendMessage": [call.params], "SendMessageBatch": call.params.get("Entries") or []}
    messages = entries.get(call.operation)
    if not messages:
        return
    for message in messages:
        attributes = message.setdefault("MessageSystemAttributes", {}) or {}
        attributes.setdefault("AWSTraceHeader", {"DataType": "String", "StringValue": trace})
        message["MessageSystemAttributes"] = attributes
    call.body = json.dumps(call.params).encode()
