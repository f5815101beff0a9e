"""Parameter groups: which of their parameters somebody has set."""

from caretaker_local.errors import Reply
from caretaker_local.wire import Call


def install(cloud) -> None:
    from ministack.services import elasticache

    describe = elasticache._describe_cache_parameters

    def describe_source(params):
        """Those of one Source only, which ministack does not look at.
        https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheParameters.html"""
        name, source = elasticache._p(params, "CacheParameterGroupName"), elasticache._p(params, "Source")
        known = elasticache._param_group_params.get(name)
        if not source or known is None:
            return describe(params)
        chosen = {key: value for key, value in known.items() if value.get("Source", "system") == source}
        elasticache._param_group_params[name] = chosen
        try:
            return describe(params)
        finally:
            elasticache._param_group_params[name] = known

    elasticache._describe_cache_parameters = describe_source
    cloud.effects.add("elasticache.ResetCacheParameterGroup", forget)


def forget(call: Call, _reply: Reply) -> None:
    """A parameter that ministack's family does not have is not kept once it is reset."""
    from ministack.services import elasticache

    name = call.params["CacheParameterGroupName"]
    family = elasticache._default_params_for_family(elasticache._param_groups[name]["CacheParameterGroupFamily"])
    for parameter in call.params.get("ParameterNameValues") or []:
        if parameter["ParameterName"] not in family:
            elasticache._param_group_params[name].pop(parameter["ParameterName"], None)
