//! What is known of a task that has stopped.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(in crate::remediation) mod arn;
mod read;

pub use arn::{Revision, TaskArn};
pub use read::NotAStop;

/// A stopped task, as ECS's `Task State Change` or `DescribeTasks` tells of it. What was not told is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskStopped {
    /// The task.
    pub task: TaskArn,
    /// The ARN of its cluster.
    pub cluster_arn: String,
    /// Rises with each change of the task; repeats of an event carry the same.
    pub version: u64,
    /// What it was started for.
    pub group: Group,
    /// Who started it, as ECS says it: `ecs-svc/<deployment id>` for services.
    pub started_by: Option<String>,
    /// Its task definition.
    pub revision: Option<Revision>,
    /// Why, in a word.
    pub stop_code: Option<StopCode>,
    /// Why, in AWS's or somebody's own words: up to 255 or 1,024 characters.
    pub stopped_reason: Option<String>,
    /// None of them, if the task was never placed.
    pub containers: Vec<Container>,
    /// CPU units: 1,024 are a vCPU.
    pub cpu: Option<u64>,
    /// In MiB.
    pub memory: Option<u64>,
    /// Such as `FARGATE`; absent with a capacity provider.
    pub launch_type: Option<String>,
    /// Such as `FARGATE_SPOT`.
    pub capacity_provider: Option<String>,
    /// Such as `us-east-1a`.
    pub availability_zone: Option<String>,
    /// Whether ECS still heard of its agent: `CONNECTED` or `DISCONNECTED`.
    pub connectivity: Option<String>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// When it came to `RUNNING`; none if it never did.
    pub started_at: Option<Timestamp>,
    /// When it was told to stop.
    pub stopping_at: Option<Timestamp>,
    /// When it had stopped.
    pub stopped_at: Option<Timestamp>,
}

/// One of a task's containers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Its name in the task definition.
    pub name: Option<String>,
    /// Of its process; none if that never started. Signals are 128 + their number.
    pub exit_code: Option<i64>,
    /// Why it stopped, in the agent's words.
    pub reason: Option<String>,
    /// Such as `STOPPED`.
    pub last_status: Option<String>,
    /// Its own hard limit in MiB, if it has one.
    pub memory: Option<u64>,
}

/// What a task was started for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// A service, by name.
    Service(String),
    /// By itself, of this family.
    Family(String),
    /// What whoever started it has chosen.
    Other(String),
    /// It was not told.
    Unknown,
}

/// Why a task stopped, in a word. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopCode {
    /// It never came to `RUNNING`.
    TaskFailedToStart,
    /// An essential container ended, whatever its exit code.
    EssentialContainerExited,
    /// Somebody called `StopTask`.
    UserInitiated,
    /// The service's scheduler: scaling, a deployment, failed health checks.
    ServiceSchedulerInitiated,
    /// Spot capacity was taken back.
    SpotInterruption,
    /// Its host goes.
    TerminationNotice,
    /// One that this code does not know.
    Other(String),
}

impl TaskStopped {
    /// The service that it belonged to, by name.
    pub fn service(&self) -> Option<&str> {
        match &self.group {
            Group::Service(name) => Some(name),
            _ => None,
        }
    }

    /// The deployment that started it, `ecs-svc/…`.
    pub fn deployment(&self) -> Option<&str> {
        self.started_by.as_deref().filter(|by| by.starts_with("ecs-svc/"))
    }

    /// Whether a service's scheduler sees to its replacement; otherwise it ran once, and nobody starts it again.
    pub fn is_of_service(&self) -> bool {
        self.service().is_some() || self.deployment().is_some()
    }

    /// How long it was `RUNNING` before it was told to stop.
    pub fn ran(&self) -> Option<SignedDuration> {
        Some(self.stopping_at.or(self.stopped_at)?.duration_since(self.started_at?))
    }

    /// How long its end took.
    pub fn drained(&self) -> Option<SignedDuration> {
        Some(self.stopped_at?.duration_since(self.stopping_at?))
    }
}

impl StopCode {
    fn read(word: &str) -> Self {
        let known = [
            Self::TaskFailedToStart,
            Self::EssentialContainerExited,
            Self::UserInitiated,
            Self::ServiceSchedulerInitiated,
            Self::SpotInterruption,
            Self::TerminationNotice,
        ];
        known.into_iter().find(|code| code.to_string().eq_ignore_ascii_case(word)).unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl fmt::Display for StopCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(word) => f.write_str(word),
            known => write!(f, "{known:?}"),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
