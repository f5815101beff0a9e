//! What tells others: topics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::plain;
use super::policy::Policy;
use crate::name::NameRule;

/// SNS: up to 256 letters, digits, hyphens and underscores (API reference, CreateTopic).
const TOPIC: NameRule = NameRule { longest: 256, also: "_", double_hyphen: true };

/// A topic of SNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The key that its messages are encrypted with, by ARN or alias; none: they are not encrypted by a key of KMS.
    #[serde(default)]
    pub key: Option<String>,
    /// Who may publish and subscribe: the policy document; none: the account itself.
    #[serde(default)]
    pub policy: Option<Policy>,
}
plain!(Topic: "sns-topic", name: TOPIC, creates: 1 s, changes: 1 s, fixed: [], outputs: ["name"]);
