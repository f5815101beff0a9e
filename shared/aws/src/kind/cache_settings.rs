//! Groups of subnets and of parameters of ElastiCache.

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Cloud, CreateCacheParameterGroup, CreateCacheSubnetGroup, DeleteCacheParameterGroup, DeleteCacheSubnetGroup,
    DescribeCacheParameterGroup, DescribeCacheParameters, DescribeCacheSubnetGroup, ListCacheTags, ModifyCacheParameterGroup,
    ModifyCacheSubnetGroup, ResetCacheParameterGroup, TagCache, send,
};

use super::parameters::{batches, set, unset};
use super::plain::{plain, with};

plain!(RedisParameterGroup(RedisParameterGroup), |cloud, resource, desired|
    observe: match send(cloud, DescribeCacheParameterGroup { name: resource.name.clone() }).await? {
        Some(observed) => Some(whole(cloud, &resource.name, observed).await?),
        None => None,
    },
    create: {
        let create = CreateCacheParameterGroup { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        for parameters in batches(set(&seen.properties.parameters, &desired.parameters)) {
            send(cloud, ModifyCacheParameterGroup { name: resource.name.clone(), parameters }).await?;
        }
        for parameters in batches(unset(&seen.properties.parameters, &desired.parameters)) {
            send(cloud, ResetCacheParameterGroup { name: resource.name.clone(), parameters }).await?;
        }
        Ok(with(old, Detail::RedisParameterGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteCacheParameterGroup { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagCache { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn whole(cloud: &impl Cloud, name: &str, observed: Observed) -> Result<Observed, CallError> {
    let tags = send(cloud, ListCacheTags { arn: observed.arn.clone() }).await?;
    let mut observed = Observed { tags, ..observed };
    if let Detail::RedisParameterGroup(seen) = &mut observed.detail {
        seen.properties.parameters = send(cloud, DescribeCacheParameters { name: name.to_owned() }).await?;
    }
    Ok(observed)
}

plain!(RedisSubnetGroup(RedisSubnetGroup), |cloud, resource, desired|
    observe: match send(cloud, DescribeCacheSubnetGroup { name: resource.name.clone() }).await? {
        Some(observed) => {
            let tags = send(cloud, ListCacheTags { arn: observed.arn.clone() }).await?;
            Some(Observed { tags, ..observed })
        }
        None => None,
    },
    create: {
        let create = CreateCacheSubnetGroup { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        send(cloud, ModifyCacheSubnetGroup { name: resource.name.clone(), desired: desired.clone() }).await?;
        Ok(with(old, Detail::RedisSubnetGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteCacheSubnetGroup { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagCache { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);
