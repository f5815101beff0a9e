use domain::failure::Cause;
use domain::kind::service::{Logs, Mount, Rollout, Service, ServiceLife, ServiceSeen, TaskDefinition};
use domain::ports::{
    CreateService, DeleteService, DeregisterTaskDefinition, DescribeService, DescribeTaskDefinition, ForceDeployment, ListTaskDefinitions,
    RegisterTaskDefinition, ServiceView, SetDesiredCount, TagService, UpdateService,
};
use serde_json::{Value, json};

use crate::wire::{exchange, ok, refusal, request, tags};

mod changes;

const ARN: &str = "arn:aws:ecs:us-east-1:1:service/mate-dev/mate-demo-dev-django";
const REVISION: &str = "arn:aws:ecs:us-east-1:1:task-definition/mate-demo-dev-django:3";

fn definition() -> TaskDefinition {
    let map = |pairs: &[(&str, &str)]| tags(pairs);
    TaskDefinition {
        family: "mate-demo-dev-django".into(),
        cpu: 256,
        memory_mib: 512,
        image: "1.dkr.ecr/mate:dev-1".into(),
        port: Some(8000),
        command: vec!["run".into()],
        environment: map(&[("A", "1"), ("B", "")]),
        secrets: map(&[("KEY", "arn:secret:KEY::")]),
        mounts: [("/data".to_owned(), Mount { file_system: "fs-1".into(), access_point: Some("fsap-1".into()) })].into(),
        execution_role: "arn:aws:iam::1:role/mate-dev-execution".into(),
        task_role: Some("arn:aws:iam::1:role/mate-dev-task".into()),
        logs: Some(Logs { group: "/ecs/mate-demo-dev/django".into(), region: "us-east-1".into() }),
        stop_seconds: Some(120),
    }
}

/// The definition as it goes out.
fn written() -> Value {
    json!({
        "family": "mate-demo-dev-django", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "executionRoleArn": "arn:aws:iam::1:role/mate-dev-execution", "taskRoleArn": "arn:aws:iam::1:role/mate-dev-task",
        "containerDefinitions": [{
            "name": "django", "image": "1.dkr.ecr/mate:dev-1", "cpu": 0, "essential": true, "command": ["run"],
            "portMappings": [{"containerPort": 8000, "protocol": "tcp"}],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
            "secrets": [{"name": "KEY", "valueFrom": "arn:secret:KEY::"}],
            "mountPoints": [{"sourceVolume": "efs-0", "containerPath": "/data"}], "stopTimeout": 120,
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/ecs/mate-demo-dev/django", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "django",
                "mode": "non-blocking", "max-buffer-size": "25m",
            }},
        }],
        "volumes": [{"name": "efs-0", "efsVolumeConfiguration": {
            "fileSystemId": "fs-1", "transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
        }}],
    })
}

/// The definition as ECS gives it back: its own defaults added, and lists in an order of its own.
fn registered() -> Value {
    let mut definition = written();
    definition["taskDefinitionArn"] = json!(REVISION);
    definition["revision"] = json!(3);
    definition["status"] = json!("ACTIVE");
    definition["compatibilities"] = json!(["EC2", "FARGATE"]);
    definition["placementConstraints"] = json!([]);
    let container = &mut definition["containerDefinitions"][0];
    container["volumesFrom"] = json!([]);
    container["systemControls"] = json!([]);
    container["portMappings"][0]["hostPort"] = json!(8000);
    container["environment"] = json!([{"name": "B", "value": ""}, {"name": "A", "value": "1"}]);
    definition["volumes"][0]["efsVolumeConfiguration"]["rootDirectory"] = json!("/");
    definition
}

fn desired() -> Service {
    Service {
        cluster: "mate-dev".into(),
        cpu: 256,
        memory_mib: 512,
        image: "1.dkr.ecr/mate:dev-1".into(),
        port: Some(8000),
        initial_count: 2,
        execution_role: "r".into(),
        subnets: vec!["subnet-1".into(), "subnet-2".into()],
        security_group: "sg-1".into(),
        target_group: Some("arn:tg".into()),
        grace_seconds: 60,
        minimum_percent: 100,
        maximum_percent: 200,
        ..Service::default()
    }
}

