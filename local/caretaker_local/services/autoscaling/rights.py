"""What IAM checks for the service's calls; ministack does not know the service.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html"""

from caretaker_local.services.autoscaling.store import DIMENSION, NAMESPACE, arn, shared
from caretaker_local.wire import Call

SERVICE = "application-autoscaling"


def rights(call: Call) -> list[tuple[str, str, dict]]:
    """(action, resource, condition keys): a describe is of all targets, anything else of one."""
    params = call.params
    tags = params.get("Tags") or {}
    keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    keys |= {"aws:TagKeys": [*tags, *(params.get("TagKeys") or [])]} if tags or params.get("TagKeys") else {}
    keys |= {f"{SERVICE}:service-namespace": NAMESPACE, f"{SERVICE}:scalable-dimension": DIMENSION}
    resource = "*" if call.operation.startswith("Describe") else target_arn(params)
    return [(f"{SERVICE}:{call.operation}", resource, keys)]


def target_arn(params: dict) -> str:
    """Of the target that the call names; one that is not there yet is any."""
    if params.get("ResourceARN"):
        return params["ResourceARN"]
    known = shared().targets.get(params.get("ResourceId"))
    return known["ScalableTargetARN"] if known else arn(SERVICE, "scalable-target/*")
