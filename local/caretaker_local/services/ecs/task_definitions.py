"""Task definitions after their registration: described and listed by family, deleted only when inactive, gone only when unused."""

from caretaker_local.services.ecs.views import STARTING

# In real seconds: a definition in use is looked at again.
LOOK_AGAIN_S = 0.5

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
STILL_ACTIVE = "The specified task definition is still in ACTIVE status. Please deregister the target and try again."


class TaskDefinitions:
    """Replaces ministack's listing and deletion."""

    def __init__(self, cloud):
        self.cloud = cloud

    def list(self, data):
        """`familyPrefix` is "the full family name"; ministack takes it for a prefix, and shows other families'."""
        from ministack.core.responses import json_response
        from ministack.services import ecs

        family, status = data.get("familyPrefix"), data.get("status", "ACTIVE")
        found = sorted(
            (definition["family"], definition["revision"], definition["taskDefinitionArn"])
            for definition in ecs._task_defs.values()
            if definition["status"] == status and family in (None, "", definition["family"])
        )
        arns = [arn for _family, _revision, arn in found]
        if data.get("sort") == "DESC":
            arns.reverse()
        start, most = int(data.get("nextToken") or 0), data.get("maxResults", 100)
        answer = {"taskDefinitionArns": arns[start:start + most]}
        if start + most < len(arns):
            answer["nextToken"] = str(start + most)
        return json_response(answer)

    def delete(self, data):
        from ministack.core.responses import json_response
        from ministack.services import ecs

        deleted, failures = [], []
        for reference in data.get("taskDefinitions", []):
            definition = ecs._task_defs.get(ecs._resolve_td_delete_key(reference))
            if definition is None:
                failures.append({"arn": reference, "reason": "The specified task definition does not exist."})
            elif definition["status"] == "ACTIVE":
                failures.append({"arn": definition["taskDefinitionArn"], "reason": STILL_ACTIVE})
            else:
                self.begin_deletion(definition)
                deleted.append(definition)
        return json_response(ecs._sanitize({"taskDefinitions": deleted, "failures": failures}))

    def begin_deletion(self, definition: dict) -> None:
        if definition["status"] == "DELETE_IN_PROGRESS":
            return
        definition["status"] = "DELETE_IN_PROGRESS"
        seconds = self.cloud.takes("ecs-task-definition", "delete", definition["taskDefinitionArn"])
        self.cloud.timeline.after(seconds, lambda: self.end_deletion(definition))

    def end_deletion(self, definition: dict) -> None:
        """It stays as long as a service or a task uses it."""
        from ministack.services import ecs

        key = f"{definition['family']}:{definition['revision']}"
        if ecs._task_defs.get(key) is not definition:
            return
        if in_use(definition["taskDefinitionArn"]):
            self.cloud.timeline.after(LOOK_AGAIN_S, lambda: self.end_deletion(definition))
            return
        del ecs._task_defs[key]
        ecs._tags.pop(definition["taskDefinitionArn"], None)


def newest_active(resolve):
    """`ecs._resolve_td_key` by which a family is its "latest ACTIVE revision"; ministack takes the latest, active or not.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html"""
    def key(reference):
        from ministack.services import ecs

        found = resolve(reference)
        if not reference or ":" in reference or "/" in reference:
            return found
        active = [definition["revision"] for definition in ecs._task_defs.values()
                  if definition["family"] == reference and definition["status"] == "ACTIVE"]
        return f"{reference}:{max(active)}" if active else reference

    return key


def in_use(arn: str) -> bool:
    from ministack.services import ecs

    living = (*STARTING, "RUNNING")
    return any(task["taskDefinitionArn"] == arn and task["lastStatus"] in living for task in ecs._tasks.values()) or any(
        deployment["taskDefinition"] == arn
        for service in ecs._services.values() if service["status"] != "INACTIVE"
        for deployment in service["deployments"]
    )