fn shown(status: &str, deployments: Value) -> Value {
    json!({
        "serviceArn": ARN, "serviceName": "mate-demo-dev-django", "status": status, "desiredCount": 2, "runningCount": 1,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2", "subnet-1"], "securityGroups": ["sg-1"]}},
        "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200},
        "availabilityZoneRebalancing": "DISABLED", "healthCheckGracePeriodSeconds": 60,
        "loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "django", "containerPort": 8000}],
        "deployments": deployments, "tags": [{"key": "a", "value": "b"}],
    })
}

fn create() -> CreateService {
    let name = "mate-demo-dev-django".into();
    CreateService { name, token: "t".into(), task_definition: REVISION.into(), desired: desired(), tags: tags(&[("a", "b")]) }
}

fn describe() -> DescribeService {
    DescribeService { cluster: "mate-dev".into(), name: "mate-demo-dev-django".into() }
}

#[test]
fn a_revision_is_registered_for_fargate_with_one_container() {
    let register = RegisterTaskDefinition { content: definition(), tags: tags(&[("a", "b")]) };
    let exchange = exchange(register, &[ok(json!({"taskDefinition": registered()}))]);
    let mut expected = written();
    expected["tags"] = json!([{"key": "a", "value": "b"}]);
    assert_eq!((exchange.requests[0].action.as_str(), &exchange.requests[0].body), ("RegisterTaskDefinition", &expected));
    assert_eq!(exchange.reply(), REVISION);
}

#[test]
fn a_revision_says_what_was_registered_whatever_ecs_adds() {
    let reply = ok(json!({"taskDefinition": registered(), "tags": [{"key": "a", "value": "b"}]}));
    let exchange = exchange(DescribeTaskDefinition { id: "mate-demo-dev-django".into() }, &[reply]);
    assert_eq!(exchange.requests[0].body, json!({"taskDefinition": "mate-demo-dev-django", "include": ["TAGS"]}));
    let view = exchange.reply().expect("it is there");
    assert_eq!((view.arn.as_str(), view.tags, view.content), (REVISION, tags(&[("a", "b")]), definition()));
}

#[test]
fn a_family_without_revisions_is_none_and_a_bad_request_a_failure() {
    let describe = |message| exchange(DescribeTaskDefinition { id: "x".into() }, &[refusal(400, "ClientException", message)]);
    assert_eq!(describe("Unable to describe task definition.").reply(), None);
    assert_eq!(describe("Invalid revision number.").cause(), Cause::InvalidRequest);
}

#[test]
fn the_revisions_of_exactly_one_family_are_listed_over_all_pages() {
    let arn = |tail: &str| format!("arn:aws:ecs:us-east-1:1:task-definition/{tail}");
    let pages = [
        ok(json!({"taskDefinitionArns": [arn("web:2"), arn("web-2:1")], "nextToken": "n"})),
        ok(json!({"taskDefinitionArns": [arn("web:10")]})),
    ];
    let exchange = exchange(ListTaskDefinitions { family: "web".into() }, &pages);
    assert_eq!(exchange.requests[1].body, json!({"familyPrefix": "web", "status": "ACTIVE", "sort": "ASC", "nextToken": "n"}));
    assert_eq!(exchange.reply(), [arn("web:2"), arn("web:10")]);
}

#[test]
fn a_service_is_made_private_with_a_breaker_that_rolls_back() {
    let sent = request(create(), ok(json!({"service": shown("ACTIVE", json!([]))})));
    let expected = json!({
        "cluster": "mate-dev", "serviceName": "mate-demo-dev-django", "clientToken": "t", "taskDefinition": REVISION, "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED",
        }},
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": true, "rollback": true}, "minimumHealthyPercent": 100, "maximumPercent": 200,
        },
        "availabilityZoneRebalancing": "DISABLED", "healthCheckGracePeriodSeconds": 60,
        "loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "django", "containerPort": 8000}],
        "enableECSManagedTags": true, "propagateTags": "SERVICE", "tags": [{"key": "a", "value": "b"}],
    });
    assert_eq!((sent.action.as_str(), sent.body), ("CreateService", expected));
}

