//! Users of an application: pools of Cognito.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::plain::{self, Progress, Shown};
use crate::name::NameRule;
use crate::plan::{Change, Departure, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// Cognito: up to 128 characters, letters, digits and `+=,.@-` among them (API reference, CreateUserPool).
const POOL: NameRule = NameRule { longest: 128, also: "+=,.@", double_hyphen: true };

/// A pool of users, with their passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPool {
    /// Whether users sign in with a second factor, which is an authenticator's code.
    #[serde(default = "optional")]
    pub mfa: Mfa,
    /// Least characters of a password; Cognito allows 6 to 99.
    #[serde(default = "twelve")]
    pub password_length: u32,
    /// Whether AWS itself refuses its deletion.
    pub deletion_protection: bool,
}

/// Who needs a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mfa {
    /// Nobody, and nobody can have one.
    Off,
    /// Whoever wants one.
    Optional,
    /// Everybody.
    On,
}

fn optional() -> Mfa {
    Mfa::Optional
}

fn twelve() -> u32 {
    12
}

impl Kind for UserPool {
    const KIND: &'static str = "cognito-user-pool";
    const NAME: NameRule = POOL;
    const OUTPUTS: &'static [&'static str] = &["id"];
    type Seen = Shown<Self>;

    fn usual(&self, _: &Change) -> Duration {
        Duration::from_secs(2)
    }

    fn judge(&self, _: &Resource, seen: &Self::Seen) -> Judgement {
        plain::judge(self, seen, &[])
    }

    /// Users cannot be copied with their passwords, so with data kept the pool itself stays.
    fn depart(&self, resource: &Resource, seen: &Self::Seen, fate: Fate) -> Departure {
        if seen.progress == Progress::Leaving {
            return Departure::Wait("it is being deleted".into());
        }
        if fate == Fate::KeepData && resource.protects_data {
            // Cognito asks for nothing as long as nobody signs in (AWS price list, 2026: by monthly active users).
            return Departure::Kept(Retention { what: Retained::UserPool(seen.id.clone()), until: None, monthly_usd: 0.0 });
        }
        match seen.properties.deletion_protection {
            true if !self.deletion_protection && fate == Fate::KeepData => {
                Departure::Blocked("a person has set deletion protection on it: lift it, or send destroy-data".into())
            }
            true => Departure::Act(Removal::LiftProtection),
            false => Departure::Act(Removal::Delete),
        }
    }

    fn outputs(seen: &Self::Seen) -> Vec<(&'static str, String)> {
        seen.outputs(Self::OUTPUTS)
    }
}
