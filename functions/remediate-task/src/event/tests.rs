use super::*;

fn event(detail_type: &str, resources: Value, detail: Value) -> String {
    json!({ "id": "e", "source": "aws.ecs", "detail-type": detail_type, "account": "1", "region": "us-east-1",
        "time": "2026-11-21T02:00:40Z", "resources": resources, "detail": detail })
    .to_string()
}

fn ignored(body: &str) -> String {
    match read(body) {
        Ok(Message::Ignored(why)) => why,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn a_stop_is_read_out_of_every_wrapper_and_names_its_service() {
    let bare = include_str!("../../../../events/ecs-task-stopped.json");
    let notified = json!({ "Type": "Notification", "TopicArn": "t", "Message": bare }).to_string();
    for body in [bare, &notified] {
        let Ok(Message::Stopped(stop, arn)) = read(body) else { panic!("it is one: {body}") };
        assert_eq!((stop.version, arn.as_str()), (6, "arn:aws:ecs:us-east-1:000000000000:service/mate-dev/mate-demo-dev-celery"));
    }
    let mut one_off: Value = serde_json::from_str(bare).expect("JSON");
    one_off["detail"]["group"] = json!("family:mate-demo-dev-migrate");
    let Ok(Message::Stopped(_, arn)) = read(&one_off.to_string()) else { panic!("it is one") };
    assert_eq!(arn, "arn:aws:ecs:us-east-1:000000000000:task-definition/mate-demo-dev-celery:1");
    one_off["detail"]["lastStatus"] = json!("DEPROVISIONING");
    assert!(ignored(&one_off.to_string()).contains("DEPROVISIONING"));
}

#[test]
fn an_event_of_a_service_names_it_in_the_form_of_the_ledger() {
    let check = |resource: &str, detail: Value, expected: &str| {
        let body = event("ECS Deployment State Change", json!([resource]), detail);
        let Ok(Message::OfService(_, arn)) = read(&body) else { panic!("it is one: {body}") };
        assert_eq!(arn, expected);
    };
    let done = || json!({ "eventName": "SERVICE_DEPLOYMENT_COMPLETED", "deploymentId": "ecs-svc/1", "reason": "ECS deployment ecs-svc/1 completed." });
    let arn = "arn:aws:ecs:us-east-1:1:service/mate-dev/web";
    check(arn, done(), arn);
    let mut old = done();
    old["clusterArn"] = json!("arn:aws:ecs:us-east-1:1:cluster/mate-dev");
    check("arn:aws:ecs:us-east-1:1:service/web", old, arn);
    let capacity = event("ECS Service Action", json!(["arn:aws:ecs:us-east-1:1:capacity-provider/x"]), done());
    assert!(ignored(&capacity).contains("of no service"));
}

#[test]
fn what_happens_to_databases_caches_and_hosts_is_read() {
    let database = |id: &str| event("RDS DB Instance Event", json!([]), json!({ "EventID": id, "SourceArn": "arn:aws:rds:x" }));
    assert!(
        matches!(read(&database("RDS-EVENT-0013")), Ok(Message::Happened(Happening::DatabaseDown, arn, Some(_))) if arn == "arn:aws:rds:x")
    );
    assert!(ignored(&database("RDS-EVENT-0001")).contains("RDS-EVENT-0001"));
    let cache = |message: Value| {
        json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": message.to_string() }).to_string()
    };
    let arn = "arn:aws:elasticache:us-east-1:1:replicationgroup:mate-demo-dev";
    for message in
        [json!({ "ElastiCache:FailoverComplete": "mate-demo-dev-001" }), json!({ "ElastiCache:FailoverComplete": "mate-demo-dev" })]
    {
        let read = read(&cache(message));
        assert!(matches!(&read, Ok(Message::Happened(Happening::DatabaseUp, group, None)) if group == arn), "{read:?}");
    }
    assert!(ignored(&cache(json!({ "ElastiCache:SnapshotComplete": "x" }))).contains("nothing of tasks"));
    let health = |entity: &str| {
        let detail = json!({ "eventTypeCode": "AWS_ECS_TASK_PATCHING_RETIREMENT", "statusCode": "upcoming",
            "affectedEntities": [{ "entityValue": entity }] });
        event("AWS Health Event", json!([]), detail)
    };
    let read_health = read(&health("mate-dev|web"));
    assert!(
        matches!(&read_health, Ok(Message::Happened(Happening::Retirement, arn, _)) if arn == "arn:aws:ecs:us-east-1:1:service/mate-dev/web"),
        "{read_health:?}"
    );
    assert!(ignored(&health("i-1")).contains("no service"));
}

#[test]
fn orders_of_people_are_told_apart_and_those_of_others_left_to_them() {
    let order = |detail: Value| event("tenant-privileged", json!([]), detail);
    let demo = |more: Value| {
        let mut detail = json!({ "schema": 1, "tenant": "demo", "environment": "dev" });
        detail.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        order(detail)
    };
    let approve = read(&demo(json!({ "action": "approve", "proposal": "7", "digest": "d" })));
    assert!(matches!(&approve, Ok(Message::Approval(Approval { id, digest: Some(_), by, .. })) if id == "7" && by == "an operator"));
    let clear = read(&demo(json!({ "action": "clear-override", "override": "override#x" })));
    assert!(matches!(&clear, Ok(Message::Clear(owner, key)) if owner.to_string() == "tenant#dev#demo" && key == "override#x"));
    assert!(ignored(&demo(json!({ "action": "approve" }))).contains("lacks"));
    assert!(ignored(&demo(json!({ "action": "pause" }))).contains("none of remediation's"));
    assert!(read(&order(json!({ "action": "approve" }))).is_err());
}

#[test]
fn the_examples_of_people_s_orders_are_read() {
    for example in [include_str!("../../../../events/tenant-approve.json"), include_str!("../../../../events/tenant-clear-override.json")] {
        let read = read(example);
        assert!(matches!(read, Ok(Message::Approval(_) | Message::Clear(..))), "{read:?}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let check = |body: &str, expected: &str| {
        let error = runtime::start::chain(&read(body).expect_err("it is none"));
        assert!(error.contains(expected), "{error}");
    };
    check("{", "not JSON");
    check(&event("ECS Task State Change", json!([]), json!("x")), "no object");
    check(&event("ECS Task State Change", json!([]), json!({ "taskArn": 7 })), "taskArn");
    check(&event("ECS Service Action", json!(["arn:aws:ecs:us-east-1:1:service/c/web"]), json!({})), "eventName");
    check(r#"{"caretaker":"effect","owner":"x"}"#, "cannot be read");
    assert!(ignored(r#"{"caretaker":"something"}"#).contains("none of ours"));
    assert!(ignored(&event("CloudTrail", json!([]), json!({}))).contains("tells nothing"));
}
