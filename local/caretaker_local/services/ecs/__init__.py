"""ECS: a scheduler that converges over time, task states and events, what ECS refuses."""

from caretaker_local.services.ecs.defaults import complete_task_definition, without_tags_unless_asked
from caretaker_local.services.ecs.fargate import refuse_registration
from caretaker_local.services.ecs.listing import refuse_filters_beside_started_by
from caretaker_local.services.ecs.operations import Operations
from caretaker_local.services.ecs.roles import Roles
from caretaker_local.services.ecs.scheduler import Scheduler
from caretaker_local.services.ecs.task_definitions import TaskDefinitions, newest_active


def install(cloud) -> Scheduler:
    """Replaces ministack's reconciliation, and wraps the operations that set it in motion."""
    from ministack.services import ecs

    roles = Roles(cloud)
    scheduler = Scheduler(cloud, roles)
    operations = Operations(cloud.timeline, scheduler, roles)
    ecs._reconcile_service_tasks = lambda cluster, key: scheduler.reconcile(key)
    ecs._refresh_service_state = lambda cluster, group: None
    for name in ("CreateService", "UpdateService", "DeleteService", "RunTask", "StopTask",
                 "UpdateTaskProtection", "GetTaskProtection"):
        ecs._ACTION_MAP[name] = operations.wrap(name, ecs._ACTION_MAP[name])
    ecs._resolve_td_key = newest_active(ecs._resolve_td_key)
    definitions = TaskDefinitions(cloud)
    ecs._ACTION_MAP["ListTaskDefinitions"] = definitions.list
    ecs._ACTION_MAP["DeleteTaskDefinitions"] = definitions.delete
    cloud.refusals.add("ecs.RegisterTaskDefinition", refuse_registration)
    cloud.refusals.add("ecs.ListTasks", refuse_filters_beside_started_by)
    cloud.effects.add("ecs.RegisterTaskDefinition", complete_task_definition)
    for name in ("DescribeServices", "DescribeTasks", "DescribeTaskDefinition"):
        cloud.effects.add(f"ecs.{name}", without_tags_unless_asked)
    cloud.effects.add("iam.CreateRole", roles.created)
    return scheduler
