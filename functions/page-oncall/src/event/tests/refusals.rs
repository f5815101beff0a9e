//! What can never be read, and what is not for people.

use super::*;

#[test]
fn what_can_never_be_read_says_why() {
    let check = |body: &str, expected: &str| {
        let led = words(body);
        assert!(led.starts_with("refused: ") && led.contains(expected), "{led}");
    };
    check("", "not JSON");
    check("{", "not JSON");
    check("[]", "no EventBridge envelope");
    check(&" ".repeat(300_000), "300000 bytes");
    check(&example("answer-link-post"), "no EventBridge envelope");
    // Nobody confirms a subscription by this.
    check(r#"{"Type":"SubscriptionConfirmation","Message":"{}","Token":"t"}"#, "no EventBridge envelope");
    check(r#"{"caretaker":"look"}"#, "message of Caretaker cannot be read: missing field `desk`");
    check(r#"{"caretaker":"signal","signal":{"key":7}}"#, "message of Caretaker cannot be read");
    check(&event("caretaker.incidents", "incident-opened", json!({ "dedupKey": 7 })), "what Caretaker says cannot be read");
    let unbounded = json!({ "action": "silence", "environment": "dev", "silence": { "id": "s1", "matchers": {} } });
    check(&event("caretaker.tenants", "tenant-privileged", unbounded), "message of Caretaker cannot be read");
    // An alarm is looked up by its ARN: without one it is nobody's, and that somebody must see.
    let mut alarm: Value = serde_json::from_str(&example("alarm-metric-direct")).expect("JSON");
    alarm["alarmArn"] = json!("arn:aws:sns:us-east-1:123456789012:topic");
    check(&alarm.to_string(), "is no alarm's ARN");
    alarm.as_object_mut().expect("an object").remove("alarmArn");
    check(&alarm.to_string(), "the alarm cannot be read: the alarm has no ARN");
    check(&event("aws.cloudwatch", "CloudWatch Alarm State Change", json!({})), "the alarm cannot be read");
}

#[test]
fn what_is_not_for_people_is_left_alone_with_a_reason() {
    let check = |body: &str, expected: &str| {
        let led = words(body);
        assert!(led.starts_with("ignored: ") && led.contains(expected), "{led}");
    };
    // Whoever else may put events says so by the source, which nobody can put on who is not AWS.
    check(&event("acme.shop", "CloudWatch Alarm State Change", json!({ "alarmName": "x" })), "of \"acme.shop\"");
    check(&event("aws.ec2", "EC2 Instance State-change Notification", json!({})), "of \"aws.ec2\"");
    check(&event("aws.ecs", "ECS Task State Change", json!({})), "of \"aws.ecs\"");
    let notified = |message: &str| json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": message }).to_string();
    check(&notified("You have chosen to subscribe"), "\"arn:aws:sns:x\" is only text");
    check(&notified("{}"), "in a form that is known");
    let mut policy: Value = serde_json::from_str(&example("alarm-metric-sns")).expect("JSON");
    let mut message: Value = serde_json::from_str(policy["Message"].as_str().expect("a text")).expect("JSON");
    message["OKActions"] = json!([]);
    message["AlarmActions"] = json!(["arn:aws:autoscaling:us-east-1:1:scalingPolicy:x:resource/ecs/service/c/s:policyName/p"]);
    policy["Message"] = json!(message.to_string());
    check(&policy.to_string(), "its only actions are those of Auto Scaling");
}
