//! What changes a service that stands.

use super::*;

#[test]
fn a_deployment_is_forced_once_however_the_reply_is_lost() {
    let force = || ForceDeployment { cluster: "mate-dev".into(), name: "web".into() };
    let sent = request(force(), ok(json!({"service": shown("ACTIVE", json!([]))})));
    let expected = json!({"cluster": "mate-dev", "service": "web", "forceNewDeployment": true});
    assert_eq!((sent.action.as_str(), sent.body), ("UpdateService", expected));
    assert_eq!(exchange(force(), &[crate::wire::Answer::Broken]).requests.len(), 1);
}

#[test]
fn an_update_sets_the_revision_and_settings_only_where_they_differ() {
    let update = UpdateService { cluster: "mate-dev".into(), name: "web".into(), task_definition: REVISION.into(), settings: None };
    let sent = request(update, ok(json!({"service": shown("ACTIVE", json!([]))})));
    assert_eq!(sent.body, json!({"cluster": "mate-dev", "service": "web", "taskDefinition": REVISION}));
    let (cluster, name) = ("mate-dev".into(), "web".into());
    let settings = Some(Service { target_group: None, minimum_percent: 0, maximum_percent: 100, ..desired() }.settings());
    let update = UpdateService { cluster, name, task_definition: REVISION.into(), settings };
    let sent = request(update, ok(json!({"service": shown("ACTIVE", json!([]))}))).body;
    assert_eq!(sent["deploymentConfiguration"]["minimumHealthyPercent"], 0);
    assert_eq!((&sent["loadBalancers"], &sent["healthCheckGracePeriodSeconds"]), (&json!([]), &Value::Null));
}

#[test]
fn a_count_is_all_that_is_sent_where_only_that_is_to_change() {
    let set = SetDesiredCount { cluster: "mate-dev".into(), name: "web".into(), count: 7 };
    let sent = request(set, ok(json!({"service": shown("ACTIVE", json!([]))})));
    assert_eq!((sent.action.as_str(), sent.body), ("UpdateService", json!({"cluster": "mate-dev", "service": "web", "desiredCount": 7})));
}

#[test]
fn a_service_goes_with_its_tasks_and_a_revision_by_its_arn() {
    let delete = DeleteService { cluster: "mate-dev".into(), name: "web".into() };
    let exchange = exchange(delete, &[ok(json!({"service": shown("DRAINING", json!([]))}))]);
    assert_eq!(exchange.requests[0].body, json!({"cluster": "mate-dev", "service": "web", "force": true}));
    assert_eq!(exchange.reply().seen.life, ServiceLife::Draining);
    let gone = request(DeregisterTaskDefinition { arn: REVISION.into() }, ok(json!({})));
    assert_eq!((gone.action.as_str(), gone.body), ("DeregisterTaskDefinition", json!({"taskDefinition": REVISION})));
    let tagged = request(TagService { arn: ARN.into(), tags: tags(&[("a", "b")]) }, ok(json!({})));
    assert_eq!(tagged.body, json!({"resourceArn": ARN, "tags": [{"key": "a", "value": "b"}]}));
}
