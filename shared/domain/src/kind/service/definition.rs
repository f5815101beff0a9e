//! A task definition's content: what it should be, and what differs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Service;
use crate::kind::compare;
use crate::plan::Difference;

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

impl Service {
    /// The content that the task definition of the service `name` should have.
    /// `image` is that of the PRIMARY deployment, if there is one.
    pub fn definition(&self, name: &str, image: Option<&str>) -> TaskDefinition {
        TaskDefinition {
            family: name.to_owned(),
            cpu: self.cpu,
            memory_mib: self.memory_mib,
            image: image.unwrap_or(&self.image).to_owned(),
            port: self.port,
            command: self.command.clone(),
            environment: self.environment.clone(),
            secrets: self.secrets.clone(),
            mounts: self.mounts.clone(),
            execution_role: self.execution_role.clone(),
        }
    }
}

/// What differs between two definitions, the image aside.
pub(super) fn differences(before: &TaskDefinition, after: &TaskDefinition) -> Vec<Difference> {
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
