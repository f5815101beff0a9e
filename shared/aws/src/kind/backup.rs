//! Vaults, and plans with their one selection.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::backup::{BackupPlan, Vault, VaultSeen};
use domain::kind::plain::Shown;
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    Cloud, CreateBackupPlan, CreateBackupSelection, CreateVault, DeleteBackupPlan, DeleteBackupSelection, DeleteRecoveryPoint, DeleteVault,
    DescribeVault, GetBackupPlan, GetBackupSelection, ListBackupPlans, ListBackupSelections, ListBackupTags, ListRecoveryPoints,
    ListVaults, TagBackup, UpdateBackupPlan, send,
};
use domain::resource::Resource;

use super::plain::{plain, with};
use super::{Adapter, not_of_this_kind, ours, unseen};

/// What a plan gives beside what blueprints refer to: the id of its selection.
const SELECTION: &str = "selection";

impl Adapter for Vault {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let Some(mut observed) = found(cloud, resource).await? else {
            return Ok(Sighting::Absent);
        };
        observed.tags = send(cloud, ListBackupTags { arn: observed.arn.clone() }).await?;
        if let (true, Detail::BackupVault(seen)) = (leaving, &mut observed.detail) {
            seen.points = send(cloud, ListRecoveryPoints { vault: resource.name.clone() }).await?;
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
        match (change, observed) {
            (Change::Create, _) => {
                let (name, token) = (resource.name.clone(), resource.token.clone());
                match send(cloud, CreateVault { name, key: self.key.clone(), token, tags: resource.tags.clone() }).await {
                    Ok(arn) => {
                        let seen = VaultSeen { name: resource.name.clone(), key: self.key.clone(), points: Vec::new() };
                        Ok(ours(cloud, resource, arn, Detail::BackupVault(seen)))
                    }
                    Err(error) if error.cause == Cause::AlreadyExists => self.observe(cloud, resource, false).await,
                    Err(error) => Err(error),
                }
            }
            (Change::Adopt, Some(observed)) => {
                send(cloud, TagBackup { arn: observed.arn.clone(), tags: resource.tags.clone() }).await?;
                Ok(Sighting::Seen(Observed { tags: resource.tags.clone(), ..observed.clone() }))
            }
            (Change::Adopt, None) => Err(unseen(resource)),
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
        let Removal::DeleteRecoveryPoints(arns) = removal else {
            gone_is_fine(send(cloud, DeleteVault { name: resource.name.clone() }).await)?;
            return Ok(Sighting::Absent);
        };
        let Some((observed, Detail::BackupVault(seen))) = observed.map(|observed| (observed, &observed.detail)) else {
            return Err(unseen(resource));
        };
        for arn in arns {
            gone_is_fine(send(cloud, DeleteRecoveryPoint { vault: resource.name.clone(), arn: arn.clone() }).await)?;
        }
        let mut seen = seen.clone();
        seen.points.iter_mut().filter(|point| arns.contains(&point.arn)).for_each(|point| point.leaving = true);
        Ok(Sighting::Seen(with(observed, Detail::BackupVault(seen))))
    }
}

/// AWS Backup denies the look at a vault that is not there: the list of all tells that from a right that we lack.
async fn found(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    match send(cloud, DescribeVault { name: resource.name.clone() }).await {
        Err(error) if error.cause == Cause::Denied => {
            let all = send(cloud, ListVaults {}).await?;
            if all.contains(&resource.name) { Err(error) } else { Ok(None) }
        }
        outcome => outcome,
    }
}

fn gone_is_fine(outcome: Result<(), CallError>) -> Result<(), CallError> {
    match outcome {
        Err(error) if error.cause == Cause::NotFound => Ok(()),
        other => other,
    }
}

plain!(BackupPlan(BackupPlan), |cloud, resource, desired|
    observe: plan(cloud, resource).await?,
    create: {
        let (name, token) = (resource.name.clone(), resource.token.clone());
        // Its selection shows as missing, and is the next change.
        send(cloud, CreateBackupPlan { name, desired: desired.clone(), token, tags: resource.tags.clone() }).await
    },
    update |old, seen|: {
        let mut shown = Shown { properties: desired.clone(), ..seen.clone() };
        let rest = BackupPlan { role: desired.role.clone(), selection: desired.selection.clone(), ..seen.properties.clone() };
        if rest != *desired {
            let (id, name) = (seen.id.clone(), resource.name.clone());
            send(cloud, UpdateBackupPlan { id, name, desired: desired.clone() }).await?;
        }
        if (&seen.properties.role, &seen.properties.selection) != (&desired.role, &desired.selection) {
            shown = shown.giving(SELECTION, select(cloud, desired, seen).await?);
        }
        Ok(with(old, Detail::BackupPlan(shown)))
    },
    delete |seen|: {
        unselect(cloud, seen).await?;
        send(cloud, DeleteBackupPlan { id: seen.id.clone() }).await
    },
    gone: now,
    tag |of|: send(cloud, TagBackup { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn plan(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let (name, token) = (resource.name.clone(), resource.token.clone());
    let Some(id) = send(cloud, ListBackupPlans { name, token }).await? else {
        return Ok(None);
    };
    let Some(mut observed) = send(cloud, GetBackupPlan { id: id.clone() }).await? else {
        return Ok(None);
    };
    observed.tags = send(cloud, ListBackupTags { arn: observed.arn.clone() }).await?;
    // There is one of ours; a second one would be another's.
    let selection = send(cloud, ListBackupSelections { plan: id.clone() }).await?.into_iter().next();
    if let (Some(selection), Detail::BackupPlan(seen)) = (selection, &mut observed.detail) {
        let (role, tags) = send(cloud, GetBackupSelection { plan: id, id: selection.clone() }).await?;
        (seen.properties.role, seen.properties.selection) = (role, tags);
        seen.gives.insert(SELECTION.to_owned(), selection);
    }
    Ok(Some(observed))
}

/// A selection cannot be changed: another takes its place. A crash between the two shows as one that is missing.
async fn select(cloud: &impl Cloud, desired: &BackupPlan, seen: &Shown<BackupPlan>) -> Result<String, CallError> {
    unselect(cloud, seen).await?;
    let create = CreateBackupSelection { plan: seen.id.clone(), role: desired.role.clone(), selection: desired.selection.clone() };
    send(cloud, create).await
}

async fn unselect(cloud: &impl Cloud, seen: &Shown<BackupPlan>) -> Result<(), CallError> {
    match seen.gives.get(SELECTION) {
        Some(id) => gone_is_fine(send(cloud, DeleteBackupSelection { plan: seen.id.clone(), id: id.clone() }).await),
        None => Ok(()),
    }
}
