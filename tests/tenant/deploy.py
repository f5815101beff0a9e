"""A deployment of the workers in the middle of their work, as a pipeline makes one: the same revision, new tasks."""

import boto3

boto3.client("ecs").update_service(cluster="mate-dev", service="mate-demo-dev-celery", forceNewDeployment=True)
