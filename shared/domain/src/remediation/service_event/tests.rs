use proptest::prelude::*;
use serde_json::json;

use super::super::text::Words;
use super::*;

fn event(name: &str, reason: Option<&str>, resource: &str, changes: Value) -> Value {
    let mut event = json!({"version": "0", "id": "1", "detail-type": "ECS Service Action", "source": "aws.ecs", "account": "111122223333",
        "time": "2026-11-21T02:00:00Z", "region": "us-east-1", "resources": [resource],
        "detail": {"eventType": "INFO", "eventName": name, "createdAt": "2026-11-08T02:00:00Z"}});
    event["detail"]["reason"] = json!(reason);
    for (name, value) in changes.as_object().into_iter().flatten() {
        event["detail"][name] = value.clone();
    }
    event
}

const WEB: &str = "arn:aws:ecs:us-east-1:111122223333:service/mate-dev/mate-acme-dev-web";

fn named(name: &str, reason: Option<&str>) -> Meaning {
    ServiceEvent::from_event(&event(name, reason, WEB, json!({"deploymentId": "ecs-svc/1"}))).expect("of a service").meaning
}

#[test]
fn an_event_names_its_service_in_its_envelope() {
    let check = |resource: &str, changes: Value, expected: (Option<&str>, &str)| {
        let found = ServiceEvent::from_event(&event("SERVICE_STEADY_STATE", None, resource, changes)).unwrap();
        assert_eq!((found.cluster.as_deref(), found.service.as_str()), expected);
        // By the bus' time, not by createdAt.
        assert_eq!(found.at.unwrap().to_string(), "2026-11-21T02:00:00Z");
    };
    let cluster = json!({"clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/mate-dev"});
    check(WEB, json!({}), (Some("mate-dev"), "mate-acme-dev-web"));
    // The ARN of before 2018.
    let old = "arn:aws:ecs:us-east-1:111122223333:service/web";
    check(old, cluster, (Some("mate-dev"), "web"));
    check(old, json!({}), (None, "web"));
}

#[test]
fn events_of_nobodys_service_say_why() {
    let check = |event: Value, expected: NotOfAService| assert_eq!(ServiceEvent::from_event(&event), Err(expected));
    check(json!(7), NotOfAService::NotAnEvent);
    check(json!({"resources": [WEB]}), NotOfAService::NotAnEvent);
    check(event("CAPACITY_PROVIDER_STEADY_STATE", None, "arn:aws:ecs:us-east-1:1:cluster/mate-dev", json!({})), NotOfAService::NoService);
    check(event("X", None, WEB, json!({"eventName": null})), NotOfAService::NoName("mate-acme-dev-web".into()));
}

