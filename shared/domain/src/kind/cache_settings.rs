//! What Redis on ElastiCache stands in and how it is set: groups of subnets and of parameters.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// ElastiCache: up to 255 letters, digits and single hyphens (API reference, CreateCacheParameterGroup and CreateCacheSubnetGroup).
const GROUP: NameRule = NameRule { longest: 255, also: "", double_hyphen: false };

/// The parameters that Redis runs with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedisParameterGroup {
    /// Such as `redis7`.
    pub family: String,
    /// In words; none: its name.
    #[serde(default)]
    pub description: Option<String>,
    /// Those that differ from the family's, such as `maxmemory-policy = "noeviction"`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}
plain!(RedisParameterGroup: "redis-parameter-group", name: GROUP, creates: 2 s, changes: 2 s, fixed: ["family", "description"] replaceable, outputs: ["name"]);

/// The subnets that Redis stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedisSubnetGroup {
    /// In two zones at least where a group has copies in other zones.
    pub subnets: BTreeSet<String>,
}
plain!(RedisSubnetGroup: "redis-subnet-group", name: GROUP, creates: 2 s, changes: 2 s, fixed: [], outputs: ["name"]);
