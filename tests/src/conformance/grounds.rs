//! Roles, clusters, groups of subnets, log groups and repositories.

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::grounds::{Cluster, DbSubnetGroup, LogGroup, Repository};
use domain::kind::identity::Role;
use domain::observed::Observed;
use domain::ports::{
    CreateCluster, CreateLogGroup, CreateRepository, CreateRole, CreateSubnetGroup, DeleteCluster, DeleteLogGroup, DeleteRepository,
    DeleteRole, DeleteRolePolicy, DeleteSubnetGroup, DescribeCluster, DescribeLogGroup, DescribeRepository, DescribeSubnetGroup,
    GetLifecyclePolicy, GetRole, GetRolePolicy, ListLogGroupTags, ListRepositoryTags, ListTags, ModifySubnetGroup, PutImageScanning,
    PutLifecyclePolicy, PutRetentionPolicy, PutRolePolicy, TagLogGroup, TagRepository, TagRole, UpdateAssumeRolePolicy, UpdateCluster,
};
use serde_json::{Value, json};

use super::ground::{Ground, does, refuses, tags};

fn trust(service: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] })
}

fn role(ground: &impl Ground, name: &str) -> CreateRole {
    let boundary = format!("arn:aws:iam::{}:policy/boundary", ground.environment().account);
    let desired = Role { path: "/conformance/".to_owned(), trust: trust("ecs-tasks.amazonaws.com"), policy: Value::Null, boundary };
    CreateRole { name: name.to_owned(), desired, tags: tags() }
}

fn role_seen(observed: Option<Observed>) -> Role {
    match observed.map(|observed| observed.detail) {
        Some(Detail::IamRole(seen)) => seen.properties,
        other => panic!("{other:?} is no role"),
    }
}

pub(super) async fn a_role_has_one_name_and_shows_who_may_take_it<G: Ground>(ground: &G) {
    let name = ground.name("role");
    let made = does(ground, role(ground, &name)).await;
    refuses(ground, role(ground, &name), Cause::AlreadyExists).await;
    let found = does(ground, GetRole { name: name.clone() }).await.expect("it stands");
    assert_eq!((&found.arn, found.tags.get("caretaker:owner")), (&made.arn, tags().get("caretaker:owner")));
    assert_eq!(role_seen(Some(found)), role(ground, &name).desired);
    does(ground, UpdateAssumeRolePolicy { name: name.clone(), trust: trust("rds.amazonaws.com") }).await;
    assert_eq!(role_seen(does(ground, GetRole { name: name.clone() }).await).trust, trust("rds.amazonaws.com"));
    does(ground, TagRole { name: name.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, GetRole { name }).await.and_then(|found| found.tags.get("a").cloned()), Some("b".to_owned()));
}

pub(super) async fn a_role_with_a_policy_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = ground.name("role");
    does(ground, role(ground, &name)).await;
    assert_eq!(does(ground, GetRolePolicy { name: name.clone() }).await, None);
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }] });
    does(ground, PutRolePolicy { name: name.clone(), policy: policy.clone() }).await;
    assert_eq!(does(ground, GetRolePolicy { name: name.clone() }).await, Some(policy));
    refuses(ground, DeleteRole { name: name.clone() }, Cause::InvalidState).await;
    does(ground, DeleteRolePolicy { name: name.clone() }).await;
    does(ground, DeleteRole { name: name.clone() }).await;
    refuses(ground, DeleteRole { name: name.clone() }, Cause::NotFound).await;
    assert_eq!(does(ground, GetRole { name }).await, None);
}

fn insights(observed: Option<Observed>) -> Option<Cluster> {
    match observed?.detail {
        Detail::EcsCluster(seen) => Some(seen.properties),
        other => panic!("{other:?} is no cluster"),
    }
}

pub(super) async fn a_cluster_of_the_same_name_is_the_same_cluster<G: Ground>(ground: &G) {
    let name = ground.name("cluster");
    let create = |insights| CreateCluster { name: name.clone(), desired: Cluster { insights }, tags: tags() };
    let made = does(ground, create(true)).await;
    assert_eq!(does(ground, create(true)).await.arn, made.arn);
    let seen = async || insights(does(ground, DescribeCluster { name: name.clone() }).await);
    assert_eq!(seen().await, Some(Cluster { insights: true }));
    does(ground, UpdateCluster { name: name.clone(), desired: Cluster { insights: false } }).await;
    assert_eq!(seen().await, Some(Cluster { insights: false }));
    does(ground, DeleteCluster { name: name.clone() }).await;
    assert_eq!(seen().await, None);
}

