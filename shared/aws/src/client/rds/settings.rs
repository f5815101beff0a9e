//! What an instance has beside its size and its place.

use aws_sdk_rds::types::DbInstance;
use domain::kind::database::Settings;

use super::unsigned;

/// What is seen of it.
pub(super) fn of(one: &DbInstance) -> Settings {
    let group = one.db_parameter_groups().first();
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    Settings {
        parameter_group: text(group.and_then(|group| group.db_parameter_group_name())).unwrap_or_default(),
        awaits_reboot: group.and_then(|group| group.parameter_apply_status()) == Some("pending-reboot"),
        key: text(one.kms_key_id()),
        max_storage_gib: one.max_allocated_storage().map(unsigned),
        monitoring_seconds: unsigned(one.monitoring_interval().unwrap_or_default()),
        monitoring_role: text(one.monitoring_role_arn()),
        performance_insights: one.performance_insights_enabled().unwrap_or_default(),
    }
}
