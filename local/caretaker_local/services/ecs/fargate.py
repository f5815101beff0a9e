"""Task definitions: what may be used, which sizes Fargate has."""

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

# CPU units → memory sizes in MiB.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
SIZES = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}


def check_task_definition(reference: str) -> dict:
    """The ACTIVE task definition of that name, or a refusal."""
    from ministack.services import ecs

    definition = ecs._task_defs.get(ecs._resolve_td_key(reference))
    if definition is None:
        raise refusal("ecs_task_definition_missing")
    if definition["status"] != "ACTIVE":
        raise refusal("ecs_task_definition_inactive")
    return definition


def refuse_registration(call: Call) -> None:
    """Fargate's own conditions on a task definition."""
    params = call.params
    if "FARGATE" not in (params.get("requiresCompatibilities") or []):
        return
    cpu, memory = params.get("cpu"), params.get("memory")
    if not str(cpu).isdigit() or not str(memory).isdigit() or int(memory) not in SIZES.get(int(cpu), ()):
        raise refusal("ecs_fargate_size", cpu=cpu, memory=memory)
    if params.get("networkMode") != "awsvpc":
        raise refusal("ecs_fargate_network_mode")
    needs_role = any(container.get("secrets") or (container.get("logConfiguration") or {}).get("logDriver") == "awslogs"
                     for container in params.get("containerDefinitions") or [])
    if needs_role and not params.get("executionRoleArn"):
        raise refusal("ecs_fargate_execution_role")
