"""ECR tells of what is pushed, and knows what can be pulled.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html"""

import json
import re

from caretaker_local.errors import Reply
from caretaker_local.events import emit
from caretaker_local.wire import Call

# ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY[:TAG][@DIGEST]
IMAGE = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
                   r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?")


def install(cloud) -> None:
    cloud.effects.add("ecr.PutImage", tell)


def tell(call: Call, reply: Reply) -> None:
    image = json.loads(reply.body)["image"]
    pushed(call.params["repositoryName"], call.params.get("imageTag", ""), image["imageId"]["imageDigest"])


def pushed(repository: str, tag: str, digest: str) -> None:
    emit("aws.ecr", "ECR Image Action", [], {
        "result": "SUCCESS", "repository-name": repository, "image-digest": digest, "action-type": "PUSH", "image-tag": tag,
    })


def push(repository: str, tag: str) -> None:
    """What a pipeline does."""
    from ministack.services import ecr

    status, _headers, body = ecr._put_image({"repositoryName": repository, "imageTag": tag, "imageManifest": json.dumps({"of": tag})})
    answer = json.loads(body)
    if status >= 300:
        raise ValueError(f"{repository}:{tag} cannot be pushed: {answer}")
    pushed(repository, tag, answer["image"]["imageId"]["imageDigest"])


def can_be_pulled(image: str) -> bool:
    """Whether our account's registry has the image; one of any other registry is taken to be there."""
    from ministack.core.responses import get_account_id, request_scope
    from ministack.services import ecr

    named = IMAGE.fullmatch(image)
    if named is None or named["account"] != get_account_id():
        return True
    wanted = {"imageDigest": named["digest"]} if named["digest"] else {"imageTag": named["tag"] or "latest"}
    with request_scope(named["account"], named["region"]):
        return ecr._find_image(named["repository"], wanted) is not None
