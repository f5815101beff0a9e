//! What rules, schedules, queues, bus and ledger must have.

use serde_json::{Value, json};

use crate::functions::{is_queue, watched};
use crate::read::{Template, list, target};
use crate::rules::Violations;

const EVENTBRIDGE: &str = "events.amazonaws.com";
const SNS: &str = "sns.amazonaws.com";

pub(crate) fn targets_retry_and_keep_what_fails(template: &Template, found: &mut Violations) {
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        found.unless(list(&rule["Targets"]).next().is_some(), id, "it has no target");
        for each in list(&rule["Targets"]) {
            found.unless(retries(template, each), id, "a target has no retry policy or no dead-letter queue");
        }
    }
    for (id, schedule) in schedules(template) {
        found.unless(retries(template, schedule), id, "its schedule has no retry policy or no dead-letter queue");
    }
    for (id, subscription) in subscriptions(template) {
        let keeps = undelivered(subscription).is_some_and(|queue| is_queue(template, queue));
        found.unless(keeps, id, "what it cannot deliver is lost");
    }
}

pub(crate) fn aws_events_only_on_the_default_bus(template: &Template, found: &mut Violations) {
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        let sources: Vec<_> = list(&rule["EventPattern"]["source"]).collect();
        let from_aws = |s: &&Value| s.as_str().is_some_and(|s| s.starts_with("aws."));
        let all_of_aws = sources.iter().all(from_aws) && rule["EventBusName"] == "default";
        let all_of_ours = !sources.iter().any(from_aws) && target(&rule["EventBusName"]) == Some("Bus");
        found.unless(!sources.is_empty() && (all_of_aws || all_of_ours), id, "its events never reach its bus");
    }
}

pub(crate) fn answers_never_come_back(template: &Template, found: &mut Violations) {
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        // Every pattern names its sources in full; a content filter could let an answer through.
        let named =
            list(&rule["EventPattern"]["source"]).all(|s| s.is_string() && s != "caretaker.answers" || s["Ref"] == "SbtEventSource");
        let for_people =
            list(&rule["EventPattern"]["source"]).all(Value::is_string) && list(&rule["Targets"]).all(|to| is_silent(template, to));
        found.unless(named || for_people, id, "an answer may match it");
    }
}

/// Whether what a rule's target feeds puts nothing on any bus.
fn is_silent(template: &Template, to: &Value) -> bool {
    let fed = template.functions().filter(|(_, function)| {
        let events = function["Events"].as_object().into_iter().flatten();
        events.map(|(_, event)| target(&event["Properties"]["Queue"])).any(|queue| queue.is_some() && queue == target(&to["Arn"]))
    });
    let puts = |statement: &Value| list(&statement["Action"]).any(|action| action == "events:PutEvents");
    let fed: Vec<_> = fed.collect();
    !fed.is_empty() && fed.iter().all(|(_, function)| !template.statements_of(function).into_iter().any(puts))
}

pub(crate) fn queues_admit_exactly_their_rules(template: &Template, found: &mut Violations) {
    for (id, rule) in template.of_type("AWS::Events::Rule") {
        for each in list(&rule["Targets"]) {
            for queue in [&each["Arn"], &each["DeadLetterConfig"]["Arn"]].into_iter().filter_map(target) {
                found.unless(admits(template, queue, EVENTBRIDGE, id), id, &format!("{queue} refuses its events"));
            }
        }
    }
    for (id, subscription) in subscriptions(template) {
        let topic = target(&subscription["TopicArn"]).unwrap_or_default();
        for queue in target(&subscription["Endpoint"]).into_iter().chain(undelivered(subscription)) {
            found.unless(admits(template, queue, SNS, topic), id, &format!("{queue} refuses its notifications"));
        }
    }
    for (id, policy) in template.of_type("AWS::SQS::QueuePolicy") {
        for statement in list(&policy["PolicyDocument"]["Statement"]) {
            let exact = sources(statement).all(|source| target(source).is_some_and(|of| is_sent_by(template, of, statement)));
            found.unless(exact, id, "it admits more than rules and topics by their ARN");
        }
    }
}

fn list_of(object: &Value) -> impl Iterator<Item = &Value> {
    object.as_object().into_iter().flat_map(|object| object.values())
}

/// ElastiCache publishes to no encrypted topic, and as the topic's owner alone.
pub(crate) fn caches_can_tell(template: &Template, found: &mut Violations) {
    for (id, function) in template.functions() {
        let Some(topic) = target(&function["Environment"]["Variables"]["CACHE_EVENTS_TOPIC"]) else { continue };
        found.unless(template.properties(topic)["KmsMasterKeyId"].is_null(), topic, "ElastiCache publishes to no encrypted topic");
        let policies = template.of_type("AWS::SNS::TopicPolicy").filter(|(_, p)| list(&p["Topics"]).any(|t| target(t) == Some(topic)));
        let mut statements = policies.flat_map(|(_, policy)| list(&policy["PolicyDocument"]["Statement"]));
        let by_owner = json!({ "StringEquals": { "aws:SourceOwner": { "Ref": "AWS::AccountId" } } });
        found.unless(statements.any(|s| s["Action"] == "sns:Publish" && s["Condition"] == by_owner), topic, "ElastiCache may not publish");
        let own = |s: &Value| list_of(&function["Events"]).any(|event| target(&event["Properties"]["Queue"]) == target(&s["Endpoint"]));
        let tells = |s: &Value| target(&s["TopicArn"]) == Some(topic) && s["RawMessageDelivery"].is_null();
        let heard = subscriptions(template).any(|(_, s)| tells(s) && own(s));
        found.unless(heard, id, "it does not hear what its caches tell");
    }
}

