//! Secrets: the value goes from AWS's generator straight into Secrets Manager.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::secret::{Field, Secret, SecretSeen};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    Cloud, Confidential, CreateSecret, DeleteSecret, DescribeSecret, GetRandomPassword, RestoreSecret, TagSecret, UpdateSecret, send,
};
use domain::resource::Resource;
use serde_json::{Map, Value};

use super::{Adapter, not_of_this_kind, ours, unseen};

impl Adapter for Secret {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        let seen = send(cloud, DescribeSecret { id: resource.name.clone() }).await?;
        Ok(seen.map_or(Sighting::Absent, Sighting::Seen))
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
            Change::Restore => {
                send(cloud, RestoreSecret { id: resource.name.clone() }).await?;
                stands(cloud, resource, observed)
            }
            Change::Update(_) => {
                send(cloud, UpdateSecret { id: resource.name.clone(), key: self.key.clone() }).await?;
                let observed = observed.ok_or_else(|| unseen(resource))?;
                Ok(ours(cloud, resource, observed.arn.clone(), standing(self.key.clone())))
            }
            Change::Adopt => {
                if is_in_recovery(observed) {
                    send(cloud, RestoreSecret { id: resource.name.clone() }).await?;
                }
                send(cloud, TagSecret { id: resource.name.clone(), tags: resource.tags.clone() }).await?;
                stands(cloud, resource, observed)
            }
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
        let observed = observed.ok_or_else(|| unseen(resource))?;
        Ok(ours(cloud, resource, observed.arn.clone(), Detail::Secret(SecretSeen { deleted_at: Some(cloud.now()), key: key_of(observed) })))
    }
}

/// A repeat after a lost reply has another random value: AWS refuses it, and what stands is read back, never written again.
async fn create(cloud: &impl Cloud, resource: &Resource, desired: &Secret) -> Result<Sighting, CallError> {
    let mut object = Map::new();
    for (name, field) in &desired.fields {
        object.insert(name.clone(), Value::String(value(cloud, field).await?));
    }
    let value = Confidential(Value::Object(object).to_string());
    let (name, token) = (resource.name.clone(), resource.token.clone());
    let create = CreateSecret { name, token, value, key: desired.key.clone(), tags: resource.tags.clone() };
    match send(cloud, create).await {
        Ok(arn) => Ok(ours(cloud, resource, arn, standing(desired.key.clone()))),
        Err(error) if error.cause == Cause::AlreadyExists => desired.observe(cloud, resource, false).await,
        Err(error) => Err(error),
    }
}

async fn value(cloud: &impl Cloud, field: &Field) -> Result<String, CallError> {
    match field {
        Field::Literal(value) => Ok(value.clone()),
        Field::Random(length) => Ok(send(cloud, GetRandomPassword { length: *length }).await?.0),
    }
}

fn standing(key: Option<String>) -> Detail {
    Detail::Secret(SecretSeen { deleted_at: None, key })
}

fn key_of(observed: &Observed) -> Option<String> {
    match &observed.detail {
        Detail::Secret(seen) => seen.key.clone(),
        _ => None,
    }
}

fn stands(cloud: &impl Cloud, resource: &Resource, observed: Option<&Observed>) -> Result<Sighting, CallError> {
    let observed = observed.ok_or_else(|| unseen(resource))?;
    Ok(ours(cloud, resource, observed.arn.clone(), standing(key_of(observed))))
}

fn is_in_recovery(observed: Option<&Observed>) -> bool {
    observed.is_some_and(|observed| matches!(&observed.detail, Detail::Secret(seen) if seen.deleted_at.is_some()))
}
