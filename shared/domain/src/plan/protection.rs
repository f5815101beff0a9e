//! Whose deletion protection it is: ours goes with the wish for it, a person's is left alone.

use crate::kind::{Desired, Detail};
use crate::ledger::Record;
use crate::observed::Observed;
use crate::resource::Resource;

/// What is to be remembered of a resource from the moment it is asked to become `wanted` until it has:
/// AWS may go on showing a protection that `before` asked for, and that is ours and not a person's.
pub fn while_changing(before: &Resource, wanted: Resource) -> Resource {
    if is_protected(before) { protected(wanted) } else { wanted }
}

/// `resource` with the protection that a person has set on it, if one has: to take it off again would be no repair.
pub(super) fn by_person(resource: &Resource, observed: &Observed, record: Option<&Record>) -> Option<Resource> {
    let shows_protection = match &observed.detail {
        Detail::RdsInstance(seen) => seen.deletion_protection,
        Detail::LoadBalancer(seen) => seen.shown.properties.deletion_protection,
        Detail::CognitoUserPool(seen) => seen.properties.deletion_protection,
        _ => false,
    };
    let ours = is_protected(resource) || record.is_some_and(|record| is_protected(&record.resource));
    (shows_protection && !ours).then(|| protected(resource.clone()))
}

fn is_protected(resource: &Resource) -> bool {
    match &resource.desired {
        Desired::RdsInstance(database) => database.deletion_protection,
        Desired::LoadBalancer(balancer) => balancer.deletion_protection,
        Desired::CognitoUserPool(pool) => pool.deletion_protection,
        _ => false,
    }
}

fn protected(mut resource: Resource) -> Resource {
    match &mut resource.desired {
        Desired::RdsInstance(database) => database.deletion_protection = true,
        Desired::LoadBalancer(balancer) => balancer.deletion_protection = true,
        Desired::CognitoUserPool(pool) => pool.deletion_protection = true,
        _ => {}
    }
    resource
}
