//! Pools of users. Many may have one name: ours is the one that has our tags.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::users::UserPool;
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{Cloud, CreateUserPool, DeleteUserPool, DescribeUserPool, ListUserPools, SetUserPoolMfaConfig, UpdateUserPool, send};
use domain::resource::Resource;

use super::plain::{identity, seen, with};
use super::{Adapter, not_of_this_kind};

impl Adapter for UserPool {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, _: bool) -> Result<Sighting, CallError> {
        let identity = identity(resource);
        for id in send(cloud, ListUserPools { name: resource.name.clone() }).await? {
            let found = send(cloud, DescribeUserPool { id }).await?;
            if let Some(observed) = found.filter(|pool| identity.iter().all(|(key, value)| pool.tags.get(key) == Some(value))) {
                return Ok(Sighting::Seen(observed));
            }
        }
        Ok(Sighting::Absent)
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            // A second factor is another call's, and shows as a difference until then.
            Change::Create => {
                let create = CreateUserPool { name: resource.name.clone(), desired: self.clone(), tags: resource.tags.clone() };
                send(cloud, create).await.map(Sighting::Seen)
            }
            Change::Update(_) => {
                let (observed, seen) = seen!(CognitoUserPool, observed, resource);
                become_as(cloud, self, seen).await?;
                Ok(changed(observed, seen, self.clone()))
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
        let (observed, seen) = seen!(CognitoUserPool, observed, resource);
        let outcome = match removal {
            Removal::LiftProtection => {
                let lifted = UserPool { deletion_protection: false, ..seen.properties.clone() };
                become_as(cloud, &lifted, seen).await.map(|()| changed(observed, seen, lifted))
            }
            _ => send(cloud, DeleteUserPool { id: seen.id.clone() }).await.map(|()| Sighting::Absent),
        };
        match outcome {
            Err(error) if error.cause == Cause::NotFound => Ok(Sighting::Absent),
            other => other,
        }
    }
}

async fn become_as(cloud: &impl Cloud, desired: &UserPool, seen: &Shown<UserPool>) -> Result<(), CallError> {
    let UserPool { mfa, password_length, deletion_protection } = desired.clone();
    let before = &seen.properties;
    if (before.password_length, before.deletion_protection) != (password_length, deletion_protection) {
        send(cloud, UpdateUserPool { id: seen.id.clone(), password_length, deletion_protection }).await?;
    }
    if before.mfa != mfa {
        send(cloud, SetUserPoolMfaConfig { id: seen.id.clone(), mfa }).await?;
    }
    Ok(())
}

fn changed(observed: &Observed, seen: &Shown<UserPool>, properties: UserPool) -> Sighting {
    Sighting::Seen(with(observed, Detail::CognitoUserPool(Shown { properties, ..seen.clone() })))
}
