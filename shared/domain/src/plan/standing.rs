//! How a resource stands, and why it goes no further.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::CallError;
use crate::resource::Place;
use crate::tenant::Incarnation;

/// What stays on purpose after a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// What it is.
    pub what: Retained,
    /// Its end; none: until somebody destroys it.
    pub until: Option<Timestamp>,
    /// What keeping it costs, USD a month.
    pub monthly_usd: f64,
}

/// A thing that stays on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retained {
    /// A secret that can be brought back.
    SecretInRecovery,
    /// A file system without mount targets, by id.
    FileSystem(String),
    /// A final snapshot, by name.
    Snapshot(String),
    /// A key that what is kept is encrypted with, by id.
    Key(String),
    /// A pool of users, by id.
    UserPool(String),
    /// A final snapshot of ElastiCache, by name.
    CacheSnapshot(String),
    /// A bucket that is closed, by name.
    Bucket(String),
    /// A vault with its recovery points, by name.
    Vault(String),
}

/// How a resource stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As it should be, perhaps with a note.
    Ready {
        /// What an operator should know nevertheless.
        note: Option<String>,
    },
    /// A step of this plan concerns it.
    Due,
    /// It will come by itself.
    Waiting(Wait),
    /// Only a person or a new intent can go on.
    Stuck(Stuck),
    /// Stays on purpose.
    Kept(Retention),
    /// Nothing of it is left.
    Gone,
}

/// Why a resource waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// AWS is at work on it.
    Settling(String),
    /// Something must come from outside, such as an image.
    Outside(String),
    /// Others must be ready, or gone, first.
    On(Vec<Place>),
    /// AWS did not answer the look at it.
    Unknown(CallError),
    /// The same name is still a former life's.
    FormerLife(Incarnation),
    /// An earlier pass tried a moment ago, and AWS may not show it yet.
    JustTried,
    /// A step failed in a way that may pass.
    Failed(CallError),
}

/// Why a resource goes no further by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stuck {
    /// The name is taken by what is not ours.
    Conflict(String),
    /// The wish cannot be met.
    Refused(String),
    /// AWS gave up on it.
    Broken(String),
    /// It held data and is gone without our doing.
    DataVanished,
    /// The plan would remove too much.
    Guarded(String),
    /// A person has forbidden it on AWS.
    Blocked(String),
    /// A step failed for good.
    Failed(CallError),
}
