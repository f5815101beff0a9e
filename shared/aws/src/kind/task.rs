//! Tasks that succeed once.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::service::Revision;
use domain::kind::task::{ENDED_TAG, FAILED, OUTCOME_TAG, Run, SUCCEEDED, Task, TaskSeen};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    Cloud, DeregisterTaskDefinition, DescribeTaskDefinition, DescribeTasks, ListTaskDefinitions, ListTasks, RegisterTaskDefinition,
    RevisionView, RunTask, StopTask, TagService, TaskView, send,
};
use domain::resource::{INCARNATION_TAG, Resource, Tags};
use jiff::Timestamp;

use super::image::is_missing;
use super::plain::is_bound;
use super::{Adapter, not_of_this_kind, ours, unseen};

/// What ECS shows as the reason of a stop that we have asked for.
const STOP_REASON: &str = "caretaker: its tenant is leaving";

impl Adapter for Task {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let own = own_revisions(cloud, resource, leaving).await?;
        let Some(last) = own.last() else {
            let lacks = !leaving && is_bound(&self.image) && is_missing(cloud, &self.image).await?;
            let seen = TaskSeen { run: Run::NoImage, revision: None, revisions: Vec::new() };
            return Ok(if lacks { ours(cloud, resource, self.image.clone(), Detail::EcsTask(seen)) } else { Sighting::Absent });
        };
        let run = match outcome(cloud, last, &own) {
            Some(run) if !leaving => run,
            _ => run_of(cloud, &self.cluster, resource, last).await?,
        };
        let revision = Some(Revision { arn: last.arn.clone(), content: last.content.clone() });
        let seen = TaskSeen { run, revision, revisions: own.iter().map(|view| view.arn.clone()).collect() };
        Ok(ours(cloud, resource, last.arn.clone(), Detail::EcsTask(seen)))
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => start(cloud, resource, self, seen(observed)).await,
            Change::Update(_) => write_down(cloud, resource, observed.ok_or_else(|| unseen(resource))?).await,
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match removal {
            Removal::StopTask(task) => {
                send(cloud, StopTask { cluster: self.cluster.clone(), task: task.clone(), reason: STOP_REASON.to_owned() }).await?;
                let ended = Run::Ended { exit_code: None, reason: STOP_REASON.to_owned() };
                let left = seen(observed).map(|seen| TaskSeen { run: ended, ..seen.clone() }).ok_or_else(|| unseen(resource))?;
                Ok(ours(cloud, resource, observed.map(|observed| observed.arn.clone()).unwrap_or_default(), Detail::EcsTask(left)))
            }
            Removal::DeregisterRevisions(arns) => {
                for arn in arns {
                    send(cloud, DeregisterTaskDefinition { arn: arn.clone() }).await?;
                }
                Ok(Sighting::Absent)
            }
            _ => Err(not_of_this_kind(resource, &Change::Remove(removal.clone()))),
        }
    }
}

fn seen(observed: Option<&Observed>) -> Option<&TaskSeen> {
    match &observed?.detail {
        Detail::EcsTask(seen) => Some(seen),
        _ => None,
    }
}

/// The revisions of the family that are of this life, oldest first; the pipeline has its own in it. Looked for only up to one that says
/// that it has succeeded, unless all are asked for.
async fn own_revisions(cloud: &impl Cloud, resource: &Resource, all: bool) -> Result<Vec<RevisionView>, CallError> {
    let mut own = Vec::new();
    for id in send(cloud, ListTaskDefinitions { family: resource.name.clone() }).await? {
        let view = send(cloud, DescribeTaskDefinition { id }).await?;
        let Some(view) = view.filter(|view| view.tags.get(INCARNATION_TAG) == resource.tags.get(INCARNATION_TAG)) else { continue };
        let done = view.tags.get(OUTCOME_TAG).is_some_and(|outcome| outcome == SUCCEEDED);
        own.push(view);
        if done && !all {
            break;
        }
    }
    Ok(own)
}

