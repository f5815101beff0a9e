"""Bounds of the workers' count, set by hand: `bounds.py MIN MAX [suspended]`."""

import sys

import boto3

least, most, *suspended = sys.argv[1:]
parts = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
boto3.client("application-autoscaling").register_scalable_target(
    ServiceNamespace="ecs", ResourceId="service/mate-dev/mate-demo-dev-celery", ScalableDimension="ecs:service:DesiredCount",
    MinCapacity=int(least), MaxCapacity=int(most), SuspendedState={part: bool(suspended) for part in parts})
