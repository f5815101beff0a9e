//! Replication groups of ElastiCache: their creation.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::cache::{CacheNode, CachePending, CacheSeen, ReplicationGroup, described};
use domain::observed::Observed;
use domain::ports::{
    Confidential, CreateCacheSubnetGroup, CreateReplicationGroup, DescribeCacheNode, DescribeCacheNodes, DescribeReplicationGroup,
    DescribeReplicationGroups, ListCacheTags, TagCache,
};

use super::cache_settings::subnets;
use super::ground::{Ground, does, refuses, tags, until};

fn desired(ground: &impl Ground, subnet_group: &str) -> ReplicationGroup {
    ReplicationGroup {
        engine_version: "7.1".to_owned(),
        node_type: "cache.t4g.micro".to_owned(),
        replicas: 0,
        multi_az: false,
        subnet_group: subnet_group.to_owned(),
        security_group: ground.environment().security_groups["ecs"].clone(),
        parameter_group: "default.redis7".to_owned(),
        auth_secret: "the caller reads it".to_owned(),
        key: None,
        snapshot_days: 1,
        snapshot_window: Some("03:00-04:00".to_owned()),
        maintenance_window: Some("mon:04:00-mon:05:00".to_owned()),
        notification_topic: None,
    }
}

/// The creation of a group, whose subnet group stands.
pub(super) async fn request<G: Ground>(ground: &G, change: impl FnOnce(&mut ReplicationGroup)) -> CreateReplicationGroup {
    let subnet_group = ground.name("cache-subnets");
    does(ground, CreateCacheSubnetGroup { name: subnet_group.clone(), desired: subnets(ground, 2), tags: tags() }).await;
    let mut desired = desired(ground, &subnet_group);
    change(&mut desired);
    let token = Confidential("correct-horse-battery".to_owned());
    CreateReplicationGroup { name: ground.name("cache"), desired, token, tags: tags() }
}

pub(super) fn seen(observed: Observed) -> CacheSeen {
    match observed.detail {
        Detail::RedisReplicationGroup(seen) => seen,
        other => panic!("{other:?} is no replication group"),
    }
}

pub(super) async fn look<G: Ground>(ground: &G, name: &str) -> Option<CacheSeen> {
    does(ground, DescribeReplicationGroup { name: name.to_owned() }).await.map(seen)
}

/// AWS's word for the state; `gone` if there is none.
pub(super) async fn status<G: Ground>(ground: &G, name: &str) -> String {
    look(ground, name).await.map_or("gone".to_owned(), |seen| seen.status)
}

pub(super) async fn settles<G: Ground>(ground: &G, name: &str) {
    until(ground, "an available cache", async || (status(ground, name).await == "available").then_some(())).await;
}

pub(super) async fn node<G: Ground>(ground: &G, name: &str) -> CacheNode {
    let member = look(ground, name).await.expect("it stands").members.swap_remove(0);
    does(ground, DescribeCacheNode { name: member }).await.expect("it has a node")
}

/// A group that stands.
pub(super) async fn available<G: Ground>(ground: &G, change: impl FnOnce(&mut ReplicationGroup)) -> String {
    let request = request(ground, change).await;
    let name = request.name.clone();
    does(ground, request).await;
    settles(ground, &name).await;
    name
}

pub(super) async fn a_cache_is_creating_without_an_endpoint_until_it_is_available<G: Ground>(ground: &G) {
    let request = request(ground, |desired| desired.replicas = 1).await;
    let (name, wanted) = (request.name.clone(), request.desired.clone());
    let created = does(ground, request).await;
    assert!(created.arn.ends_with(&format!(":replicationgroup:{name}")), "{}", created.arn);
    assert_eq!(created.tags, tags());
    let created = seen(created);
    assert_eq!((created.status.as_str(), created.endpoint), ("creating", None));
    assert_eq!(created.members, [format!("{name}-001"), format!("{name}-002")]);
    until(ground, "an available cache", async || {
        let seen = look(ground, &name).await.expect("it stands");
        assert_eq!(seen.status == "creating", seen.endpoint.is_none(), "{seen:?}");
        (seen.status == "available").then_some(())
    })
    .await;
    let stands = look(ground, &name).await.expect("it stands");
    assert!(stands.endpoint.is_some_and(|endpoint| endpoint.port == 6379 && !endpoint.host.is_empty()));
    assert_eq!((stands.snapshot_days, stands.snapshot_window.as_str(), stands.multi_az), (1, "03:00-04:00", false));
    let shown = node(ground, &name).await;
    let expected = CacheNode {
        node_type: wanted.node_type,
        // AWS picks the patch version.
        engine_version: "7.1.0".to_owned(),
        security_group: wanted.security_group,
        parameter_group: wanted.parameter_group,
        subnet_group: wanted.subnet_group,
        maintenance_window: "mon:04:00-mon:05:00".to_owned(),
        notification_topic: String::new(),
        pending: CachePending::default(),
    };
    assert_eq!(shown, expected);
}

