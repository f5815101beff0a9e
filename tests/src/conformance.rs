//! What we rely on of AWS, each as a function over the port: the simulator and the local cloud must both show it.
//!
//! A row of `local/facts/*.toml` names the function that shows it (`conformance::NAME`).
//! What the port has no operation for is shown by the local cloud's own tests, and stands in [`ELSEWHERE`] with the reason.

mod buckets;
mod database_changes;
mod databases;
mod file_systems;
mod ground;
mod ledger;
mod messages;
mod networks;
mod quotas;
mod secrets;
mod services;
mod task_definitions;

pub use ground::Ground;

/// Calls the macro `with` with all functions, by module: `module: name, name; …`
#[macro_export]
macro_rules! conformance_functions {
    ($with:ident) => {
        $with! {
            secrets:
                a_secret_with_the_same_token_and_value_is_the_same_secret,
                a_secret_version_with_another_value_is_refused,
                a_secret_name_with_another_token_is_refused,
                a_secret_name_has_its_alphabet,
                a_secret_name_in_recovery_is_refused,
                a_secret_in_recovery_is_described_with_its_date_and_comes_back_with_its_value,
                a_secret_deleted_without_recovery_is_gone_and_one_that_never_was_is_deleted_as_well,
                a_request_outside_its_model_is_refused;
            file_systems:
                a_file_system_is_creating_until_it_is_available,
                a_file_system_with_the_same_token_already_exists,
                a_deleted_file_system_is_deleting_until_it_is_gone,
                a_file_system_that_is_not_available_cannot_be_deleted,
                a_file_system_with_mount_targets_cannot_be_deleted,
                a_mount_target_waits_for_its_file_system,
                a_mount_target_is_creating_until_it_is_available,
                a_second_mount_target_in_a_zone_conflicts,
                a_deleted_mount_target_lingers;
            networks:
                a_vpc_is_found_by_its_tags_and_gives_dns_names_when_told_to,
                a_vpc_with_something_in_it_cannot_be_deleted,
                a_subnet_in_use_cannot_be_deleted,
                an_internet_gateway_is_attached_to_one_vpc,
                a_gateway_is_not_detached_from_public_addresses,
                an_address_in_use_is_not_released,
                a_nat_gateway_is_pending_until_it_is_available,
                a_nat_gateway_with_the_same_token_is_the_same_gateway,
                a_deleted_nat_gateway_is_deleting_until_it_is_gone,
                a_route_table_with_the_same_token_is_the_same_table,
                a_route_to_a_destination_is_made_once_and_replaced,
                a_route_table_with_subnets_cannot_be_deleted,
                a_flow_log_with_the_same_token_is_the_same_flow_log,
                a_security_group_has_one_name_in_its_vpc,
                a_port_is_opened_once,
                a_security_group_that_others_name_cannot_be_deleted;
            databases:
                a_database_is_creating_without_an_endpoint_until_it_is_available,
                a_created_database_backs_up_before_it_is_available,
                a_major_version_becomes_a_minor_one,
                a_database_of_the_same_name_already_exists,
                a_database_needs_its_subnet_group,
                a_database_needs_its_security_group,
                a_database_of_less_than_20_gib_is_refused,
                a_master_password_with_a_slash_is_refused,
                an_identifier_with_two_hyphens_is_refused;
            database_changes:
                a_database_that_is_not_available_cannot_be_modified,
                an_immediate_modification_is_modifying_then_available,
                a_modification_waits_for_the_maintenance_window,
                deletion_protection_does_not_wait_for_the_maintenance_window,
                storage_does_not_shrink,
                a_grown_database_is_operational_while_its_storage_is_optimized,
                a_protected_database_cannot_be_deleted,
                a_database_that_is_not_available_cannot_be_deleted,
                a_database_is_not_deleted_twice,
                a_deleted_database_is_deleting_until_it_is_gone,
                a_final_snapshot_is_creating_until_it_is_available,
                a_snapshot_of_the_same_name_already_exists,
                a_snapshot_that_is_not_available_cannot_be_deleted;
            task_definitions:
                each_registration_is_a_new_revision,
                a_family_shows_its_newest_active_revision,
                an_inactive_revision_is_still_described_by_its_arn,
                fargate_has_no_such_size,
                secrets_need_an_execution_role;
            services:
                a_service_reports_its_steady_state,
                a_service_with_the_same_token_is_the_same_service,
                a_service_with_another_token_is_refused,
                a_service_needs_its_task_definition,
                an_inactive_task_definition_is_refused,
                a_new_revision_replaces_the_old_ones_tasks,
                a_deleted_service_drains_until_its_tasks_are_gone,
                a_draining_service_blocks_its_name,
                a_service_that_is_not_active_cannot_be_updated,
                a_task_without_its_secret_fails_to_start,
                a_task_without_its_mount_target_fails_to_start;
            buckets:
                rds_throttles_all_calls_together,
                the_twenty_first_task_definition_is_throttled,
                a_throttled_call_has_no_effect,
                service_changes_are_throttled_together,
                service_reads_are_throttled,
                ecs_tagging_is_throttled,
                secret_changes_are_throttled;
            quotas:
                an_instance_quota_refuses_the_next_database,
                a_file_system_quota_refuses_the_next_file_system,
                an_interface_quota_refuses_the_next_mount_target,
                a_secret_quota_refuses_the_next_secret,
                a_service_quota_refuses_the_next_service;
            ledger:
                a_transaction_is_all_or_nothing,
                a_transaction_has_one_operation_on_an_item,
                a_set_changes_its_attributes_and_leaves_the_others,
                an_addition_begins_at_nothing,
                conditions_hold_as_the_domain_says,
                attributes_come_back_as_they_were_written,
                owners_are_listed_page_by_page_and_found_by_arn;
            messages:
                a_delay_beyond_fifteen_minutes_is_refused,
                each_entry_of_an_announcement_has_its_outcome,
                an_announcement_has_at_most_ten_entries;
        }
    };
}

