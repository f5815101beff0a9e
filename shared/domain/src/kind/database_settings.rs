//! How databases are set: groups of parameters.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// RDS: up to 255 letters, digits and single hyphens, beginning with a letter (API reference, CreateDBParameterGroup).
const GROUP: NameRule = NameRule { longest: 255, also: "", double_hyphen: false };

/// The parameters that a database runs with. Those that its engine reads only at its start come in force at the next reboot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DbParameterGroup {
    /// Such as `postgres16`.
    pub family: String,
    /// Those that differ from the family's, such as `"rds.force_ssl" = "1"`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}
plain!(DbParameterGroup: "db-parameter-group", name: GROUP, creates: 2 s, changes: 2 s, fixed: ["family"] replaceable, outputs: ["name"]);
