//! Groups of parameters and of subnets of ElastiCache.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::cache_settings::{RedisParameterGroup, RedisSubnetGroup};
use domain::ports::{
    CreateCacheParameterGroup, CreateCacheSubnetGroup, DeleteCacheParameterGroup, DeleteCacheSubnetGroup, DescribeCacheParameterGroup,
    DescribeCacheParameters, DescribeCacheSubnetGroup, ListCacheTags, ModifyCacheParameterGroup, ModifyCacheSubnetGroup,
    ResetCacheParameterGroup, TagCache,
};

use super::cache_changes::delete;
use super::caches;
use super::ground::{Ground, does, refuses, tags, until};

pub(super) fn subnets(ground: &impl Ground, count: usize) -> RedisSubnetGroup {
    RedisSubnetGroup { subnets: ground.environment().private_subnets.iter().take(count).map(|subnet| subnet.id.clone()).collect() }
}

fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn create(name: &str) -> CreateCacheParameterGroup {
    let desired = RedisParameterGroup { family: "redis7".to_owned(), description: None, parameters: BTreeMap::new() };
    CreateCacheParameterGroup { name: name.to_owned(), desired, tags: tags() }
}

pub(super) async fn a_cache_parameter_group_has_its_familys_parameters_until_it_is_told_others<G: Ground>(ground: &G) {
    let name = ground.name("cache-parameters");
    let made = does(ground, create(&name)).await;
    refuses(ground, create(&name), Cause::AlreadyExists).await;
    let found = does(ground, DescribeCacheParameterGroup { name: name.clone() }).await.map(|found| found.detail);
    assert!(matches!(&found, Some(Detail::RedisParameterGroup(seen)) if seen.properties == create(&name).desired), "{found:?}");
    let told = async || does(ground, DescribeCacheParameters { name: name.clone() }).await;
    assert_eq!(told().await, BTreeMap::new());
    let wanted = parameters(&[("maxmemory-policy", "noeviction"), ("notify-keyspace-events", "Ex")]);
    does(ground, ModifyCacheParameterGroup { name: name.clone(), parameters: wanted.clone() }).await;
    assert_eq!(told().await, wanted);
    let back = BTreeSet::from(["notify-keyspace-events".to_owned()]);
    does(ground, ResetCacheParameterGroup { name: name.clone(), parameters: back }).await;
    assert_eq!(told().await, parameters(&[("maxmemory-policy", "noeviction")]));
    assert_eq!(does(ground, ListCacheTags { arn: made.arn.clone() }).await, tags());
    does(ground, TagCache { arn: made.arn.clone(), tags: parameters(&[("a", "b")]) }).await;
    assert_eq!(does(ground, ListCacheTags { arn: made.arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteCacheParameterGroup { name: name.clone() }).await;
    refuses(ground, DeleteCacheParameterGroup { name: name.clone() }, Cause::NotFound).await;
    refuses(ground, ModifyCacheParameterGroup { name: name.clone(), parameters: wanted }, Cause::NotFound).await;
    assert_eq!(does(ground, DescribeCacheParameterGroup { name }).await, None);
}

pub(super) async fn a_cache_subnet_group_has_one_name<G: Ground>(ground: &G) {
    let name = ground.name("cache-subnets");
    let create = || CreateCacheSubnetGroup { name: name.clone(), desired: subnets(ground, 2), tags: tags() };
    let made = does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    assert_eq!(does(ground, ListCacheTags { arn: made.arn }).await, tags());
    does(ground, ModifyCacheSubnetGroup { name: name.clone(), desired: subnets(ground, 3) }).await;
    let found = does(ground, DescribeCacheSubnetGroup { name: name.clone() }).await.map(|found| found.detail);
    assert!(matches!(&found, Some(Detail::RedisSubnetGroup(seen)) if seen.properties == subnets(ground, 3)), "{found:?}");
    does(ground, DeleteCacheSubnetGroup { name: name.clone() }).await;
    refuses(ground, DeleteCacheSubnetGroup { name: name.clone() }, Cause::NotFound).await;
    assert_eq!(does(ground, DescribeCacheSubnetGroup { name }).await, None);
}

pub(super) async fn groups_that_a_cache_stands_on_cannot_be_deleted<G: Ground>(ground: &G) {
    let parameter_group = ground.name("cache-parameters");
    does(ground, create(&parameter_group)).await;
    let request = caches::request(ground, |desired| desired.parameter_group.clone_from(&parameter_group)).await;
    let (name, subnet_group) = (request.name.clone(), request.desired.subnet_group.clone());
    does(ground, request).await;
    refuses(ground, DeleteCacheParameterGroup { name: parameter_group.clone() }, Cause::InvalidState).await;
    refuses(ground, DeleteCacheSubnetGroup { name: subnet_group.clone() }, Cause::InvalidState).await;
    let deleted = async || domain::ports::send(ground.aws(), delete(&name, None)).await.is_ok().then_some(());
    until(ground, "a cache that can be deleted", deleted).await;
    let free =
        async || domain::ports::send(ground.aws(), DeleteCacheSubnetGroup { name: subnet_group.clone() }).await.is_ok().then_some(());
    until(ground, "a free subnet group", free).await;
    does(ground, DeleteCacheParameterGroup { name: parameter_group }).await;
}
