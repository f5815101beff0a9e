//! What an instance has beside its size and its place.

use domain::kind::database::{Database, Settings};

use super::super::environment::Environment;
use super::Databases;

/// Of a new instance.
pub(super) fn of(desired: &Database, environment: &Environment) -> Settings {
    let default = || format!("default.{}{}", desired.engine, desired.engine_version);
    Settings {
        parameter_group: desired.parameter_group.clone().unwrap_or_else(default),
        awaits_reboot: false,
        // Without one of ours it is encrypted with the service's own.
        key: Some(desired.key.clone().unwrap_or_else(|| environment.arn("kms", "key/aws-rds"))),
        max_storage_gib: desired.max_storage_gib,
        monitoring_seconds: desired.monitoring_seconds,
        monitoring_role: desired.monitoring_role.clone(),
        performance_insights: desired.performance_insights,
    }
}

impl Databases {
    /// Whether an instance runs with the parameter group `name`.
    pub(in super::super) fn have_parameters(&self, name: &str) -> bool {
        self.instances.values().any(|instance| instance.seen.settings.parameter_group == name)
    }

    /// Those with the parameter group `name` take a change in at their next reboot.
    pub(in super::super) fn await_reboot(&mut self, name: &str) {
        let with = self.instances.values_mut().filter(|instance| instance.seen.settings.parameter_group == name);
        with.for_each(|instance| instance.seen.settings.awaits_reboot = true);
    }
}
