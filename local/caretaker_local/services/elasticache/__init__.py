"""ElastiCache for Redis OSS: states that take time, pending values, snapshots, refusals, and events by SNS."""

from caretaker_local.services.elasticache import parameters, refusals, views
from caretaker_local.services.elasticache.brokers import Brokers
from caretaker_local.services.elasticache.lifecycle import Cache


def install(cloud) -> Cache:
    """Hangs ElastiCache's checks and life cycle into the cloud."""
    brokers = Brokers(cloud, cloud.spawner)
    cache = Cache(cloud, brokers)
    refusals.install(cloud)
    views.install()
    parameters.install(cloud)
    cloud.effects.add("elasticache.CreateReplicationGroup", cache.group_created)
    for operation in ("ModifyCacheParameterGroup", "ResetCacheParameterGroup"):
        cloud.effects.add(f"elasticache.{operation}", lambda call, _reply: brokers.parameters_changed(call.params["CacheParameterGroupName"]))
    # These are done by us whole: ministack does each of them at once.
    for operation, act in (
        ("ModifyReplicationGroup", cache.modify),
        ("IncreaseReplicaCount", cache.set_replicas),
        ("DecreaseReplicaCount", cache.set_replicas),
        ("DeleteReplicationGroup", cache.delete),
    ):
        cloud.refusals.add(f"elasticache.{operation}", act)
    return cache
