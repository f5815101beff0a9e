//! An RDS instance: slow, holds data, takes a snapshot at its end, and may owe changes to its maintenance window.

mod seen;
mod settings;

pub use seen::{DatabaseSeen, Endpoint, Pending, Snapshot};
pub use settings::Settings;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, compare};
use crate::name::{NameRule, shorten};
use crate::order::Apply;
use crate::plan::{Change, Departure, Difference, Fate, Judgement, Removal, Retained, Retention};
use crate::resource::Resource;

/// Most characters of a snapshot's name (API reference, CreateDBSnapshot).
const SNAPSHOT_NAME_LONGEST: usize = 255;

/// USD per GiB and month of a snapshot (AWS price list, us-east-1, 2026).
const SNAPSHOT_USD_PER_GIB: f64 = 0.095;

/// A database as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres`
    pub engine: String,
    /// The major version; AWS moves the minor one.
    pub engine_version: String,
    /// Such as `db.t4g.micro`.
    pub class: String,
    /// Storage at creation, GiB. It never shrinks.
    pub storage_gib: u32,
    /// The database made at creation.
    pub database_name: String,
    /// The ARN of the secret with the fields `username` and `password`.
    pub credentials: String,
    /// A standby in a second zone.
    pub multi_az: bool,
    /// Whether AWS itself refuses its deletion.
    pub deletion_protection: bool,
    /// Days of automated backups.
    pub backup_days: u8,
    /// Its name; fixed at creation.
    pub subnet_group: String,
    /// `sg-…`
    pub security_group: String,
    /// Its name; none: AWS's default of the engine. What its engine reads only at its start comes in force at the next reboot.
    #[serde(default)]
    pub parameter_group: Option<String>,
    /// The ARN of the key that it is encrypted with, fixed at creation; none: AWS's own.
    #[serde(default)]
    pub key: Option<String>,
    /// AWS lets the storage grow up to so many GiB, a tenth more than `storage_gib` at least; none: it does not.
    #[serde(default)]
    pub max_storage_gib: Option<u32>,
    /// Seconds between two figures of Enhanced Monitoring: 1, 5, 10, 15, 30 or 60; 0: off.
    #[serde(default)]
    pub monitoring_seconds: u32,
    /// The ARN of the role that sends them, which `monitoring.rds.amazonaws.com` may take.
    #[serde(default)]
    pub monitoring_role: Option<String>,
    /// Whether Performance Insights are on, encrypted with `key` where one is given.
    #[serde(default)]
    pub performance_insights: bool,
}

/// The status of [`DatabaseSeen`] when the instance is gone and its snapshot is what is left.
pub const GONE: &str = "gone";

/// States in which AWS works on the instance and takes no change (RDS user guide, "Viewing DB instance status").
fn settling(status: &str) -> bool {
    const BROKEN: [&str; 8] = [
        "failed",
        "inaccessible-encryption-credentials",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "restore-error",
        "storage-full",
    ];
    !matches!(status, "available" | "stopped" | "storage-optimization") && !BROKEN.contains(&status)
}

