"""ECR tells of what is pushed.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html"""

import json

from caretaker_local.errors import Reply
from caretaker_local.events import emit
from caretaker_local.wire import Call


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
