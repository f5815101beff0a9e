//! ECS services.

use domain::failure::Cause;
use domain::kind::service::{Mount, Rollout, ServiceLife, Settings, TaskDefinition};
use domain::ports::{
    CreateService, DeleteSecret, DeleteService, DeregisterTaskDefinition, DescribeService, DescribeServices, ServiceView, UpdateService,
};

use super::file_systems;
use super::ground::{Ground, does, passes, refuses, secret, tags, until};
use super::task_definitions::request;
use crate::fixtures::{self, task_definition};

/// The creation of a service on a revision.
pub(super) fn on(ground: &impl Ground, name: &str, revision: &str) -> CreateService {
    CreateService { tags: tags(), ..fixtures::service(ground.environment(), name, revision) }
}

fn update(ground: &impl Ground, name: &str, revision: &str) -> UpdateService {
    UpdateService {
        cluster: ground.environment().cluster.clone(),
        name: name.to_owned(),
        task_definition: revision.to_owned(),
        settings: None,
    }
}

fn delete(ground: &impl Ground, name: &str) -> DeleteService {
    DeleteService { cluster: ground.environment().cluster.clone(), name: name.to_owned() }
}

/// The reading of a service.
pub(super) fn describe(ground: &impl Ground, name: &str) -> DescribeService {
    DescribeService { cluster: ground.environment().cluster.clone(), name: name.to_owned() }
}

async fn look<G: Ground>(ground: &G, name: &str) -> Option<ServiceView> {
    does(ground, describe(ground, name)).await
}

/// A service that was just made: its name and revision.
pub(super) async fn made<G: Ground>(ground: &G, content: impl FnOnce(TaskDefinition) -> TaskDefinition) -> (String, String) {
    let name = ground.name("service");
    let revision = does(ground, request(content(task_definition(&name)))).await;
    does(ground, on(ground, &name, &revision)).await;
    (name, revision)
}

async fn steady<G: Ground>(ground: &G, name: &str, revision: &str) -> ServiceView {
    until(ground, "a steady service", async || {
        let view = look(ground, name).await.expect("it stands");
        let done = view.seen.rollout == Rollout::Completed && view.primary.as_deref() == Some(revision);
        (done && view.seen.running_count == view.seen.desired_count).then_some(view)
    })
    .await
}

pub(super) async fn a_service_reports_its_steady_state<G: Ground>(ground: &G) {
    let name = ground.name("service");
    let revision = does(ground, request(task_definition(&name))).await;
    let created = does(ground, on(ground, &name, &revision)).await;
    assert_eq!((created.seen.life, created.seen.running_count, created.seen.rollout), (ServiceLife::Active, 0, Rollout::InProgress));
    assert_eq!((created.primary.as_deref(), &created.tags), (Some(revision.as_str()), &tags()));
    let view = steady(ground, &name, &revision).await;
    assert_eq!((view.arn, view.seen.running_count), (created.arn, 1));
}

pub(super) async fn a_service_with_the_same_token_is_the_same_service<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    let again = does(ground, on(ground, &name, &revision)).await;
    assert_eq!(Some(again.arn), look(ground, &name).await.map(|view| view.arn));
}

pub(super) async fn a_service_with_another_token_is_refused<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    let other = CreateService { token: "f".repeat(32), ..on(ground, &name, &revision) };
    refuses(ground, other, Cause::AlreadyExists).await;
    let second = does(ground, request(task_definition(&name))).await;
    refuses(ground, on(ground, &name, &second), Cause::AlreadyExists).await;
}

pub(super) async fn a_service_needs_its_task_definition<G: Ground>(ground: &G) {
    let name = ground.name("service");
    refuses(ground, on(ground, &name, &format!("{name}:1")), Cause::NotFound).await;
    assert_eq!(look(ground, &name).await, None);
}

pub(super) async fn an_inactive_task_definition_is_refused<G: Ground>(ground: &G) {
    let name = ground.name("service");
    let revision = does(ground, request(task_definition(&name))).await;
    does(ground, DeregisterTaskDefinition { arn: revision.clone() }).await;
    refuses(ground, on(ground, &name, &revision), Cause::InvalidRequest).await;
}

pub(super) async fn a_new_revision_replaces_the_old_ones_tasks<G: Ground>(ground: &G) {
    let (name, first) = made(ground, |content| content).await;
    steady(ground, &name, &first).await;
    let larger = TaskDefinition { memory_mib: 1024, ..task_definition(&name) };
    let second = does(ground, request(larger)).await;
    let reply = does(ground, update(ground, &name, &second)).await;
    assert_eq!((reply.primary.as_deref(), reply.seen.rollout), (Some(second.as_str()), Rollout::InProgress));
    until(ground, "the new revision in place", async || {
        let view = look(ground, &name).await.expect("it stands");
        assert!(view.seen.running_count >= 1, "the old task runs until the new one does");
        (view.seen.rollout == Rollout::Completed).then_some(())
    })
    .await;
    assert_eq!(look(ground, &name).await.and_then(|view| view.primary), Some(second));
}