#[test]
fn events_mean_what_their_name_and_reason_say() {
    let check = |name: &str, reason: Option<&str>, expected: Meaning| assert_eq!(named(name, reason), expected, "{name} {reason:?}");
    let first = || Some("ecs-svc/1".to_owned());
    check("SERVICE_STEADY_STATE", None, Meaning::Steady);
    check("TASKSET_STEADY_STATE", None, Meaning::Steady);
    check("SERVICE_DESIRED_COUNT_UPDATED", None, Meaning::Progress);
    check("SERVICE_TASK_START_IMPAIRED", None, Meaning::StartImpaired);
    check("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", None, Meaning::Unhealthy { cause: Cause::UnhealthyTarget });
    check("VPC_LATTICE_TARGET_UNHEALTHY", None, Meaning::Unhealthy { cause: Cause::UnhealthyTarget });
    check("VPC_LATTICE_TARGET_HEALTHY", None, Meaning::Progress);
    check("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", None, Meaning::NotStarted { cause: Cause::PlacementImpossible });
    check("SERVICE_TASK_PLACEMENT_FAILURE", Some("RESOURCE:FARGATE"), Meaning::NotStarted { cause: Cause::NoCapacity });
    check("SERVICE_TASK_PLACEMENT_FAILURE", Some("ATTRIBUTE"), Meaning::NotStarted { cause: Cause::PlacementImpossible });
    check("SERVICE_TASK_PLACEMENT_FAILURE", None, Meaning::NotStarted { cause: Cause::NoCapacity });
    let new = Cause::Unrecognised { text: "moon:full".into() };
    check("SERVICE_TASK_PLACEMENT_FAILURE", Some("MOON:FULL"), Meaning::NotStarted { cause: new });
    check("ECS_OPERATION_THROTTLED", None, Meaning::Throttled);
    check("SERVICE_DISCOVERY_OPERATION_THROTTLED", None, Meaning::Throttled);
    check("SERVICE_TASK_CONFIGURATION_FAILURE", Some("ASSUME_ROLE"), Meaning::Misconfigured);
    let (begun, breaker) = ("SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment circuit breaker");
    check(begun, Some("ECS deployment ecs-svc/1 in progress."), Meaning::DeploymentStarted { deployment: first() });
    // A rollback looks like any deployment, but for its reason, whose full stop may be missing.
    let back = Meaning::RollingBack { to: Some("ecs-svc/7".into()) };
    check(begun, Some(&format!("{breaker}: rolling back to deploymentId ecs-svc/7.")), back.clone());
    check(begun, Some(&format!("{breaker}: Rolling back to deploymentId ecs-svc/7")), back);
    check(begun, Some(&format!("{breaker}: rolling back")), Meaning::RollingBack { to: first() });
    check(
        "SERVICE_DEPLOYMENT_COMPLETED",
        Some("ECS deployment ecs-svc/1 completed."),
        Meaning::DeploymentCompleted { deployment: first() },
    );
    let failed = |by| Meaning::DeploymentFailed { deployment: first(), by };
    check("SERVICE_DEPLOYMENT_FAILED", Some(&format!("{breaker}: task(s) failed to start.")), failed(FailedBy::CircuitBreaker));
    check("SERVICE_DEPLOYMENT_FAILED", Some("ECS deployment failed: alarm(s) detected."), failed(FailedBy::Alarm));
    check("SERVICE_DEPLOYMENT_FAILED", None, failed(FailedBy::Unknown));
    check("SERVICE_WENT_FISHING", Some("with 3 rods"), Meaning::Unrecognised { text: "service_went_fishing with # rods".into() });
}

#[test]
fn the_end_of_a_rollback_is_a_recovery() {
    let completed = |id: &str| Meaning::DeploymentCompleted { deployment: Some(id.to_owned()) };
    assert_eq!(completed("ecs-svc/7").after_rollback(Some("ecs-svc/7")), Meaning::Recovered { deployment: Some("ecs-svc/7".into()) });
    assert_eq!(completed("ecs-svc/8").after_rollback(Some("ecs-svc/7")), completed("ecs-svc/8"));
    assert_eq!(completed("ecs-svc/8").after_rollback(None), completed("ecs-svc/8"));
    assert_eq!(Meaning::Steady.after_rollback(Some("ecs-svc/7")), Meaning::Steady);
}