#[test]
fn a_service_is_seen_with_its_primary_revision() {
    let deployments = json!([
        {"status": "ACTIVE", "taskDefinition": "old", "rolloutState": "COMPLETED"},
        {"status": "PRIMARY", "taskDefinition": REVISION, "rolloutState": "IN_PROGRESS", "createdAt": 1_763_690_400.5},
    ]);
    let exchange = exchange(describe(), &[ok(json!({"services": [shown("ACTIVE", deployments)], "failures": []}))]);
    let asked = json!({"cluster": "mate-dev", "services": ["mate-demo-dev-django"], "include": ["TAGS"]});
    assert_eq!(exchange.requests[0].body, asked);
    let seen = ServiceSeen {
        life: ServiceLife::Active,
        desired_count: 2,
        running_count: 1,
        rollout: Rollout::InProgress,
        primary: None,
        revisions: Vec::new(),
        settings: desired().settings(),
    };
    let deployed_at = jiff::Timestamp::from_second(1_763_690_400).ok();
    let view =
        ServiceView { arn: ARN.into(), tags: tags(&[("a", "b")]), seen, primary: Some(REVISION.into()), deployed_at, rolls_back: false };
    assert_eq!(exchange.reply(), Some(view));
}

#[test]
fn ecs_goes_back_while_a_failed_deployment_stands_beside_the_one_that_runs() {
    let check = |failed: &str, primary: &str, expected| {
        let deployments = json!([{"status": "ACTIVE", "rolloutState": failed}, {"status": "PRIMARY", "rolloutState": primary}]);
        let seen = exchange(describe(), &[ok(json!({"services": [shown("ACTIVE", deployments)], "failures": []}))]).reply();
        assert_eq!(seen.map(|view| view.rolls_back), Some(expected), "{failed} {primary}");
    };
    check("FAILED", "IN_PROGRESS", true);
    check("COMPLETED", "IN_PROGRESS", false);
    check("FAILED", "COMPLETED", false);
}

#[test]
fn a_rollout_is_judged_by_its_state_or_else_by_counts() {
    let check = |deployment: Value, expected| {
        let mut deployment = deployment;
        deployment["status"] = json!("PRIMARY");
        let reply = ok(json!({"services": [shown("ACTIVE", json!([deployment]))]}));
        assert_eq!(exchange(describe(), &[reply]).reply().map(|view| view.seen.rollout), Some(expected), "{deployment}");
    };
    check(json!({"rolloutState": "COMPLETED", "desiredCount": 2, "runningCount": 0}), Rollout::Completed);
    check(json!({"rolloutState": "FAILED", "desiredCount": 2, "runningCount": 2}), Rollout::Failed);
    check(json!({"desiredCount": 2, "runningCount": 2}), Rollout::Completed);
    check(json!({"desiredCount": 2, "runningCount": 1}), Rollout::InProgress);
}

#[test]
fn a_service_is_absent_only_if_ecs_says_so() {
    let of = |body: Value| exchange(describe(), &[ok(body)]);
    assert_eq!(of(json!({"services": [], "failures": [{"arn": ARN, "reason": "MISSING"}]})).reply(), None);
    assert_eq!(of(json!({"services": [shown("INACTIVE", json!([]))]})).reply(), None);
    let draining = of(json!({"services": [shown("DRAINING", json!([]))]})).reply().map(|view| view.seen.life);
    assert_eq!(draining, Some(ServiceLife::Draining));
    assert_eq!(of(json!({"services": [], "failures": [{"arn": ARN, "reason": "TIMEOUT"}]})).cause(), Cause::Unavailable);
    assert_eq!(exchange(describe(), &[refusal(400, "ClusterNotFoundException", "")]).cause(), Cause::NotFound);
}

#[test]
fn the_refusals_of_ecs_are_told_apart() {
    let check = |code: &str, message: &str, expected| {
        assert_eq!(exchange(create(), &[refusal(400, code, message)]).cause(), expected, "{code} {message}");
    };
    check("InvalidParameterException", "Unable to Start a service that is still Draining.", Cause::InvalidState);
    check("InvalidParameterException", "Creation of service was not idempotent.", Cause::AlreadyExists);
    check("InvalidParameterException", "The cpu must be a number.", Cause::InvalidRequest);
    check("ServiceNotActiveException", "Service was not ACTIVE.", Cause::InvalidState);
    check("ServiceNotFoundException", "Service not found.", Cause::NotFound);
    check("ThrottlingException", "Rate exceeded", Cause::Throttled);
    check("LimitExceededException", "The limit for the resource was exceeded.", Cause::Quota);
    check("AccessDeniedException", "User is not authorized to perform: ecs:CreateService", Cause::Denied);
    let register = RegisterTaskDefinition { content: definition(), tags: tags(&[]) };
    let busy = refusal(400, "ClientException", "Too many concurrent attempts to create a new revision of the specified family.");
    assert_eq!(exchange(register, &[busy]).cause(), Cause::Throttled);
}
