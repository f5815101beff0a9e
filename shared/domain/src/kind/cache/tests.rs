use super::*;
use crate::kind::Desired;
use crate::kind::database::Endpoint;
use crate::resource::{INCARNATION_TAG, OWNER_TAG, Tags};

const LIFE: &str = "01j9zzzzzzzzzzzzzzzzzzzzzz";

fn desired() -> ReplicationGroup {
    ReplicationGroup {
        engine_version: "7.1".into(),
        node_type: "cache.t4g.micro".into(),
        replicas: 1,
        multi_az: true,
        subnet_group: "subnets".into(),
        security_group: "sg-1".into(),
        parameter_group: "parameters".into(),
        auth_secret: "secret".into(),
        key: None,
        snapshot_days: 1,
        snapshot_window: None,
        maintenance_window: None,
        notification_topic: None,
    }
}

fn resource(desired: ReplicationGroup, apply: Apply) -> Resource {
    Resource {
        id: "redis".into(),
        owner: "tenant#dev#demo".parse().expect("an owner"),
        incarnation: LIFE.parse().expect("a life"),
        name: "redis-demo".into(),
        token: String::new(),
        tags: Tags::from([(OWNER_TAG.into(), "tenant/dev/demo".into()), (INCARNATION_TAG.into(), LIFE.into())]),
        after: std::collections::BTreeSet::new(),
        refers: false,
        apply,
        protects_data: true,
        desired: Desired::RedisReplicationGroup(desired),
    }
}

fn seen() -> CacheSeen {
    CacheSeen {
        status: "available".into(),
        description: format!("{OWNER_TAG}=tenant/dev/demo {INCARNATION_TAG}={LIFE}"),
        members: vec!["a".into(), "b".into()],
        multi_az: true,
        failover: true,
        pending_multi_az: None,
        key: None,
        snapshot_days: 1,
        snapshot_window: "03:00-04:00".into(),
        node: CacheNode {
            node_type: "cache.t4g.micro".into(),
            engine_version: "7.1.0".into(),
            security_group: "sg-1".into(),
            parameter_group: "parameters".into(),
            subnet_group: "subnets".into(),
            maintenance_window: "sun:05:00-sun:06:00".into(),
            notification_topic: "arn:aws:sns:us-east-1:123456789012:by-hand".into(),
            pending: CachePending::default(),
        },
        endpoint: Some(Endpoint { host: "h".into(), port: 6379 }),
        snapshot: None,
    }
}

/// What follows, in a few words.
fn check(desired: ReplicationGroup, apply: Apply, seen: &CacheSeen, expected: &str) {
    let words = match desired.clone().judge(&resource(desired, apply), seen) {
        Judgement::Act(change) => change.to_string(),
        Judgement::Replace(differences) => panic!("a cache is never replaced: {differences:?}"),
        Judgement::InSync(note) => note.unwrap_or_else(|| "in sync".into()),
        Judgement::Settling(why) | Judgement::Awaits(why) | Judgement::Broken(why) | Judgement::Refused(why) | Judgement::Conflict(why) => {
            why
        }
        Judgement::Needs(id) => id.0,
    };
    assert_eq!(words, expected);
}

fn wanted(change: impl FnOnce(&mut ReplicationGroup)) -> ReplicationGroup {
    let mut desired = desired();
    change(&mut desired);
    desired
}

fn as_seen(change: impl FnOnce(&mut CacheSeen)) -> CacheSeen {
    let mut seen = seen();
    change(&mut seen);
    seen
}

