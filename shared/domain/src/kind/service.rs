//! An ECS service with its task definition.
//!
//! Fields that are not ours: the image (CI/CD's after the first creation), the desired count (Auto Scaling's or scale-workers').
//! Each RegisterTaskDefinition makes a new revision, so one is registered only for a real change, after a look for one
//! that an earlier, interrupted pass has left.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::remediation::policy::Policy;
use crate::resource::Resource;

mod definition;
mod settings;

use definition::differences;
pub use definition::{Logs, Mount, Revision, TaskDefinition};
pub use settings::{Settings, Target};

/// A service as it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The cluster's name.
    pub cluster: String,
    /// CPU units of the task, 1024 are one vCPU.
    pub cpu: u32,
    /// Memory of the task, MiB.
    pub memory_mib: u32,
    /// Its image at the first creation; afterwards it is CI/CD's.
    pub image: String,
    /// The image that runs instead of one that was found to be bad. Remediation lays it over the blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub pin: Option<Pin>,
    /// Whether it stands still, or is brought back. Remediation lays it over the blueprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub hold: Option<Hold>,
    /// What remediation may do to it.
    #[serde(default)]
    pub remediation: Policy,
    /// The container's port, if it listens.
    #[serde(default)]
    pub port: Option<u16>,
    /// The container's command, if not the image's own.
    #[serde(default)]
    pub command: Vec<String>,
    /// Plain environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Variables from secrets: `NAME = "{secret.arn}:FIELD::"`.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// File systems by mount path: `"/data" = { file_system = "{file-system.id}" }`.
    #[serde(default)]
    pub mounts: BTreeMap<String, Mount>,
    /// Tasks at creation; afterwards the count is not ours.
    pub initial_count: u32,
    /// The ARN of the role that pulls the image and reads the secrets.
    pub execution_role: String,
    /// The ARN of the role that the container's own calls are made with.
    #[serde(default)]
    pub task_role: Option<String>,
    /// Where its output goes; none: nowhere.
    #[serde(default)]
    pub logs: Option<Logs>,
    /// Seconds between the signal to stop and the kill, at most 120; none: ECS's own 30.
    #[serde(default)]
    pub stop_seconds: Option<u16>,
    /// Private.
    pub subnets: Vec<String>,
    /// `sg-…`
    pub security_group: String,
    /// The ARN of the target group that its port is put into.
    #[serde(default)]
    pub target_group: Option<String>,
    /// Seconds after a task's start in which its health checks do not count.
    #[serde(default)]
    pub grace_seconds: u32,
    /// During a deployment so many percent of the desired tasks stay at least.
    #[serde(default = "all")]
    pub minimum_percent: u16,
    /// During a deployment so many percent of the desired tasks run at most.
    #[serde(default = "twice")]
    pub maximum_percent: u16,
    /// Whether ECS stops and starts tasks to spread them evenly over the zones.
    #[serde(default)]
    pub rebalancing: bool,
}

/// An image that runs instead of another. A release that brings a third one is not held up by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// What is not to run.
    pub bad: String,
    /// What runs instead.
    pub good: String,
}

/// What a service's count is held at: otherwise it is not ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// None is wanted, and nobody scales it.
    Still {
        /// Tasks that were wanted before.
        was: u32,
    },
    /// At least so many are wanted again, and whoever scales it may.
    Again {
        /// Tasks.
        least: u32,
    },
}

impl Hold {
    /// The count that a service with this `count` is to be set to, if it is another.
    pub fn instead_of(&self, count: u32) -> Option<u32> {
        match self {
            Self::Still { .. } => (count > 0).then_some(0),
            Self::Again { least } => (count < *least).then_some(*least),
        }
    }
}

fn all() -> u16 {
    100
}

fn twice() -> u16 {
    200
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
    /// There is no service yet, nor the image that it is made of.
    NoImage,
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
    /// What stands beside the revision.
    #[serde(default)]
    pub settings: Settings,
}

/// The property under which a change of the count is planned.
pub const COUNT: &str = "desired_count";

impl Kind for Service {
    const KIND: &'static str = "ecs-service";
    const CHANGES_OFTEN: bool = true;
    const SENDS_EVENTS: bool = true;
    /// ECS: up to 255 letters, digits, hyphens and underscores (API reference, CreateService).
    const NAME: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };
    type Seen = ServiceSeen;

    fn fixed(&self) -> Vec<&str> {
        vec![&self.cluster]
    }

    /// Estimates: no trustworthy set of measured times was found.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(if matches!(change, Change::Remove(_)) { 35 } else { 55 })
    }

    fn judge(&self, resource: &Resource, seen: &ServiceSeen) -> Judgement {
        match seen.life {
            ServiceLife::Draining => return Judgement::settling("a service of this name is draining"),
            ServiceLife::Inactive => return Judgement::act(Change::Create),
            ServiceLife::NoImage => return Judgement::awaits(format!("the image {} is not in its repository", self.image)),
            ServiceLife::Active => {}
        }
        let Some(primary) = &seen.primary else {
            return Judgement::settling("the service has no PRIMARY deployment yet");
        };
        let wanted = self.definition(&resource.name, Some(&primary.content.image));
        let mut found = differences(&primary.content, &wanted);
        if wanted.image != primary.content.image {
            found.push(Difference::new("image", &primary.content.image, &wanted.image));
        }
        found.extend(settings::differences(&seen.settings, &self.settings()));
        if let Some(count) = self.hold.as_ref().and_then(|hold| hold.instead_of(seen.desired_count)) {
            found.push(Difference::new(COUNT, seen.desired_count.to_string(), count.to_string()));
        }
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
    fn depart(&self, _: &Resource, seen: &ServiceSeen, _: Fate) -> Departure {
        match seen.life {
            ServiceLife::Active => Departure::Act(Removal::DeleteService),
            ServiceLife::Draining => Departure::Wait("its tasks are stopping".into()),
            ServiceLife::NoImage => Departure::Gone,
            ServiceLife::Inactive if seen.revisions.is_empty() => Departure::Gone,
            ServiceLife::Inactive => Departure::Act(Removal::DeregisterRevisions(seen.revisions.clone())),
        }
    }
}
