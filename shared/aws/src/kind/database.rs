//! RDS instances, and the snapshot that outlives one.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::database::{Database, DatabaseSeen, GONE, final_snapshot_name};
use domain::observed::{Observed, Sighting};
use domain::order::Apply;
use domain::plan::{Change, Difference, Removal};
use domain::ports::{
    Cloud, Confidential, CreateDatabase, DatabaseChange, DeleteDatabase, DeleteSnapshot, DescribeDatabase, DescribeSnapshot,
    GetSecretValue, ModifyDatabase, TagDatabase, send,
};
use domain::resource::Resource;
use serde_json::Value;

use super::plain::seen;
use super::{Adapter, is_anothers, not_of_this_kind, ours, unseen};

impl Adapter for Database {
    /// An instance under our name that is another life's counts as gone for the one that leaves: only its snapshot is looked for.
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let seen = send(cloud, DescribeDatabase { name: resource.name.clone() }).await?;
        match seen {
            Some(observed) if !leaving || !is_anothers(&observed, resource) => Ok(Sighting::Seen(observed)),
            _ if leaving => left_behind(cloud, resource).await,
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
            Change::Update(differences) => {
                let (_, seen) = seen!(RdsInstance, observed, resource);
                let change = changed(self, resource.apply, seen, differences);
                let mut reply = send(cloud, ModifyDatabase { name: resource.name.clone(), change: change.clone() }).await?;
                // What does not wait for the window the reply may still show as it was.
                if let Detail::RdsInstance(seen) = &mut reply.detail {
                    seen.settings.accept(&change, seen.storage_gib);
                }
                Ok(Sighting::Seen(reply))
            }
            Change::Adopt => {
                let observed = observed.ok_or_else(|| unseen(resource))?;
                send(cloud, TagDatabase { arn: observed.arn.clone(), tags: resource.tags.clone() }).await?;
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
        let name = resource.name.clone();
        let outcome = match removal {
            Removal::LiftProtection => {
                let change = DatabaseChange { deletion_protection: Some(false), apply_immediately: true, ..DatabaseChange::default() };
                send(cloud, ModifyDatabase { name, change }).await.map(Sighting::Seen)
            }
            Removal::DeleteDatabase { final_snapshot } => {
                let delete = DeleteDatabase { name, final_snapshot: final_snapshot.clone() };
                send(cloud, delete).await.map(|observed| observed.map_or(Sighting::Absent, Sighting::Seen))
            }
            Removal::DeleteSnapshot(snapshot) => send(cloud, DeleteSnapshot { name: snapshot.clone() }).await.map(|()| Sighting::Absent),
            _ => Err(not_of_this_kind(resource, &Change::Remove(removal.clone()))),
        };
        match outcome {
            Err(error) if error.cause == Cause::NotFound => self.observe(cloud, resource, true).await,
            other => other,
        }
    }
}

async fn left_behind(cloud: &impl Cloud, resource: &Resource) -> Result<Sighting, CallError> {
    let snapshot = send(cloud, DescribeSnapshot { name: final_snapshot_name(resource) }).await?;
    if snapshot.is_none() {
        return Ok(Sighting::Absent);
    }
    let seen = DatabaseSeen { status: GONE.to_owned(), snapshot, ..DatabaseSeen::default() };
    Ok(ours(cloud, resource, String::new(), Detail::RdsInstance(seen)))
}

async fn create(cloud: &impl Cloud, resource: &Resource, desired: &Database) -> Result<Sighting, CallError> {
    let (username, password) = credentials(cloud, desired).await?;
    let create = CreateDatabase { name: resource.name.clone(), desired: desired.clone(), username, password, tags: resource.tags.clone() };
    match send(cloud, create).await {
        Ok(observed) => Ok(Sighting::Seen(observed)),
        Err(error) if error.cause == Cause::AlreadyExists => desired.observe(cloud, resource, false).await,
        Err(error) => Err(error),
    }
}

/// The user and the password that the credentials' secret holds.
async fn credentials(cloud: &impl Cloud, desired: &Database) -> Result<(String, Confidential), CallError> {
    let id = &desired.credentials;
    let secret = send(cloud, GetSecretValue { id: id.clone() }).await?;
    let value: Value = serde_json::from_str(&secret.0).unwrap_or_default();
    match (value["username"].as_str(), value["password"].as_str()) {
        (Some(username), Some(password)) => Ok((username.to_owned(), Confidential(password.to_owned()))),
        _ => {
            let message = format!("secret {id} has not both fields username and password");
            Err(CallError::new("secretsmanager.GetSecretValue", Cause::InvalidRequest, message))
        }
    }
}

/// The values wanted of the properties that differ.
fn changed(desired: &Database, apply: Apply, seen: &DatabaseSeen, differences: &[Difference]) -> DatabaseChange {
    let mut change = DatabaseChange { apply_immediately: apply == Apply::Now, ..DatabaseChange::default() };
    for difference in differences {
        match difference.property.as_str() {
            "storage_gib" => change.storage_gib = Some(desired.storage_gib),
            "parameter_group" => change.parameter_group.clone_from(&desired.parameter_group),
            // As much as there is: it grows no further.
            "max_storage_gib" => {
                change.max_storage_gib = Some(desired.max_storage_gib.unwrap_or(desired.storage_gib.max(seen.storage_gib)))
            }
            "monitoring_seconds" | "monitoring_role" => {
                change.monitoring_seconds = Some(desired.monitoring_seconds);
                change.monitoring_role = desired.monitoring_role.clone().filter(|_| desired.monitoring_seconds > 0);
            }
            "performance_insights" => {
                change.performance_insights = Some(desired.performance_insights);
                change.performance_insights_key = desired.key.clone().filter(|_| desired.performance_insights);
            }
            "multi_az" => change.multi_az = Some(desired.multi_az),
            "backup_days" => change.backup_days = Some(desired.backup_days),
            "deletion_protection" => change.deletion_protection = Some(desired.deletion_protection),
            // `apply`: what is owed to the window is asked for at once; AWS then applies all that is pending.
            _ => change.class = Some(desired.class.clone()),
        }
    }
    change
}
