//! What we rely on of AWS, each as a function over the port: the simulator and the local cloud must both show it.
//!
//! A row of `local/facts/*.toml` names the function that shows it (`conformance::NAME`).
//! What the port has no operation for is shown by the local cloud's own tests, and stands in [`ELSEWHERE`] with the reason.

mod backups;
mod balancing;
mod buckets;
mod cache_changes;
mod cache_events;
mod cache_settings;
mod caches;
mod certificates;
mod database_changes;
mod database_settings;
mod databases;
mod file_systems;
mod firewall;
mod functions;
mod ground;
mod grounds;
mod ledger;
mod listeners;
mod messages;
mod naming;
mod networks;
mod quotas;
mod rules;
mod scaling;
mod secrets;
mod services;
mod storage;
mod tagging;
mod task_definitions;
mod tasks;

mod access_points;
mod keys;
mod messaging;
mod users;
mod watching;

pub use ground::{Deed, Ground};

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
            grounds:
                a_role_has_one_name_and_shows_who_may_take_it,
                a_role_with_a_policy_cannot_be_deleted,
                a_cluster_of_the_same_name_is_the_same_cluster,
                a_subnet_group_has_one_name,
                a_log_group_keeps_all_until_it_is_told_for_how_long,
                a_repository_keeps_all_images_until_it_is_told_how_many;
            tasks:
                a_one_off_task_ends_by_itself,
                a_task_with_the_same_token_is_the_same_task,
                a_task_token_with_other_parameters_conflicts,
                a_task_that_is_stopped_has_the_reason_that_was_given,
                a_revision_carries_tags_that_are_put_on_it_later,
                a_repository_that_is_not_there_has_no_image;
            databases:
                a_database_is_creating_without_an_endpoint_until_it_is_available,
                a_created_database_backs_up_before_it_is_available,
                a_major_version_becomes_a_minor_one,
                databases_are_described_together_as_each_by_itself,
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
                a_task_without_its_mount_target_fails_to_start,
                services_are_described_together_as_each_by_itself,
                a_service_shows_its_settings_and_changes_them;
            scaling:
                a_scalable_target_needs_its_service,
                a_scalable_target_is_registered_once_with_its_tags,
                a_maximum_below_the_minimum_is_refused,
                registration_brings_the_count_within_its_bounds,
                a_count_that_is_set_directly_is_obeyed,
                a_scaling_policy_needs_its_target,
                a_scaling_policy_is_put_and_deleted_by_its_name,
                a_request_count_needs_its_label,
                a_deregistered_target_takes_its_policies_along,
                a_deleted_service_takes_its_scalable_target_along;
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
                an_announcement_has_at_most_ten_entries,
                a_queue_that_is_not_there_is_told_apart_from_an_empty_one;
            keys:
                each_creation_is_a_new_key,
                a_key_is_found_by_its_alias,
                a_key_shows_what_it_was_told,
                an_alias_leads_to_one_key,
                a_key_whose_deletion_is_pending_takes_no_change_and_comes_back_disabled,
                a_file_system_shows_the_key_that_it_was_made_with,
                a_secret_goes_under_another_key;
            messaging:
                a_topic_of_the_same_name_is_the_same_topic,
                a_topic_has_the_policy_of_its_account_until_it_gets_another,
                a_deleted_topic_is_gone_and_one_that_never_was_is_deleted_as_well;
            access_points:
                an_access_point_is_creating_until_it_is_available,
                an_access_point_with_the_same_token_already_exists,
                an_access_point_waits_for_its_file_system,
                a_deleted_access_point_is_deleting_until_it_is_gone;
            balancing:
                a_load_balancer_is_provisioning_until_it_is_active,
                a_load_balancer_with_the_same_settings_is_the_same,
                a_load_balancer_name_has_its_alphabet,
                a_load_balancer_covers_two_zones,
                a_load_balancer_shows_what_is_set_on_it,
                access_logs_need_a_bucket_that_takes_them,
                a_protected_load_balancer_cannot_be_deleted,
                a_deleted_load_balancer_lingers_in_its_security_groups;
            listeners:
                a_target_group_with_the_same_settings_is_the_same,
                a_target_group_shows_what_is_set_on_it,
                a_target_group_in_use_cannot_be_deleted,
                a_target_group_has_one_load_balancer,
                a_port_has_one_listener,
                a_listener_needs_its_target_group,
                a_listener_needs_its_certificate,
                listeners_go_with_their_load_balancer,
                subnets_of_load_balancers_are_throttled,
                changes_of_load_balancers_are_throttled_together,
                looks_at_load_balancers_are_throttled_together;
            firewall:
                a_web_acl_has_one_name,
                a_web_acl_is_changed_by_who_has_seen_its_last_change,
                a_load_balancer_takes_a_web_acl_once_it_is_active,
                a_web_acl_that_filters_cannot_be_deleted;
            naming:
                a_hosted_zone_is_found_by_its_whole_name,
                records_are_shown_by_their_name_as_they_were_written,
                a_record_is_created_once,
                an_upsert_takes_the_place_of_what_stands,
                a_record_is_deleted_by_its_exact_value,
                an_address_does_not_stand_beside_a_cname,
                a_record_lies_in_its_zone,
                route_53_throttles_all_calls_together;
            certificates:
                a_certificate_is_found_by_its_domain_and_its_tags,
                a_certificate_says_after_a_while_by_which_records_it_wants_proof,
                a_certificate_is_issued_once_its_records_stand,
                a_certificate_with_the_same_token_is_the_same_certificate,
                two_certificates_for_one_domain_have_one_proof,
                a_deleted_certificate_is_gone;
            users:
                a_user_pool_has_no_second_factor_until_it_is_told,
                two_user_pools_may_have_one_name,
                a_protected_user_pool_cannot_be_deleted;
            caches:
                a_cache_is_creating_without_an_endpoint_until_it_is_available,
                caches_are_described_together_as_each_by_itself,
                a_cache_of_the_same_name_already_exists,
                a_cache_gives_its_tags_out_only_while_it_is_available,
                a_cache_needs_its_groups,
                an_auth_token_of_less_than_16_characters_is_refused,
                a_cache_identifier_with_two_hyphens_is_refused;
            cache_changes:
                automatic_failover_needs_a_replica,
                a_cache_that_is_not_available_takes_no_change,
                an_immediate_change_of_a_cache_is_modifying_then_available,
                a_change_of_a_cache_waits_for_the_maintenance_window,
                replicas_come_and_go_but_the_last_while_it_may_take_over,
                a_deleted_cache_is_deleting_until_it_is_gone,
                a_final_snapshot_of_a_cache_is_creating_until_it_is_available;
            cache_events:
                a_cache_shows_the_topic_that_it_tells_and_takes_another,
                a_topic_that_elasticache_cannot_publish_to_becomes_inactive,
                a_cache_tells_no_topic_of_another_account_or_region;
            cache_settings:
                a_cache_parameter_group_has_its_familys_parameters_until_it_is_told_others,
                a_cache_subnet_group_has_one_name,
                groups_that_a_cache_stands_on_cannot_be_deleted;
            database_settings:
                a_database_parameter_group_has_its_familys_parameters_until_it_is_told_others,
                a_static_parameter_comes_in_force_at_the_next_reboot,
                a_database_parameter_group_in_use_cannot_be_deleted,
                a_database_shows_its_key_its_growth_and_its_insights,
                a_database_is_monitored_by_a_role_that_rds_may_take;
            storage:
                a_bucket_is_made_with_its_tags_and_blocks_public_access,
                a_bucket_shows_what_it_was_set_to,
                a_locked_bucket_keeps_its_objects,
                a_bucket_with_versions_cannot_be_deleted,
                a_bucket_of_another_account_is_denied_and_its_name_is_taken;
            tagging:
                what_has_a_tag_is_found_by_it_whatever_it_is;
            watching:
                an_alarm_is_replaced_and_keeps_its_tags,
                a_dashboard_is_replaced_and_keeps_its_tags;
            backups:
                a_vault_that_is_not_there_is_denied,
                a_vault_with_recovery_points_cannot_be_deleted,
                a_backup_plan_with_the_same_token_is_the_same_plan,
                a_backup_plan_with_a_selection_cannot_be_deleted;
            functions:
                a_function_is_pending_until_it_is_active,
                a_function_of_the_same_name_already_exists,
                a_function_waits_for_its_role,
                a_function_in_a_vpc_needs_its_roles_network_rights,
                a_function_in_a_vpc_needs_its_subnets_and_groups,
                a_functions_region_cannot_be_set,
                a_second_update_waits_for_the_first,
                a_hundred_executions_stay_unreserved,
                a_function_without_a_permission_has_no_policy,
                a_functions_security_group_outlives_it_by_minutes;
            rules:
                a_rule_that_is_put_again_keeps_its_tags,
                a_rule_with_targets_is_not_deleted,
                a_rule_that_is_gone_has_no_targets,
                a_rate_of_one_minute_is_singular,
                a_rule_has_five_targets_at_most;
        }
    };
}

