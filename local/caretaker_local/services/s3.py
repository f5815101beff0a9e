"""S3: whose bucket the caller expects, and what a new bucket blocks by itself."""

from caretaker_local.errors import refusal
from caretaker_local.wire import Call

EXPECTED = "x-amz-expected-bucket-owner"


def install(cloud) -> None:
    for operation in bucket_operations():
        cloud.refusals.add(f"s3.{operation}", refuse_anothers)
    cloud.effects.add("s3.CreateBucket", block_public_access)


def bucket_operations() -> list[str]:
    """All that take the header."""
    from caretaker_local.models import service_model

    model = service_model("s3")
    takes = lambda name: "ExpectedBucketOwner" in getattr(model.operation_model(name).input_shape, "members", {})  # noqa: E731
    return [name for name in model.operation_names if takes(name)]


def refuse_anothers(call: Call) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html"""
    from ministack.services import s3

    expected = call.headers.get(EXPECTED)
    owner = s3._bucket_owner_account(call.path.strip("/").partition("/")[0])
    if expected and owner and owner != expected:
        raise refusal("s3_bucket_of_another")


def block_public_access(call: Call, _reply) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html; ministack leaves a new bucket open.
    A repeat finds what was set since."""
    from ministack.services import s3

    bucket = s3._buckets.get(call.path.strip("/"))
    if bucket is not None:
        bucket.setdefault("_public_access_block", s3._NEW_BUCKET_PUBLIC_ACCESS_BLOCK)
