"""What we hold on to inside ministack: a new version that moves it must be seen at once."""

import importlib
import inspect
from importlib.metadata import version
from pathlib import Path

import pytest
from caretaker_local.settings import MINISTACK_VERSION

# module → what is called, replaced or read there
SYMBOLS = {
    "app": ["app", "_reset_all_state", "_routing_params"],
    "core.iam_actions": ["extract_iam_action", "extract_resource_arn", "request_tag_context", "dynamodb_transaction_checks"],
    "core.iam_evaluator": ["EvalContext", "evaluate", "evaluate_resource_policy", "_gather_role_policies",
                            "_service_principal_matches"],
    "core.lambda_runtime": ["ProvidedWorker", "reset"],
    "core.responses": ["request_scope", "get_account_id", "get_region", "set_request_account_id", "set_request_region",
                       "json_response", "error_response_json", "new_uuid", "AccountRegionScopedDict"],
    "core.router": ["extract_access_key_id", "extract_region", "detect_service"],
    "services.lambda_svc": ["_execute_function", "_invoke_depth", "_ESM_BACKOFF_SECONDS", "_functions", "_provided_worker_env",
                             "_schedule_state_transition", "invoke_async_with_retry", "_get_func_record_for_ref",
                             "_execution_record_for_config", "_resolve_name", "_route_async_failure", "_create_function_url_config",
                             "_function_url_id", "_function_urls", "_url_config_key", "resolve_function_url",
                             "handle_function_url_request"],
    "services.ecs": ["_ACTION_MAP", "_reconcile_service_tasks", "_refresh_service_state", "_recount_cluster",
                     "_run_task", "_sanitize", "_finalize_ecs_response", "_resolve_cluster_name", "_resolve_task", "_resolve_td_key", "_resolve_td_delete_key", "_tags",
                     "_create_cluster",
                     "_services", "_tasks", "_task_defs", "_clusters"],
    "services.rds": ["_instances", "_snapshots", "_subnet_groups", "_tags", "_instance_xml", "_resolve_instance",
                     "_single_instance_response", "_create_snapshot_internal", "_create_subnet_group", "_param_groups",
                     "_default_parameters_for_family"],
    "services.elasticache": ["_replication_groups", "_clusters", "_snapshots", "_subnet_groups", "_param_groups", "_param_group_params",
                             "_tags", "_rg_xml", "_cluster_xml_inner", "_snapshot_xml", "_xml", "_p", "_arn_cluster", "_create_snapshot",
                             "_delete_replication_group", "_describe_cache_parameters", "_default_params_for_family"],
    "services.efs": ["_access_points", "_delete_access_point", "_file_systems", "_describe_file_systems", "_fs_response", "_json", "_mount_targets", "_delete_file_system", "_delete_mount_target", "_replication_of"],
    "services.secretsmanager": ["_secrets", "_resolve", "resolve_secret_string", "_get_random_password"],
    "services.eventbridge": ["_put_events", "_invoke_target", "_pattern_event_view", "_rules", "_targets", "_tags", "_rule_key",
                             "_now_ts", "_dispatch_to_lambda", "_SCHEDULER_TICK_INTERVAL", "_tick_scheduled_rules", "_event_buses", "_event_bus_policies"],
    "services.sqs": ["_queues", "esm_wake", "_queue_by_arn", "_queue_url", "_act_send_message"],
    "services.kms": ["_aliases", "_alias_arn", "_resolve_key"],
    "services.sns": ["_topics", "publish_internal", "_fanout", "_confirm_subscription", "_refresh_subscription_counts",
                     "_resolve_message_for_protocol", "_matches_filter_policy"],
    "services.cloudwatch": ["_evaluate_alarm", "_metrics", "_dashboards", "_resource_tags", "_alarms", "_dispatch_alarm_actions", "_calc_stats", "_stat_value",
                            "cloudformation_put_metric_alarm", "cloudformation_delete_metric_alarm", "_composite_alarms", "_set_alarm_state",
                            "_history_entries", "_ts_iso", "_p"],
    "services.dynamodb": ["_update_ttl", "_update_continuous_backups"],
    "services.iam": ["_roles", "_create_role"],
    "services.cloudwatch_logs": ["_log_groups"],
    "services.ec2": ["_network_interfaces", "_create_network_interface", "_vpcs", "_subnets", "_security_groups", "_new_vpc_id", "_new_subnet_id", "_new_sg_id",
                     "_create_vpc", "_create_subnet", "_create_security_group", "_ACTION_MAP", "_addresses", "_nat_gateways",
                     "_route_tables", "_flow_logs", "_internet_gateways", "_tags", "_p", "_xml", "_error", "_now_ts", "_parse_filters",
                     "_parse_member_list", "_parse_tag_specs", "_resource_matches_tag_filters", "_tag_set_xml", "_rtb_fields_xml",
                     "_create_route_table"],
    "services.alb": ["_lbs", "_tgs", "_listeners", "_rules", "_tags", "_lb_attrs", "_xml", "_lb_xml", "_tg_xml", "_listener_xml",
                     "_delete_listener", "_targets"],
    "services.waf": ["_web_acls", "_associations", "_waf_tags", "_resource_from_scope", "_values_for_scope"],
    "services.s3": ["_buckets", "_bucket_policies"],
    "services.cloudformation.provisioners": ["_RESOURCE_HANDLERS", "_sm_secret_string"],
    "services.route53": ["_zones", "_records", "_zone_id", "_create_hosted_zone", "_parse_body", "_find", "_findall", "_text",
                         "_parse_record_set", "_rs_key", "_rs_values"],
    "services.ecr": ["_put_image", "_find_image", "_repositories"],
    "services.acm": ["_certificates", "_get_local_certificate"],
    "services.cognito": ["_user_pools"],
    "services.s3": ["_buckets", "_bucket_owner_account", "_NEW_BUCKET_PUBLIC_ACCESS_BLOCK"],
    "services.backup": ["_vaults", "_plans", "_selections", "_vault_arn"],
}

