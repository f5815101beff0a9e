"""SNS: what it refuses of topics and messages. Whom it reaches by email and phone is in people.py."""

import re

from caretaker_local.errors import refusal
from caretaker_local.services.people import People
from caretaker_local.wire import Call

# "Subjects must be ASCII text that begins with a letter, number or punctuation mark; must not include line breaks or control characters;
# and must be less than 100 characters long." CloudWatch's own have up to 100.
# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
SUBJECT = re.compile(r"[!-~][ -~]{0,99}")
# "The total size limit for a single SMS Publish action is 1,600 characters."
LONGEST_SMS = 1600
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def install(cloud) -> People:
    people = People()
    people.install(cloud)
    cloud.refusals.add("sns.CreateTopic", refuse_another)
    cloud.refusals.add("sns.Publish", refuse_message)
    cloud.refusals.add("sns.Publish", refuse_phone)
    return people


def refuse_another(call: Call) -> None:
    """A topic that stands is the answer to its own creation only, not to another's of the same name."""
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


def refuse_message(call: Call) -> None:
    if not call.params.get("Message"):
        raise refusal("sns_message_empty")
    subject = call.params.get("Subject")
    if subject is not None and not SUBJECT.fullmatch(subject):
        raise refusal("sns_subject_invalid")


def refuse_phone(call: Call) -> None:
    number = call.params.get("PhoneNumber")
    if number is not None and not PHONE.fullmatch(number):
        raise refusal("sns_phone_invalid", number=number)
    if number is not None and len(call.params["Message"]) > LONGEST_SMS:
        raise refusal("sns_sms_too_long")