pub(crate) fn queues_are_encrypted_by_sqs(template: &Template, found: &mut Violations) {
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        // A KMS key without a grant for EventBridge stops delivery silently.
        let by_sqs = queue["SqsManagedSseEnabled"] == true && queue["KmsMasterKeyId"].is_null();
        found.unless(by_sqs, id, "it is not encrypted with SQS's own key");
    }
}

pub(crate) fn dead_letters_raise_an_alarm(template: &Template, found: &mut Violations) {
    let metric = "ApproximateNumberOfMessagesVisible";
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        let is_last = queue["RedrivePolicy"].is_null();
        found.unless(!is_last || watched(template, "AWS/SQS", metric, id), id, "nobody is told of its messages");
    }
    let aged = watched(template, "AWS/SQS", "ApproximateAgeOfOldestMessage", "TenantQueue");
    found.unless(aged, "TenantQueue", "nobody is told of its age");
}

pub(crate) fn only_operators_send_tenant_privileged(template: &Template, found: &mut Violations) {
    let denied = list(&template.properties("Bus")["Policy"]["Statement"]).any(|statement| {
        statement["Effect"] == "Deny"
            && statement["Principal"] == "*"
            && list(&statement["Action"]).any(|a| a == "events:PutEvents")
            && statement["Condition"]["StringEquals"] == json!({ "events:detail-type": "tenant-privileged" })
            && !statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"].is_null()
    });
    found.unless(denied, "Bus", "anybody may send tenant-privileged");
}

pub(crate) fn ledger_outlives_the_stack(template: &Template, found: &mut Violations) {
    let resource = &template.0["Resources"]["Ledger"];
    let ledger = &resource["Properties"];
    let kept = resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain";
    let restorable = ledger["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true;
    found.unless(kept && restorable, "Ledger", "a deploy or a mistake can empty it");
}

fn retries(template: &Template, target_or_schedule: &Value) -> bool {
    let policy = &target_or_schedule["RetryPolicy"];
    policy["MaximumEventAgeInSeconds"].as_u64().is_some_and(|s| s >= 60)
        && policy["MaximumRetryAttempts"].as_u64().is_some_and(|n| n > 0)
        && target(&target_or_schedule["DeadLetterConfig"]["Arn"]).is_some_and(|q| is_queue(template, q))
}

fn schedules(template: &Template) -> impl Iterator<Item = (&str, &Value)> {
    template.functions().flat_map(|(id, function)| {
        let events = function["Events"].as_object().into_iter().flatten();
        events.filter(|(_, e)| e["Type"] == "ScheduleV2").map(move |(_, e)| (id, &e["Properties"]))
    })
}

/// Subscriptions of queues.
fn subscriptions(template: &Template) -> impl Iterator<Item = (&str, &Value)> {
    template.of_type("AWS::SNS::Subscription").filter(|(_, subscription)| subscription["Protocol"] == "sqs")
}

/// Where a subscription leaves what its endpoint does not take.
fn undelivered(subscription: &Value) -> Option<&str> {
    target(&subscription["RedrivePolicy"]["deadLetterTargetArn"])
}

/// Whether what `of` sends, a rule, the bus or a topic, is sent by the service that the statement admits.
fn is_sent_by(template: &Template, of: &str, statement: &Value) -> bool {
    let is_topic = template.0["Resources"][of]["Type"] == "AWS::SNS::Topic";
    let by_events = !template.properties(of)["EventPattern"].is_null() || of == "Bus";
    let service = &statement["Principal"]["Service"];
    (is_topic && service == SNS) || (by_events && service == EVENTBRIDGE)
}

/// Whether the queue's policy lets the service send for this rule or topic, by its exact ARN.
fn admits(template: &Template, queue: &str, service: &str, rule: &str) -> bool {
    let policies = template.of_type("AWS::SQS::QueuePolicy");
    let of_queue = policies.filter(|(_, p)| list(&p["Queues"]).any(|q| target(q) == Some(queue)));
    of_queue.flat_map(|(_, p)| list(&p["PolicyDocument"]["Statement"])).any(|statement| {
        statement["Principal"]["Service"] == service
            && statement["Action"] == "sqs:SendMessage"
            && target(&statement["Resource"]) == Some(queue)
            && sources(statement).any(|s| target(s) == Some(rule))
    })
}

/// The ARNs that a statement of a queue's policy admits; null if it admits any.
fn sources(statement: &Value) -> impl Iterator<Item = &Value> {
    let arns = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
    list(arns).chain(arns.is_null().then_some(arns))
}
