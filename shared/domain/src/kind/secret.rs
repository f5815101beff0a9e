//! A secret: a random value, written once, never read back unless another resource is made from it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// Days in which a deleted secret can be brought back (Secrets Manager allows 7 to 30): the most.
pub const RECOVERY_DAYS: u8 = 30;

/// USD a month of one secret (AWS price list, us-east-1, 2026).
const MONTHLY_USD: f64 = 0.40;

/// A secret of named fields, stored as one JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The fields of the JSON object.
    pub fields: BTreeMap<String, Field>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Field {
    /// A value that is no secret, such as a user's name.
    Literal(String),
    /// So many random characters.
    Random(u16),
}

/// What we see of a secret: never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretSeen {
    /// When its deletion was asked, if it is in its recovery window.
    pub deleted_at: Option<Timestamp>,
}

impl Kind for Secret {
    const KIND: &'static str = "secret";
    /// Secrets Manager: up to 512 characters of letters, digits and `/_+=.@-` (API reference, CreateSecret).
    const NAME: NameRule = NameRule { longest: 512, also: "/_+=.@", double_hyphen: true };
    type Seen = SecretSeen;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(1)
    }

    /// A secret stands or is in its recovery window; then it is of this life (else a conflict before we come here) and is restored.
    fn judge(&self, _: &Resource, seen: &SecretSeen) -> Judgement {
        match seen.deleted_at {
            None => Judgement::in_sync(),
            Some(_) => Judgement::act(Change::Restore),
        }
    }

    /// Kept data keeps the secret through its recovery window; destroyed data ends it at once.
    fn depart(&self, _: &Resource, seen: &SecretSeen, fate: Fate) -> Departure {
        match (seen.deleted_at, fate) {
            (None, Fate::KeepData) => Departure::Act(Removal::DeleteSecret { recovery_days: Some(RECOVERY_DAYS) }),
            (_, Fate::DestroyData) => Departure::Act(Removal::DeleteSecret { recovery_days: None }),
            (Some(deleted_at), Fate::KeepData) => Departure::Kept(Retention {
                what: Retained::SecretInRecovery,
                until: deleted_at.checked_add(24.hours() * i64::from(RECOVERY_DAYS)).ok(),
                monthly_usd: MONTHLY_USD,
            }),
        }
    }
}
