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
    let Detail::RdsInstance(seen) = &observed.detail else { return None };
    let ours = is_protected(resource) || record.is_some_and(|record| is_protected(&record.resource));
    (seen.deletion_protection && !ours).then(|| protected(resource.clone()))
}

fn is_protected(resource: &Resource) -> bool {
    matches!(&resource.desired, Desired::RdsInstance(database) if database.deletion_protection)
}

fn protected(mut resource: Resource) -> Resource {
    if let Desired::RdsInstance(database) = &mut resource.desired {
        database.deletion_protection = true;
    }
    resource
}
