//! A task definition's content: what it should be, and what differs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use crate::kind::compare;
use crate::plan::Difference;

/// A file system in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// `fs-…`
    pub file_system: String,
    /// `fsap-…`, by which it is entered, with the rights of the task's role; none: by its root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_point: Option<String>,
}

/// Where a container's output goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// The log group's name.
    pub group: String,
    /// Its region, as the log driver wants to be told.
    pub region: String,
}

/// A task definition's content, every reference an ARN or id. The same content is the same definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// File systems by mount path.
    pub mounts: BTreeMap<String, Mount>,
    /// Of the agent.
    pub execution_role: String,
    /// Of the container; none: it may do nothing on AWS.
    pub task_role: Option<String>,
    /// None: its output is lost.
    pub logs: Option<Logs>,
    /// None: 30.
    pub stop_seconds: Option<u16>,
}

/// A registered revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// With its number.
    pub arn: String,
    /// What it says.
    pub content: TaskDefinition,
}

impl Service {
    /// `image`, or what runs instead of it.
    fn allowed<'a>(&'a self, image: &'a str) -> &'a str {
        self.pin.as_ref().filter(|pin| pin.bad == image).map_or(image, |pin| &pin.good)
    }

    /// The content that the task definition of the service `name` should have.
    /// `image` is that of the PRIMARY deployment, if there is one.
    pub fn definition(&self, name: &str, image: Option<&str>) -> TaskDefinition {
        TaskDefinition {
            family: name.to_owned(),
            cpu: self.cpu,
            memory_mib: self.memory_mib,
            image: self.allowed(image.unwrap_or(&self.image)).to_owned(),
            port: self.port,
            command: self.command.clone(),
            environment: self.environment.clone(),
            secrets: self.secrets.clone(),
            mounts: self.mounts.clone(),
            execution_role: self.execution_role.clone(),
            task_role: self.task_role.clone(),
            logs: self.logs.clone(),
            stop_seconds: self.stop_seconds,
        }
    }
}

/// What differs between two definitions, the image aside.
pub(super) fn differences(before: &TaskDefinition, after: &TaskDefinition) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut found, "cpu", &before.cpu, &after.cpu);
    compare(&mut found, "memory_mib", &before.memory_mib, &after.memory_mib);
    compare(&mut found, "execution_role", &before.execution_role, &after.execution_role);
    let text = |role: &Option<String>| role.clone().unwrap_or_default();
    compare(&mut found, "task_role", &text(&before.task_role), &text(&after.task_role));
    compare(&mut found, "port", &before.port.unwrap_or(0), &after.port.unwrap_or(0));
    compare(&mut found, "command", &before.command.join(" "), &after.command.join(" "));
    compare(&mut found, "stop_seconds", &before.stop_seconds.unwrap_or(0), &after.stop_seconds.unwrap_or(0));
    let group = |logs: &Option<Logs>| logs.as_ref().map(|logs| format!("{} in {}", logs.group, logs.region)).unwrap_or_default();
    compare(&mut found, "logs", &group(&before.logs), &group(&after.logs));
    compare_maps(&mut found, "environment", &before.environment, &after.environment, Clone::clone);
    compare_maps(&mut found, "secrets", &before.secrets, &after.secrets, Clone::clone);
    compare_maps(&mut found, "mounts", &before.mounts, &after.mounts, |mount| {
        [Some(mount.file_system.clone()), mount.access_point.clone()].into_iter().flatten().collect::<Vec<_>>().join(" by ")
    });
    found
}

fn compare_maps<T: PartialEq>(
    found: &mut Vec<Difference>,
    property: &'static str,
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    shown: impl Fn(&T) -> String,
) {
    let text = |map: &BTreeMap<String, T>| map.iter().map(|(key, value)| format!("{key}={}", shown(value))).collect::<Vec<_>>().join(", ");
    if before != after {
        found.push(Difference::new(property, text(before), text(after)));
    }
}
