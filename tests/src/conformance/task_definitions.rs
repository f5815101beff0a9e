//! ECS task definitions.

use domain::failure::Cause;
use domain::kind::service::TaskDefinition;
use domain::ports::{DeregisterTaskDefinition, DescribeTaskDefinition, ListTaskDefinitions, RegisterTaskDefinition};

use super::ground::{Ground, does, refuses, tags};
use crate::fixtures::task_definition;

/// The registration of a revision.
pub(super) fn request(content: TaskDefinition) -> RegisterTaskDefinition {
    RegisterTaskDefinition { content, tags: tags() }
}

async fn list<G: Ground>(ground: &G, family: &str) -> Vec<String> {
    does(ground, ListTaskDefinitions { family: family.to_owned() }).await
}

pub(super) async fn each_registration_is_a_new_revision<G: Ground>(ground: &G) {
    let family = ground.name("family");
    let first = does(ground, request(task_definition(&family))).await;
    let second = does(ground, request(task_definition(&family))).await;
    assert!(first.ends_with(&format!("task-definition/{family}:1")) && second.ends_with(&format!("task-definition/{family}:2")));
    assert_eq!(list(ground, &family).await, [first.clone(), second]);
    let view = does(ground, DescribeTaskDefinition { id: first.clone() }).await.expect("it stands");
    assert_eq!((view.arn, view.tags, view.content), (first, tags(), task_definition(&family)), "it is read back as it was written");
}

pub(super) async fn a_family_shows_its_newest_active_revision<G: Ground>(ground: &G) {
    let family = ground.name("family");
    assert_eq!(does(ground, DescribeTaskDefinition { id: family.clone() }).await, None);
    let first = does(ground, request(task_definition(&family))).await;
    let second = does(ground, request(task_definition(&family))).await;
    let newest = async || does(ground, DescribeTaskDefinition { id: family.clone() }).await.map(|view| view.arn);
    assert_eq!(newest().await, Some(second.clone()));
    does(ground, DeregisterTaskDefinition { arn: second }).await;
    assert_eq!(newest().await, Some(first.clone()));
    does(ground, DeregisterTaskDefinition { arn: first }).await;
    assert_eq!(newest().await, None);
    let third = does(ground, request(task_definition(&family))).await;
    assert!(third.ends_with(":3"), "a number is never used again: {third}");
    // A family is no prefix.
    assert_eq!(list(ground, &family[..family.len() - 1]).await, Vec::<String>::new());
}

pub(super) async fn an_inactive_revision_is_still_described_by_its_arn<G: Ground>(ground: &G) {
    let family = ground.name("family");
    let arn = does(ground, request(task_definition(&family))).await;
    does(ground, DeregisterTaskDefinition { arn: arn.clone() }).await;
    assert!(does(ground, DescribeTaskDefinition { id: arn }).await.is_some());
    assert_eq!(list(ground, &family).await, Vec::<String>::new());
}

pub(super) async fn fargate_has_no_such_size<G: Ground>(ground: &G) {
    let size = |cpu, memory_mib| request(TaskDefinition { cpu, memory_mib, ..task_definition(&ground.name("family")) });
    for (cpu, memory) in [(256, 4096), (512, 512), (1024, 1024), (300, 512), (2048, 5000)] {
        refuses(ground, size(cpu, memory), Cause::InvalidRequest).await;
    }
    for (cpu, memory) in [(256, 2048), (512, 4096), (1024, 8192)] {
        does(ground, size(cpu, memory)).await;
    }
}

pub(super) async fn secrets_need_an_execution_role<G: Ground>(ground: &G) {
    let family = ground.name("family");
    let environment = ground.environment();
    let arn = format!("arn:aws:secretsmanager:{}:{}:secret:{family}-AbCdEf:KEY::", environment.region, environment.account);
    let content = TaskDefinition { secrets: [("KEY".to_owned(), arn)].into(), execution_role: String::new(), ..task_definition(&family) };
    refuses(ground, request(content), Cause::InvalidRequest).await;
}