#[test]
fn a_cache_is_judged_by_its_state_then_by_what_differs() {
    let now = |desired, seen: &CacheSeen, expected| check(desired, Apply::Now, seen, expected);
    now(desired(), &seen(), "in sync");
    now(desired(), &as_seen(|seen| seen.status = "creating".into()), "the cache is creating");
    now(desired(), &as_seen(|seen| seen.status = "create-failed".into()), "the cache is create-failed");
    now(desired(), &as_seen(|seen| seen.status = GONE.into()), "create");
    // The daily snapshot is no news; it only takes no changes meanwhile.
    let snapshotting = as_seen(|seen| seen.status = "snapshotting".into());
    now(desired(), &snapshotting, "in sync");
    now(wanted(|desired| desired.snapshot_days = 2), &snapshotting, "a snapshot is being taken of the cache");
    now(wanted(|desired| desired.node_type = "cache.t4g.small".into()), &seen(), "change node_type: cache.t4g.micro -> cache.t4g.small");
    // Versions only rise, and AWS moves the patch.
    now(wanted(|desired| desired.engine_version = "7.2".into()), &seen(), "change engine_version: 7.1.0 -> 7.2");
    now(wanted(|desired| desired.engine_version = "6.2".into()), &seen(), "in sync");
    // Windows that nobody chose are AWS's.
    now(
        wanted(|desired| desired.snapshot_window = Some("05:00-06:00".into())),
        &seen(),
        "change snapshot_window: 03:00-04:00 -> 05:00-06:00",
    );
    // Whom it tells is ours only where a topic is wanted; an inactive one counts as none.
    let told = || wanted(|desired| desired.notification_topic = Some("arn:aws:sns:us-east-1:123456789012:ours".into()));
    now(
        told(),
        &seen(),
        "change notification_topic: arn:aws:sns:us-east-1:123456789012:by-hand -> arn:aws:sns:us-east-1:123456789012:ours",
    );
    now(
        told(),
        &as_seen(|seen| seen.node.notification_topic = String::new()),
        "change notification_topic: (none) -> arn:aws:sns:us-east-1:123456789012:ours",
    );
    now(told(), &as_seen(|seen| seen.node.notification_topic = "arn:aws:sns:us-east-1:123456789012:ours".into()), "in sync");
    let adopted = as_seen(|seen| seen.description = "by hand".into());
    let ours = seen().description;
    check(desired(), Apply::Now, &adopted, &format!("change description: by hand -> {ours}"));
    // What is fixed.
    now(
        wanted(|desired| desired.subnet_group = "others".into()),
        &seen(),
        "subnet_group is fixed at creation: it is \"subnets\", wanted is \"others\"",
    );
    now(wanted(|desired| desired.key = Some("k".into())), &seen(), "key is fixed at creation: it is \"\", wanted is \"k\"");
    now(wanted(|desired| desired.replicas = 0), &seen(), "multi_az needs a replica");
}

#[test]
fn what_is_owed_to_the_window_counts_as_observed() {
    let owing = as_seen(|seen| seen.node.pending.node_type = Some("cache.t4g.small".into()));
    let larger = || wanted(|desired| desired.node_type = "cache.t4g.small".into());
    check(larger(), Apply::Window, &owing, "changes wait for the maintenance window");
    check(larger(), Apply::Now, &owing, "change apply: window -> now");
    check(desired(), Apply::Window, &owing, "change node_type: cache.t4g.small -> cache.t4g.micro");
    // The last copy goes only once nothing fails over to it.
    let alone = || wanted(|desired| (desired.multi_az, desired.replicas) = (false, 0));
    check(alone(), Apply::Now, &seen(), "change replicas: 1 -> 0, multi_az: true -> false");
    let failing_over = as_seen(|seen| seen.pending_multi_az = Some(false));
    check(alone(), Apply::Window, &failing_over, "changes wait for the maintenance window");
    check(alone(), Apply::Window, &as_seen(|seen| (seen.multi_az, seen.failover) = (false, false)), "change replicas: 1 -> 0");
    check(desired(), Apply::Now, &as_seen(|seen| seen.multi_az = false), "change multi_az: false -> true");
}

#[test]
fn what_becomes_of_data_decides_the_way_out() {
    let departs = |seen: &CacheSeen, protects_data, fate| {
        let resource = Resource { protects_data, ..resource(desired(), Apply::Now) };
        match desired().depart(&resource, seen, fate) {
            Departure::Act(removal) => removal.to_string(),
            Departure::Wait(why) | Departure::Blocked(why) => why,
            Departure::Kept(retention) => format!("{} for {} USD", retention.what, retention.monthly_usd),
            Departure::Gone => "gone".into(),
        }
    };
    let name = format!("redis-demo-{LIFE}");
    assert_eq!(departs(&seen(), true, Fate::KeepData), format!("delete with the final snapshot {name}"));
    assert_eq!(departs(&seen(), true, Fate::DestroyData), "delete with its data");
    assert_eq!(departs(&seen(), false, Fate::KeepData), "delete with its data");
    assert_eq!(departs(&as_seen(|seen| seen.status = "deleting".into()), true, Fate::KeepData), "the cache is deleting");
    // AWS takes no snapshot of what never stood.
    assert_eq!(departs(&as_seen(|seen| seen.status = "create-failed".into()), true, Fate::KeepData), "delete with its data");
    let left = |available| CacheSeen {
        status: GONE.into(),
        snapshot: Some(CacheSnapshot { name: name.clone(), available, size_mib: 2048 }),
        ..CacheSeen::default()
    };
    assert_eq!(departs(&left(false), true, Fate::KeepData), "its final snapshot is being taken");
    assert_eq!(departs(&left(true), true, Fate::KeepData), format!("the cache's snapshot {name} for 0.17 USD"));
    assert_eq!(departs(&left(true), true, Fate::DestroyData), format!("delete the snapshot {name}"));
}

#[test]
fn a_description_says_whose_a_cache_is_and_another_says_nothing() {
    let tags = resource(desired(), Apply::Now).tags;
    assert_eq!(described(&description(&tags)), tags);
    assert_eq!(described("Redis of the old days, x=y"), Tags::new());
}
