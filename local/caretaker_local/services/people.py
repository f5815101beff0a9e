"""Whom SNS reaches by email and phone, and whom not: subscriptions by email wait for their person, phones for the sandbox."""

import time
from xml.sax.saxutils import escape

from caretaker_local.errors import Reply
from caretaker_local.wire import Call

MAIL = ("email", "email-json")


class People:
    """What reached people, and what did not."""

    def __init__(self):
        self.sent: list[dict] = []
        self.in_sandbox = False
        self.verified: set[str] = set()

    def install(self, cloud) -> None:
        from ministack.services import sns

        cloud.effects.add("sns.Publish", self.published)
        cloud.effects.add("sns.Subscribe", self.subscribed)
        for operation in ("GetSubscriptionAttributes", "GetTopicAttributes", "ConfirmSubscription"):
            cloud.refusals.add(f"sns.{operation}", self.settle_all)
        for operation in ("ListSubscriptions", "ListSubscriptionsByTopic"):
            cloud.effects.add(f"sns.{operation}", self.listed)
        cloud.refusals.add("sns.GetSMSSandboxAccountStatus", self.sandbox_status)
        cloud.refusals.add("sns.ListSMSSandboxPhoneNumbers", self.sandbox_numbers)

        original = sns._fanout

        def fanout(topic_arn, message_id, message, subject, message_structure="", message_attributes=None, **named):
            self.settle_all(None)
            original(topic_arn, message_id, message, subject, message_structure, message_attributes, **named)
            self.fan_out(topic_arn, message_id, message, subject, message_structure, message_attributes or {})

        sns._fanout = fanout

    def reset(self) -> None:
        self.sent.clear()
        self.in_sandbox, self.verified = False, set()

    # Subscriptions by email

    def settle_all(self, _call) -> None:
        """Whoever made it, a template included: a subscription by email waits for the person."""
        from ministack.services import sns

        for topic in list(sns._topics.values()):
            for subscription in topic["subscriptions"]:
                if subscription["protocol"] in MAIL and "_asked" not in subscription:
                    self.ask(topic, subscription)

    def ask(self, topic: dict, subscription: dict) -> None:
        from ministack.core.responses import new_uuid
        from ministack.services import sns

        subscription |= {"_asked": True, "confirmed": False, "token": new_uuid()}
        subscription["attributes"] |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
        sns._refresh_subscription_counts(topic)
        text = f"You have chosen to subscribe to the topic: {topic['arn']}"
        self.keep(subscription["protocol"], subscription["endpoint"], text, "AWS Notification - Subscription Confirmation",
                  topic["arn"], token=subscription["token"])

    def subscribed(self, call: Call, reply: Reply) -> Reply | None:
        """"pending confirmation" in place of the ARN, unless ReturnSubscriptionArn asks for it."""
        from ministack.services import sns

        self.settle_all(call)
        if call.params.get("ReturnSubscriptionArn"):
            return None
        topic = sns._topics.get(call.params.get("TopicArn")) or {"subscriptions": []}
        for subscription in topic["subscriptions"]:
            if not subscription["confirmed"] and subscription["endpoint"] == call.params.get("Endpoint"):
                return replaced(reply, subscription["arn"], "pending confirmation")
        return None

    def listed(self, _call: Call, reply: Reply) -> Reply:
        """A subscription that waits is listed without its ARN.

        https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html"""
        from ministack.services import sns

        self.settle_all(None)
        for topic in sns._topics.values():
            for subscription in topic["subscriptions"]:
                if not subscription["confirmed"]:
                    reply = replaced(reply, subscription["arn"], "PendingConfirmation")
        return reply

    def confirm(self, endpoint: str) -> dict:
        """The person follows the link in each mail that asks."""
        from ministack.services import sns

        self.settle_all(None)
        arns = []
        for topic in list(sns._topics.values()):
            for subscription in topic["subscriptions"]:
                if subscription["endpoint"] == endpoint and not subscription["confirmed"]:
                    sns._confirm_subscription({"TopicArn": topic["arn"], "Token": subscription["token"]})
                    arns.append(subscription["arn"])
        if not arns:
            raise ValueError(f"no subscription of {endpoint!r} waits to be confirmed")
        return {"confirmed": arns}

    # What is sent

    def fan_out(self, topic_arn: str, message_id: str, message: str, subject: str, structure: str, attributes: dict) -> None:
        from ministack.services import sns

        for subscription in (sns._topics.get(topic_arn) or {"subscriptions": []})["subscriptions"]:
            protocol = subscription["protocol"]
            if protocol not in (*MAIL, "sms"):
                continue
            text = sns._resolve_message_for_protocol(message, structure, protocol)
            if not sns._matches_filter_policy(subscription, attributes, text):
                continue
            why = None if subscription["confirmed"] else "the subscription is not confirmed"
            if protocol == "sms":
                why = why or self.held_back(subscription["endpoint"])
            self.keep(protocol, subscription["endpoint"], text, subject if protocol in MAIL else None, topic_arn, why, messageId=message_id)

    def published(self, call: Call, reply: Reply) -> None:
        """To a phone itself. In the sandbox SNS takes the message all the same."""
        number = call.params.get("PhoneNumber")
        if number is None or call.params.get("TopicArn") or call.params.get("TargetArn"):
            return
        message_id = reply.body.decode().partition("<MessageId>")[2].partition("</MessageId>")[0]
        self.keep("sms", number, call.params["Message"], None, None, self.held_back(number), messageId=message_id)

    def held_back(self, number: str) -> str | None:
        """Why the phone does not ring."""
        if self.in_sandbox and number not in self.verified:
            return "the account is in the SMS sandbox and the number is not verified"
        return None

    def keep(self, protocol: str, to: str, message: str, subject: str | None, topic: str | None, why: str | None = None, **more) -> None:
        self.sent.append({"seq": len(self.sent) + 1, "at": round(time.time(), 3), "protocol": protocol, "to": to, "topicArn": topic,
                          "subject": subject or None, "message": message, "delivered": why is None, "why": why, **more})

    # The sandbox

    def switch_sandbox(self, body: dict) -> dict:
        """{"enabled", "verified"?: [numbers]}."""
        self.in_sandbox, self.verified = bool(body["enabled"]), set(body.get("verified") or ())
        return {"enabled": self.in_sandbox, "verified": sorted(self.verified)}

    def sandbox_status(self, _call: Call) -> Reply:
        return answer("GetSMSSandboxAccountStatus", f"<IsInSandbox>{str(self.in_sandbox).lower()}</IsInSandbox>")

    def sandbox_numbers(self, _call: Call) -> Reply:
        members = "".join(f"<member><PhoneNumber>{escape(number)}</PhoneNumber><Status>Verified</Status></member>"
                          for number in sorted(self.verified))
        return answer("ListSMSSandboxPhoneNumbers", f"<PhoneNumbers>{members}</PhoneNumbers>")


def replaced(reply: Reply, arn: str, word: str) -> Reply:
    old, new = (f"<SubscriptionArn>{one}</SubscriptionArn>".encode() for one in (arn, word))
    return Reply(reply.status, reply.headers, reply.body.replace(old, new))


def answer(operation: str, inner: str) -> Reply:
    result = f"<{operation}Result>{inner}</{operation}Result>"
    body = f'<{operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{result}</{operation}Response>'
    return Reply(200, [(b"content-type", b"text/xml")], body.encode())
