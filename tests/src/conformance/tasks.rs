//! One-off tasks, and what becomes of them.

use domain::failure::Cause;
use domain::ports::{DescribeTasks, HasImage, ListTasks, RunTask, StopTask, TagService, TaskView};

use super::ground::{Ground, does, refuses, tags, until};
use super::task_definitions::request;
use crate::fixtures::task_definition;

fn of(ground: &impl Ground, revision: &str, token: &str) -> RunTask {
    let place = ground.environment();
    RunTask {
        cluster: place.cluster.clone(),
        task_definition: revision.to_owned(),
        token: token.to_owned(),
        subnets: place.private_subnets.iter().map(|subnet| subnet.id.clone()).collect(),
        security_group: place.security_groups["ecs"].clone(),
        tags: tags(),
    }
}

async fn look<G: Ground>(ground: &G, task: &str) -> TaskView {
    let tasks = vec![task.to_owned()];
    let cluster = ground.environment().cluster.clone();
    does(ground, DescribeTasks { cluster, tasks }).await.pop().expect("ECS remembers it")
}

async fn listed<G: Ground>(ground: &G, family: &str, stopped: bool) -> Vec<String> {
    let cluster = ground.environment().cluster.clone();
    does(ground, ListTasks { cluster, family: family.to_owned(), stopped }).await
}

pub(super) async fn a_one_off_task_ends_by_itself<G: Ground>(ground: &G) {
    let family = ground.name("task");
    let revision = does(ground, request(task_definition(&family))).await;
    let task = does(ground, of(ground, &revision, &family)).await;
    assert_eq!(listed(ground, &family, false).await, std::slice::from_ref(&task));
    let ended = until(ground, "its end", async || {
        let view = look(ground, &task).await;
        (view.status == "STOPPED").then_some(view)
    })
    .await;
    assert_eq!((ended.exit_code, ended.revision), (Some(0), revision));
    assert_eq!(listed(ground, &family, true).await, [task]);
    assert_eq!(listed(ground, &family, false).await, Vec::<String>::new());
}

pub(super) async fn a_task_with_the_same_token_is_the_same_task<G: Ground>(ground: &G) {
    let family = ground.name("task");
    let revision = does(ground, request(task_definition(&family))).await;
    let task = does(ground, of(ground, &revision, &family)).await;
    assert_eq!(does(ground, of(ground, &revision, &family)).await, task);
    assert_ne!(does(ground, of(ground, &revision, &format!("{family}-2"))).await, task);
}

pub(super) async fn a_task_token_with_other_parameters_conflicts<G: Ground>(ground: &G) {
    let family = ground.name("task");
    let revision = does(ground, request(task_definition(&family))).await;
    does(ground, of(ground, &revision, &family)).await;
    let mut other = of(ground, &revision, &family);
    other.subnets.pop();
    refuses(ground, other, Cause::InvalidRequest).await;
}

pub(super) async fn a_task_that_is_stopped_has_the_reason_that_was_given<G: Ground>(ground: &G) {
    let family = ground.name("task");
    let revision = does(ground, request(task_definition(&family))).await;
    let task = does(ground, of(ground, &revision, &family)).await;
    let (cluster, reason) = (ground.environment().cluster.clone(), "conformance: enough".to_owned());
    does(ground, StopTask { cluster, task: task.clone(), reason: reason.clone() }).await;
    let ended = until(ground, "its end", async || {
        let view = look(ground, &task).await;
        (view.status == "STOPPED").then_some(view)
    })
    .await;
    assert_eq!((ended.exit_code, ended.reason), (None, reason));
}

pub(super) async fn a_revision_carries_tags_that_are_put_on_it_later<G: Ground>(ground: &G) {
    let family = ground.name("task");
    let revision = does(ground, request(task_definition(&family))).await;
    does(ground, TagService { arn: revision.clone(), tags: [("caretaker:outcome".to_owned(), "succeeded".to_owned())].into() }).await;
    let view = does(ground, domain::ports::DescribeTaskDefinition { id: revision }).await.expect("it stands");
    assert_eq!(view.tags.get("caretaker:outcome").map(String::as_str), Some("succeeded"));
}

pub(super) async fn a_repository_that_is_not_there_has_no_image<G: Ground>(ground: &G) {
    let repository = ground.name("no-repository");
    assert!(!does(ground, HasImage { repository, tag: "missing".to_owned() }).await);
}
