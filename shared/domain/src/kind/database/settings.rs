//! What a database has beside its size and its place: encryption, parameters, growth, monitoring.

use serde::{Deserialize, Serialize};

use super::Database;
use crate::kind::compare;
use crate::plan::Difference;
use crate::ports::DatabaseChange;

/// What is seen of it. None of it waits for the maintenance window (RDS user guide, "Settings for DB instances").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The parameter group's name.
    pub parameter_group: String,
    /// Some of its parameters come in force at the next reboot.
    pub awaits_reboot: bool,
    /// The key's ARN.
    pub key: Option<String>,
    /// AWS lets the storage grow up to so many GiB; none: it does not.
    pub max_storage_gib: Option<u32>,
    /// Seconds between two figures of Enhanced Monitoring; 0: off.
    pub monitoring_seconds: u32,
    /// The role that sends them.
    pub monitoring_role: Option<String>,
    /// Whether Performance Insights are on.
    pub performance_insights: bool,
}

impl Settings {
    /// How it shows once AWS has accepted `change` of an instance of so much storage.
    pub fn accept(&mut self, change: &DatabaseChange, storage_gib: u32) {
        if let Some(group) = &change.parameter_group {
            self.awaits_reboot |= self.parameter_group != *group;
            self.parameter_group.clone_from(group);
        }
        if let Some(max) = change.max_storage_gib {
            self.max_storage_gib = Some(max).filter(|max| *max > storage_gib);
        }
        if let Some(seconds) = change.monitoring_seconds {
            self.monitoring_seconds = seconds;
            self.monitoring_role.clone_from(&change.monitoring_role);
        }
        self.performance_insights = change.performance_insights.unwrap_or(self.performance_insights);
    }
}

/// Why `desired` can never come to be, with so much storage as there is.
pub(super) fn never(desired: &Database, seen: &Settings, storage_gib: u32) -> Option<String> {
    if desired.storage_gib < storage_gib && desired.max_storage_gib.is_none_or(|max| max < storage_gib) {
        let wanted = desired.max_storage_gib.unwrap_or(desired.storage_gib);
        return Some(format!("storage never shrinks: it has {storage_gib} GiB, wanted are {wanted}"));
    }
    let (is, wanted) = (seen.key.as_deref().unwrap_or_default(), desired.key.as_deref()?);
    (is != wanted).then(|| format!("key is fixed at creation: it is {is:?}, wanted is {wanted:?}"))
}

/// The storage that is wanted where `storage_gib` are there or to come: what AWS has let grow stays.
pub(super) fn wanted_storage(desired: &Database, storage_gib: u32) -> u32 {
    if desired.max_storage_gib.is_some() { desired.storage_gib.max(storage_gib) } else { desired.storage_gib }
}

pub(super) fn differences(found: &mut Vec<Difference>, desired: &Database, seen: &Settings) {
    let gib = |gib: Option<u32>| gib.map(|gib| gib.to_string()).unwrap_or_default();
    if let Some(wanted) = &desired.parameter_group {
        compare(found, "parameter_group", &seen.parameter_group, wanted);
    }
    compare(found, "max_storage_gib", &gib(seen.max_storage_gib), &gib(desired.max_storage_gib));
    compare(found, "monitoring_seconds", &seen.monitoring_seconds, &desired.monitoring_seconds);
    if let (Some(wanted), true) = (&desired.monitoring_role, desired.monitoring_seconds > 0) {
        compare(found, "monitoring_role", &seen.monitoring_role.clone().unwrap_or_default(), wanted);
    }
    compare(found, "performance_insights", &seen.performance_insights, &desired.performance_insights);
}
