"""ElastiCache's events: to the one SNS topic that a group names, and to no bus.

Names and message: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html
A change of version, failover or settings is not among them."""

Event = tuple[str, str]


def put_topic(group: dict, params: dict) -> None:
    """The topic that a creation or a modification names, and its status."""
    if params.get("NotificationTopicArn"):
        group["_told"] = {"TopicArn": params["NotificationTopicArn"], "TopicStatus": "active"}
    if params.get("NotificationTopicStatus") and group.get("_told"):
        group["_told"]["TopicStatus"] = params["NotificationTopicStatus"]


def tell(group: dict, events: list[Event]) -> None:
    """Publishes each event with the id of what it is about. A topic that cannot be published to becomes inactive."""
    from ministack.services import sns

    told = group.get("_told") or {}
    for name, subject in events:
        if told.get("TopicStatus") != "active":
            return
        if can_publish(told["TopicArn"]):
            sns.publish_internal(told["TopicArn"], {f"ElastiCache:{name}": subject})
        else:
            told["TopicStatus"] = "inactive"


def of_nodes(name: str, nodes: list[str]) -> list[Event]:
    return [(name, node) for node in nodes]


def can_publish(arn: str) -> bool:
    """Not to an encrypted topic, and as its owner only: where the policy asks for aws:SourceAccount ElastiCache is shut out.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ECEvents.SNS.html"""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import sns

    topic = sns._topics.get(arn)
    if topic is None or topic["attributes"].get("KmsMasterKeyId"):
        return False
    context = EvalContext(principal_arn="*", principal_type="Service", principal_account="", action="sns:Publish",
                          resource_arn=arn, region=get_region(), service_context={"aws:sourceowner": get_account_id()})
    return evaluate_resource_policy(topic["attributes"].get("Policy") or "", context).decision == "Allow"
