"""SNS: what reaches people by email and phone, and what does not."""

import pytest


def messages(cloud) -> list[dict]:
    return cloud.control("GET", "sns/sent")["messages"]


def test_a_subscription_by_email_waits_for_its_person(cloud):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="operators")["TopicArn"]
    assert sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")["SubscriptionArn"] == "pending confirmation"
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == "PendingConfirmation"
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "1"
    sns.publish(TopicArn=topic, Message="one", Subject="Before")
    cloud.control("POST", "sns/confirm", {"endpoint": "a@example.org"})
    arn = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "false"
    sns.publish(TopicArn=topic, Message="two", Subject="After")
    asked, lost, seen = messages(cloud)
    assert asked["subject"] == "AWS Notification - Subscription Confirmation"
    assert (lost["delivered"], lost["why"]) == (False, "the subscription is not confirmed")
    assert (seen["to"], seen["subject"], seen["message"], seen["delivered"]) == ("a@example.org", "After", "two", True)


def test_a_person_can_confirm_with_the_token_of_the_mail(cloud):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="operators")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    arn = sns.confirm_subscription(TopicArn=topic, Token=messages(cloud)[0]["token"])["SubscriptionArn"]
    assert arn.startswith(topic)
    assert sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")["SubscriptionArn"] == arn


def test_who_asks_for_the_arn_of_a_waiting_subscription_gets_it(cloud):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="operators")["TopicArn"]
    arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org", ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "true"


def test_a_filter_keeps_a_message_from_a_person(cloud):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="operators")["TopicArn"]
    arn = sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15555550100")["SubscriptionArn"]
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"severity": ["critical"]}')
    for severity in ("info", "critical"):
        sns.publish(TopicArn=topic, Message=severity, MessageAttributes={"severity": {"DataType": "String", "StringValue": severity}})
    assert [message["message"] for message in messages(cloud)] == ["critical"]


def test_in_the_sandbox_an_unverified_phone_stays_silent(cloud):
    sns = cloud.client("sns")
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is False
    cloud.control("POST", "sns/sandbox", {"enabled": True, "verified": ["+15555550100"]})
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is True
    assert sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"] == [{"PhoneNumber": "+15555550100", "Status": "Verified"}]
    for number in ("+15555550100", "+15555550101"):
        assert sns.publish(PhoneNumber=number, Message="wake up")["MessageId"]
    assert [message["delivered"] for message in messages(cloud)] == [True, False]
    assert "sandbox" in messages(cloud)[1]["why"]


@pytest.mark.parametrize(("message", "text"), [
    ({"Message": "x", "Subject": "two\nlines"}, "Subject"),
    ({"Message": "x", "Subject": "größer"}, "Subject"),
    ({"Message": "x", "Subject": " blank first"}, "Subject"),
    ({"Message": "x", "Subject": "x" * 101}, "Subject"),
    ({"Message": ""}, "Empty message"),
    ({"Message": "x", "PhoneNumber": "5555550100"}, "not valid to publish to"),
    ({"Message": "x" * 1601, "PhoneNumber": "+15555550100"}, "1,600"),
])
def test_a_message_that_sns_does_not_take_is_refused(cloud, refused, message, text):
    sns = cloud.client("sns")
    if "PhoneNumber" not in message:
        message = {"TopicArn": sns.create_topic(Name="operators")["TopicArn"], **message}
    assert text in refused("InvalidParameter", sns.publish, **message)["Error"]["Message"]
