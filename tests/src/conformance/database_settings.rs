//! RDS parameter groups, and what an instance has beside its size and its place.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::database::{Database, Settings};
use domain::kind::database_settings::DbParameterGroup;
use domain::kind::identity::Role;
use domain::ports::{
    CreateDatabase, CreateDbParameterGroup, CreateRole, DatabaseChange, DeleteDatabase, DeleteDbParameterGroup, DescribeDbParameterGroup,
    DescribeDbParameters, DescribeStaticParameters, ListTags, ModifyDatabase, ModifyDbParameterGroup, ResetDbParameterGroup, TagDatabase,
    send,
};
use serde_json::{Value, json};

use super::databases::{available, look, request};
use super::ground::{Ground, does, refusal, refuses, tags, until};

fn create(name: &str) -> CreateDbParameterGroup {
    let desired = DbParameterGroup { family: "postgres16".to_owned(), parameters: BTreeMap::new() };
    CreateDbParameterGroup { name: name.to_owned(), desired, tags: tags() }
}

/// Of those that ministack and the simulator both know.
const STATIC: &str = "shared_buffers";

fn set(name: &str, parameters: &[(&str, &str)], at_reboot: &[&str]) -> ModifyDbParameterGroup {
    ModifyDbParameterGroup {
        name: name.to_owned(),
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        at_reboot: at_reboot.iter().map(|name| (*name).to_owned()).collect(),
    }
}

pub(super) async fn a_database_parameter_group_has_its_familys_parameters_until_it_is_told_others<G: Ground>(ground: &G) {
    let name = ground.name("db-parameters");
    let made = does(ground, create(&name)).await;
    refuses(ground, create(&name), Cause::AlreadyExists).await;
    let found = does(ground, DescribeDbParameterGroup { name: name.clone() }).await.map(|found| found.detail);
    assert!(matches!(&found, Some(Detail::DbParameterGroup(seen)) if seen.properties == create(&name).desired), "{found:?}");
    let told = async || does(ground, DescribeDbParameters { name: name.clone() }).await;
    assert_eq!(told().await, BTreeMap::new());
    let wanted = set(&name, &[("rds.force_ssl", "1"), ("work_mem", "8192")], &[]);
    does(ground, wanted.clone()).await;
    assert_eq!(told().await, wanted.parameters);
    let parameters = BTreeSet::from(["work_mem".to_owned()]);
    does(ground, ResetDbParameterGroup { name: name.clone(), parameters, at_reboot: BTreeSet::new() }).await;
    assert_eq!(told().await, set(&name, &[("rds.force_ssl", "1")], &[]).parameters);
    assert_eq!(does(ground, ListTags { arn: made.arn.clone() }).await, tags());
    does(ground, TagDatabase { arn: made.arn.clone(), tags: [("a".to_owned(), "b".to_owned())].into() }).await;
    assert_eq!(does(ground, ListTags { arn: made.arn }).await.get("a").map(String::as_str), Some("b"));
    does(ground, DeleteDbParameterGroup { name: name.clone() }).await;
    refuses(ground, DeleteDbParameterGroup { name: name.clone() }, Cause::NotFound).await;
    refuses(ground, wanted, Cause::NotFound).await;
    assert_eq!(does(ground, DescribeDbParameterGroup { name }).await, None);
}

pub(super) async fn a_static_parameter_comes_in_force_at_the_next_reboot<G: Ground>(ground: &G) {
    let name = ground.name("db-parameters");
    does(ground, create(&name)).await;
    let fixed = does(ground, DescribeStaticParameters { name: name.clone() }).await;
    assert!(fixed.contains(STATIC) && !fixed.contains("work_mem"), "{fixed:?}");
    let database = available(ground, |desired| desired.parameter_group = Some(name.clone())).await;
    let waits = async || look(ground, &database).await.expect("it stands").settings.awaits_reboot;
    assert!(!waits().await, "it began with them");
    refuses(ground, set(&name, &[(STATIC, "4096")], &[]), Cause::InvalidRequest).await;
    does(ground, set(&name, &[("work_mem", "8192")], &[])).await;
    assert!(!waits().await);
    does(ground, set(&name, &[(STATIC, "4096")], &[STATIC])).await;
    assert!(waits().await);
}

