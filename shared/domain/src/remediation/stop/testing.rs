//! Details of events for tests, in the forms in which ECS and Step Functions send them.

use serde_json::{Map, Value, json};

use super::TaskStopped;

/// A stop on Fargate, as the local cloud and the documentation of ECS show one.
pub(crate) fn detail() -> Value {
    json!({
        "clusterArn": "arn:aws:ecs:eu-central-1:111122223333:cluster/mate-dev",
        "taskArn": "arn:aws:ecs:eu-central-1:111122223333:task/mate-dev/c13b4cb40f1f4fe4a2971f76ae5a47ad",
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:111122223333:task-definition/mate-acme-dev-web:12",
        "group": "service:mate-acme-dev-web", "startedBy": "ecs-svc/2222222222222222222", "version": 6,
        "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "cpu": "256", "memory": "512",
        "launchType": "FARGATE", "platformVersion": "1.4.0", "availabilityZone": "eu-central-1b", "connectivity": "CONNECTED",
        "createdAt": "2026-11-21T02:00:00.000Z", "startedAt": "2026-11-21T02:01:00.000Z",
        "stoppingAt": "2026-11-21T03:01:00.000Z", "stoppedAt": "2026-11-21T03:01:30.000Z",
        "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
        "attachments": [{"id": "1", "type": "eni", "status": "DELETED", "details": []}], "attributes": [],
        "overrides": {"containerOverrides": [{"name": "web"}]},
        "containers": [{"containerArn": "arn:aws:ecs:eu-central-1:111122223333:container/mate-dev/c13b/1", "name": "web",
            "lastStatus": "STOPPED", "image": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mate/web:dev-1", "exitCode": 1,
            "runtimeId": "c13b-1", "networkInterfaces": [], "cpu": "0"}],
    })
}

/// The detail, with `changes` laid over it; null takes a member away.
pub(crate) fn detail_with(changes: Value) -> Value {
    let mut detail = detail();
    for (name, value) in changes.as_object().into_iter().flatten() {
        detail[name] = value.clone();
    }
    detail
}

/// The stop that `changes` make of the detail.
pub(crate) fn stop(changes: Value) -> TaskStopped {
    TaskStopped::from_detail(&detail_with(changes)).expect("a stop")
}

/// As Step Functions sends it: members in PascalCase, milliseconds for moments.
pub(crate) fn pascal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.iter().map(|(name, value)| member(name, value)).collect::<Map<_, _>>()),
        Value::Array(values) => values.iter().map(pascal).collect(),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value) -> (String, Value) {
    let moment = |text: &str| text.parse::<jiff::Timestamp>().ok().filter(|_| name.ends_with("At"));
    let value = match value.as_str().and_then(moment) {
        Some(moment) => json!(moment.as_millisecond()),
        None => pascal(value),
    };
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase().to_string()).unwrap_or_default();
    (first + letters.as_str(), value)
}
