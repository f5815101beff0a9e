"""Slack's incoming webhooks: the limits of Block Kit, and of calls.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/reference/block-kit/blocks"""

import json

from caretaker_local.receivers.answers import Answer, text
from caretaker_local.receivers.rates import Bucket

BLOCKS, FIELDS, CONTEXT_ELEMENTS, ACTION_ELEMENTS = 50, 10, 10, 25
SECTION, FIELD, HEADER, BUTTON, URL, VALUE, IDENTITY = 3000, 2000, 150, 75, 3000, 2000, 255
# "The truncation happens at 40,000 characters" of text; all blocks together are refused over 13,200.
TEXT, TOGETHER = 40_000, 13_200
# "1 per second; short bursts above this limit are allowed", https://docs.slack.dev/apis/web-api/rate-limits: how short is not said.
PER_SECOND, BURST = 1.0, 3


class Slack:
    """One workspace; each path is a webhook of its own."""

    def __init__(self):
        self.rate = Bucket(PER_SECOND, BURST)

    def take(self, path: str, raw: bytes) -> Answer:
        """The answer to one message."""
        wait = self.rate.retry_after(path)
        if wait:
            return text(429, "rate_limited", ["over 1 a second"], **{"retry-after": str(wait)})
        try:
            message = json.loads(raw)
        except ValueError:
            return text(400, "invalid_payload", ["the message is no JSON"])
        if not isinstance(message, dict):
            return text(400, "invalid_payload", ["the message is no object"])
        if not message.get("text") and not message.get("blocks"):
            return text(400, "no_text", ["neither text nor blocks"])
        errors = faults_of(message)
        return text(400, "invalid_payload", errors) if errors else text(200, "ok")


def faults_of(message: dict) -> list[str]:
    """All that is wrong with it."""
    errors = []
    if not isinstance(message.get("text", ""), str) or len(message.get("text", "")) > TEXT:
        errors.append(f"text is no text of at most {TEXT} characters")
    blocks = message.get("blocks") or []
    if not isinstance(blocks, list):
        return [*errors, "blocks is no list"]
    if len(blocks) > BLOCKS:
        errors.append(f"{len(blocks)} blocks, at most {BLOCKS} are allowed")
    for index, block in enumerate(blocks):
        errors += [f"blocks[{index}]: {error}" for error in faults_of_block(block)]
    together = sum(characters(block) for block in blocks)
    if together > TOGETHER:
        errors.append(f"{together} characters in all blocks, at most {TOGETHER} are allowed")
    return errors


def faults_of_block(block) -> list[str]:
    kinds = {"section": section, "header": header, "context": context, "actions": actions, "image": image, "divider": lambda _block: []}
    if not isinstance(block, dict) or block.get("type") not in kinds:
        return [f"no block of a known type: {str(block)[:60]}"]
    errors = kinds[block["type"]](block)
    if len(str(block.get("block_id") or "")) > IDENTITY:
        errors.append(f"block_id has over {IDENTITY} characters")
    return errors


def section(block: dict) -> list[str]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        return ["a section has text or fields"]
    errors = faults_of_text(block["text"], SECTION) if "text" in block else []
    if fields is not None and (not isinstance(fields, list) or not 1 <= len(fields) <= FIELDS):
        return [*errors, f"1 to {FIELDS} fields are allowed"]
    for one in fields or ():
        errors += faults_of_text(one, FIELD)
    return errors + (element(block["accessory"]) if "accessory" in block else [])


def header(block: dict) -> list[str]:
    errors = faults_of_text(block.get("text"), HEADER)
    return errors or ([] if block["text"]["type"] == "plain_text" else ["a header is plain_text"])


def context(block: dict) -> list[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= CONTEXT_ELEMENTS:
        return [f"1 to {CONTEXT_ELEMENTS} elements are allowed"]
    return [error for one in elements
            for error in (image(one) if isinstance(one, dict) and one.get("type") == "image" else faults_of_text(one, FIELD))]


def actions(block: dict) -> list[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= ACTION_ELEMENTS:
        return [f"1 to {ACTION_ELEMENTS} elements are allowed"]
    identities = [one.get("action_id") for one in elements if isinstance(one, dict) and one.get("action_id")]
    errors = ["an action_id is used twice"] if len(identities) != len(set(identities)) else []
    return errors + [error for one in elements for error in element(one)]


def element(one) -> list[str]:
    """Buttons, and pictures beside a section."""
    if isinstance(one, dict) and one.get("type") == "image":
        return image(one)
    if not isinstance(one, dict) or one.get("type") != "button":
        return [f"no element of a known type: {str(one)[:60]}"]
    errors = faults_of_text(one.get("text"), BUTTON)
    if not errors and one["text"]["type"] != "plain_text":
        errors.append("a button's text is plain_text")
    if "url" in one and (not str(one["url"]).startswith(("http://", "https://")) or len(one["url"]) > URL):
        errors.append(f"a button's url is no URL of at most {URL} characters")
    errors += [f"a button's {name} has over {most} characters" for name, most in (("value", VALUE), ("action_id", IDENTITY))
               if len(str(one.get(name) or "")) > most]
    if "style" in one and one["style"] not in ("primary", "danger"):
        errors.append("a button's style is primary or danger")
    return errors


def image(block: dict) -> list[str]:
    if not str(block.get("image_url") or "").startswith(("http://", "https://")) or len(block["image_url"]) > URL:
        return [f"image_url is no URL of at most {URL} characters"]
    alternative = block.get("alt_text")
    return [] if isinstance(alternative, str) and 1 <= len(alternative) <= VALUE else [f"alt_text has 1 to {VALUE} characters"]


def faults_of_text(value, most: int) -> list[str]:
    """A text object."""
    if not isinstance(value, dict) or value.get("type") not in ("mrkdwn", "plain_text") or not isinstance(value.get("text"), str):
        return ["no text object"]
    return [] if 1 <= len(value["text"]) <= most else [f"a text has {len(value['text'])} characters, 1 to {most} are allowed"]


def characters(value) -> int:
    """Of all texts below."""
    if isinstance(value, list):
        return sum(characters(one) for one in value)
    if not isinstance(value, dict):
        return 0
    return sum(len(one) if name == "text" and isinstance(one, str) else characters(one) for name, one in value.items())