fn over(ground: &impl Ground, count: usize) -> DbSubnetGroup {
    DbSubnetGroup { subnets: ground.environment().private_subnets.iter().take(count).map(|subnet| subnet.id.clone()).collect() }
}

pub(super) async fn a_subnet_group_has_one_name<G: Ground>(ground: &G) {
    let name = ground.name("subnet-group");
    let create = || CreateSubnetGroup { name: name.clone(), desired: over(ground, 2), tags: tags() };
    let made = does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    assert_eq!(does(ground, ListTags { arn: made.arn }).await, tags());
    does(ground, ModifySubnetGroup { name: name.clone(), desired: over(ground, 3) }).await;
    let found = does(ground, DescribeSubnetGroup { name: name.clone() }).await.map(|found| found.detail);
    assert!(matches!(&found, Some(Detail::DbSubnetGroup(seen)) if seen.properties == over(ground, 3)), "{found:?}");
    does(ground, DeleteSubnetGroup { name: name.clone() }).await;
    refuses(ground, DeleteSubnetGroup { name: name.clone() }, Cause::NotFound).await;
    assert_eq!(does(ground, DescribeSubnetGroup { name }).await, None);
}

pub(super) async fn a_log_group_keeps_all_until_it_is_told_for_how_long<G: Ground>(ground: &G) {
    let name = format!("/conformance/{}", ground.name("group"));
    let create = || CreateLogGroup { name: name.clone(), key: None, tags: tags() };
    does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    let seen = async || does(ground, DescribeLogGroup { name: name.clone() }).await;
    let days = |observed: &Observed| match &observed.detail {
        Detail::LogGroup(LogGroupSeen { properties: LogGroup { retention_days, .. }, .. }) => *retention_days,
        other => panic!("{other:?} is no log group"),
    };
    let found = seen().await.expect("it stands");
    assert_eq!(days(&found), 0);
    does(ground, PutRetentionPolicy { name: name.clone(), days: 30 }).await;
    assert_eq!(seen().await.as_ref().map(days), Some(30));
    does(ground, TagLogGroup { arn: found.arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    let shown = does(ground, ListLogGroupTags { arn: found.arn }).await;
    assert_eq!((shown.get("a").map(String::as_str), shown.get("caretaker:owner")), (Some("b"), tags().get("caretaker:owner")));
    does(ground, DeleteLogGroup { name: name.clone() }).await;
    refuses(ground, DeleteLogGroup { name: name.clone() }, Cause::NotFound).await;
    assert_eq!(seen().await, None);
}

type LogGroupSeen = domain::kind::plain::Shown<LogGroup>;

pub(super) async fn a_repository_keeps_all_images_until_it_is_told_how_many<G: Ground>(ground: &G) {
    let name = ground.name("repository");
    let desired = Repository { scan_on_push: true, keep_images: 10, key: None };
    let create = || CreateRepository { name: name.clone(), desired: desired.clone(), tags: tags() };
    let made = does(ground, create()).await;
    refuses(ground, create(), Cause::AlreadyExists).await;
    assert_eq!(does(ground, GetLifecyclePolicy { name: name.clone() }).await, None);
    does(ground, PutLifecyclePolicy { name: name.clone(), keep_images: 10 }).await;
    assert_eq!(does(ground, GetLifecyclePolicy { name: name.clone() }).await, Some(10));
    does(ground, PutImageScanning { name: name.clone(), on: false }).await;
    let found = does(ground, DescribeRepository { name: name.clone() }).await.map(|found| found.detail);
    assert!(matches!(&found, Some(Detail::EcrRepository(seen)) if !seen.properties.scan_on_push), "{found:?}");
    does(ground, TagRepository { arn: made.arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListRepositoryTags { arn: made.arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteRepository { name: name.clone(), force: false }).await;
    refuses(ground, DeleteRepository { name: name.clone(), force: false }, Cause::NotFound).await;
    assert_eq!(does(ground, DescribeRepository { name }).await, None);
}
