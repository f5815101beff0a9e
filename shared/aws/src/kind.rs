//! The effect verbs of each kind: observe, ensure, remove. All are idempotent and tolerate being executed several times.
//!
//! # Guarantees
//! - A failed look is `Unknown`, never `Absent`.
//! - Before each create that AWS would repeat (a task definition's revision) its proof of ownership is looked up;
//!   the others carry a name or a token, and "already exists" is answered by looking at what exists.
//! - What was just done is told from AWS's own reply, not from a second look, which may still show the past.
//! - `remove` of what is gone already is a success.

mod database;
mod file_system;
mod secret;
mod service;

use domain::failure::CallError;
use domain::graph::Outputs;
use domain::kind::{Desired, Detail};
use domain::observed::{Claim, Observed, Sighting};
use domain::plan::Change;
use domain::ports::Cloud;
use domain::resource::Resource;

/// Looks at `resource` on AWS. `leaving`: what its removal leaves behind is looked for as well.
pub async fn observe(cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Sighting {
    let sighting = match &resource.desired {
        Desired::Secret(_) => secret::observe(cloud, resource).await,
        Desired::EfsFileSystem(_) => file_system::observe(cloud, resource).await,
        Desired::RdsInstance(_) => database::observe(cloud, resource, leaving).await,
        Desired::EcsService(service) => service::observe(cloud, resource, service, leaving).await,
    };
    sighting.unwrap_or_else(Sighting::Unknown)
}

/// What a change starts from.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What was seen before.
    pub observed: Option<&'a Observed>,
    /// What is known of the other resources of the same life.
    pub outputs: &'a Outputs,
}

/// Makes one change and tells how the resource stands afterwards.
///
/// # Errors
/// Why AWS did not do it. What was done before the failure stands, and the next look shows it.
pub async fn perform(cloud: &impl Cloud, resource: &Resource, change: &Change, given: Given<'_>) -> Result<Sighting, CallError> {
    match (&resource.desired, change) {
        (Desired::Secret(_), Change::Remove(removal)) => secret::remove(cloud, resource, removal, given).await,
        (Desired::EfsFileSystem(_), Change::Remove(removal)) => file_system::remove(cloud, removal, given).await,
        (Desired::RdsInstance(_), Change::Remove(removal)) => database::remove(cloud, resource, removal).await,
        (Desired::EcsService(service), Change::Remove(removal)) => service::remove(cloud, resource, service, removal).await,
        (Desired::Secret(desired), _) => secret::ensure(cloud, resource, desired, change, given).await,
        (Desired::EfsFileSystem(desired), _) => file_system::ensure(cloud, resource, desired, change, given).await,
        (Desired::RdsInstance(desired), _) => database::ensure(cloud, resource, desired, change, given).await,
        (Desired::EcsService(desired), _) => service::ensure(cloud, resource, desired, change, given).await,
    }
}

/// What `resource` shows once it carries our tags and `detail`.
fn ours(cloud: &impl Cloud, resource: &Resource, arn: String, detail: Detail) -> Sighting {
    Sighting::Seen(Observed { arn, tags: resource.tags.clone(), at: cloud.now(), detail })
}

/// Whether what stands under the name of `resource` is of another life or owner.
fn is_anothers(observed: &Observed, resource: &Resource) -> bool {
    observed.claim(resource) != Claim::Ours
}

/// The answer to an order that a kind does not know; the plan never gives one.
fn not_of_this_kind(resource: &Resource, change: &Change) -> CallError {
    let message = format!("resource {} of kind {} knows no change {change}", resource.id, resource.desired.kind());
    CallError::new("caretaker.Perform", domain::failure::Cause::InvalidRequest, message)
}

/// The answer to a change of what was not seen; the plan never asks for one.
fn unseen(resource: &Resource) -> CallError {
    CallError::new("caretaker.Perform", domain::failure::Cause::InvalidRequest, format!("resource {} was not seen", resource.id))
}
