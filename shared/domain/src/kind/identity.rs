//! Who may do what: roles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plain::plain;
use crate::name::NameRule;

/// IAM: up to 64 letters, digits and `+=,.@_-` (API reference, CreateRole).
const ROLE: NameRule = NameRule { longest: 64, also: "+=,.@_", double_hyphen: true };

/// A role with one policy of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Such as `/caretaker/`; what a path begins with can be told apart in policies.
    #[serde(default = "root")]
    pub path: String,
    /// Who may take it: the policy document.
    pub trust: Value,
    /// What it may do: the policy document.
    pub policy: Value,
    /// The ARN of the policy that bounds what it may ever do.
    pub boundary: String,
}
// IAM is eventually consistent: a role is known everywhere after some 10 s, which whoever needs it waits for.
plain!(Role: "iam-role", name: ROLE, creates: 2 s, changes: 2 s, fixed: ["path", "boundary"] replaceable, outputs: ["name"]);

fn root() -> String {
    "/".to_owned()
}
