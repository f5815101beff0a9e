use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::scaling::{Metric, Policy, ScalableTarget};
use domain::ports::{
    DeleteScalingPolicy, DeregisterScalableTarget, DescribeBounds, DescribeScalableTarget, DescribeScalingPolicies, ListTargetTags,
    PutScalingPolicy, RegisterScalableTarget, SuspendScaling, TagScalableTarget,
};
use domain::scaling::limits::Suspended;
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, ok, refusal, request, tags};

const ARN: &str = "arn:aws:application-autoscaling:us-east-1:1:scalable-target/0ec5";

fn place() -> Value {
    json!({"ServiceNamespace": "ecs", "ResourceId": "service/mate-dev/web", "ScalableDimension": "ecs:service:DesiredCount"})
}

fn and(more: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (place(), more) else { panic!("both are objects") };
    all.extend(more);
    all.into()
}

fn register(pairs: &[(&str, &str)]) -> RegisterScalableTarget {
    let desired = ScalableTarget { cluster: "mate-dev".into(), service: "web".into(), min: 1, max: 4, policies: [].into() };
    RegisterScalableTarget { desired, tags: tags(pairs) }
}

fn policy() -> Policy {
    Policy {
        metric: Metric::Requests,
        target: 1000.0.try_into().expect("positive"),
        resource_label: Some("app/a/1/targetgroup/b/2".into()),
        out_cooldown_seconds: 60,
        in_cooldown_seconds: 300,
    }
}

fn configuration() -> Value {
    json!({
        "TargetValue": 1000.0, "ScaleOutCooldown": 60, "ScaleInCooldown": 300,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "app/a/1/targetgroup/b/2"},
    })
}

#[test]
fn a_registration_never_says_what_is_suspended() {
    let reply = || ok(json!({"ScalableTargetARN": ARN}));
    let new = request(register(&[("a", "b")]), reply());
    let expected = and(json!({"MinCapacity": 1, "MaxCapacity": 4, "Tags": {"a": "b"}}));
    assert_eq!((new.action.as_str(), new.body), ("RegisterScalableTarget", expected));
    assert_eq!(request(register(&[]), reply()).body, and(json!({"MinCapacity": 1, "MaxCapacity": 4})));
}

#[test]
fn a_registration_with_tags_is_sent_once_and_one_without_again() {
    let sent = |pairs| exchange(register(pairs), &[Answer::Broken]).requests.len();
    assert_eq!(sent(&[("a", "b")]), 1, "AWS refuses the repeat, and the next pass looks first");
    assert!(sent(&[]) > 1);
}

#[test]
fn what_is_suspended_is_said_without_bounds() {
    let suspend = SuspendScaling { cluster: "mate-dev".into(), service: "web".into(), suspended: true };
    let sent = request(suspend, ok(json!({"ScalableTargetARN": ARN})));
    let all = json!({"DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": true, "ScheduledScalingSuspended": true});
    assert_eq!((sent.action.as_str(), sent.body), ("RegisterScalableTarget", and(json!({"SuspendedState": all}))));
}

#[test]
fn a_target_is_seen_with_its_bounds() {
    let target = and(json!({"MinCapacity": 1, "MaxCapacity": 4, "RoleARN": "r", "CreationTime": 1.5, "ScalableTargetARN": ARN}));
    let describe = || DescribeScalableTarget { cluster: "mate-dev".into(), service: "web".into() };
    let seen = exchange(describe(), &[ok(json!({"ScalableTargets": [target]}))]);
    let expected =
        json!({"ServiceNamespace": "ecs", "ResourceIds": ["service/mate-dev/web"], "ScalableDimension": "ecs:service:DesiredCount"});
    assert_eq!(seen.requests[0].body, expected);
    let seen = seen.reply().expect("it is there");
    assert!(matches!(&seen.detail, Detail::ScalableTarget(shown) if shown.properties == register(&[]).desired && shown.id == ARN));
    assert_eq!(exchange(describe(), &[ok(json!({"ScalableTargets": []}))]).reply(), None);
}