/// What the last revision says of its task.
fn outcome(cloud: &impl Cloud, last: &RevisionView, own: &[RevisionView]) -> Option<Run> {
    if last.tags.get(OUTCOME_TAG)? == SUCCEEDED {
        return Some(Run::Succeeded);
    }
    let ended: Timestamp = last.tags.get(ENDED_TAG).and_then(|at| at.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    let seconds_ago = u64::try_from(cloud.now().duration_since(ended).as_secs()).unwrap_or(0);
    Some(Run::Failed { times: u32::try_from(own.len()).unwrap_or(u32::MAX), seconds_ago })
}

/// What ECS says of the task of a revision; it forgets stopped ones after about an hour.
async fn run_of(cloud: &impl Cloud, cluster: &str, resource: &Resource, last: &RevisionView) -> Result<Run, CallError> {
    for stopped in [false, true] {
        let family = resource.name.clone();
        let tasks = send(cloud, ListTasks { cluster: cluster.to_owned(), family, stopped }).await?;
        if tasks.is_empty() {
            continue;
        }
        let views = send(cloud, DescribeTasks { cluster: cluster.to_owned(), tasks }).await?;
        if let Some(task) = views.into_iter().find(|task| task.revision == last.arn) {
            return Ok(run(task));
        }
    }
    Ok(Run::NotStarted)
}

fn run(task: TaskView) -> Run {
    if task.status == "STOPPED" {
        Run::Ended { exit_code: task.exit_code, reason: task.reason }
    } else {
        Run::Running { task: task.arn, status: task.status }
    }
}

/// A revision that was registered and not run, as an interrupted pass leaves it, is used; one that has failed is not. The token is the
/// revision's own, so that one revision has one task.
async fn start(cloud: &impl Cloud, resource: &Resource, desired: &Task, before: Option<&TaskSeen>) -> Result<Sighting, CallError> {
    let content = desired.definition(&resource.name);
    let unused = before.filter(|seen| seen.run == Run::NotStarted).and_then(|seen| seen.revision.clone());
    let mut revisions = before.map(|seen| seen.revisions.clone()).unwrap_or_default();
    let revision = match unused.filter(|revision| revision.content == content) {
        Some(revision) => revision,
        None => {
            let arn = send(cloud, RegisterTaskDefinition { content: content.clone(), tags: resource.tags.clone() }).await?;
            revisions.push(arn.clone());
            Revision { arn, content }
        }
    };
    let number = revision.arn.rsplit(':').next().unwrap_or_default();
    let run = RunTask {
        cluster: desired.cluster.clone(),
        task_definition: revision.arn.clone(),
        token: format!("{}-{number}", resource.token),
        subnets: desired.subnets.clone(),
        security_group: desired.security_group.clone(),
        tags: resource.tags.clone(),
    };
    let task = send(cloud, run).await?;
    let run = Run::Running { task, status: "PROVISIONING".to_owned() };
    let arn = revision.arn.clone();
    Ok(ours(cloud, resource, arn, Detail::EcsTask(TaskSeen { run, revision: Some(revision), revisions })))
}

/// ECS forgets how a task has ended: its revision is told.
async fn write_down(cloud: &impl Cloud, resource: &Resource, observed: &Observed) -> Result<Sighting, CallError> {
    let seen = seen(Some(observed)).ok_or_else(|| unseen(resource))?;
    let Run::Ended { exit_code, .. } = &seen.run else {
        return Err(CallError::new("caretaker.Perform", Cause::InvalidRequest, format!("the task of {} has not ended", resource.id)));
    };
    let succeeded = *exit_code == Some(0);
    let outcome = if succeeded { SUCCEEDED } else { FAILED };
    let pairs = [(OUTCOME_TAG, outcome.to_owned()), (ENDED_TAG, format!("{:.0}", cloud.now()))];
    let mut tags: Tags = resource.tags.clone();
    tags.extend(pairs.map(|(key, value)| (key.to_owned(), value)));
    send(cloud, TagService { arn: observed.arn.clone(), tags }).await?;
    let times = u32::try_from(seen.revisions.len()).unwrap_or(u32::MAX);
    let run = if succeeded { Run::Succeeded } else { Run::Failed { times, seconds_ago: 0 } };
    let detail = Detail::EcsTask(TaskSeen { run, ..seen.clone() });
    Ok(ours(cloud, resource, observed.arn.clone(), detail))
}
