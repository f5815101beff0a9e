//! ECS task definitions: each registration is a new revision.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::service::TaskDefinition;
use domain::ports::{RegisterTaskDefinition, RevisionView};
use domain::resource::Tags;

use super::environment::Environment;
use super::turn::{Answer, Refused};

#[derive(Debug, Clone)]
pub(super) struct Revision {
    pub(super) arn: String,
    pub(super) tags: Tags,
    pub(super) content: TaskDefinition,
    pub(super) active: bool,
}

/// Revisions by family, the first is number 1; a number is never used again. And images of which no task comes up.
#[derive(Debug, Clone, Default)]
pub(super) struct TaskDefinitions(pub(super) BTreeMap<String, Vec<Revision>>, BTreeSet<String>);

/// MiB that Fargate has for so many CPU units: least, most, step.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size>
const SIZES: [(u32, u32, u32, u32); 6] = [
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

fn is_fargate_size(cpu: u32, memory: u32) -> bool {
    if cpu == 256 {
        return [512, 1024, 2048].contains(&memory);
    }
    let fits = |&(units, least, most, step): &(u32, u32, u32, u32)| {
        units == cpu && (least..=most).contains(&memory) && memory.is_multiple_of(step)
    };
    SIZES.iter().any(fits)
}

fn missing() -> Refused {
    Refused::fact("ecs_task_definition_missing", Cause::NotFound, &[])
}

impl TaskDefinitions {
    pub(super) fn spoil(&mut self, image: &str) {
        self.1.insert(image.to_owned());
    }

    pub(super) fn is_spoilt(&self, image: &str) -> bool {
        self.1.contains(image)
    }

    /// By ARN, `family:number`, or the newest active one of a family.
    pub(super) fn find(&self, id: &str) -> Option<&Revision> {
        let short = id.rsplit('/').next().unwrap_or(id);
        match short.rsplit_once(':') {
            Some((family, number)) => {
                let index = number.parse::<usize>().ok()?.checked_sub(1)?;
                self.0.get(family)?.get(index)
            }
            None => self.0.get(short)?.iter().rfind(|revision| revision.active),
        }
    }

    pub(super) fn describe(&self, id: &str) -> Option<RevisionView> {
        let revision = self.find(id)?;
        Some(RevisionView { arn: revision.arn.clone(), tags: revision.tags.clone(), content: revision.content.clone() })
    }

    pub(super) fn list(&self, family: &str) -> Vec<String> {
        let revisions = self.0.get(family).into_iter().flatten();
        revisions.filter(|revision| revision.active).map(|revision| revision.arn.clone()).collect()
    }

    /// What a service may be made of.
    pub(super) fn usable(&self, id: &str) -> Answer<&Revision> {
        let revision = self.find(id).ok_or_else(missing)?;
        if revision.active { Ok(revision) } else { Err(Refused::fact("ecs_task_definition_inactive", Cause::InvalidRequest, &[])) }
    }

    pub(super) fn tag(&mut self, arn: &str, tags: Tags) -> Answer<()> {
        let found = self.0.values_mut().flatten().find(|revision| revision.arn == arn);
        found.ok_or_else(missing)?.tags.extend(tags);
        Ok(())
    }

    pub(super) fn register(&mut self, request: RegisterTaskDefinition, environment: &Environment) -> Answer<String> {
        let RegisterTaskDefinition { content, tags } = request;
        check(&content)?;
        let revisions = self.0.entry(content.family.clone()).or_default();
        let arn = environment.arn("ecs", &format!("task-definition/{}:{}", content.family, revisions.len() + 1));
        revisions.push(Revision { arn: arn.clone(), tags, content, active: true });
        Ok(arn)
    }

    /// A second time it is the same inactive revision that comes back.
    pub(super) fn deregister(&mut self, arn: &str) -> Answer<()> {
        let found = self.0.values_mut().flatten().find(|revision| revision.arn == arn);
        found.ok_or_else(missing)?.active = false;
        Ok(())
    }
}

fn check(content: &TaskDefinition) -> Answer<()> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if content.family.is_empty() || content.family.len() > 255 || !content.family.bytes().all(legal) {
        return Err(Refused::new(Cause::InvalidRequest, "ClientException: Invalid 'family'."));
    }
    if !is_fargate_size(content.cpu, content.memory_mib) {
        let (cpu, memory) = (content.cpu.to_string(), content.memory_mib.to_string());
        return Err(Refused::fact("ecs_fargate_size", Cause::InvalidRequest, &[("cpu", &cpu), ("memory", &memory)]));
    }
    if !content.secrets.is_empty() && content.execution_role.is_empty() {
        return Err(Refused::fact("ecs_fargate_execution_role", Cause::InvalidRequest, &[]));
    }
    Ok(())
}
