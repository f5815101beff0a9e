//! The rules by name, and what breaks them.

use crate::read::Template;
use crate::{delivery, functions, rights};

/// What breaks one rule: who, and how.
#[derive(Default)]
pub(crate) struct Violations(pub(crate) Vec<String>);

impl Violations {
    /// Notes a violation of the resource `id` unless the rule holds for it.
    pub(crate) fn unless(&mut self, holds: bool, id: &str, says: &str) {
        if !holds {
            self.0.push(format!("{id}: {says}"));
        }
    }
}

/// Adds what it finds.
pub(crate) type Rule = fn(&Template, &mut Violations);

macro_rules! by_name {
    ($($module:ident :: $rule:ident),* $(,)?) => { &[$((stringify!($rule), $module::$rule)),*] };
}

/// Every rule.
pub(crate) const RULES: &[(&str, Rule)] = by_name![
    functions::failed_runs_are_kept,
    functions::visibility_outlasts_six_runs,
    functions::hopeless_records_end_in_a_dead_letter_queue,
    functions::records_fail_one_by_one,
    functions::concurrency_is_bounded,
    functions::whoever_feeds_itself_may_recur,
    functions::logs_are_its_own_and_end,
    functions::runs_as_its_own_role,
    functions::endpoint_is_for_the_local_cloud_alone,
    functions::log_level_is_set_where_it_is_read,
    functions::failures_raise_an_alarm,
    delivery::targets_retry_and_keep_what_fails,
    delivery::aws_events_only_on_the_default_bus,
    delivery::answers_never_come_back,
    delivery::queues_admit_exactly_their_rules,
    delivery::caches_can_tell,
    delivery::queues_are_encrypted_by_sqs,
    delivery::dead_letters_raise_an_alarm,
    delivery::only_operators_send_tenant_privileged,
    delivery::ledger_outlives_the_stack,
    rights::actions_are_named_in_full,
    rights::all_resources_only_where_aws_knows_none,
    rights::only_what_is_ours_is_hurt,
    rights::roles_are_passed_to_one_service,
    rights::roles_are_made_within_the_boundary,
    rights::the_boundary_is_what_blueprints_ask_for,
    rights::only_answers_are_put,
    rights::dependent_rights_are_granted,
];

/// What breaks this rule.
pub(crate) fn broken(rule: Rule, template: &Template) -> Vec<String> {
    let mut found = Violations::default();
    rule(template, &mut found);
    found.0
}
