"""Whether a bucket takes the access logs of load balancers: its policy must name who delivers them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"""

# The service that delivers them, and the account that does so in us-east-1.
DELIVERY = ("logdelivery.elasticloadbalancing.amazonaws.com", "127311923021")


def takes_logs(bucket: str | None) -> bool:
    from ministack.services import s3

    policy = s3._bucket_policies.get(bucket)
    text = policy.decode() if isinstance(policy, bytes) else str(policy or "")
    return bucket in s3._buckets and any(name in text for name in DELIVERY)
