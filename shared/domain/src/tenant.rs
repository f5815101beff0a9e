//! Who is cared for: tenants, environments, their lives and versions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ulid::Ulid;

/// The environments that a tenant can stand in, and whose names no tenant id may contain as a segment.
pub const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];

/// Shortest and longest tenant id, in characters: the longest still leaves room for the names that AWS limits.
pub const TENANT_ID_LENGTH: std::ops::RangeInclusive<usize> = 3..=20;

/// Why a text is no tenant id, environment or version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadWord {
    /// The id is shorter or longer than [`TENANT_ID_LENGTH`].
    #[error("tenant id {0:?} has {1} characters, allowed are 3 to 20")]
    Length(String, usize),
    /// The id has a character or an order of characters outside the rule.
    #[error("tenant id {0:?} must be lower-case letters and digits in segments joined by single hyphens, beginning with a letter")]
    Alphabet(String),
    /// A segment of the id is an environment's name.
    #[error("tenant id {0:?} has the environment name {1:?} as a segment")]
    EnvironmentSegment(String, String),
    /// Not one of [`ENVIRONMENTS`].
    #[error("environment {0:?} is none of dev, staging, prod")]
    Environment(String),
    /// Not a ledger key of an owner.
    #[error("owner key {0:?} is neither tenant#<environment>#<id> nor environment#<id>")]
    OwnerKey(String),
}

/// A tenant's id: `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, 3 to 20 characters, no segment an environment's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

impl FromStr for TenantId {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        let length = text.chars().count();
        if !TENANT_ID_LENGTH.contains(&length) {
            return Err(BadWord::Length(text.chars().take(40).collect(), length));
        }
        let legal = |segment: &str| !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) || !text.split('-').all(legal) {
            return Err(BadWord::Alphabet(text.to_owned()));
        }
        match text.split('-').find(|segment| ENVIRONMENTS.contains(segment)) {
            Some(segment) => Err(BadWord::EnvironmentSegment(text.to_owned(), segment.to_owned())),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// One of dev, staging, prod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvironmentName(String);

impl FromStr for EnvironmentName {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        if ENVIRONMENTS.contains(&text) { Ok(Self(text.to_owned())) } else { Err(BadWord::Environment(text.chars().take(40).collect())) }
    }
}

impl EnvironmentName {
    /// Changes wait for the maintenance window by default in production, elsewhere they come at once.
    pub fn is_production(&self) -> bool {
        self.0 == "prod"
    }
}

macro_rules! text_word {
    ($name:ident) => {
        impl $name {
            /// The word as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadWord;
            fn try_from(text: String) -> Result<Self, BadWord> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.0
            }
        }
    };
}
text_word!(TenantId);
text_word!(EnvironmentName);

/// Whose resources: a tenant in an environment, or the environment itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Owner {
    /// A customer's isolated share.
    Tenant {
        /// Where it stands.
        environment: EnvironmentName,
        /// Its id.
        id: TenantId,
    },
    /// The shared base that tenants stand on.
    Environment(EnvironmentName),
}

impl Owner {
    /// The tenant `id` of `environment`.
    pub fn tenant(environment: EnvironmentName, id: TenantId) -> Self {
        Self::Tenant { environment, id }
    }

    /// The environment that the owner is or stands in.
    pub fn environment(&self) -> &EnvironmentName {
        match self {
            Self::Tenant { environment, .. } | Self::Environment(environment) => environment,
        }
    }

    /// The value of the tag `caretaker:owner`: the key with slashes, since AWS allows no `#` in tags.
    pub fn tag(&self) -> String {
        self.to_string().replace('#', "/")
    }

    /// `tenant` or `environment`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Tenant { .. } => "tenant",
            Self::Environment(_) => "environment",
        }
    }

    /// The tenant's id; none for an environment.
    pub fn tenant_id(&self) -> Option<&TenantId> {
        match self {
            Self::Tenant { id, .. } => Some(id),
            Self::Environment(_) => None,
        }
    }
}

/// The owner's partition key in the ledger: `tenant#dev#demo`, `environment#dev`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant { environment, id } => write!(f, "tenant#{environment}#{id}"),
            Self::Environment(environment) => write!(f, "environment#{environment}"),
        }
    }
}

impl FromStr for Owner {
    type Err = BadWord;

    fn from_str(text: &str) -> Result<Self, BadWord> {
        match text.split('#').collect::<Vec<_>>()[..] {
            ["tenant", environment, id] => Ok(Self::tenant(environment.parse()?, id.parse()?)),
            ["environment", environment] => Ok(Self::Environment(environment.parse()?)),
            _ => Err(BadWord::OwnerKey(text.chars().take(80).collect())),
        }
    }
}

impl TryFrom<String> for Owner {
    type Error = BadWord;
    fn try_from(text: String) -> Result<Self, BadWord> {
        text.parse()
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.to_string()
    }
}

/// One life of an owner, minted when its creation is first committed. In tags and tokens it is written in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Incarnation(Ulid);

impl Incarnation {
    /// A life that begins at `milliseconds` since the epoch, told from others of that moment by `entropy`.
    pub fn mint(milliseconds: u64, entropy: u128) -> Self {
        Self(Ulid::from_parts(milliseconds, entropy))
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_string().to_lowercase())
    }
}

impl FromStr for Incarnation {
    type Err = ulid::DecodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ulid::from_string(&text.to_uppercase()).map(Self)
    }
}

impl TryFrom<String> for Incarnation {
    type Error = ulid::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Incarnation> for String {
    fn from(incarnation: Incarnation) -> Self {
        incarnation.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_ids_outside_the_rule_are_refused_with_the_reason() {
        let check = |text: &str, legal: bool| assert_eq!(text.parse::<TenantId>().is_ok(), legal, "{text:?}");
        check("demo", true);
        check("a1b", true);
        check("acme-west-2", true);
        check("abcdefghijklmnopqrst", true); // 20
        check("abcdefghijklmnopqrstu", false); // 21
        check("ab", false);
        check("", false);
        check("1abc", false); // RDS identifiers begin with a letter
        check("acme--west", false); // RDS refuses two hyphens
        check("acme-", false);
        check("acme-dev", false); // mate-acme-dev-dev would be another tenant's prefix
        check("development", true); // a segment, not a substring
        check("Acme", false);
        check("açme", false);
        check("a/../b", false);
        check("tenant:a", false);
    }

    #[test]
    fn an_owner_key_reads_back_as_itself() {
        for key in ["tenant#dev#demo", "environment#prod"] {
            assert_eq!(key.parse::<Owner>().map(|owner| owner.to_string()), Ok(key.to_owned()));
        }
        assert!("tenant#dev#demo#x".parse::<Owner>().is_err());
        assert!("res#dev".parse::<Owner>().is_err());
    }
}