SIGNATURES = {
    ("services.lambda_svc", "_execute_function"): ["func", "event"],
    ("services.lambda_svc", "_provided_worker_env"): ["config", "code_dir", "port"],
    ("services.lambda_svc", "_schedule_state_transition"): ["func_name", "delay"],
    ("services.lambda_svc", "invoke_async_with_retry"): ["func", "event"],
    ("services.lambda_svc", "_get_func_record_for_ref"): ["function_ref"],
    ("services.lambda_svc", "_route_async_failure"): ["target_arn", "func_name", "event", "result"],
    ("services.lambda_svc", "_create_function_url_config"): ["func_name", "data", "qualifier"],
    ("services.lambda_svc", "_function_url_id"): ["function_url"],
    ("services.lambda_svc", "handle_function_url_request"): ["url_id", "method", "path", "headers", "body", "query_params", "resolved",
                                                             "source_ip"],
    ("services.cloudformation.provisioners", "_sm_secret_string"): ["props"],
    ("services.eventbridge", "_dispatch_to_lambda"): ["arn", "payload"],
    ("services.cloudwatch", "_evaluate_alarm"): ["alarm"],
    ("services.cloudwatch", "_dispatch_alarm_actions"): ["alarm", "old_state", "new_state", "reason"],
    ("services.cloudwatch", "_set_alarm_state"): ["params", "cbor_data", "is_cbor", "is_json"],
    ("services.sns", "_fanout"): ["topic_arn", "msg_id", "message", "subject", "message_structure", "message_attributes", "message_group_id",
                                  "message_dedup_id"],
    ("services.sns", "publish_internal"): ["topic_arn", "message", "subject", "message_structure", "message_attributes", "message_group_id",
                                           "message_deduplication_id"],
    ("services.ecs", "_reconcile_service_tasks"): ["cluster_name", "svc_key"],
    ("services.ecs", "_refresh_service_state"): ["cluster_name", "group"],
    ("services.eventbridge", "_put_events"): ["data", "allow_aws_source"],
    ("services.eventbridge", "_invoke_target"): ["target", "event", "rule", "view"],
    ("services.rds", "_create_snapshot_internal"): ["snap_id", "instance"],
}


def test_the_version_is_the_pinned_one():
    assert version("ministack") == MINISTACK_VERSION
    assert f"ministack[full]=={MINISTACK_VERSION}" in (Path(__file__).parents[1] / "requirements.txt").read_text().split()


@pytest.mark.parametrize("module", SYMBOLS)
def test_what_we_hold_on_to_is_there(module):
    loaded = importlib.import_module(f"ministack.{module}")
    assert [name for name in SYMBOLS[module] if not hasattr(loaded, name)] == []


@pytest.mark.parametrize("place", SIGNATURES, ids=".".join)
def test_what_we_replace_is_called_as_before(place):
    module, name = place
    function = getattr(importlib.import_module(f"ministack.{module}"), name)
    assert list(inspect.signature(function).parameters) == SIGNATURES[place]


def test_a_worker_takes_its_trace_by_name():
    from ministack.core.lambda_runtime import ProvidedWorker

    parameters = list(inspect.signature(ProvidedWorker.invoke).parameters)
    assert parameters == ["self", "event", "request_id", "trace_id", "invoked_function_arn"]
    waits = inspect.signature(ProvidedWorker._drain_stderr_bounded).parameters
    assert list(waits) == ["self", "first_line_wait", "idle_confirm", "hard_cap"]


def test_the_operations_we_wrap_are_dispatched_by_the_table():
    from ministack.services import ecs
    from ministack.services.cloudformation import provisioners

    assert {"CreateService", "UpdateService", "DeleteService", "RunTask", "StopTask", "UpdateTaskProtection",
            "GetTaskProtection", "ListTaskDefinitions", "DeleteTaskDefinitions"} <= set(ecs._ACTION_MAP)
    for type_name in ("AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Events::EventBus", "AWS::Logs::LogGroup",
                      "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret"):
        assert callable(provisioners._RESOURCE_HANDLERS[type_name]["create"])


def test_hypercorn_lets_us_close_without_an_answer():
    from hypercorn.protocol.http_stream import HTTPStream

    assert list(inspect.signature(HTTPStream._send_error_response).parameters) == ["self", "status_code"]