pub(super) async fn a_database_parameter_group_in_use_cannot_be_deleted<G: Ground>(ground: &G) {
    let name = ground.name("db-parameters");
    let database = CreateDatabase { ..with(ground, |desired| desired.parameter_group = Some(name.clone())) };
    refuses(ground, database, Cause::NotFound).await;
    does(ground, create(&name)).await;
    let database = available(ground, |_| {}).await;
    let change = DatabaseChange { parameter_group: Some(name.clone()), ..DatabaseChange::default() };
    does(ground, ModifyDatabase { name: database.clone(), change }).await;
    let seen = look(ground, &database).await.expect("it stands").settings;
    assert_eq!((seen.parameter_group.as_str(), seen.awaits_reboot), (name.as_str(), true));
    let delete = || DeleteDbParameterGroup { name: name.clone() };
    refuses(ground, delete(), Cause::InvalidState).await;
    does(ground, DeleteDatabase { name: database, final_snapshot: None }).await;
    until(ground, "a free parameter group", async || send(ground.aws(), delete()).await.is_ok().then_some(())).await;
}

fn with(ground: &impl Ground, change: impl FnOnce(&mut Database)) -> CreateDatabase {
    let mut request = request(ground, &ground.name("db"));
    change(&mut request.desired);
    request
}

pub(super) async fn a_database_shows_its_key_its_growth_and_its_insights<G: Ground>(ground: &G) {
    let key = format!("arn:aws:kms:us-east-1:{}:key/0f3c1d2e-aaaa-bbbb-cccc-000000000001", ground.environment().account);
    let name = available(ground, |desired| {
        (desired.key, desired.max_storage_gib, desired.performance_insights) = (Some(key.clone()), Some(40), true);
    })
    .await;
    let seen = async || look(ground, &name).await.expect("it stands").settings;
    let shown = seen().await;
    let expected = Settings {
        key: Some(key),
        max_storage_gib: Some(40),
        performance_insights: true,
        parameter_group: shown.parameter_group.clone(),
        ..Settings::default()
    };
    assert_eq!(shown, expected);
    assert!(shown.parameter_group.starts_with("default.postgres16"), "{}", shown.parameter_group);
    let less = DatabaseChange { max_storage_gib: Some(20), performance_insights: Some(false), ..DatabaseChange::default() };
    does(ground, ModifyDatabase { name: name.clone(), change: less }).await;
    let after = seen().await;
    assert_eq!((after.max_storage_gib, after.performance_insights), (None, false), "at once; as much as there is: it does not grow");
    refuses(ground, with(ground, |desired| desired.max_storage_gib = Some(desired.storage_gib)), Cause::InvalidRequest).await;
}

fn role(ground: &impl Ground, service: &str) -> CreateRole {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] });
    let boundary = format!("arn:aws:iam::{}:policy/boundary", ground.environment().account);
    let desired = Role { path: "/conformance/".to_owned(), trust, policy: Value::Null, boundary };
    CreateRole { name: ground.name("role"), desired, tags: tags() }
}

pub(super) async fn a_database_is_monitored_by_a_role_that_rds_may_take<G: Ground>(ground: &G) {
    let alone = with(ground, |desired| desired.monitoring_seconds = 60);
    refuses(ground, alone, Cause::InvalidRequest).await;
    let name = available(ground, |_| {}).await;
    let by = |role: &str| ModifyDatabase {
        name: name.clone(),
        change: DatabaseChange { monitoring_seconds: Some(60), monitoring_role: Some(role.to_owned()), ..DatabaseChange::default() },
    };
    let other = does(ground, role(ground, "ecs-tasks.amazonaws.com")).await.arn;
    refuses(ground, by(&other), Cause::InvalidState).await;
    let monitoring = does(ground, role(ground, "monitoring.rds.amazonaws.com")).await.arn;
    // A role is known everywhere only after some seconds.
    until(ground, "a role that RDS may take", async || match refusal(send(ground.aws(), by(&monitoring)).await) {
        None => Some(()),
        Some(cause) => {
            assert_eq!(cause, Cause::InvalidState);
            None
        }
    })
    .await;
    let seen = look(ground, &name).await.expect("it stands").settings;
    assert_eq!((seen.monitoring_seconds, seen.monitoring_role), (60, Some(monitoring)));
    let off = DatabaseChange { monitoring_seconds: Some(0), ..DatabaseChange::default() };
    does(ground, ModifyDatabase { name: name.clone(), change: off }).await;
    assert_eq!(look(ground, &name).await.expect("it stands").settings.monitoring_seconds, 0);
}
