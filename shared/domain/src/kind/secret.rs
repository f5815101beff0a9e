//! A secret: a random value, written once, never read back unless another resource is made from it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::key::is_same;
use crate::name::NameRule;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
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
    /// The ARN of the key that it is encrypted with; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
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
    /// The key that it is encrypted with, as it was given; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
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
        if seen.deleted_at.is_some() {
            return Judgement::act(Change::Restore);
        }
        match (&self.key, &seen.key) {
            (None, None) => Judgement::in_sync(),
            (Some(wanted), Some(key)) if is_same(wanted, key) => Judgement::in_sync(),
            (wanted, key) => {
                let text = |key: &Option<String>| key.clone().unwrap_or_default();
                Judgement::act(Change::Update(vec![Difference::new("key", text(key), text(wanted))]))
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Desired;
    use crate::kind::tests::resource;

    #[test]
    fn a_secret_goes_under_the_key_that_is_wanted() {
        let check = |wanted: Option<&str>, key: Option<&str>, expected: Judgement| {
            let desired = Secret { fields: BTreeMap::new(), key: wanted.map(str::to_owned) };
            let seen = SecretSeen { deleted_at: None, key: key.map(str::to_owned) };
            assert_eq!(desired.judge(&resource(Desired::Secret(desired.clone())), &seen), expected, "{wanted:?} {key:?}");
        };
        let update = |before, after| Judgement::act(Change::Update(vec![Difference::new("key", before, after)]));
        check(None, None, Judgement::in_sync());
        check(Some("arn:aws:kms:us-east-1:1:key/k-1"), Some("k-1"), Judgement::in_sync());
        check(Some("k-1"), None, update("", "k-1"));
        check(Some("k-1"), Some("k-2"), update("k-2", "k-1"));
        check(None, Some("k-1"), update("k-1", "")); // back under AWS's own
    }
}