#[test]
fn bounds_come_with_what_is_suspended_part_by_part() {
    let describe = || DescribeBounds { cluster: "mate-dev".into(), service: "web".into() };
    let check = |state: Value, expected: Suspended| {
        let mut target = and(json!({"MinCapacity": 1, "MaxCapacity": 4, "RoleARN": "r", "CreationTime": 0}));
        target["SuspendedState"] = state;
        let seen = exchange(describe(), &[ok(json!({"ScalableTargets": [target]}))]).reply().expect("it is there");
        assert_eq!((seen.bounds.min, seen.bounds.max, seen.suspended), (1, 4, expected));
    };
    check(json!(null), Suspended::default());
    check(json!({"DynamicScalingOutSuspended": true}), Suspended { out: true, ..Suspended::default() });
    let all = json!({"DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": true, "ScheduledScalingSuspended": true});
    check(all, Suspended::ALL);
    assert_eq!(exchange(describe(), &[ok(json!({"ScalableTargets": []}))]).reply(), None);
}

#[test]
fn a_policy_is_written_as_it_is_read_and_other_sorts_are_passed_over() {
    let put = PutScalingPolicy { cluster: "mate-dev".into(), service: "web".into(), name: "web-load".into(), policy: policy() };
    let sent = request(put, ok(json!({"PolicyARN": "p"})));
    let expected = json!({
        "PolicyName": "web-load", "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration(),
    });
    assert_eq!(sent.body, and(expected));
    let known = |name: &str, more: Value| {
        let Value::Object(more) = more else { panic!("an object") };
        let mut one = and(json!({"PolicyARN": "p", "PolicyName": name, "PolicyType": "TargetTrackingScaling", "CreationTime": 1.5}));
        one.as_object_mut().expect("an object").extend(more);
        one
    };
    let pages = [
        ok(
            json!({"ScalingPolicies": [known("web-load", json!({"TargetTrackingScalingPolicyConfiguration": configuration()}))], "NextToken": "1"}),
        ),
        ok(json!({"ScalingPolicies": [known("by-hand", json!({"PolicyType": "StepScaling"}))]})),
    ];
    let seen = exchange(DescribeScalingPolicies { cluster: "mate-dev".into(), service: "web".into() }, &pages);
    assert_eq!(seen.requests[1].body["NextToken"], "1");
    assert_eq!(seen.reply(), [("web-load".to_owned(), policy())].into());
}

#[test]
fn what_goes_is_named_whole() {
    let delete = DeleteScalingPolicy { cluster: "mate-dev".into(), service: "web".into(), name: "web-load".into() };
    assert_eq!(request(delete, ok(json!({}))).body, and(json!({"PolicyName": "web-load"})));
    let gone = request(DeregisterScalableTarget { cluster: "mate-dev".into(), service: "web".into() }, ok(json!({})));
    assert_eq!((gone.action.as_str(), gone.body), ("DeregisterScalableTarget", place()));
    let tagged = request(TagScalableTarget { arn: ARN.into(), tags: tags(&[("a", "b")]) }, ok(json!({})));
    assert_eq!(tagged.body, json!({"ResourceARN": ARN, "Tags": {"a": "b"}}));
    assert_eq!(exchange(ListTargetTags { arn: ARN.into() }, &[ok(json!({"Tags": {"a": "b"}}))]).reply(), tags(&[("a", "b")]));
}

#[test]
fn the_refusals_of_application_auto_scaling_are_told_apart() {
    let check = |code: &str, message: &str, expected| {
        assert_eq!(exchange(register(&[("a", "b")]), &[refusal(400, code, message)]).cause(), expected, "{code} {message}");
    };
    check("ValidationException", "ECS service doesn't exist: service/mate-dev/web", Cause::InvalidState);
    check("ValidationException", "The scalable target that you tried to tag already exists. To update tags …", Cause::AlreadyExists);
    check("ValidationException", "Maximum capacity cannot be less than minimum capacity", Cause::InvalidRequest);
    check("ObjectNotFoundException", "No scalable target registered for service namespace: ecs, …", Cause::NotFound);
    check("ConcurrentUpdateException", "", Cause::InvalidState);
    check("LimitExceededException", "", Cause::Quota);
}
