//! EFS file systems, found by their creation token, with their mount targets.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::file_system::{FileSystem, FileSystemSeen, LifeCycle};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Difference, Removal};
use domain::ports::{
    Cloud, CreateFileSystem, CreateMountTarget, DeleteFileSystem, DeleteMountTarget, DescribeFileSystem, DescribeMountTargets,
    TagFileSystem, send,
};
use domain::resource::Resource;

use super::{Adapter, not_of_this_kind, unseen};

impl Adapter for FileSystem {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        let Some(mut observed) = send(cloud, DescribeFileSystem { token: resource.token.clone() }).await? else {
            return Ok(Sighting::Absent);
        };
        if let Detail::EfsFileSystem(seen) = &mut observed.detail {
            seen.mount_targets = send(cloud, DescribeMountTargets { file_system: seen.id.clone() }).await?;
        }
        Ok(Sighting::Seen(observed))
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => {
                let (token, name) = (resource.token.clone(), resource.name.clone());
                let create = CreateFileSystem { token, name, key: self.key.clone(), tags: resource.tags.clone() };
                match send(cloud, create).await {
                    Ok(observed) => Ok(Sighting::Seen(observed)),
                    Err(error) if error.cause == Cause::AlreadyExists => self.observe(cloud, resource, false).await,
                    Err(error) => Err(error),
                }
            }
            Change::Update(differences) => add_mount_targets(cloud, resource, self, differences, observed).await,
            Change::Adopt => {
                let (mut observed, seen) = seen(resource, observed)?;
                send(cloud, TagFileSystem { id: seen.id, tags: resource.tags.clone() }).await?;
                observed.tags.clone_from(&resource.tags);
                Ok(Sighting::Seen(observed))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        _: &Resource,
        removal: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let Some(observed) = observed else {
            return Ok(Sighting::Absent);
        };
        let Detail::EfsFileSystem(mut seen) = observed.detail.clone() else {
            return Ok(Sighting::Seen(observed.clone()));
        };
        match removal {
            Removal::DeleteMountTargets(ids) => {
                for id in ids {
                    gone_is_fine(send(cloud, DeleteMountTarget { id: id.clone() }).await)?;
                }
                for target in &mut seen.mount_targets {
                    target.life = LifeCycle::Deleting;
                }
            }
            _ => {
                gone_is_fine(send(cloud, DeleteFileSystem { id: seen.id.clone() }).await)?;
                seen.life = LifeCycle::Deleting;
            }
        }
        Ok(with(observed.clone(), seen))
    }
}

async fn add_mount_targets(
    cloud: &impl Cloud,
    resource: &Resource,
    desired: &FileSystem,
    differences: &[Difference],
    observed: Option<&Observed>,
) -> Result<Sighting, CallError> {
    let (observed, mut seen) = seen(resource, observed)?;
    for difference in differences {
        let create = CreateMountTarget {
            file_system: seen.id.clone(),
            subnet: difference.after.clone(),
            security_group: desired.security_group.clone(),
        };
        match send(cloud, create).await {
            Ok(target) => seen.mount_targets.push(target),
            // One stands in that subnet already: the look shows which.
            Err(error) if error.cause == Cause::AlreadyExists => return desired.observe(cloud, resource, false).await,
            Err(error) => return Err(error),
        }
    }
    Ok(with(observed, seen))
}

fn gone_is_fine(outcome: Result<(), CallError>) -> Result<(), CallError> {
    match outcome {
        Err(error) if error.cause == Cause::NotFound => Ok(()),
        other => other,
    }
}

fn seen(resource: &Resource, observed: Option<&Observed>) -> Result<(Observed, FileSystemSeen), CallError> {
    match observed {
        Some(observed) => match &observed.detail {
            Detail::EfsFileSystem(seen) => Ok((observed.clone(), seen.clone())),
            _ => Err(unseen(resource)),
        },
        None => Err(unseen(resource)),
    }
}

fn with(observed: Observed, seen: FileSystemSeen) -> Sighting {
    Sighting::Seen(Observed { detail: Detail::EfsFileSystem(seen), ..observed })
}