pub(super) async fn caches_are_described_together_as_each_by_itself<G: Ground>(ground: &G) {
    let name = available(ground, |_| ()).await;
    let (groups, _) = does(ground, DescribeReplicationGroups { after: None }).await;
    let group = groups.into_iter().find(|(of, _)| *of == name).map(|(_, group)| (group.arn, group.detail));
    let alone = does(ground, DescribeReplicationGroup { name: name.clone() }).await.map(|group| (group.arn, group.detail));
    assert_eq!(group, alone);
    let (nodes, _) = does(ground, DescribeCacheNodes { after: None }).await;
    let member = look(ground, &name).await.expect("it stands").members.swap_remove(0);
    let first = nodes.into_iter().find(|(of, _)| *of == member);
    assert_eq!(first.map(|(_, node)| node), Some(node(ground, &name).await));
}

pub(super) async fn a_cache_of_the_same_name_already_exists<G: Ground>(ground: &G) {
    let request = request(ground, |_| {}).await;
    does(ground, request.clone()).await;
    refuses(ground, request, Cause::AlreadyExists).await;
}

pub(super) async fn a_cache_gives_its_tags_out_only_while_it_is_available<G: Ground>(ground: &G) {
    let request = request(ground, |_| {}).await;
    let name = request.name.clone();
    let arn = does(ground, request).await.arn;
    refuses(ground, ListCacheTags { arn: arn.clone() }, Cause::InvalidState).await;
    refuses(ground, TagCache { arn: arn.clone(), tags: tags() }, Cause::InvalidState).await;
    let describe = || DescribeReplicationGroup { name: name.clone() };
    let described_tags = described(&look(ground, &name).await.expect("it stands").description);
    assert_eq!(described_tags, tags(), "its description says whose it is");
    assert_eq!(does(ground, describe()).await.expect("it stands").tags, tags());
    settles(ground, &name).await;
    assert_eq!(does(ground, ListCacheTags { arn: arn.clone() }).await, tags());
    does(ground, TagCache { arn: arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListCacheTags { arn }).await.get("a").map(String::as_str), Some("b"));
}

pub(super) async fn a_cache_needs_its_groups<G: Ground>(ground: &G) {
    let without_subnets = request(ground, |desired| desired.subnet_group = "no-such-group".to_owned()).await;
    refuses(ground, without_subnets, Cause::NotFound).await;
    let without_parameters = request(ground, |desired| desired.parameter_group = "no-such-group".to_owned()).await;
    refuses(ground, without_parameters, Cause::NotFound).await;
    let without_group = request(ground, |desired| desired.security_group = "sg-00000000000000000".to_owned()).await;
    refuses(ground, without_group, Cause::InvalidRequest).await;
}

pub(super) async fn an_auth_token_of_less_than_16_characters_is_refused<G: Ground>(ground: &G) {
    let request = request(ground, |_| {}).await;
    for token in ["too-short", "with/a/slash/and/long/enough"] {
        let token = Confidential(token.to_owned());
        refuses(ground, CreateReplicationGroup { token, ..request.clone() }, Cause::InvalidRequest).await;
    }
}

pub(super) async fn a_cache_identifier_with_two_hyphens_is_refused<G: Ground>(ground: &G) {
    let request = request(ground, |_| {}).await;
    for name in [format!("{}--x", request.name), format!("{}-", request.name), "1-begins-with-a-digit".to_owned(), "x".repeat(41)] {
        refuses(ground, CreateReplicationGroup { name, ..request.clone() }, Cause::InvalidRequest).await;
    }
}
