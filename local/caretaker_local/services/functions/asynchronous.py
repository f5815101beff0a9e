"""Asynchronous invocations: Lambda's own queue in front of a function, with its retries.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""

import contextvars
import logging
import threading
from dataclasses import dataclass

log = logging.getLogger("caretaker")

# "Lambda … attempts to run it two more times, with a one-minute wait between the first two attempts, and two minutes
# between the second and third attempts."
ERROR_WAITS_S = (60.0, 120.0)
# "For throttling errors … Lambda returns the event to the queue … for up to 6 hours by default. The retry interval
# increases exponentially from 1 second after the first attempt to a maximum of 5 minutes."
FIRST_THROTTLED_S, LONGEST_THROTTLED_S, LONGEST_AGE_S = 1.0, 300.0, 21_600
# In real seconds: without it a throttled event would spin in the profile `instant`.
LEAST_WAIT_REAL_S = 0.2


@dataclass
class Event:
    """One event in the queue of one function; `errors` and `throttles` count its attempts by how they ended, `age_s` is in
    seconds on AWS."""

    function_arn: str
    payload: object
    age_s: float = 0.0
    errors: int = 0
    throttles: int = 0


class Asynchronous:
    """Takes events in, and runs each until it is done, given up or too old."""

    def __init__(self, cloud):
        self.cloud = cloud

    def accept(self, function: dict, payload) -> None:
        """In place of ministack's invoke_async_with_retry. Returns at once, as the 202 of Lambda."""
        self.start(Event(function["config"]["FunctionArn"], payload))

    def start(self, event: Event) -> None:
        """In a thread of its own: an invocation may take its whole time-out."""
        scope = contextvars.copy_context()
        threading.Thread(target=scope.run, args=(self.attempt, event), daemon=True, name="lambda-event").start()

    def attempt(self, event: Event) -> None:
        from ministack.services import lambda_svc

        function, config, name = lambda_svc._get_func_record_for_ref(event.function_arn)
        if config is None:
            log.warning("dropped an event of %s, which has been deleted", name)
            return
        record = lambda_svc._execution_record_for_config(function, config)
        result = lambda_svc._execute_function(record, event.payload)
        if not result.get("error"):
            return
        wait = wait_after(event, settings_of(function), bool(result.get("throttle")))
        if wait is None:
            give_up(event, record, result)
            return
        event.age_s += wait
        self.cloud.timeline.after(max(LEAST_WAIT_REAL_S, wait * self.cloud.settings.time_scale), lambda: self.start(event))


def wait_after(event: Event, settings: dict, throttled: bool) -> float | None:
    """Seconds on AWS until the next attempt; None: there is none."""
    if throttled:
        event.throttles += 1
        wait = min(LONGEST_THROTTLED_S, FIRST_THROTTLED_S * 2 ** (event.throttles - 1))
    else:
        event.errors += 1
        if event.errors > settings.get("MaximumRetryAttempts", len(ERROR_WAITS_S)):
            return None
        wait = ERROR_WAITS_S[event.errors - 1]
    return wait if event.age_s + wait <= settings.get("MaximumEventAgeInSeconds", LONGEST_AGE_S) else None


def give_up(event: Event, function: dict, result: dict) -> None:
    """To the destination for failures, or the function's dead-letter queue, if it has one."""
    from ministack.services import lambda_svc

    config = function["config"]
    destination = (settings_of(function).get("DestinationConfig") or {}).get("OnFailure") or {}
    arn = destination.get("Destination") or (config.get("DeadLetterConfig") or {}).get("TargetArn")
    log.warning("gave an event of %s up: %s", config["FunctionName"], result.get("body"))
    if arn:
        lambda_svc._route_async_failure(arn, config["FunctionName"], event.payload, result)


def settings_of(function: dict) -> dict:
    """What PutFunctionEventInvokeConfig has set."""
    return function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