/// Facts that the port has no operation for: the test that a row names, and why it is not here.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("a_task_passes_provisioning_pending_activating_before_running", "the port shows services, not tasks"),
    ("a_stopped_task_passes_deactivating_stopping_deprovisioning", "the port shows services, not tasks"),
    ("a_one_off_task_ends_by_itself", "no one-off tasks yet"),
    ("a_task_with_the_same_token_is_the_same_task", "no one-off tasks yet"),
    ("a_task_token_with_other_parameters_conflicts", "no one-off tasks yet"),
    ("task_changes_are_throttled_together", "no one-off tasks yet"),
    ("task_reads_are_throttled_together", "the port shows services, not tasks"),
    ("a_young_role_is_refused", "roles are not made yet"),
    ("a_task_without_its_log_group_fails_to_start", "task definitions of the port have no log configuration"),
    ("cluster_changes_are_throttled", "clusters are the environment's"),
    ("a_service_scaled_above_zero_is_deleted_by_force_only", "the port always forces"),
    ("fargate_needs_awsvpc", "the port's task definitions always are awsvpc"),
    ("a_deletion_says_what_becomes_of_the_data", "the port always says"),
    ("a_deletion_does_not_skip_and_name_a_snapshot", "the port cannot say both"),
    ("a_database_that_is_not_available_has_no_snapshot_taken", "the port takes final snapshots only"),
    ("a_snapshot_quota_refuses_the_next_snapshot", "the port takes final snapshots only"),
    ("a_subnet_group_covers_two_zones", "subnet groups are the environment's"),
    ("a_subnet_group_in_use_cannot_be_deleted", "subnet groups are the environment's"),
    ("only_aws_sends_events_of_aws", "the port's source is our own"),
    ("an_encrypted_database_shows_its_keys_arn", "the port does not show keys"),
    ("an_encrypted_file_system_shows_its_keys_arn", "the port does not show keys"),
    ("a_snapshot_has_the_databases_tags_only_if_that_says_so", "the port always says so, and does not show a snapshot's tags"),
    ("a_task_definition_shows_its_defaults", "the port reads back what was written, see each_registration_is_a_new_revision"),
    ("the_order_of_environment_and_secrets_is_not_kept", "the port's are maps"),
    ("tags_are_shown_only_when_asked_for", "the port always asks"),
    ("a_service_shows_its_defaults", "the port does not show them"),
    ("only_a_dead_letter_queue_is_redriven", "the operators' tool redrives, not the port"),
    ("a_deleted_task_definition_stays_while_it_is_used", "the port deregisters, it does not delete"),
    ("the_seventeenth_hop_is_dropped", "hops are counted between functions"),
];

macro_rules! suite {
    ($($module:ident: $($name:ident),* $(,)?;)*) => {
        /// All functions, by name.
        pub const NAMES: &[&str] = &[$($(stringify!($name)),*),*];

        /// Shows `name` on `ground`; panics if it is not so.
        pub async fn show<G: Ground>(name: &str, ground: &G) {
            match name {
                $($(stringify!($name) => Box::pin($module::$name(ground)).await,)*)*
                unknown => panic!("there is no conformance function {unknown}"),
            }
        }
    };
}
conformance_functions!(suite);
