use proptest::prelude::*;
use serde_json::{Value, json};

use super::testing::{detail, detail_with, pascal, stop};
use super::*;

#[test]
fn a_stop_is_read_whole() {
    let stop = stop(json!({}));
    assert_eq!((stop.task.cluster(), stop.task.id()), (Some("mate-dev"), "c13b4cb40f1f4fe4a2971f76ae5a47ad"));
    assert_eq!((stop.service(), stop.deployment()), (Some("mate-acme-dev-web"), Some("ecs-svc/2222222222222222222")));
    let revision = stop.revision.as_ref().unwrap();
    assert_eq!((revision.family.as_str(), revision.number), ("mate-acme-dev-web", 12));
    assert_eq!((stop.cpu, stop.memory, stop.version), (Some(256), Some(512), 6));
    assert_eq!(stop.stop_code, Some(StopCode::EssentialContainerExited));
    assert_eq!((stop.containers[0].name.as_deref(), stop.containers[0].exit_code), (Some("web"), Some(1)));
    assert_eq!((stop.ran().unwrap().as_mins(), stop.drained().unwrap().as_secs()), (60, 30));
}

#[test]
fn the_form_of_step_functions_says_the_same() {
    assert_eq!(TaskStopped::from_detail(&pascal(&detail())), TaskStopped::from_detail(&detail()));
}

#[test]
fn what_a_stop_may_lack_or_say_otherwise_is_read_as_far_as_it_goes() {
    let check = |changes: Value, expected: fn(&TaskStopped) -> bool| {
        let stop = stop(changes.clone());
        assert!(expected(&stop), "{changes}: {stop:?}");
    };
    // Placement failed: there are no containers.
    check(json!({"containers": []}), |stop| stop.containers.is_empty());
    check(json!({"containers": null}), |stop| stop.containers.is_empty());
    // The container never started.
    check(json!({"containers": [{"name": "web", "lastStatus": "STOPPED"}]}), |stop| stop.containers[0].exit_code.is_none());
    check(json!({"containers": [7, {"exitCode": "137"}]}), |stop| stop.containers[0].exit_code == Some(137));
    // Sizes are text in events and may be numbers elsewhere.
    check(json!({"cpu": 1024, "memory": 2048.0}), |stop| (stop.cpu, stop.memory) == (Some(1024), Some(2048)));
    check(json!({"cpu": "a lot", "memory": -5}), |stop| (stop.cpu, stop.memory) == (None, None));
    // A task's ARN of before 2018 names no cluster.
    check(json!({"taskArn": "arn:aws:ecs:us-west-2:123456789012:task/f9b2-0"}), |stop| stop.task.cluster().is_none());
    check(json!({"stopCode": "HostWentFishing"}), |stop| stop.stop_code == Some(StopCode::Other("HostWentFishing".into())));
    check(json!({"stopCode": null, "stoppedReason": ""}), |stop| stop.stop_code.is_none() && stop.stopped_reason.is_none());
    check(json!({"group": "family:migrate", "startedBy": "caretaker"}), |stop| {
        stop.group == Group::Family("migrate".into()) && !stop.is_of_service()
    });
    check(json!({"group": "service:"}), |stop| stop.group == Group::Other("service:".into()) && stop.is_of_service());
    check(json!({"group": null}), |stop| stop.group == Group::Unknown);
    check(json!({"taskDefinitionArn": "mate-web:12"}), |stop| stop.revision.is_none());
    // Moments: UNIX seconds in DescribeTasks, and blanks in captured events.
    check(json!({"stoppedAt": 1_763_694_090.5}), |stop| stop.stopped_at.unwrap().as_millisecond() == 1_763_694_090_500);
    check(json!({"stoppedAt": "2026-11-21T03: 01: 30Z"}), |stop| stop.drained().unwrap().as_secs() == 30);
    check(json!({"stoppedAt": "soon"}), |stop| stop.stopped_at.is_none());
    check(json!({"startedAt": null}), |stop| stop.ran().is_none());
}

#[test]
fn what_is_no_stop_says_why() {
    let check = |changes: Value, expected: &str| {
        let error = TaskStopped::from_detail(&detail_with(changes)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error:?} does not say {expected:?}");
    };
    // ECS sends these earlier, with the stop code already in them.
    for status in ["RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"] {
        check(json!({"lastStatus": status}), &format!("is {status}, not STOPPED"));
    }
    check(json!({"lastStatus": null}), "no lastStatus");
    check(json!({"taskArn": null}), "no taskArn");
    check(json!({"taskArn": 5}), "no taskArn");
    check(json!({"taskArn": "arn:aws:ecs:eu-central-1:111122223333:service/mate-dev/web"}), "no task's ARN");
    check(json!({"clusterArn": null}), "no clusterArn");
    check(json!({"clusterArn": "mate-dev"}), "no cluster's ARN");
    check(json!({"clusterArn": "arn:aws:ecs:eu-central-1:111122223333:cluster/other"}), "not the cluster that the task's ARN names");
    check(json!({"version": null}), "no version");
    check(json!({"version": "new"}), "no version");
    check(json!({"version": -1}), "no version");
    check(json!({"containers": "web"}), "no list");
    for value in [json!(null), json!([]), json!("STOPPED")] {
        assert_eq!(TaskStopped::from_detail(&value), Err(NotAStop::NotAnObject));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "arn:aws:ecs:(:|/|[a-z]){0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{0,10}", inner, 0..4).prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_makes_the_reader_panic(value in any_json()) {
        prop_assert!(TaskStopped::from_detail(&value).is_err());
    }

    #[test]
    fn a_stop_with_one_member_changed_is_read_or_refused(index in any::<prop::sample::Index>(), value in any_json(), is_pascal: bool) {
        let mut detail = detail();
        let name = index.get(&detail.as_object().unwrap().keys().cloned().collect::<Vec<_>>()).clone();
        detail[&name] = value;
        let detail = if is_pascal { pascal(&detail) } else { detail };
        let needed = ["clusterArn", "taskArn", "lastStatus", "version", "containers"].contains(&name.as_str());
        prop_assert!(needed || TaskStopped::from_detail(&detail).is_ok(), "{}", name);
    }
}