pub(super) async fn a_deleted_service_drains_until_its_tasks_are_gone<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    steady(ground, &name, &revision).await;
    assert_eq!(does(ground, delete(ground, &name)).await.seen.life, ServiceLife::Draining);
    let life = async || look(ground, &name).await.map_or("gone".to_owned(), |view| format!("{:?}", view.seen.life));
    assert_eq!(passes(ground, "gone", life).await, ["Draining", "gone"]);
    does(ground, on(ground, &name, &revision)).await;
    assert_eq!(look(ground, &name).await.map(|view| view.seen.life), Some(ServiceLife::Active), "its name is free again");
}

pub(super) async fn a_draining_service_blocks_its_name<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    steady(ground, &name, &revision).await;
    does(ground, delete(ground, &name)).await;
    refuses(ground, on(ground, &name, &revision), Cause::InvalidState).await;
}

pub(super) async fn a_service_that_is_not_active_cannot_be_updated<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    refuses(ground, update(ground, &ground.name("service"), &revision), Cause::NotFound).await;
    steady(ground, &name, &revision).await;
    does(ground, delete(ground, &name)).await;
    refuses(ground, update(ground, &name, &revision), Cause::InvalidState).await;
}

/// A service whose tasks cannot start: ECS's circuit breaker ends its deployment.
async fn never_starts<G: Ground>(ground: &G, content: impl FnOnce(TaskDefinition) -> TaskDefinition) {
    let (name, _) = made(ground, content).await;
    let view = until(ground, "a failed deployment", async || {
        let view = look(ground, &name).await.expect("it stands");
        (view.seen.rollout == Rollout::Failed).then_some(view)
    })
    .await;
    assert_eq!(view.seen.running_count, 0);
}

pub(super) async fn a_task_without_its_secret_fails_to_start<G: Ground>(ground: &G) {
    let id = ground.name("secret");
    let arn = does(ground, secret(&id, r#"{"KEY":"value"}"#)).await;
    let uses = |content: TaskDefinition| TaskDefinition { secrets: [("KEY".to_owned(), format!("{arn}:KEY::"))].into(), ..content };
    let (name, revision) = made(ground, uses).await;
    steady(ground, &name, &revision).await;
    does(ground, DeleteSecret { id, recovery_days: Some(7) }).await;
    never_starts(ground, uses).await;
}

pub(super) async fn a_task_without_its_mount_target_fails_to_start<G: Ground>(ground: &G) {
    let (_, id) = file_systems::available(ground).await;
    let uses = |content: TaskDefinition| TaskDefinition {
        mounts: [("/data".to_owned(), Mount { file_system: id.clone(), access_point: None })].into(),
        ..content
    };
    never_starts(ground, uses).await;
    file_systems::mounted(ground, &id).await;
    let (name, revision) = made(ground, uses).await;
    steady(ground, &name, &revision).await;
}

pub(super) async fn services_are_described_together_as_each_by_itself<G: Ground>(ground: &G) {
    let ((one, first), (two, second)) = (made(ground, |content| content).await, made(ground, |content| content).await);
    steady(ground, &one, &first).await;
    steady(ground, &two, &second).await;
    let names = vec![one.clone(), ground.name("nobody"), two.clone()];
    let mut together = does(ground, DescribeServices { cluster: ground.environment().cluster.clone(), names }).await;
    together.sort_by_key(|(name, _)| *name != one);
    let apart = [(one.clone(), look(ground, &one).await), (two.clone(), look(ground, &two).await)];
    assert_eq!(together.into_iter().map(|(name, view)| (name, Some(view))).collect::<Vec<_>>(), apart);
}

pub(super) async fn a_service_shows_its_settings_and_changes_them<G: Ground>(ground: &G) {
    let (name, revision) = made(ground, |content| content).await;
    let made = steady(ground, &name, &revision).await.seen.settings;
    let asked = on(ground, &name, &revision).desired.settings();
    assert_eq!(made, asked);
    let single = Settings { minimum_percent: 0, maximum_percent: 100, ..asked };
    let change = UpdateService { settings: Some(single.clone()), ..update(ground, &name, &revision) };
    assert_eq!(does(ground, change).await.seen.settings, single);
    let view = look(ground, &name).await.expect("it stands");
    assert_eq!((view.seen.settings, view.primary.as_deref()), (single, Some(revision.as_str())));
}