/// Messages as the documentation has them, each after `(service web)`.
fn messages() -> Vec<(String, Meaning)> {
    let mut all = Vec::new();
    let mut say = |text: &str, meaning: Meaning| all.push((text.to_owned(), meaning));
    let not_started = |cause| Meaning::NotStarted { cause };
    let closest = |what: &str| format!("was unable to place a task because no container instance met all of its requirements. {what}");
    say("has reached a steady state.", Meaning::Steady);
    say("has started 1 tasks: (task c13b4cb40f1f4fe4a2971f76ae5a47ad).", Meaning::Progress);
    say("has stopped 2 running tasks: (task c13b4cb40f1f4fe4a2971f76ae5a47ad).", Meaning::Progress);
    say(closest("").trim_end(), not_started(Cause::NoCapacity));
    say(&closest("Reason: No Container Instances were found in your cluster."), not_started(Cause::NoCapacity));
    say(
        &closest("The closest matching (container-instance 5d4) is already using a port required by your task."),
        not_started(Cause::NoCapacity),
    );
    say(&closest("The closest matching (container-instance 5d4) has insufficient memory available."), not_started(Cause::NoCapacity));
    say(&closest("The closest matching (container-instance 5d4) has insufficient CPU units available."), not_started(Cause::NoCapacity));
    say(&closest("The closest matching (container-instance 5d4) encountered error \"RESOURCE:ENI\"."), not_started(Cause::NoCapacity));
    say(
        &closest("The closest matching (container-instance 5d4) is missing an attribute required by your task."),
        not_started(Cause::PlacementImpossible),
    );
    say(&closest("The closest matching (container-instance 5d4) encountered error \"AGENT\"."), not_started(Cause::HostFault));
    say(
        "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
        not_started(Cause::NoCapacity),
    );
    say(
        "was unable to start a task: CannotPullContainerError: Error response from daemon: manifest unknown",
        not_started(Cause::ImageMissing),
    );
    say(
        "(instance i-0a1b2c3d) (port 8000) is unhealthy in (target-group arn:aws:x) due to (reason Health checks failed with these codes: [502])",
        Meaning::Unhealthy { cause: Cause::UnhealthyTarget },
    );
    say("(task c13b) failed container health checks.", Meaning::Unhealthy { cause: Cause::UnhealthyContainer });
    say("(task c13b) failed ELB health checks in (target-group arn:aws:x).", Meaning::Unhealthy { cause: Cause::UnhealthyTarget });
    say(
        "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.",
        Meaning::StartImpaired,
    );
    say("operations are being throttled. Will try again later.", Meaning::Throttled);
    say(
        "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
        Meaning::PercentagesDeadlock,
    );
    say(
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
        not_started(Cause::QuotaReached),
    );
    say(
        "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
        not_started(Cause::QuotaReached),
    );
    say("was unable to place a task. Reason: The MEMORY configuration is above the limit.", not_started(Cause::QuotaReached));
    say("was unable to place a task. Reason: Internal error.", Meaning::ZoneUnsupported);
    say("was unable to scale in due to (reason 5 protected tasks are more than the desired count)", Meaning::HeldByProtection);
    say("DEPLOYMENT_BLOCKED: protected tasks", Meaning::HeldByProtection);
    say("(deployment ecs-svc/3) deployment completed.", Meaning::DeploymentCompleted { deployment: Some("ecs-svc/3".into()) });
    say(
        "(deployment ecs-svc/3) deployment failed: tasks failed to start: circuit breaker.",
        Meaning::DeploymentFailed { deployment: Some("ecs-svc/3".into()), by: FailedBy::CircuitBreaker },
    );
    say("rolling back to deployment ecs-svc/2.", Meaning::RollingBack { to: Some("ecs-svc/2".into()) });
    say("went fishing with 3 rods.", Meaning::Unrecognised { text: "went fishing with # rods".into() });
    all
}

#[test]
fn messages_mean_what_their_phrases_say() {
    for (text, expected) in messages() {
        assert_eq!(Meaning::of_message(&format!("(service web) {text}")), expected, "{text}");
        assert_eq!(Meaning::of_message(&text.to_uppercase().replace("ECS-SVC", "ecs-svc")), expected, "{text}");
    }
    // The name of a service says nothing.
    assert_eq!(Meaning::of_message("(service rolling-back) has reached a steady state."), Meaning::Steady);
    assert_eq!(
        Meaning::of_message("(service deployment-failed-alarm) went fishing."),
        Meaning::Unrecognised { text: "went fishing".into() }
    );
}

#[test]
fn a_message_cut_anywhere_never_means_something_else() {
    let class = |meaning: &Meaning| (std::mem::discriminant(meaning), meaning.cause().cloned());
    let all = messages();
    for (text, expected) in &all {
        for kept in 1..text.chars().count() {
            let cut: String = text.chars().take(kept).collect();
            let found = Meaning::of_message(&cut);
            let is_other = || all.iter().any(|(other, meaning)| Words::of(other) == Words::of(&cut) && meaning == &found);
            let is_held = class(&found) == class(expected) || matches!(found, Meaning::Unrecognised { .. }) || is_other();
            assert!(is_held, "{cut:?} is {found:?}, not {expected:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_event_and_no_message_makes_the_reader_panic(text in ".{0,200}", reason in ".{0,60}ecs-svc/.{0,20}") {
        let _ = Meaning::of_message(&text);
        let _ = Meaning::of_message(&reason);
        let found = named("SERVICE_DEPLOYMENT_IN_PROGRESS", Some(&reason));
        let is_begun = matches!(found, Meaning::DeploymentStarted { .. } | Meaning::RollingBack { .. });
        prop_assert!(is_begun, "{:?}", found);
    }
}
