"""Tags of scalable targets."""

from caretaker_local.errors import AwsError, refusal
from caretaker_local.services.autoscaling.store import Store

# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TagResource.html
MOST = 50


class Tags:
    """TagResource, UntagResource, ListTagsForResource."""

    def __init__(self, store: Store):
        self.store = store

    def operations(self) -> dict:
        return {"TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.list}

    def tag(self, params: dict) -> dict:
        tags = self.of(params)
        if len(tags | params["Tags"]) > MOST:
            raise AwsError("TooManyTagsException", "Too many tags are assigned to the resource.")
        tags |= params["Tags"]
        return {}

    def untag(self, params: dict) -> dict:
        tags = self.of(params)
        for key in params["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list(self, params: dict) -> dict:
        return {"Tags": self.of(params)}

    def of(self, params: dict) -> dict:
        arn = params["ResourceARN"]
        if arn not in self.store.tags:
            raise refusal("autoscaling_resource_unknown", {"ResourceName": arn}, arn=arn)
        return self.store.tags[arn]
