//! Lambda.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::functions::{Function, STATEMENT};
use domain::kind::identity::Role;
use domain::kind::plain::{Progress, Shown};
use domain::observed::Observed;
use domain::ports::{
    AddPermission, CreateFunction, CreateRole, CreateSecurityGroup, DeleteFunction, DeleteFunctionConcurrency, DeleteSecurityGroup,
    DescribeFunctionInterfaces, GetFunction, GetFunctionPolicy, Operation, PutFunctionConcurrency, PutRolePolicy, RemovePermission,
    TagFunction, UpdateFunctionCode, UpdateFunctionConfiguration, send,
};
use serde_json::{Value, json};

use super::ground::{Ground, does, passes, refusal, refuses, tags, until};
use crate::simulator::OWN_FUNCTION;

const NETWORK_RIGHTS: [&str; 3] = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];

fn policy(actions: &[&str]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] })
}

async fn role_for<G: Ground>(ground: &G, service: &str, actions: &[&str]) -> String {
    let name = ground.name("role");
    let statement = json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" });
    let trust = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let boundary = format!("arn:aws:iam::{}:policy/boundary", ground.environment().account);
    let desired = Role { path: "/conformance/".to_owned(), trust, policy: Value::Null, boundary };
    let arn = does(ground, CreateRole { name: name.clone(), desired, tags: tags() }).await.arn;
    does(ground, PutRolePolicy { name, policy: policy(actions) }).await;
    arn
}

/// A function outside a VPC: nothing lingers of it.
fn request<G: Ground>(ground: &G, role: &str) -> CreateFunction {
    let name = ground.name("function");
    let desired = Function {
        code_of: OWN_FUNCTION.to_owned(),
        role: role.to_owned(),
        memory_mib: 256,
        timeout_seconds: 30,
        environment: [("QUEUE".to_owned(), "celery".to_owned())].into(),
        subnets: Default::default(),
        security_group: String::new(),
        concurrency: Some(1),
        log_group: format!("/conformance/{name}"),
        invoked_by: Some(rule(ground)),
    };
    CreateFunction { name, desired, tags: tags() }
}

fn in_vpc<G: Ground>(ground: &G, role: &str, security_group: &str) -> CreateFunction {
    let request = request(ground, role);
    let subnets = [ground.environment().private_subnets[0].id.clone()].into();
    CreateFunction { desired: Function { subnets, security_group: security_group.to_owned(), ..request.desired }, ..request }
}

fn rule(ground: &impl Ground) -> String {
    ground.environment().arn("events", "rule/conformance")
}

fn shown(observed: Observed) -> Shown<Function> {
    match observed.detail {
        Detail::LambdaFunction(seen) => seen,
        other => panic!("{other:?} is no function"),
    }
}

async fn seen<G: Ground>(ground: &G, name: &str) -> Option<Shown<Function>> {
    does(ground, GetFunction { name: name.to_owned() }).await.map(shown)
}

async fn progress<G: Ground>(ground: &G, name: &str) -> String {
    format!("{:?}", seen(ground, name).await.expect("it stands").progress)
}

/// Created as soon as its role is known to Lambda.
async fn create<G: Ground>(ground: &G, request: &CreateFunction) -> Shown<Function> {
    until(ground, "a function whose role is known", async || match send(ground.aws(), request.clone()).await {
        Err(error) if error.cause == Cause::InvalidState => None,
        made => Some(shown(made.unwrap_or_else(|error| panic!("{error}")))),
    })
    .await
}

async fn active<G: Ground>(ground: &G, name: &str) {
    until(ground, "an active function", async || (progress(ground, name).await == "Done").then_some(())).await;
}

/// One that stands outside a VPC.
async fn standing<G: Ground>(ground: &G) -> CreateFunction {
    let request = request(ground, &role_for(ground, "lambda.amazonaws.com", &[]).await);
    create(ground, &request).await;
    active(ground, &request.name).await;
    request
}

async fn own_group<G: Ground>(ground: &G) -> String {
    let vpc = ground.environment().outputs()["vpc.id"].clone();
    let group = does(ground, CreateSecurityGroup { vpc, name: ground.name("group"), tags: tags() }).await;
    group.arn
}

