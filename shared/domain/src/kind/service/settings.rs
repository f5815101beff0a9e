//! What a service says beside its task definition, and may change without a new revision.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Service;
use crate::kind::compare;
use crate::plan::Difference;

/// Where the tasks of a service are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The target group's ARN.
    pub group: String,
    /// The container's port.
    pub port: u16,
}

/// The settings of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Where its tasks run.
    pub subnets: BTreeSet<String>,
    /// `sg-…`
    pub security_group: String,
    /// None: nothing reaches it.
    pub target: Option<Target>,
    /// Seconds in which a new task's health checks do not count.
    pub grace_seconds: u32,
    /// Percent of the desired tasks that stay during a deployment.
    pub minimum_percent: u16,
    /// Percent of the desired tasks that may run during a deployment.
    pub maximum_percent: u16,
    /// Whether ECS evens out the zones.
    pub rebalancing: bool,
}

impl Service {
    /// Its settings as they should be. A target group without a port is none: `blueprint check` refuses that.
    pub fn settings(&self) -> Settings {
        let target = |group: &String| Some(Target { group: group.clone(), port: self.port? });
        Settings {
            subnets: self.subnets.iter().cloned().collect(),
            security_group: self.security_group.clone(),
            target: self.target_group.as_ref().and_then(target),
            grace_seconds: self.grace_seconds,
            minimum_percent: self.minimum_percent,
            maximum_percent: self.maximum_percent,
            rebalancing: self.rebalancing,
        }
    }
}

/// What differs between two settings.
pub(super) fn differences(before: &Settings, after: &Settings) -> Vec<Difference> {
    let mut found = Vec::new();
    let joined = |subnets: &BTreeSet<String>| subnets.iter().cloned().collect::<Vec<_>>().join(", ");
    let group = |target: &Option<Target>| target.as_ref().map(|target| format!("{} at {}", target.group, target.port)).unwrap_or_default();
    compare(&mut found, "subnets", &joined(&before.subnets), &joined(&after.subnets));
    compare(&mut found, "security_group", &before.security_group, &after.security_group);
    compare(&mut found, "target_group", &group(&before.target), &group(&after.target));
    compare(&mut found, "grace_seconds", &before.grace_seconds, &after.grace_seconds);
    compare(&mut found, "minimum_percent", &before.minimum_percent, &after.minimum_percent);
    compare(&mut found, "maximum_percent", &before.maximum_percent, &after.maximum_percent);
    compare(&mut found, "rebalancing", &before.rebalancing, &after.rebalancing);
    found
}
