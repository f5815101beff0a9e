//! Secrets: the value goes from AWS's generator straight into Secrets Manager.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::secret::{Field, Secret, SecretSeen};
use domain::observed::Sighting;
use domain::plan::{Change, Removal};
use domain::ports::{Cloud, Confidential, CreateSecret, DeleteSecret, DescribeSecret, GetRandomPassword, RestoreSecret, TagSecret, send};
use domain::resource::Resource;
use serde_json::{Map, Value};

use super::{Given, not_of_this_kind, ours, unseen};

pub(super) async fn observe(cloud: &impl Cloud, resource: &Resource) -> Result<Sighting, CallError> {
    let seen = send(cloud, DescribeSecret { id: resource.name.clone() }).await?;
    Ok(seen.map_or(Sighting::Absent, Sighting::Seen))
}

pub(super) async fn ensure(
    cloud: &impl Cloud,
    resource: &Resource,
    desired: &Secret,
    change: &Change,
    given: Given<'_>,
) -> Result<Sighting, CallError> {
    match change {
        Change::Create => create(cloud, resource, desired).await,
        Change::Restore => {
            send(cloud, RestoreSecret { id: resource.name.clone() }).await?;
            stands(cloud, resource, given)
        }
        Change::Adopt => {
            if is_in_recovery(given) {
                send(cloud, RestoreSecret { id: resource.name.clone() }).await?;
            }
            send(cloud, TagSecret { id: resource.name.clone(), tags: resource.tags.clone() }).await?;
            stands(cloud, resource, given)
        }
        _ => Err(not_of_this_kind(resource, change)),
    }
}

/// A repeat after a lost reply has another random value: AWS refuses it, and what stands is read back, never written again.
async fn create(cloud: &impl Cloud, resource: &Resource, desired: &Secret) -> Result<Sighting, CallError> {
    let mut object = Map::new();
    for (name, field) in &desired.fields {
        object.insert(name.clone(), Value::String(value(cloud, field).await?));
    }
    let value = Confidential(Value::Object(object).to_string());
    let create = CreateSecret { name: resource.name.clone(), token: resource.token.clone(), value, tags: resource.tags.clone() };
    match send(cloud, create).await {
        Ok(arn) => Ok(ours(cloud, resource, arn, standing())),
        Err(error) if error.cause == Cause::AlreadyExists => observe(cloud, resource).await,
        Err(error) => Err(error),
    }
}

async fn value(cloud: &impl Cloud, field: &Field) -> Result<String, CallError> {
    match field {
        Field::Literal(value) => Ok(value.clone()),
        Field::Random(length) => Ok(send(cloud, GetRandomPassword { length: *length }).await?.0),
    }
}

pub(super) async fn remove(cloud: &impl Cloud, resource: &Resource, removal: &Removal, given: Given<'_>) -> Result<Sighting, CallError> {
    let Removal::DeleteSecret { recovery_days } = removal else {
        return Err(not_of_this_kind(resource, &Change::Remove(removal.clone())));
    };
    match send(cloud, DeleteSecret { id: resource.name.clone(), recovery_days: *recovery_days }).await {
        Err(error) if error.cause == Cause::NotFound => return Ok(Sighting::Absent),
        outcome => outcome?,
    }
    if recovery_days.is_none() {
        return Ok(Sighting::Absent);
    }
    let observed = given.observed.ok_or_else(|| unseen(resource))?;
    Ok(ours(cloud, resource, observed.arn.clone(), Detail::Secret(SecretSeen { deleted_at: Some(cloud.now()) })))
}

fn standing() -> Detail {
    Detail::Secret(SecretSeen { deleted_at: None })
}

fn stands(cloud: &impl Cloud, resource: &Resource, given: Given<'_>) -> Result<Sighting, CallError> {
    let observed = given.observed.ok_or_else(|| unseen(resource))?;
    Ok(ours(cloud, resource, observed.arn.clone(), standing()))
}

fn is_in_recovery(given: Given<'_>) -> bool {
    given.observed.is_some_and(|observed| matches!(&observed.detail, Detail::Secret(seen) if seen.deleted_at.is_some()))
}