impl Kind for Database {
    const KIND: &'static str = "rds-instance";
    const CHANGES_OFTEN: bool = true;
    const SENDS_EVENTS: bool = true;
    /// RDS: 1 to 63 letters, digits and single hyphens, beginning with a letter (API reference, CreateDBInstance).
    const NAME: NameRule = NameRule { longest: 63, also: "", double_hyphen: false };
    const OUTPUTS: &'static [&'static str] = &["host", "port"];
    type Seen = DatabaseSeen;

    fn fixed(&self) -> Vec<&str> {
        vec![&self.engine]
    }

    /// A creation is the median of 22 public Terraform logs (362 s) and its first backup (45 s); the others are estimates.
    fn usual(&self, change: &Change) -> Duration {
        Duration::from_secs(match change {
            Change::Create => 362 + 45,
            Change::Remove(Removal::DeleteDatabase { final_snapshot: None }) => 240,
            // The snapshot of a small instance comes first.
            Change::Remove(_) => 120 + 240,
            _ => 540,
        })
    }

    fn judge(&self, resource: &Resource, seen: &DatabaseSeen) -> Judgement {
        if seen.status == GONE {
            return Judgement::act(Change::Create);
        }
        if settling(&seen.status) {
            return Judgement::settling(format!("the database is {}", seen.status));
        }
        if !matches!(seen.status.as_str(), "available" | "storage-optimization") {
            return Judgement::broken(format!("the database is {}", seen.status));
        }
        if let Some(why) = settings::never(self, &seen.settings, seen.storage_gib) {
            return Judgement::refused(why);
        }
        match differences(self, seen) {
            found if !found.is_empty() => Judgement::act(Change::Update(found)),
            _ if !seen.pending.is_empty() && resource.apply == Apply::Window => {
                Judgement::in_sync_but("changes wait for the maintenance window")
            }
            _ if !seen.pending.is_empty() => Judgement::act(Change::Update(vec![Difference::new("apply", "window", "now")])),
            _ if seen.settings.awaits_reboot => Judgement::in_sync_but("some parameters come in force at its next reboot"),
            _ => Judgement::in_sync(),
        }
    }

    /// Lift our own protection, delete with a final snapshot, wait until that is proven; a protection that a person set is respected.
    fn depart(&self, resource: &Resource, seen: &DatabaseSeen, fate: Fate) -> Departure {
        if seen.status == GONE {
            return snapshot_departs(seen, fate);
        }
        if settling(&seen.status) {
            return Departure::Wait(format!("the database is {}", seen.status));
        }
        if seen.deletion_protection {
            if !self.deletion_protection && fate == Fate::KeepData {
                return Departure::Blocked("a person has set deletion protection on it: lift it, or send destroy-data".into());
            }
            return Departure::Act(Removal::LiftProtection);
        }
        let final_snapshot = match fate {
            Fate::KeepData => Some(final_snapshot_name(resource)),
            Fate::DestroyData => None,
        };
        Departure::Act(Removal::DeleteDatabase { final_snapshot })
    }

    fn outputs(seen: &DatabaseSeen) -> Vec<(&'static str, String)> {
        let endpoint = |endpoint: &Endpoint| vec![("host", endpoint.host.clone()), ("port", endpoint.port.to_string())];
        seen.endpoint.as_ref().map(endpoint).unwrap_or_default()
    }
}

/// Pending values count as observed: what is already owed is not asked again.
fn differences(desired: &Database, seen: &DatabaseSeen) -> Vec<Difference> {
    let pending = &seen.pending;
    let mut found = Vec::new();
    compare(&mut found, "class", pending.class.as_ref().unwrap_or(&seen.class), &desired.class);
    let storage_gib = pending.storage_gib.unwrap_or(seen.storage_gib);
    compare(&mut found, "storage_gib", &storage_gib, &settings::wanted_storage(desired, storage_gib));
    compare(&mut found, "multi_az", &pending.multi_az.unwrap_or(seen.multi_az), &desired.multi_az);
    compare(&mut found, "backup_days", &pending.backup_days.unwrap_or(seen.backup_days), &desired.backup_days);
    compare(&mut found, "deletion_protection", &seen.deletion_protection, &desired.deletion_protection);
    settings::differences(&mut found, desired, &seen.settings);
    found
}

fn snapshot_departs(seen: &DatabaseSeen, fate: Fate) -> Departure {
    match (&seen.snapshot, fate) {
        (None, _) => Departure::Gone,
        (Some(snapshot), Fate::DestroyData) => Departure::Act(Removal::DeleteSnapshot(snapshot.name.clone())),
        (Some(snapshot), Fate::KeepData) if snapshot.available => Departure::Kept(Retention {
            what: Retained::Snapshot(snapshot.name.clone()),
            until: None,
            monthly_usd: (f64::from(snapshot.storage_gib) * SNAPSHOT_USD_PER_GIB * 100.0).round() / 100.0,
        }),
        (Some(_), Fate::KeepData) => Departure::Wait("its final snapshot is being taken".into()),
    }
}

/// `{name}-{incarnation}`: a fixed name would fail at the second deletion.
pub fn final_snapshot_name(resource: &Resource) -> String {
    shorten(format!("{}-{}", resource.name, resource.incarnation), SNAPSHOT_NAME_LONGEST)
}

#[cfg(test)]
mod tests;
