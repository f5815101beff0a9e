//! What filters requests before a load balancer takes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use crate::name::NameRule;

/// WAF: up to 128 letters, digits, hyphens and underscores (API reference, CreateWebACL).
const NAME: NameRule = NameRule { longest: 128, also: "_", double_hyphen: true };

/// Under which a web ACL's lock is kept beside what it gives: a change must name the one that the last look showed.
pub const LOCK: &str = "lock";

/// A regional web ACL, with metrics: what no rule blocks is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebAcl {
    /// Rule groups that AWS keeps, such as `AWSManagedRulesCommonRuleSet`, in the order in which they look at a request.
    pub managed_rules: Vec<String>,
    /// So many requests from one address within five minutes are let in, before any other rule; none: any number.
    #[serde(default)]
    pub rate_limit: Option<u32>,
}
// A new or changed one is known everywhere after seconds to minutes, which whoever needs it waits for.
plain!(WebAcl: "waf-web-acl", name: NAME, creates: 2 s, changes: 2 s, fixed: [], outputs: ["id", "name"]);
