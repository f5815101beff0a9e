//! How a pool stands, from what ECS, Application Auto Scaling and the ledger show of it.

use serde::{Deserialize, Serialize};

use super::decide::Held;
use super::limits::{Bounds, Suspended};
use crate::kind::service::{Rollout, ServiceLife};
use crate::ports::{BoundsView, ServiceView};
use crate::resource::OWNER_TAG;
use crate::tenant::Owner;

/// How a pool stands on ECS and in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// The service's desired count.
    pub desired: u32,
    /// Its tasks that run.
    pub running: u32,
    /// Of its scalable target.
    pub bounds: Bounds,
    /// Whether a deployment is under way.
    pub deploying: bool,
    /// What of its scaling is suspended.
    #[serde(default)]
    pub suspended: Suspended,
    /// Why its count is not to be touched, if it is not.
    pub held: Option<Held>,
    /// Its part of what it shares with others, in workers.
    pub share: Option<u32>,
}

impl Pool {
    /// One that nothing holds, and that shares nothing.
    pub fn free(desired: u32, running: u32, bounds: Bounds) -> Self {
        Self { desired, running, bounds, deploying: false, suspended: Suspended::default(), held: None, share: None }
    }

    /// Of `owner`, whose intent may be `paused`, with the `service` and the scalable `target` that are seen.
    pub fn of(owner: &Owner, service: Option<&ServiceView>, target: Option<&BoundsView>, paused: bool) -> Self {
        let seen = service.map(|service| &service.seen);
        Self {
            desired: seen.map_or(0, |seen| seen.desired_count),
            running: seen.map_or(0, |seen| seen.running_count),
            bounds: target.map_or(Bounds { min: 0, max: 0 }, |target| target.bounds),
            deploying: seen.is_some_and(|seen| seen.rollout == Rollout::InProgress),
            suspended: target.map_or(Suspended::ALL, |target| target.suspended),
            held: held(owner, service, target, paused),
            share: None,
        }
    }
}

/// Why the count is not to be touched, the gravest reason first.
fn held(owner: &Owner, service: Option<&ServiceView>, target: Option<&BoundsView>, paused: bool) -> Option<Held> {
    let Some(service) = service.filter(|service| service.seen.life == ServiceLife::Active) else { return Some(Held::Inactive) };
    if service.tags.get(OWNER_TAG) != Some(&owner.tag()) {
        return Some(Held::Foreign);
    }
    let Some(target) = target else { return Some(Held::Unbounded) };
    if target.suspended == Suspended::ALL {
        return Some(Held::Suspended);
    }
    paused.then_some(Held::Paused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::service::ServiceSeen;

    fn service(life: ServiceLife, owner: &str) -> ServiceView {
        let seen = ServiceSeen {
            life,
            desired_count: 4,
            running_count: 3,
            rollout: Rollout::InProgress,
            primary: None,
            revisions: Vec::new(),
            settings: Default::default(),
        };
        ServiceView {
            arn: "a".into(),
            tags: [(OWNER_TAG.to_owned(), owner.to_owned())].into(),
            seen,
            primary: None,
            deployed_at: None,
            rolls_back: false,
        }
    }

    #[test]
    fn a_count_is_touched_only_where_all_is_as_it_should_be() {
        let owner: Owner = "tenant#dev#demo".parse().expect("an owner");
        let ours = service(ServiceLife::Active, "tenant/dev/demo");
        let target = |suspended| BoundsView { bounds: Bounds { min: 1, max: 8 }, suspended };
        let check = |service: Option<&ServiceView>, target: Option<BoundsView>, paused, expected| {
            assert_eq!(Pool::of(&owner, service, target.as_ref(), paused).held, expected);
        };
        check(Some(&ours), Some(target(Suspended::default())), false, None);
        check(None, Some(target(Suspended::default())), false, Some(Held::Inactive));
        check(Some(&service(ServiceLife::Draining, "tenant/dev/demo")), None, false, Some(Held::Inactive));
        check(Some(&service(ServiceLife::Active, "tenant/dev/other")), Some(target(Suspended::default())), false, Some(Held::Foreign));
        check(Some(&ours), None, true, Some(Held::Unbounded));
        check(Some(&ours), Some(target(Suspended::ALL)), true, Some(Held::Suspended));
        check(Some(&ours), Some(target(Suspended { out: false, ..Suspended::ALL })), false, None);
        check(Some(&ours), Some(target(Suspended::default())), true, Some(Held::Paused));
        let pool = Pool::of(&owner, Some(&ours), Some(&target(Suspended::default())), false);
        assert_eq!((pool.desired, pool.running, pool.bounds, pool.deploying), (4, 3, Bounds { min: 1, max: 8 }, true));
    }
}
