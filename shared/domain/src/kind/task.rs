//! A task that runs once in a life, such as the first migration of a database.
//!
//! What became of it is written on its task definition's revision, as tags: ECS forgets a stopped task after an hour, and the pipeline
//! runs the same family later. A revision of this life that says `succeeded` is the proof; each new try is a new revision.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::service::{Logs, Revision, TaskDefinition};
use crate::failure::backoff;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal};
use crate::resource::Resource;

/// On a revision: what became of its task.
pub const OUTCOME_TAG: &str = "caretaker:outcome";
/// On a revision: when its task ended.
pub const ENDED_TAG: &str = "caretaker:ended";
/// The value of [`OUTCOME_TAG`] after exit code 0.
pub const SUCCEEDED: &str = "succeeded";
/// The value of [`OUTCOME_TAG`] after anything else.
pub const FAILED: &str = "failed";

/// A failed task is tried again after a minute, then after twice as long each time, at most an hour: what it lacks (a schema's lock, a
/// mended image) may come without a word to us.
const FIRST_RETRY: Duration = Duration::from_secs(60);

const LONGEST_RETRY: Duration = Duration::from_secs(3600);

/// A task that is to succeed once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The cluster's name.
    pub cluster: String,
    /// CPU units, 1024 are one vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory_mib: u32,
    /// Its image; afterwards the pipeline's.
    pub image: String,
    /// What it runs.
    pub command: Vec<String>,
    /// Plain environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Variables from secrets: `NAME = "{secret.arn}:FIELD::"`.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// The ARN of the role that pulls the image and reads the secrets.
    pub execution_role: String,
    /// The ARN of the role that the container's own calls are made with.
    #[serde(default)]
    pub task_role: Option<String>,
    /// Where its output goes; none: nowhere.
    #[serde(default)]
    pub logs: Option<Logs>,
    /// Private.
    pub subnets: Vec<String>,
    /// `sg-…`
    pub security_group: String,
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// Its image is not in its repository.
    NoImage,
    /// It was not started, as far as ECS knows.
    NotStarted,
    /// AWS's own word for how far it is.
    Running {
        /// The task's ARN.
        task: String,
        /// Such as `PENDING`.
        status: String,
    },
    /// It has ended, which is not written down yet.
    Ended {
        /// Of the container; none: it never ran.
        exit_code: Option<i32>,
        /// ECS's own words.
        reason: String,
    },
    /// It has failed.
    Failed {
        /// So many times in this life.
        times: u32,
        /// So long ago.
        seconds_ago: u64,
    },
    /// It has succeeded.
    Succeeded,
}

/// What we see of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSeen {
    /// How far it is.
    pub run: Run,
    /// The last revision of this life.
    pub revision: Option<Revision>,
    /// All revisions of this life, by ARN.
    pub revisions: Vec<String>,
}

impl Task {
    /// The content that the task definition `family` should have.
    pub fn definition(&self, family: &str) -> TaskDefinition {
        TaskDefinition {
            family: family.to_owned(),
            cpu: self.cpu,
            memory_mib: self.memory_mib,
            image: self.image.clone(),
            command: self.command.clone(),
            environment: self.environment.clone(),
            secrets: self.secrets.clone(),
            execution_role: self.execution_role.clone(),
            task_role: self.task_role.clone(),
            logs: self.logs.clone(),
            ..TaskDefinition::default()
        }
    }
}

impl Kind for Task {
    const KIND: &'static str = "ecs-task";
    const SENDS_EVENTS: bool = true;
    /// The family of its task definition: up to 255 letters, digits, hyphens and underscores (API reference, RegisterTaskDefinition).
    const NAME: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };
    type Seen = TaskSeen;

    /// An estimate: a Fargate task starts within a minute, and migrations of an empty database take seconds.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(if matches!(change, Change::Create) { 75 } else { 5 })
    }

    fn judge(&self, resource: &Resource, seen: &TaskSeen) -> Judgement {
        let outcome = |word| Judgement::act(Change::Update(vec![Difference::new("outcome", "", word)]));
        match &seen.run {
            Run::Succeeded => Judgement::in_sync(),
            Run::NoImage => Judgement::awaits(format!("the image {} is not in its repository", self.image)),
            Run::NotStarted => Judgement::act(Change::Create),
            Run::Running { status, .. } => Judgement::settling(format!("its task is {status}")),
            Run::Ended { exit_code: Some(0), .. } => outcome(SUCCEEDED),
            Run::Ended { .. } => outcome(FAILED),
            Run::Failed { times, seconds_ago } => {
                let wait = backoff(times.saturating_sub(1), FIRST_RETRY, LONGEST_RETRY);
                let changed = seen.revision.as_ref().is_some_and(|last| last.content != self.definition(&resource.name));
                if changed || Duration::from_secs(*seconds_ago) >= wait {
                    return Judgement::act(Change::Create);
                }
                let left = wait.as_secs() - seconds_ago;
                Judgement::awaits(format!("its task has failed {times} times (its log says why); it is tried again in {left} s"))
            }
        }
    }

    fn depart(&self, _: &Resource, seen: &TaskSeen, _: Fate) -> Departure {
        match &seen.run {
            Run::Running { task, .. } => Departure::Act(Removal::StopTask(task.clone())),
            _ if seen.revisions.is_empty() => Departure::Gone,
            _ => Departure::Act(Removal::DeregisterRevisions(seen.revisions.clone())),
        }
    }
}
