//! ECS task definitions and services.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::service::{COUNT, Hold, Revision, Rollout, Service, ServiceLife, ServiceSeen, Settings, TaskDefinition};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    Cloud, CreateService, DeleteService, DeregisterTaskDefinition, DescribeBounds, DescribeService, DescribeTaskDefinition,
    ListTaskDefinitions, RegisterTaskDefinition, ServiceView, SetDesiredCount, SuspendScaling, TagService, UpdateService, send,
};
use domain::resource::{INCARNATION_TAG, Resource};

use super::image::is_missing;
use super::plain::is_bound;
use super::{Adapter, is_anothers, not_of_this_kind, ours, unseen};

impl Adapter for Service {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let describe = DescribeService { cluster: self.cluster.clone(), name: resource.name.clone() };
        let seen = match send(cloud, describe).await? {
            Some(view) => Some(full(cloud, view, leaving).await?),
            None => None,
        };
        match seen {
            Some(observed) if !leaving || !is_anothers(&observed, resource) => Ok(Sighting::Seen(observed)),
            _ if leaving => left_behind(cloud, resource).await,
            _ if is_bound(&self.image) && is_missing(cloud, &self.image).await? => Ok(without_image(cloud, resource, self)),
            _ => Ok(Sighting::Absent),
        }
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => create(cloud, resource, self).await,
            Change::Update(found) => {
                let (counts, others): (Vec<_>, Vec<_>) = found.iter().partition(|difference| difference.property == COUNT);
                if let (Some(_), Some(hold)) = (counts.first(), &self.hold) {
                    set_count(cloud, resource, self, hold).await?;
                }
                if others.is_empty() { self.observe(cloud, resource, false).await } else { update(cloud, resource, self, observed).await }
            }
            Change::Adopt => {
                let observed = observed.ok_or_else(|| unseen(resource))?;
                send(cloud, TagService { arn: observed.arn.clone(), tags: resource.tags.clone() }).await?;
                Ok(Sighting::Seen(Observed { tags: resource.tags.clone(), ..observed.clone() }))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        _: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match removal {
            Removal::DeleteService => {
                let delete = DeleteService { cluster: self.cluster.clone(), name: resource.name.clone() };
                match send(cloud, delete).await {
                    Ok(view) => full(cloud, view, true).await.map(Sighting::Seen),
                    Err(error) if error.cause == Cause::NotFound => left_behind(cloud, resource).await,
                    Err(error) => Err(error),
                }
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

/// Who scales it is stopped before its count is set, or let go on first: otherwise it would set the count again.
async fn set_count(cloud: &impl Cloud, resource: &Resource, desired: &Service, hold: &Hold) -> Result<(), CallError> {
    let (cluster, name) = (desired.cluster.clone(), resource.name.clone());
    let is_scaled = send(cloud, DescribeBounds { cluster: cluster.clone(), service: name.clone() }).await?.is_some();
    let (suspended, count) = match hold {
        Hold::Still { .. } => (true, 0),
        Hold::Again { least } => (false, *least),
    };
    if is_scaled {
        send(cloud, SuspendScaling { cluster: cluster.clone(), service: name.clone(), suspended }).await?;
    }
    send(cloud, SetDesiredCount { cluster, name, count }).await
}

/// Under the image's own name: its push is told by an event with that.
fn without_image(cloud: &impl Cloud, resource: &Resource, desired: &Service) -> Sighting {
    ours(cloud, resource, desired.image.clone(), Detail::EcsService(none(ServiceLife::NoImage, Vec::new())))
}

/// No service, and what is left of one.
fn none(life: ServiceLife, revisions: Vec<String>) -> ServiceSeen {
    ServiceSeen {
        life,
        desired_count: 0,
        running_count: 0,
        rollout: Rollout::Completed,
        primary: None,
        revisions,
        settings: Settings::default(),
    }
}

/// The view with the content of its PRIMARY revision; one that leaves needs none.
async fn full(cloud: &impl Cloud, view: ServiceView, leaving: bool) -> Result<Observed, CallError> {
    let mut seen = view.seen;
    if let (Some(arn), false) = (view.primary, leaving) {
        let revision = send(cloud, DescribeTaskDefinition { id: arn }).await?;
        seen.primary = revision.map(|view| Revision { arn: view.arn, content: view.content });
    }
    Ok(Observed { arn: view.arn, tags: view.tags, at: cloud.now(), detail: Detail::EcsService(seen) })
}

/// The revisions of the family that are of this life: another life may have the family by now.
async fn left_behind(cloud: &impl Cloud, resource: &Resource) -> Result<Sighting, CallError> {
    let mut revisions = Vec::new();
    for arn in send(cloud, ListTaskDefinitions { family: resource.name.clone() }).await? {
        let view = send(cloud, DescribeTaskDefinition { id: arn.clone() }).await?;
        if view.is_some_and(|view| view.tags.get(INCARNATION_TAG) == resource.tags.get(INCARNATION_TAG)) {
            revisions.push(arn);
        }
    }
    if revisions.is_empty() {
        return Ok(Sighting::Absent);
    }
    Ok(ours(cloud, resource, String::new(), Detail::EcsService(none(ServiceLife::Inactive, revisions))))
}

async fn create(cloud: &impl Cloud, resource: &Resource, desired: &Service) -> Result<Sighting, CallError> {
    let content = desired.definition(&resource.name, None);
    let revision = revision(cloud, resource, content).await?;
    let create = CreateService {
        name: resource.name.clone(),
        token: resource.token.clone(),
        task_definition: revision.arn.clone(),
        desired: desired.clone(),
        tags: resource.tags.clone(),
    };
    match send(cloud, create).await {
        Ok(view) => Ok(seen_with(cloud, view, revision)),
        Err(error) if error.cause == Cause::AlreadyExists => desired.observe(cloud, resource, false).await,
        Err(error) => Err(error),
    }
}

/// The new revision carries the image that runs: CI/CD owns it. Settings are sent only if one differs: some of them begin a deployment.
async fn update(cloud: &impl Cloud, resource: &Resource, desired: &Service, observed: Option<&Observed>) -> Result<Sighting, CallError> {
    let seen = observed.and_then(|observed| match &observed.detail {
        Detail::EcsService(seen) => Some(seen),
        _ => None,
    });
    let image = seen.and_then(|seen| seen.primary.as_ref()).map(|primary| primary.content.image.as_str());
    let revision = revision(cloud, resource, desired.definition(&resource.name, image)).await?;
    let settings = Some(desired.settings()).filter(|settings| seen.is_none_or(|seen| seen.settings != *settings));
    let (cluster, name, task_definition) = (desired.cluster.clone(), resource.name.clone(), revision.arn.clone());
    let view = send(cloud, UpdateService { cluster, name, task_definition, settings }).await?;
    Ok(seen_with(cloud, view, revision))
}

/// The revision of this content: the family's newest if it is of this life and says the same, as an interrupted pass leaves it, else a new one.
async fn revision(cloud: &impl Cloud, resource: &Resource, content: TaskDefinition) -> Result<Revision, CallError> {
    let newest = send(cloud, DescribeTaskDefinition { id: resource.name.clone() }).await?;
    if let Some(view) = newest
        && view.tags.get(INCARNATION_TAG) == resource.tags.get(INCARNATION_TAG)
        && view.content == content
    {
        return Ok(Revision { arn: view.arn, content });
    }
    let arn = send(cloud, RegisterTaskDefinition { content: content.clone(), tags: resource.tags.clone() }).await?;
    Ok(Revision { arn, content })
}

fn seen_with(cloud: &impl Cloud, view: ServiceView, revision: Revision) -> Sighting {
    let seen = ServiceSeen { primary: Some(revision), ..view.seen };
    Sighting::Seen(Observed { arn: view.arn, tags: view.tags, at: cloud.now(), detail: Detail::EcsService(seen) })
}
