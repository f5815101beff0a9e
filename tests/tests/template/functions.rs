//! What each function must have.

use serde_json::Value;

use crate::read::{Template, list, target};
use crate::rules::Violations;

/// How many time-outs a visibility time-out must outlast (AWS's advice for SQS mappings).
const VISIBILITY_FACTOR: u64 = 6;

/// maxReceiveCount of every work queue (DESIGN: wrappers).
const MAX_RECEIVE_COUNT: u64 = 5;

pub(crate) fn failed_runs_are_kept(template: &Template, found: &mut Violations) {
    for (id, function) in template.functions().filter(|(_, function)| !answers_alone(function)) {
        let queue = &function["DeadLetterQueue"]["TargetArn"];
        let destination = &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"];
        let kept = [queue, destination].into_iter().filter_map(target).any(|q| is_queue(template, q));
        found.unless(kept, id, "what failed asynchronously goes to no queue");
    }
}

/// Whoever calls by its URL waits for the answer, and sees what fails.
fn answers_alone(function: &Value) -> bool {
    !function["FunctionUrlConfig"].is_null() && function["Events"].is_null()
}

pub(crate) fn visibility_outlasts_six_runs(template: &Template, found: &mut Violations) {
    for (id, function, event) in sqs_events(template) {
        let visibility = feeding_queue(template, event)["VisibilityTimeout"].as_u64();
        let timeout = function["Timeout"].as_u64();
        let outlasts = timeout.zip(visibility).is_some_and(|(t, v)| v >= VISIBILITY_FACTOR * t);
        found.unless(outlasts, id, "its queue shows a message again while it may still be worked on");
    }
}

pub(crate) fn hopeless_records_end_in_a_dead_letter_queue(template: &Template, found: &mut Violations) {
    for (id, _, event) in sqs_events(template) {
        let redrive = &feeding_queue(template, event)["RedrivePolicy"];
        let ends = target(&redrive["deadLetterTargetArn"]).is_some_and(|q| is_queue(template, q));
        found.unless(ends && redrive["maxReceiveCount"] == MAX_RECEIVE_COUNT, id, "its queue has no redrive policy");
    }
}

pub(crate) fn records_fail_one_by_one(template: &Template, found: &mut Violations) {
    for (id, _, event) in sqs_events(template) {
        let partial = list(&event["FunctionResponseTypes"]).any(|t| t == "ReportBatchItemFailures");
        found.unless(partial, id, "one bad record fails its whole batch");
    }
}

pub(crate) fn concurrency_is_bounded(template: &Template, found: &mut Violations) {
    for (id, _, event) in sqs_events(template) {
        let limit = &event["ScalingConfig"]["MaximumConcurrency"];
        let parameter = limit["Ref"].as_str().map(|p| &template.0["Parameters"][p]["MinValue"]);
        let least = parameter.unwrap_or(limit).as_u64();
        found.unless(least.is_some_and(|l| l >= 2), id, "its mapping's concurrency has no bound of 2 or more");
    }
}

pub(crate) fn whoever_feeds_itself_may_recur(template: &Template, found: &mut Violations) {
    for (id, function, event) in sqs_events(template) {
        let queue = target(&event["Queue"]);
        let sends = template.statements_of(function).into_iter().any(|statement| {
            list(&statement["Action"]).any(|a| a == "sqs:SendMessage") && list(&statement["Resource"]).any(|r| target(r) == queue)
        });
        let allowed = function["RecursiveLoop"] == "Allow";
        found.unless(!sends || allowed, id, "AWS ends its chain of wake-ups after 16 hops");
    }
}

pub(crate) fn logs_are_its_own_and_end(template: &Template, found: &mut Violations) {
    for (id, function) in template.functions() {
        let group = target(&function["LoggingConfig"]["LogGroup"]).map(|g| &template.0["Resources"][g]);
        let ends = group.is_some_and(|g| g["Type"] == "AWS::Logs::LogGroup" && !g["Properties"]["RetentionInDays"].is_null());
        found.unless(ends, id, "it has no log group of its own with a retention");
    }
}

pub(crate) fn runs_as_its_own_role(template: &Template, found: &mut Violations) {
    for (id, function) in template.functions() {
        let own = target(&function["Role"]) == Some(format!("{id}Role").as_str());
        let bare = function["Policies"].is_null() && !template.statements_of(function).is_empty();
        found.unless(own && bare, id, "SAM would attach AWS's managed policies, which allow more");
    }
}

pub(crate) fn endpoint_is_for_the_local_cloud_alone(template: &Template, found: &mut Violations) {
    let everywhere = &template.0["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"]["Fn::If"];
    let by_condition = everywhere[0] == "IsLocal" && everywhere[2]["Ref"] == "AWS::NoValue";
    found.unless(by_condition, "Globals", "AWS_ENDPOINT_URL is set on AWS");
}

pub(crate) fn log_level_is_set_where_it_is_read(template: &Template, found: &mut Violations) {
    // The runtime reads this variable, or AWS_LAMBDA_LOG_LEVEL, a name that only AWS may set.
    let everywhere = &template.0["Globals"]["Function"]["Environment"]["Variables"]["RUST_LOG"];
    found.unless(everywhere["Ref"] == "LogLevel", "Globals", "the parameter LogLevel has no effect");
}

pub(crate) fn failures_raise_an_alarm(template: &Template, found: &mut Violations) {
    for (id, _) in template.functions() {
        for metric in ["Errors", "Throttles"] {
            found.unless(watched(template, "AWS/Lambda", metric, id), id, &format!("no alarm on its {metric}"));
        }
    }
}

/// Whether an alarm on this metric of this resource tells somebody.
pub(crate) fn watched(template: &Template, namespace: &str, metric: &str, id: &str) -> bool {
    template.of_type("AWS::CloudWatch::Alarm").any(|(_, alarm)| {
        alarm["Namespace"] == namespace
            && alarm["MetricName"] == metric
            && list(&alarm["Dimensions"]).any(|d| target(&d["Value"]) == Some(id))
            && list(&alarm["AlarmActions"]).any(|a| target(a) == Some("OperatorTopic"))
    })
}

/// Function, its properties, and the properties of each SQS event that feeds it.
fn sqs_events(template: &Template) -> impl Iterator<Item = (&str, &Value, &Value)> {
    template.functions().flat_map(|(id, function)| {
        let events = function["Events"].as_object().into_iter().flatten();
        events.filter(|(_, e)| e["Type"] == "SQS").map(move |(_, e)| (id, function, &e["Properties"]))
    })
}

fn feeding_queue<'a>(template: &'a Template, event: &Value) -> &'a Value {
    template.properties(target(&event["Queue"]).unwrap_or_default())
}

pub(crate) fn is_queue(template: &Template, id: &str) -> bool {
    template.0["Resources"][id]["Type"] == "AWS::SQS::Queue"
}