pub(super) async fn a_function_is_pending_until_it_is_active<G: Ground>(ground: &G) {
    let role = role_for(ground, "lambda.amazonaws.com", &NETWORK_RIGHTS).await;
    let request = in_vpc(ground, &role, &own_group(ground).await);
    let made = create(ground, &request).await;
    let CreateFunction { name, desired, .. } = &request;
    assert_eq!(made.properties, Function { concurrency: None, invoked_by: None, ..desired.clone() });
    refuses(ground, UpdateFunctionCode { name: name.clone(), code_of: OWN_FUNCTION.to_owned() }, Cause::InvalidState).await;
    let lives = passes(ground, "Done", async || progress(ground, name).await).await;
    assert_eq!(lives, [r#"Working("being created")"#, "Done"]);
    let own = seen(ground, OWN_FUNCTION).await.expect("it stands").properties.code_of;
    let expected = Function { code_of: own, concurrency: None, invoked_by: None, ..desired.clone() };
    let found = does(ground, GetFunction { name: name.clone() }).await.expect("it stands");
    assert_eq!((&found.tags, &shown(found.clone()).properties), (&tags(), &expected));
    does(ground, TagFunction { arn: found.arn, tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    let tagged = does(ground, GetFunction { name: name.clone() }).await.expect("it stands").tags;
    assert_eq!(tagged.get("a").map(String::as_str), Some("b"));
}

pub(super) async fn a_function_of_the_same_name_already_exists<G: Ground>(ground: &G) {
    let request = standing(ground).await;
    refuses(ground, request.clone(), Cause::AlreadyExists).await;
    does(ground, DeleteFunction { name: request.name.clone() }).await;
    refuses(ground, DeleteFunction { name: request.name.clone() }, Cause::NotFound).await;
    assert_eq!(seen(ground, &request.name).await, None);
}

/// A role that services do not know yet is as one that is not there, or is another service's.
pub(super) async fn a_function_waits_for_its_role<G: Ground>(ground: &G) {
    let role = role_for(ground, "lambda.amazonaws.com", &[]).await;
    refuses(ground, request(ground, &format!("{role}s")), Cause::InvalidState).await;
    let another = role_for(ground, "ecs-tasks.amazonaws.com", &[]).await;
    ground.elapse(60).await;
    refuses(ground, request(ground, &another), Cause::InvalidState).await;
    create(ground, &request(ground, &role)).await;
}

pub(super) async fn a_function_in_a_vpc_needs_its_roles_network_rights<G: Ground>(ground: &G) {
    let group = own_group(ground).await;
    for missing in NETWORK_RIGHTS {
        let rights: Vec<_> = NETWORK_RIGHTS.into_iter().filter(|right| *right != missing).collect();
        let role = role_for(ground, "lambda.amazonaws.com", &rights).await;
        let request = in_vpc(ground, &role, &group);
        let refused = until(ground, "a refusal for another reason than the role's age", async || {
            let error = send(ground.aws(), request.clone()).await.expect_err("the role lacks a right");
            error.message.contains("does not have permissions to call").then_some(error)
        })
        .await;
        assert_eq!(refused.cause, Cause::InvalidState);
        assert!(refused.message.contains(&format!("to call {} on EC2", missing.trim_start_matches("ec2:"))), "{refused}");
    }
}

/// The cause for which a function is refused once its role is known.
async fn refused_with_known_role<G: Ground>(ground: &G, request: &CreateFunction, says: &str) -> Cause {
    until(ground, says, async || {
        let error = send(ground.aws(), request.clone()).await.expect_err(says);
        error.message.contains(says).then_some(error.cause)
    })
    .await
}

/// What EC2 made a moment ago is not known everywhere yet, so both are worth another try.
pub(super) async fn a_function_in_a_vpc_needs_its_subnets_and_groups<G: Ground>(ground: &G) {
    let role = role_for(ground, "lambda.amazonaws.com", &NETWORK_RIGHTS).await;
    let elsewhere = in_vpc(ground, &role, "sg-00000000000000000");
    assert_eq!(refused_with_known_role(ground, &elsewhere, "InvalidGroup.NotFound").await, Cause::InvalidState);
    let nowhere = in_vpc(ground, &role, &own_group(ground).await);
    let desired = Function { subnets: ["subnet-00000000000000000".to_owned()].into(), ..nowhere.desired };
    let nowhere = CreateFunction { desired, ..nowhere };
    assert_eq!(refused_with_known_role(ground, &nowhere, "InvalidSubnetID.NotFound").await, Cause::InvalidState);
}

pub(super) async fn a_functions_region_cannot_be_set<G: Ground>(ground: &G) {
    let role = role_for(ground, "lambda.amazonaws.com", &[]).await;
    let request = request(ground, &role);
    let environment = [("AWS_REGION".to_owned(), "eu-central-1".to_owned())].into();
    let request = CreateFunction { desired: Function { environment, ..request.desired }, ..request };
    assert_eq!(refused_with_known_role(ground, &request, "AWS_REGION").await, Cause::InvalidRequest);
}

pub(super) async fn a_second_update_waits_for_the_first<G: Ground>(ground: &G) {
    let CreateFunction { name, desired, .. } = standing(ground).await;
    let desired = Function { memory_mib: 512, environment: Default::default(), ..desired };
    // An update takes seconds only, and a busy machine may miss them: it is tried several times.
    let mut missed = 0;
    loop {
        does(ground, UpdateFunctionConfiguration { name: name.clone(), desired: desired.clone() }).await;
        let second = send(ground.aws(), UpdateFunctionCode { name: name.clone(), code_of: OWN_FUNCTION.to_owned() }).await;
        if let Some(cause) = refusal(second) {
            assert_eq!(cause, Cause::InvalidState, "{}", UpdateFunctionCode::NAME);
            break;
        }
        missed += 1;
        assert!(missed < 20, "a second update is never refused");
        active(ground, &name).await;
    }
    active(ground, &name).await;
    does(ground, UpdateFunctionCode { name: name.clone(), code_of: OWN_FUNCTION.to_owned() }).await;
    active(ground, &name).await;
    let now = seen(ground, &name).await.expect("it stands");
    assert_eq!((now.progress, now.properties.memory_mib, now.properties.environment), (Progress::Done, 512, Default::default()));
    let unknown = UpdateFunctionCode { name, code_of: "no-such-function".to_owned() };
    refuses(ground, unknown, Cause::InvalidRequest).await;
}

pub(super) async fn a_hundred_executions_stay_unreserved<G: Ground>(ground: &G) {
    let CreateFunction { name, .. } = standing(ground).await;
    refuses(ground, PutFunctionConcurrency { name: name.clone(), concurrency: 901 }, Cause::Quota).await;
    let reserved = async || seen(ground, &name).await.expect("it stands").properties.concurrency;
    assert_eq!(reserved().await, None);
    does(ground, PutFunctionConcurrency { name: name.clone(), concurrency: 1 }).await;
    assert_eq!(reserved().await, Some(1));
    does(ground, DeleteFunctionConcurrency { name: name.clone() }).await;
    assert_eq!(reserved().await, None);
}

pub(super) async fn a_function_without_a_permission_has_no_policy<G: Ground>(ground: &G) {
    let CreateFunction { name, .. } = standing(ground).await;
    let invoker = async || does(ground, GetFunctionPolicy { name: name.clone() }).await.map(|policy| Function::invoker(&policy));
    assert_eq!(invoker().await, None);
    let add = || AddPermission { name: name.clone(), statement: STATEMENT.to_owned(), rule: rule(ground) };
    does(ground, add()).await;
    assert_eq!(invoker().await, Some(Some(rule(ground))));
    refuses(ground, add(), Cause::AlreadyExists).await;
    let remove = || RemovePermission { name: name.clone(), statement: STATEMENT.to_owned() };
    does(ground, remove()).await;
    assert_eq!(invoker().await, None);
    refuses(ground, remove(), Cause::NotFound).await;
}

pub(super) async fn a_functions_security_group_outlives_it_by_minutes<G: Ground>(ground: &G) {
    let (role, group) = (role_for(ground, "lambda.amazonaws.com", &NETWORK_RIGHTS).await, own_group(ground).await);
    let request = in_vpc(ground, &role, &group);
    create(ground, &request).await;
    active(ground, &request.name).await;
    does(ground, DeleteFunction { name: request.name.clone() }).await;
    assert_eq!(seen(ground, &request.name).await, None);
    refuses(ground, DeleteSecurityGroup { id: group.clone() }, Cause::InvalidState).await;
    let left = async || does(ground, DescribeFunctionInterfaces { security_group: group.clone() }).await.len();
    assert_eq!(left().await, 1);
    until(ground, "no interface", async || (left().await == 0).then_some(())).await;
    does(ground, DeleteSecurityGroup { id: group.clone() }).await;
}
