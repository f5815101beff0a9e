//! The effect verbs of each kind: observe, ensure, remove. All are idempotent and tolerate being executed several times.
//!
//! # Guarantees
//! - A failed look is `Unknown`, never `Absent`.
//! - Before each create that AWS would repeat (a task definition's revision) its proof of ownership is looked up;
//!   the others carry a name or a token, and "already exists" is answered by looking at what exists.
//! - What was just done is told from AWS's own reply, not from a second look, which may still show the past.
//! - `remove` of what is gone already is a success.

mod backup;
mod balancing;
mod bucket;
mod cache;
mod cache_settings;
mod database;
mod database_settings;
mod file_system;
mod firewall;
mod functions;
mod grounds;
mod identity;
mod image;
mod listeners;
mod naming;
mod network;
mod parameters;
mod plain;
mod scaling;
mod secret;
mod service;
mod task;
mod workers;

mod access_point;
mod key;
mod messaging;
mod users;
mod watching;

use domain::failure::CallError;
use domain::kind::{Desired, Detail, Kind};
use domain::observed::{Claim, Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::Cloud;
use domain::resource::Resource;

/// The three verbs of a kind. References in `self` and `resource` are bound, except before its first step.
trait Adapter: Kind {
    /// Looks at `resource`. `leaving`: what its removal leaves behind is looked for as well.
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError>;

    /// Makes it, or changes it. `observed` is what was seen before.
    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError>;

    /// Takes the next act on its way out.
    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError>;
}

macro_rules! dispatch {
    ($($(#[$doc:meta])* $variant:ident($module:ident::$type:ident),)*) => {
        /// Looks at `resource` on AWS. `leaving`: what its removal leaves behind is looked for as well.
        pub async fn observe(cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Sighting {
            let sighting = match &resource.desired { $(Desired::$variant(desired) => desired.observe(cloud, resource, leaving).await),* };
            sighting.unwrap_or_else(Sighting::Unknown)
        }

        /// Makes one change to what was `observed`, and tells how the resource stands afterwards. Its references are bound.
        ///
        /// # Errors
        /// Why AWS did not do it. What was done before the failure stands, and the next look shows it.
        pub async fn perform(cloud: &impl Cloud, resource: &Resource, change: &Change, observed: Option<&Observed>) -> Result<Sighting, CallError> {
            match (&resource.desired, change) {
                $(
                    (Desired::$variant(desired), Change::Remove(removal)) => desired.remove(cloud, resource, removal, observed).await,
                    (Desired::$variant(desired), change) => desired.ensure(cloud, resource, change, observed).await,
                )*
            }
        }
    };
}
domain::kinds!(dispatch);

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
