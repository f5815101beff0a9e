//! Service quotas: the next one is refused, what stands stays.

use domain::failure::{Cause, Conduct};
use domain::ports::{Operation, send};

use super::databases;
use super::file_systems;
use super::ground::{Ground, does, refusal, secret};
use super::services::on;
use super::task_definitions::request;
use crate::fixtures::task_definition;

/// At the quota the create is refused; what was refused can be made once it is lifted.
async fn refused<G: Ground, O: Operation + Clone>(ground: &G, operation: &str, create: O) -> Option<Cause> {
    ground.exhaust(operation, true).await;
    let refused = refusal(send(ground.aws(), create.clone()).await);
    ground.exhaust(operation, false).await;
    assert!(refused.is_some(), "{operation} goes beyond its quota");
    does(ground, create).await;
    refused
}

pub(super) async fn an_instance_quota_refuses_the_next_database<G: Ground>(ground: &G) {
    let create = databases::request(ground, &ground.name("db"));
    assert_eq!(refused(ground, "rds.CreateDBInstance", create).await, Some(Cause::Quota));
}

pub(super) async fn a_file_system_quota_refuses_the_next_file_system<G: Ground>(ground: &G) {
    let create = file_systems::another(ground);
    assert_eq!(refused(ground, "efs.CreateFileSystem", create).await, Some(Cause::Quota));
}

pub(super) async fn an_interface_quota_refuses_the_next_mount_target<G: Ground>(ground: &G) {
    let (_, id) = file_systems::available(ground).await;
    let create = file_systems::another_target(ground, &id);
    assert_eq!(refused(ground, "efs.CreateMountTarget", create).await, Some(Cause::Quota));
}

pub(super) async fn a_secret_quota_refuses_the_next_secret<G: Ground>(ground: &G) {
    let create = secret(&ground.name("secret"), "one");
    assert_eq!(refused(ground, "secretsmanager.CreateSecret", create).await, Some(Cause::Quota));
}

pub(super) async fn a_service_quota_refuses_the_next_service<G: Ground>(ground: &G) {
    let name = ground.name("service");
    let revision = does(ground, request(task_definition(&name))).await;
    let refused = refused(ground, "ecs.CreateService", on(ground, &name, &revision)).await;
    // AWS does not document the code: only that a repeat does not help must be seen.
    assert_eq!(refused.map(Cause::conduct), Some(Conduct::Terminal));
}
