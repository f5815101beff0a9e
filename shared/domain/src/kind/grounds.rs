//! What services and databases stand on: clusters, groups of subnets, log groups, repositories, topics.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// ECS: up to 255 letters, digits, hyphens and underscores (API reference, CreateCluster).
const CLUSTER: NameRule = NameRule { longest: 255, also: "_", double_hyphen: true };
/// RDS: up to 255 letters, digits, spaces and `._-`, in lower case (API reference, CreateDBSubnetGroup).
const SUBNET_GROUP: NameRule = NameRule { longest: 255, also: "._", double_hyphen: true };
/// CloudWatch Logs: up to 512 letters, digits and `_-/.#` (API reference, CreateLogGroup).
const LOG_GROUP: NameRule = NameRule { longest: 512, also: "_/.#", double_hyphen: true };
/// ECR: 2 to 256 lower-case letters, digits and `._-/` (API reference, CreateRepository).
const REPOSITORY: NameRule = NameRule { longest: 256, also: "._/", double_hyphen: false };

/// An ECS cluster for Fargate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Whether Container Insights are on.
    #[serde(default = "yes")]
    pub insights: bool,
}
plain!(Cluster: "ecs-cluster", name: CLUSTER, creates: 2 s, changes: 2 s, fixed: [], outputs: ["name"]);

fn yes() -> bool {
    true
}

/// The subnets that databases stand in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbSubnetGroup {
    /// In two zones at least.
    pub subnets: BTreeSet<String>,
}
plain!(DbSubnetGroup: "db-subnet-group", name: SUBNET_GROUP, creates: 2 s, changes: 2 s, fixed: [], outputs: ["name"]);

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogGroup {
    /// Days until an event is dropped; AWS knows certain numbers only, 7, 14, 30, 90 and 365 among them.
    pub retention_days: u16,
    /// The ARN of the key that it is encrypted with; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
}
plain!(LogGroup: "log-group", name: LOG_GROUP, creates: 1 s, changes: 1 s, fixed: [], outputs: ["name"]);

/// A repository of images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Whether images are scanned as they are pushed.
    #[serde(default = "yes")]
    pub scan_on_push: bool,
    /// So many of the newest images are kept.
    pub keep_images: u32,
    /// The ARN of the key that it is encrypted with; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
}
plain!(Repository: "ecr-repository", name: REPOSITORY, creates: 1 s, changes: 1 s, fixed: ["key"], outputs: ["uri"]);
