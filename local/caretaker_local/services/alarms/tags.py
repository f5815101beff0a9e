"""An alarm's tags in what it tells: only if it was made to tell them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-tags-in-notifications.html"""


def propagated(alarm: dict) -> dict | None:
    """The tags that its ActionConfiguration lets out; None: it lets out none."""
    from ministack.services import cloudwatch

    wanted = (alarm.get("ActionConfiguration") or {}).get("AlarmTagsPropagation") or {}
    if not wanted.get("Enabled"):
        return None
    return chosen(cloudwatch._resource_tags.get(alarm["AlarmArn"]) or {}, wanted)


def chosen(tags: dict, wanted: dict) -> dict:
    """"Tag keys that begin with aws: are reserved for AWS and are never propagated."""
    included, excluded = wanted.get("IncludedTagKeys"), wanted.get("ExcludedTagKeys") or ()
    return {key: value for key, value in tags.items()
            if not key.startswith("aws:") and (included is None or key in included) and key not in excluded}
