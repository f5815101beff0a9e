"""CloudWatch's dashboards: their tags, which ministack gives to alarms only."""

from caretaker_local import cbor
from caretaker_local.errors import Reply
from caretaker_local.rules import json_reply
from caretaker_local.wire import Call


def install(cloud) -> None:
    tags = Tags()
    cloud.refusals.add("cloudwatch.PutDashboard", tags.before_put)
    cloud.effects.add("cloudwatch.DeleteDashboards", tags.deleted)
    cloud.refusals.add("cloudwatch.TagResource", tags.tag)
    cloud.refusals.add("cloudwatch.ListTagsForResource", tags.list)


class Tags:
    """Of a dashboard's creation: a later put ignores its own.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html"""

    def before_put(self, call: Call) -> None:
        from ministack.services import cloudwatch

        name = call.params.get("DashboardName")
        if name not in cloudwatch._dashboards:
            cloudwatch._resource_tags[arn_of(name)] = {tag["Key"]: tag["Value"] for tag in call.params.get("Tags") or []}

    def deleted(self, call: Call, _reply: Reply) -> None:
        from ministack.services import cloudwatch

        for name in call.params.get("DashboardNames") or []:
            cloudwatch._resource_tags.pop(arn_of(name), None)

    def tag(self, call: Call) -> Reply | None:
        found = tags_of(call)
        if found is None:
            return None
        found.update({tag["Key"]: tag["Value"] for tag in call.params.get("Tags") or []})
        return answer(call, {})

    def list(self, call: Call) -> Reply | None:
        found = tags_of(call)
        if found is None:
            return None
        return answer(call, {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]})


def arn_of(name: str) -> str:
    from ministack.core.responses import get_account_id

    return f"arn:aws:cloudwatch::{get_account_id()}:dashboard/{name}"


def tags_of(call: Call) -> dict | None:
    """Of the dashboard that stands under the ARN; None: it is none."""
    from ministack.services import cloudwatch

    arn = call.params.get("ResourceARN") or ""
    name = arn.partition(":dashboard/")[2]
    return cloudwatch._resource_tags.get(arn) if name in cloudwatch._dashboards else None


def answer(call: Call, members: dict) -> Reply | None:
    """A success in the caller's protocol; who sends forms gets ministack's answer."""
    if call.protocol == "json":
        return json_reply(members, content_type=b"application/x-amz-json-1.0")
    if call.protocol != "rpc-v2":
        return None
    headers = [(b"content-type", b"application/cbor"), (b"smithy-protocol", b"rpc-v2-cbor")]
    return Reply(200, headers, cbor.dumps(members))
