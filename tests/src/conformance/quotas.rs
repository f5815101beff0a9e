//! Service quotas: the next one is refused, what stands stays.

use domain::failure::{Cause, Conduct};
use domain::ports::{Operation, send};

use super::databases;
use super::file_systems;
use super::ground::{Ground, does, refusal, secret};
use super::services::on;
use super::task_definitions::request;
use crate::fixtures::task_definition;

/// One more is made, the next is refused.
async fn one_more<G: Ground, O: Operation>(ground: &G, operation: &str, first: O, second: impl Fn() -> O) -> Option<Cause> {
    ground.limit(operation, Some(1)).await;
    does(ground, first).await;
    let refused = refusal(send(ground.aws(), second()).await);
    ground.limit(operation, None).await;
    assert!(refused.is_some(), "{operation} goes beyond its quota");
    does(ground, second()).await;
    refused
}

pub(super) async fn an_instance_quota_refuses_the_next_database<G: Ground>(ground: &G) {
    let (first, second) = (ground.name("db"), ground.name("db"));
    let refused = one_more(ground, "rds.CreateDBInstance", databases::request(ground, &first), || databases::request(ground, &second));
    assert_eq!(refused.await, Some(Cause::Quota));
}

pub(super) async fn a_file_system_quota_refuses_the_next_file_system<G: Ground>(ground: &G) {
    let (first, second) = (file_systems::another(ground), file_systems::another(ground));
    assert_eq!(one_more(ground, "efs.CreateFileSystem", first, || second.clone()).await, Some(Cause::Quota));
}

pub(super) async fn an_interface_quota_refuses_the_next_mount_target<G: Ground>(ground: &G) {
    let ((_, one), (_, other)) = (file_systems::available(ground).await, file_systems::available(ground).await);
    let target = |id: &str| file_systems::another_target(ground, id);
    assert_eq!(one_more(ground, "efs.CreateMountTarget", target(&one), || target(&other)).await, Some(Cause::Quota));
}

pub(super) async fn a_secret_quota_refuses_the_next_secret<G: Ground>(ground: &G) {
    let (first, second) = (ground.name("secret"), ground.name("secret"));
    let refused = one_more(ground, "secretsmanager.CreateSecret", secret(&first, "one"), || secret(&second, "one"));
    assert_eq!(refused.await, Some(Cause::Quota));
}

pub(super) async fn a_service_quota_refuses_the_next_service<G: Ground>(ground: &G) {
    let (first, second) = (ground.name("service"), ground.name("service"));
    let revision = does(ground, request(task_definition(&first))).await;
    let refused = one_more(ground, "ecs.CreateService", on(ground, &first, &revision), || on(ground, &second, &revision)).await;
    // AWS does not document the code: only that a repeat does not help must be seen.
    assert_eq!(refused.map(Cause::conduct), Some(Conduct::Terminal));
}
