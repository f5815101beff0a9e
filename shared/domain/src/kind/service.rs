//! An ECS service with its task definition.
//!
//! Fields that are not ours: the image (CI/CD's after the first creation), the desired count (Auto Scaling's or scale-workers').
//! Each RegisterTaskDefinition makes a new revision, so one is registered only for a real change, after a look for one
//! that an earlier, interrupted pass has left.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::Outputs;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Judgement, Removal};
use crate::resource::{Resource, ResourceId};

mod definition;

use definition::differences;
pub use definition::{Revision, TaskDefinition, bind};

/// ECS: up to 255 letters, digits, hyphens and underscores (API reference, CreateService).
pub const NAME: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };

/// What a blueprint says of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceProperties {
    /// CPU units of the task, 1024 are one vCPU.
    pub cpu: u32,
    /// Memory of the task, MiB.
    pub memory_mib: u32,
    /// The ECR repository of its image; `{environment}` is filled in.
    pub repository: String,
    /// The container's port, if it listens.
    #[serde(default)]
    pub port: Option<u16>,
    /// The container's command, if not the image's own.
    #[serde(default)]
    pub command: Vec<String>,
    /// Plain environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Variables from secrets: `NAME = "secret-id:FIELD"`.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// File systems by mount path: `"/data" = "file-system-id"`.
    #[serde(default)]
    pub mounts: BTreeMap<String, ResourceId>,
    /// Tasks at creation; afterwards the count is not ours.
    pub initial_count: u32,
    /// By its name in the environment.
    pub security_group: String,
}

/// A service as it should be; references to other resources are by id until they are bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The cluster's name.
    pub cluster: String,
    /// Of the task, 1024 are one vCPU.
    pub cpu: u32,
    /// Of the task, MiB.
    pub memory_mib: u32,
    /// Registry and repository, without a tag.
    pub repository: String,
    /// The tag at the first creation.
    pub initial_tag: String,
    /// What the container listens on.
    pub port: Option<u16>,
    /// Empty: the image's own.
    pub command: Vec<String>,
    /// Plain variables.
    pub environment: BTreeMap<String, String>,
    /// Variables from a field of a secret.
    pub secrets: BTreeMap<String, SecretField>,
    /// File systems by mount path.
    pub mounts: BTreeMap<String, ResourceId>,
    /// Tasks at creation.
    pub initial_count: u32,
    /// The role that pulls the image and reads the secrets.
    pub execution_role: String,
    /// Private.
    pub subnets: Vec<String>,
    /// `sg-…`
    pub security_group: String,
}

/// A field of a secret resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretField {
    /// The secret.
    pub secret: ResourceId,
    /// The key in its JSON object.
    pub field: String,
}

/// How far the PRIMARY deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rollout {
    /// Tasks are being replaced.
    InProgress,
    /// All tasks are of the PRIMARY deployment.
    Completed,
    /// The circuit breaker ended it.
    Failed,
}

/// Where a service is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceLife {
    /// It runs its tasks.
    Active,
    /// Deleted, its tasks still stopping.
    Draining,
    /// The service is gone; revisions of its family are left.
    Inactive,
}

/// What we see of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSeen {
    /// How far it is.
    pub life: ServiceLife,
    /// Tasks wanted.
    pub desired_count: u32,
    /// Tasks running.
    pub running_count: u32,
    /// Of the PRIMARY deployment.
    pub rollout: Rollout,
    /// The PRIMARY deployment's revision.
    pub primary: Option<Revision>,
    /// Active revisions of the family that are ours, newest last; looked for when the service is gone.
    pub revisions: Vec<String>,
}

pub(super) fn judge(resource: &Resource, desired: &Service, seen: &ServiceSeen, outputs: &Outputs) -> Judgement {
    match seen.life {
        ServiceLife::Draining => return Judgement::settling("a service of this name is draining"),
        ServiceLife::Inactive => return Judgement::act(Change::Create),
        ServiceLife::Active => {}
    }
    let Some(primary) = &seen.primary else {
        return Judgement::settling("the service has no PRIMARY deployment yet");
    };
    let wanted = match bind(resource, desired, Some(&primary.content.image), outputs) {
        Ok(wanted) => wanted,
        Err(missing) => return Judgement::needs(missing),
    };
    let found = differences(&primary.content, &wanted);
    if !found.is_empty() {
        return Judgement::act(Change::Update(found));
    }
    match seen.rollout {
        Rollout::Failed => Judgement::broken("its deployment failed: the circuit breaker ended it"),
        Rollout::InProgress => Judgement::settling(format!("{} of {} tasks run", seen.running_count, seen.desired_count)),
        Rollout::Completed if seen.running_count < seen.desired_count => {
            Judgement::settling(format!("{} of {} tasks run", seen.running_count, seen.desired_count))
        }
        Rollout::Completed => Judgement::in_sync(),
    }
}

/// The service goes with its tasks; then the revisions of its family that are ours are deregistered.
pub(super) fn depart(seen: &ServiceSeen) -> Departure {
    match seen.life {
        ServiceLife::Active => Departure::Act(Removal::DeleteService),
        ServiceLife::Draining => Departure::Wait("its tasks are stopping".into()),
        ServiceLife::Inactive if seen.revisions.is_empty() => Departure::Gone,
        ServiceLife::Inactive => Departure::Act(Removal::DeregisterRevisions(seen.revisions.clone())),
    }
}
