//! Broken copies of the template: for each rule, at least one that it must see.

use serde_json::Value;

use crate::read::Template;

/// One change to the template, and the rule that it breaks.
pub(crate) struct Mutation {
    /// Name of the rule.
    pub(crate) breaks: &'static str,
    /// JSON pointer under `/Resources`, or from the root if it begins with `/`.
    pub(crate) at: &'static str,
    /// JSON to put there; null takes the value away.
    to: &'static str,
}

impl Mutation {
    /// The template with this change.
    pub(crate) fn applied_to(&self, mut template: Template) -> Template {
        let pointer = if self.at.starts_with('/') { self.at.to_owned() } else { format!("/Resources/{}", self.at) };
        let place = template.0.pointer_mut(&pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
        let to: Value = serde_json::from_str(self.to).expect("a mutation puts JSON");
        assert_ne!(*place, to, "{pointer} is so already");
        *place = to;
        template
    }
}

const fn mutation(breaks: &'static str, at: &'static str, to: &'static str) -> Mutation {
    Mutation { breaks, at, to }
}

/// The broken copies.
pub(crate) const MUTATIONS: &[Mutation] = &[
    mutation("failed_runs_are_kept", "SweepTenants/Properties/DeadLetterQueue", "null"),
    mutation("failed_runs_are_kept", "ProvisionTenant/Properties/DeadLetterQueue/TargetArn", r#"{"Ref":"Ledger"}"#),
    mutation("visibility_outlasts_six_runs", "ProvisionTenant/Properties/Timeout", "61"),
    mutation("visibility_outlasts_six_runs", "TenantQueue/Properties/VisibilityTimeout", "null"),
    mutation("hopeless_records_end_in_a_dead_letter_queue", "TenantQueue/Properties/RedrivePolicy", "null"),
    mutation("records_fail_one_by_one", "ProvisionTenant/Properties/Events/Tenants/Properties/FunctionResponseTypes", "[]"),
    mutation("concurrency_is_bounded", "ProvisionTenant/Properties/Events/Tenants/Properties/ScalingConfig", "null"),
    mutation("concurrency_is_bounded", "/Parameters/ProvisionConcurrency/MinValue", "1"),
    mutation("whoever_feeds_itself_may_recur", "ProvisionTenant/Properties/RecursiveLoop", r#""Terminate""#),
    mutation("logs_are_its_own_and_end", "SweepTenants/Properties/LoggingConfig", "null"),
    mutation("logs_are_its_own_and_end", "ProvisionTenantLogs/Properties/RetentionInDays", "null"),
    mutation("runs_as_its_own_role", "SweepTenants/Properties/Role", "null"),
    mutation("runs_as_its_own_role", "SweepTenants/Properties/Role", r#"{"Fn::GetAtt":["ProvisionTenantRole","Arn"]}"#),
    mutation(
        "endpoint_is_for_the_local_cloud_alone",
        "/Globals/Function/Environment/Variables/AWS_ENDPOINT_URL",
        r#"{"Ref":"AwsEndpointUrl"}"#,
    ),
    mutation("log_level_is_set_where_it_is_read", "/Globals/Function/Environment/Variables/RUST_LOG", "null"),
    mutation("failures_raise_an_alarm", "SweepTenantsThrottles", "null"),
    mutation("failures_raise_an_alarm", "ProvisionTenantErrors/Properties/AlarmActions", "[]"),
    mutation("targets_retry_and_keep_what_fails", "TenantEvents/Properties/Targets/0/RetryPolicy", "null"),
    mutation("targets_retry_and_keep_what_fails", "DatabaseEvents/Properties/Targets/0/DeadLetterConfig", "null"),
    mutation("targets_retry_and_keep_what_fails", "SweepTenants/Properties/Events/EveryHour/Properties/DeadLetterConfig", "null"),
    mutation("targets_retry_and_keep_what_fails", "CacheEvents/Properties/RedrivePolicy", "null"),
    mutation("aws_events_only_on_the_default_bus", "DatabaseEvents/Properties/EventBusName", r#"{"Ref":"Bus"}"#),
    mutation("aws_events_only_on_the_default_bus", "TenantEvents/Properties/EventBusName", r#""default""#),
    mutation("aws_events_only_on_the_default_bus", "TenantEvents/Properties/EventPattern/source", "null"),
    mutation("answers_never_come_back", "TenantEvents/Properties/EventPattern/source", r#"["caretaker.answers"]"#),
    mutation("answers_never_come_back", "TenantEvents/Properties/EventPattern/source", r#"[{"prefix":"caretaker."}]"#),
    mutation(
        "queues_admit_exactly_their_rules",
        "TenantQueuePolicy/Properties/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn/4",
        r#""*""#,
    ),
    mutation(
        "queues_admit_exactly_their_rules",
        "TenantQueuePolicy/Properties/PolicyDocument/Statement/1/Condition/ArnEquals/aws:SourceArn",
        r#"{"Ref":"OperatorTopic"}"#,
    ),
    mutation("queues_admit_exactly_their_rules", "TenantQueuePolicy/Properties/PolicyDocument/Statement/1/Condition", "null"),
    mutation(
        "queues_admit_exactly_their_rules",
        "TenantQueuePolicy/Properties/PolicyDocument/Statement/1/Principal/Service",
        r#""events.amazonaws.com""#,
    ),
    mutation("queues_admit_exactly_their_rules", "UndeliveredQueuePolicy", "null"),
    mutation("queues_admit_exactly_their_rules", "UndeliveredQueuePolicy/Properties/PolicyDocument/Statement/0/Condition", "null"),
    mutation("caches_can_tell", "CacheEventsTopic/Properties", r#"{"KmsMasterKeyId":"alias/aws/sns"}"#),
    mutation(
        "caches_can_tell",
        "CacheEventsTopicPolicy/Properties/PolicyDocument/Statement/0/Condition",
        r#"{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}"#,
    ),
    mutation("caches_can_tell", "CacheEvents/Properties/TopicArn", r#"{"Ref":"OperatorTopic"}"#),
    mutation("queues_are_encrypted_by_sqs", "TenantQueue/Properties/SqsManagedSseEnabled", "false"),
    mutation("dead_letters_raise_an_alarm", "TenantDeadLetters", "null"),
    mutation("dead_letters_raise_an_alarm", "TenantQueueAge/Properties/AlarmActions", "[]"),
    mutation("only_operators_send_tenant_privileged", "Bus/Properties/Policy", "null"),
    mutation("only_operators_send_tenant_privileged", "Bus/Properties/Policy/Statement/0/Effect", r#""Allow""#),
    mutation("ledger_outlives_the_stack", "Ledger/DeletionPolicy", r#""Delete""#),
    mutation("actions_are_named_in_full", "SweepTenantsRole/Properties/Policies/0/PolicyDocument/Statement/1/Action", r#""dynamodb:*""#),
    mutation("actions_are_named_in_full", "ProvisionTenantRole/Properties/Policies/0/PolicyDocument/Statement/1/Action/0", r#""*""#),
    mutation(
        "all_resources_only_where_aws_knows_none",
        "ProvisionTenantRole/Properties/Policies/1/PolicyDocument/Statement/0/Resource",
        r#""*""#,
    ),
    mutation("only_what_is_ours_is_hurt", "ProvisionTenantRole/Properties/Policies/3/PolicyDocument/Statement/4/Condition", "null"),
    mutation("only_what_is_ours_is_hurt", "ProvisionTenantRole/Properties/Policies/3/PolicyDocument/Statement/1/Resource", r#""*""#),
    mutation("roles_are_passed_to_one_service", "ProvisionRolesPolicy/Properties/PolicyDocument/Statement/5/Condition", "null"),
    mutation("only_what_is_ours_is_hurt", "ProvisionFunctionsPolicy/Properties/PolicyDocument/Statement/3/Condition", "null"),
    mutation("only_what_is_ours_is_hurt", "RemediateTaskRole/Properties/Policies/1/PolicyDocument/Statement/3/Condition", "null"),
    mutation("only_what_is_ours_is_hurt", "AnswerLinkRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource", r#""*""#),
    mutation("roles_are_passed_to_one_service", "ProvisionFunctionsPolicy/Properties/PolicyDocument/Statement/5/Condition", "null"),
    mutation("roles_are_made_within_the_boundary", "ProvisionRolesPolicy/Properties/PolicyDocument/Statement/3/Condition", "null"),
    mutation("roles_are_made_within_the_boundary", "RoleBoundary/Properties/PolicyDocument/Statement/2/Effect", r#""Allow""#),
    mutation("the_boundary_is_what_blueprints_ask_for", "RoleBoundary/Properties/PolicyDocument/Statement/0/Action/3", r#""ecr:*""#),
    mutation("only_answers_are_put", "ProvisionTenantRole/Properties/Policies/0/PolicyDocument/Statement/5/Condition", "null"),
    mutation("dependent_rights_are_granted", "ProvisionTenantRole/Properties/Policies/5/PolicyDocument/Statement", "[]"),
];
