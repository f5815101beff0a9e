"""SNS: a topic that stands is the answer to its own creation only, not to another's of the same name."""

from caretaker_local.errors import refusal
from caretaker_local.wire import Call


def install(cloud) -> None:
    cloud.refusals.add("sns.CreateTopic", refuse_another)


def refuse_another(call: Call) -> None:
    from ministack.services import sns

    topic = next((one for one in sns._topics.values() if one["name"] == call.params.get("Name")), None)
    if topic is None:
        return
    wanted = {tag["Key"]: tag["Value"] for tag in call.params.get("Tags") or []}
    if wanted != topic["tags"]:
        raise refusal("sns_topic_other_tags")
    attributes = call.params.get("Attributes") or {}
    if any(topic["attributes"].get(name) != value for name, value in attributes.items()):
        raise refusal("sns_topic_other_attributes")
