//! What we see of a database.

use serde::{Deserialize, Serialize};

use super::Settings;

/// Where clients connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// DNS name.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// Values that AWS has accepted and will bring in force at the next maintenance window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The class to come.
    pub class: Option<String>,
    /// The storage to come, GiB.
    pub storage_gib: Option<u32>,
    /// The standby to come.
    pub multi_az: Option<bool>,
    /// The backup retention to come, days.
    pub backup_days: Option<u8>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A final snapshot that we see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its name.
    pub name: String,
    /// Proven usable.
    pub available: bool,
    /// Its size, GiB.
    pub storage_gib: u32,
}

/// What we see of a database. Once the instance is gone, what remains may be its snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseSeen {
    /// AWS's word: `available`, `creating`, …; `gone` when only the snapshot is left.
    pub status: String,
    /// Of the instance.
    pub class: String,
    /// GiB.
    pub storage_gib: u32,
    /// A standby in a second zone.
    pub multi_az: bool,
    /// AWS refuses its deletion.
    pub deletion_protection: bool,
    /// Days of automated backups.
    pub backup_days: u8,
    /// With the minor version.
    pub engine_version: String,
    /// Owed to the maintenance window.
    pub pending: Pending,
    /// Absent while it is being created.
    pub endpoint: Option<Endpoint>,
    /// The final snapshot, if it was looked for and is there.
    pub snapshot: Option<Snapshot>,
    /// What it has beside its size and its place.
    #[serde(default)]
    pub settings: Settings,
}
