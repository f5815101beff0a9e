use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::Rule;
use domain::ports::{DeleteRule, DescribeRule, ListRuleTags, ListTargetsByRule, PutRule, PutTarget, RemoveTargets, TagRule};
use serde_json::{Value, json};

use crate::wire::{exchange, ok, refusal, request, tags};

const ARN: &str = "arn:aws:events:us-east-1:1:rule/sampler";

fn rule() -> Rule {
    Rule { schedule: "rate(1 minute)".into(), function: "arn:aws:lambda:us-east-1:1:function:sampler".into() }
}

fn name() -> String {
    "sampler".into()
}

fn shown(state: &str) -> Value {
    json!({"Name": "sampler", "Arn": ARN, "ScheduleExpression": "rate(1 minute)", "State": state, "EventBusName": "default"})
}

#[test]
fn a_rule_is_put_enabled_with_its_tags() {
    let put = PutRule { name: name(), schedule: rule().schedule, tags: tags(&[("a", "b")]) };
    let sent = exchange(put.clone(), &[ok(json!({"RuleArn": ARN}))]);
    let tags = json!([{"Key": "a", "Value": "b"}]);
    let expected = json!({"Name": "sampler", "ScheduleExpression": "rate(1 minute)", "State": "ENABLED", "Tags": tags});
    assert_eq!((sent.requests[0].action.as_str(), &sent.requests[0].body), ("PutRule", &expected));
    assert_eq!(sent.reply(), ARN);
    let refused = exchange(put, &[refusal(400, "ValidationException", "Parameter ScheduleExpression is not valid.")]);
    assert_eq!(refused.cause(), Cause::InvalidRequest);
}

#[test]
fn a_rule_that_is_switched_off_is_told_as_such() {
    let schedule = |state: &str| {
        let found = exchange(DescribeRule { name: name() }, &[ok(shown(state))]).reply().expect("it stands");
        assert_eq!(found.arn, ARN);
        match found.detail {
            Detail::EventRule(seen) => seen.properties.schedule,
            other => panic!("{other:?} is no rule"),
        }
    };
    assert_eq!([schedule("ENABLED"), schedule("DISABLED")], ["rate(1 minute)", "rate(1 minute) (disabled)"]);
    let gone = refusal(400, "ResourceNotFoundException", "Rule sampler does not exist on EventBus default.");
    assert_eq!(exchange(DescribeRule { name: name() }, &[gone]).reply(), None);
}

#[test]
fn a_target_has_its_retry_policy_and_comes_back_as_it_was_put() {
    let target = json!({"Id": "function", "Arn": rule().function,
        "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}});
    let sent = request(PutTarget { name: name(), target: rule().target() }, ok(json!({"FailedEntryCount": 0, "FailedEntries": []})));
    assert_eq!((sent.action.as_str(), sent.body), ("PutTargets", json!({"Rule": "sampler", "Targets": [target]})));
    let listed = exchange(ListTargetsByRule { name: name() }, &[ok(json!({"Targets": [target]}))]).reply();
    assert_eq!((listed.as_slice(), Rule::function_of(&listed)), ([rule().target()].as_slice(), rule().function));
    let bare = exchange(ListTargetsByRule { name: name() }, &[ok(json!({"Targets": [{"Id": "function", "Arn": rule().function}]}))]);
    assert_eq!(bare.reply()[0].retries, None);
}

#[test]
fn a_target_that_failed_within_a_success_is_a_failure() {
    let failed = |code: &str| {
        let entry = json!({"TargetId": "function", "ErrorCode": code, "ErrorMessage": "no"});
        let reply = ok(json!({"FailedEntryCount": 1, "FailedEntries": [entry]}));
        let put = exchange(PutTarget { name: name(), target: rule().target() }, std::slice::from_ref(&reply)).cause();
        (put, exchange(RemoveTargets { name: name(), ids: vec!["function".into()] }, &[reply]).cause())
    };
    assert_eq!(failed("ConcurrentModificationException"), (Cause::InvalidState, Cause::InvalidState));
    assert_eq!(failed("LimitExceededException"), (Cause::Quota, Cause::Quota));
}

#[test]
fn a_rule_goes_after_its_targets_and_has_its_tags_elsewhere() {
    let sent = request(RemoveTargets { name: name(), ids: vec!["function".into()] }, ok(json!({"FailedEntryCount": 0})));
    assert_eq!(sent.body, json!({"Rule": "sampler", "Ids": ["function"]}));
    let kept = exchange(DeleteRule { name: name() }, &[refusal(400, "ValidationException", "Rule can't be deleted since it has targets.")]);
    assert_eq!(kept.cause(), Cause::InvalidState);
    assert_eq!(request(DeleteRule { name: name() }, ok(json!({}))).body, json!({"Name": "sampler"}));
    let listed = exchange(ListRuleTags { arn: ARN.into() }, &[ok(json!({"Tags": [{"Key": "a", "Value": "b"}]}))]);
    assert_eq!(listed.reply(), tags(&[("a", "b")]));
    let sent = request(TagRule { arn: ARN.into(), tags: tags(&[("a", "b")]) }, ok(json!({})));
    assert_eq!(sent.body, json!({"ResourceARN": ARN, "Tags": [{"Key": "a", "Value": "b"}]}));
}
