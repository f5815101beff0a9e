//! An ECS service with its task definition.
//!
//! Fields that are not ours: the image (CI/CD's after the first creation), the desired count (Auto Scaling's or scale-workers').
//! Each RegisterTaskDefinition makes a new revision, so one is registered only for a real change, after a look for one
//! that an earlier, interrupted pass has left.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare;
use crate::graph::Outputs;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Judgement, Removal};
use crate::resource::{Resource, ResourceId};

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

/// A task definition's content, every reference an ARN or id. The same content is the same definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// The family: the service's name.
    pub family: String,
    /// Of the task.
    pub cpu: u32,
    /// Of the task, MiB.
    pub memory_mib: u32,
    /// With its tag or digest.
    pub image: String,
    /// What the container listens on.
    pub port: Option<u16>,
    /// Empty: the image's own.
    pub command: Vec<String>,
    /// Plain variables.
    pub environment: BTreeMap<String, String>,
    /// Variables: `arn:KEY::`.
    pub secrets: BTreeMap<String, String>,
    /// File system ids by mount path.
    pub mounts: BTreeMap<String, String>,
    /// Of the agent.
    pub execution_role: String,
}

/// A registered revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// With its number.
    pub arn: String,
    /// What it says.
    pub content: TaskDefinition,
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

/// The content that the task definition should have. `image` is that of the PRIMARY deployment, else of the first creation.
///
/// # Errors
/// The resource whose output is not known yet.
pub fn bind(resource: &Resource, desired: &Service, image: Option<&str>, outputs: &Outputs) -> Result<TaskDefinition, ResourceId> {
    let output = |id: &ResourceId, name: &str| outputs.get(id, name).map(str::to_owned).ok_or_else(|| id.clone());
    let secrets = desired
        .secrets
        .iter()
        .map(|(variable, from)| Ok((variable.clone(), format!("{}:{}::", output(&from.secret, "arn")?, from.field))))
        .collect::<Result<_, ResourceId>>()?;
    let mounts = desired
        .mounts
        .iter()
        .map(|(path, file_system)| Ok((path.clone(), output(file_system, "id")?)))
        .collect::<Result<_, ResourceId>>()?;
    Ok(TaskDefinition {
        family: resource.name.clone(),
        cpu: desired.cpu,
        memory_mib: desired.memory_mib,
        image: image.map_or_else(|| format!("{}:{}", desired.repository, desired.initial_tag), str::to_owned),
        port: desired.port,
        command: desired.command.clone(),
        environment: desired.environment.clone(),
        secrets,
        mounts,
        execution_role: desired.execution_role.clone(),
    })
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

/// What differs between two definitions, the image aside.
fn differences(before: &TaskDefinition, after: &TaskDefinition) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut found, "cpu", &before.cpu, &after.cpu);
    compare(&mut found, "memory_mib", &before.memory_mib, &after.memory_mib);
    compare(&mut found, "execution_role", &before.execution_role, &after.execution_role);
    compare(&mut found, "port", &before.port.unwrap_or(0), &after.port.unwrap_or(0));
    compare(&mut found, "command", &before.command.join(" "), &after.command.join(" "));
    compare_maps(&mut found, "environment", &before.environment, &after.environment);
    compare_maps(&mut found, "secrets", &before.secrets, &after.secrets);
    compare_maps(&mut found, "mounts", &before.mounts, &after.mounts);
    found
}

fn compare_maps(found: &mut Vec<Difference>, property: &'static str, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
    let text = |map: &BTreeMap<String, String>| map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ");
    if before != after {
        found.push(Difference::new(property, text(before), text(after)));
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