/// Facts that the port has no operation for: the test that a row names, and why it is not here.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("a_task_passes_provisioning_pending_activating_before_running", "the port shows services, not tasks"),
    ("a_stopped_task_passes_deactivating_stopping_deprovisioning", "the port shows services, not tasks"),
    ("task_changes_are_throttled_together", "the port starts one task a life"),
    ("task_reads_are_throttled_together", "the port shows services, not tasks"),
    ("who_started_tasks_is_the_only_filter", "the port asks by family"),
    ("a_young_role_is_refused", "roles are not made yet"),
    ("a_task_without_its_image_fails_to_start", "the simulator's images are spoilt by hand"),
    ("a_public_function_url_needs_both_rights", "the port has no function URLs"),
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
    (
        "an_encrypted_file_system_shows_its_keys_arn",
        "the simulator has no key of AWS's own, see a_file_system_shows_the_key_that_it_was_made_with",
    ),
    ("a_snapshot_has_the_databases_tags_only_if_that_says_so", "the port always says so, and does not show a snapshot's tags"),
    ("a_task_definition_shows_its_defaults", "the port reads back what was written, see each_registration_is_a_new_revision"),
    ("the_order_of_environment_and_secrets_is_not_kept", "the port's are maps"),
    ("tags_are_shown_only_when_asked_for", "the port always asks"),
    ("a_service_shows_its_defaults", "the port does not show them"),
    ("only_a_dead_letter_queue_is_redriven", "the operators' tool redrives, not the port"),
    ("a_deleted_task_definition_stays_while_it_is_used", "the port deregisters, it does not delete"),
    ("the_seventeenth_hop_is_dropped", "hops are counted between functions"),
    ("a_scalable_target_has_both_bounds", "the port always says both"),
    ("a_scheduled_action_is_put_and_deleted_by_its_name", "the port has no scheduled actions"),
    ("a_target_tracking_policy_has_its_two_alarms", "the port does not show alarms"),
    ("a_scalable_target_has_a_service_linked_role", "the port does not show it"),
    ("a_listener_needs_an_issued_certificate", "the listeners of this suite are plain HTTP"),
    ("a_certificate_in_use_cannot_be_deleted", "the listeners of this suite are plain HTTP, and nothing else of it uses a certificate"),
    ("a_second_factor_at_creation_is_a_message", "the port creates pools without a second factor"),
    ("an_update_of_a_user_pool_resets_what_it_leaves_out", "the port's update leaves nothing out"),
    ("a_function_shows_its_vpc", "the port shows subnets and groups, not the VPC that they are in"),
    ("a_rule_needs_a_pattern_or_a_schedule", "the port always gives a schedule"),
    ("a_schedule_needs_the_default_bus", "the port's rules are on the default bus"),
    ("a_process_without_its_secrets_key_fails_to_start", "no process stands behind the simulator's tasks"),
    ("a_protection_lasts_two_days_at_most", "the port protects no tasks"),
    ("an_action_that_fails_is_in_the_alarms_history", "the port sets no alarm's state"),
    ("a_topic_whose_policy_does_not_admit_cloudwatch_hears_nothing", "the port sets no alarm's state"),
    ("a_topic_under_the_key_of_sns_hears_nothing", "the port sets no alarm's state"),
    ("an_alarm_invokes_a_function_whose_policy_admits_it", "the port sets no alarm's state"),
    ("a_muted_alarm_acts_when_the_window_closes", "the port has no mute rules"),
    ("a_suppressor_needs_both_periods", "the port makes no composite alarms"),
    ("an_alarm_tells_its_tags_only_if_it_was_made_to", "the port sets no alarm's state"),
    ("a_message_that_sns_does_not_take_is_refused", "the port publishes nothing"),
    ("in_the_sandbox_an_unverified_phone_stays_silent", "the port publishes nothing"),
    ("a_subscription_by_email_waits_for_its_person", "the port subscribes nobody"),
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
