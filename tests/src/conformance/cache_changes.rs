//! Replication groups of ElastiCache: their changes, their end, and the snapshot that outlives them.

use domain::failure::Cause;
use domain::kind::cache::{CacheChange, CachePending, CacheSnapshot};
use domain::ports::{
    DecreaseReplicaCount, DeleteCacheSnapshot, DeleteReplicationGroup, DescribeCacheSnapshot, IncreaseReplicaCount, ModifyReplicationGroup,
};

use super::caches::{available, look, node, request, seen, settles, status};
use super::ground::{Ground, does, passes, refuses, until};

const LARGER: &str = "cache.t4g.small";

fn modify(name: &str, change: CacheChange) -> ModifyReplicationGroup {
    ModifyReplicationGroup { name: name.to_owned(), change }
}

fn larger(name: &str, apply_immediately: bool) -> ModifyReplicationGroup {
    modify(name, CacheChange { node_type: Some(LARGER.to_owned()), apply_immediately, ..CacheChange::default() })
}

pub(super) fn delete(name: &str, snapshot: Option<&str>) -> DeleteReplicationGroup {
    DeleteReplicationGroup { name: name.to_owned(), final_snapshot: snapshot.map(str::to_owned) }
}

pub(super) async fn automatic_failover_needs_a_replica<G: Ground>(ground: &G) {
    let alone = request(ground, |desired| desired.multi_az = true).await;
    refuses(ground, alone, Cause::InvalidRequest).await;
    let name = available(ground, |_| {}).await;
    let on = CacheChange { multi_az: Some(true), apply_immediately: true, ..CacheChange::default() };
    refuses(ground, modify(&name, on), Cause::InvalidRequest).await;
}

pub(super) async fn a_cache_that_is_not_available_takes_no_change<G: Ground>(ground: &G) {
    refuses(ground, larger("no-such-cache", true), Cause::NotFound).await;
    refuses(ground, delete("no-such-cache", None), Cause::NotFound).await;
    let request = request(ground, |_| {}).await;
    let name = request.name.clone();
    does(ground, request).await;
    refuses(ground, larger(&name, true), Cause::InvalidState).await;
    refuses(ground, IncreaseReplicaCount { name: name.clone(), replicas: 1 }, Cause::InvalidState).await;
    refuses(ground, delete(&name, None), Cause::InvalidState).await;
}

pub(super) async fn an_immediate_change_of_a_cache_is_modifying_then_available<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    does(ground, larger(&name, true)).await;
    until(ground, "modifying", async || (status(ground, &name).await == "modifying").then_some(())).await;
    assert_eq!(node(ground, &name).await.pending.node_type.as_deref(), Some(LARGER), "its nodes show what is owed");
    refuses(ground, larger(&name, true), Cause::InvalidState).await;
    assert_eq!(passes(ground, "available", async || status(ground, &name).await).await, ["modifying", "available"]);
    let after = node(ground, &name).await;
    assert_eq!((after.node_type.as_str(), after.pending), (LARGER, CachePending::default()));
}

pub(super) async fn a_change_of_a_cache_waits_for_the_maintenance_window<G: Ground>(ground: &G) {
    let name = available(ground, |desired| desired.replicas = 1).await;
    let change = CacheChange {
        node_type: Some(LARGER.to_owned()),
        multi_az: Some(true),
        snapshot_days: Some(7),
        maintenance_window: Some("tue:04:00-tue:05:00".to_owned()),
        ..CacheChange::default()
    };
    does(ground, modify(&name, change)).await;
    ground.elapse(600).await;
    settles(ground, &name).await;
    let (owed, owing) = (look(ground, &name).await.expect("it stands"), node(ground, &name).await);
    assert_eq!((owed.multi_az, owed.pending_multi_az, owed.snapshot_days), (false, Some(true), 7), "some of it does not wait");
    assert_eq!((owing.node_type.as_str(), owing.pending.node_type.as_deref()), ("cache.t4g.micro", Some(LARGER)));
    assert_eq!(owing.maintenance_window, "tue:04:00-tue:05:00");
    ground.open_cache_window(&name).await;
    settles(ground, &name).await;
    let (after, applied) = (look(ground, &name).await.expect("it stands"), node(ground, &name).await);
    assert_eq!((after.multi_az, after.pending_multi_az), (true, None));
    assert_eq!((applied.node_type.as_str(), applied.pending), (LARGER, CachePending::default()));
}

pub(super) async fn replicas_come_and_go_but_the_last_while_it_may_take_over<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    does(ground, IncreaseReplicaCount { name: name.clone(), replicas: 1 }).await;
    assert_eq!(passes(ground, "available", async || status(ground, &name).await).await, ["modifying", "available"]);
    assert_eq!(look(ground, &name).await.expect("it stands").replicas(), 1);
    let failover = |multi_az| CacheChange { multi_az: Some(multi_az), apply_immediately: true, ..CacheChange::default() };
    does(ground, modify(&name, failover(true))).await;
    settles(ground, &name).await;
    let fewer = || DecreaseReplicaCount { name: name.clone(), replicas: 0 };
    refuses(ground, fewer(), Cause::InvalidRequest).await;
    does(ground, modify(&name, failover(false))).await;
    settles(ground, &name).await;
    does(ground, fewer()).await;
    settles(ground, &name).await;
    assert_eq!(look(ground, &name).await.expect("it stands").replicas(), 0);
}

pub(super) async fn a_deleted_cache_is_deleting_until_it_is_gone<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let reply = does(ground, delete(&name, None)).await.map(seen);
    assert_eq!(reply.map(|seen| seen.status).as_deref(), Some("deleting"));
    refuses(ground, delete(&name, None), Cause::InvalidState).await;
    assert_eq!(passes(ground, "gone", async || status(ground, &name).await).await, ["deleting", "gone"]);
}

async fn snapshot<G: Ground>(ground: &G, name: &str) -> Option<CacheSnapshot> {
    does(ground, DescribeCacheSnapshot { name: name.to_owned() }).await
}

pub(super) async fn a_final_snapshot_of_a_cache_is_creating_until_it_is_available<G: Ground>(ground: &G) {
    let name = available(ground, |_| {}).await;
    let kept = format!("{name}-final");
    assert_eq!(snapshot(ground, &kept).await, None);
    does(ground, delete(&name, Some(&kept))).await;
    refuses(ground, DeleteCacheSnapshot { name: kept.clone() }, Cause::InvalidState).await;
    let look = async || snapshot(ground, &kept).await.map_or(String::new(), |seen| seen.available.to_string());
    assert_eq!(passes(ground, "true", look).await, ["false", "true"]);
    passes(ground, "gone", async || status(ground, &name).await).await;
    assert_eq!(snapshot(ground, &kept).await.map(|seen| (seen.name, seen.available)), Some((kept.clone(), true)), "it outlives its cache");
    let second = available(ground, |_| {}).await;
    refuses(ground, delete(&second, Some(&kept)), Cause::AlreadyExists).await;
    does(ground, DeleteCacheSnapshot { name: kept.clone() }).await;
    refuses(ground, DeleteCacheSnapshot { name: kept }, Cause::NotFound).await;
}
