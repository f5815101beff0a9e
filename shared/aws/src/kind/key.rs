//! KMS keys, found by their alias, or as long as they have none by their tags. Each step of the making can be the last:
//! what is missing is a difference that the next look shows.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::key::{Key, KeySeen, KeyState, alias};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Removal};
use domain::ports::{
    CancelKeyDeletion, Cloud, CreateAlias, CreateKey, DeleteAlias, DescribeKey, DisableKeyRotation, EnableKey, EnableKeyRotation,
    GetKeyPolicy, GetKeyRotationStatus, ListKeyTags, ListKeys, PutKeyPolicy, ScheduleKeyDeletion, TagKey, UpdateKeyDescription, send,
};
use domain::resource::{Resource, Tags};
use futures::future::join_all;

use super::plain::{identity, seen, with};
use super::{Adapter, is_anothers, not_of_this_kind, ours};

/// Keys whose tags are asked for side by side, well below what KMS takes in a second.
const AT_ONCE: usize = 8;

impl Adapter for Key {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let found = match by_alias(cloud, resource).await? {
            // On the way out an alias that is another's by now hides nothing of ours.
            Some(key) if !(leaving && is_anothers(&key, resource)) => Some(key),
            _ => by_tags(cloud, resource).await?,
        };
        Ok(found.map_or(Sighting::Absent, Sighting::Seen))
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        if *change == Change::Create {
            return send(cloud, CreateKey { desired: self.clone(), tags: resource.tags.clone() }).await.map(Sighting::Seen);
        }
        let (old, seen) = seen!(KmsKey, observed, resource);
        match change {
            Change::Update(_) => mend(cloud, resource, self, (old, seen)).await,
            Change::Restore => come_back(cloud, (old, seen)).await.map(Sighting::Seen),
            Change::Adopt => {
                // Tags can be put on no key whose deletion is pending.
                let back = if seen.state == KeyState::PendingDeletion { come_back(cloud, (old, seen)).await? } else { old.clone() };
                send(cloud, TagKey { id: seen.id.clone(), tags: resource.tags.clone() }).await?;
                Ok(ours(cloud, resource, back.arn, back.detail))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    /// The alias goes first, so that its name is free at once.
    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let Removal::DeleteKey { pending_days } = removal else {
            return Err(not_of_this_kind(resource, &Change::Remove(removal.clone())));
        };
        let (_, seen) = seen!(KmsKey, observed, resource);
        if let Some(alias) = &seen.alias {
            gone_is_fine(send(cloud, DeleteAlias { alias: alias.clone() }).await)?;
        }
        if seen.state != KeyState::PendingDeletion {
            gone_is_fine(send(cloud, ScheduleKeyDeletion { id: seen.id.clone(), pending_days: *pending_days }).await)?;
        }
        Ok(Sighting::Absent)
    }
}

async fn by_alias(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let alias = alias(&resource.name);
    match send(cloud, DescribeKey { id: alias.clone() }).await? {
        Some(key) => whole(cloud, resource, key, Some(alias)).await.map(Some),
        None => Ok(None),
    }
}

/// Our key without its alias: one that a create has left behind, or whose alias a person has taken away.
/// KMS itself is asked, key by key: the index of the tagging API may lag behind a create that was cut off.
async fn by_tags(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    let (wanted, mut pending) = (identity(resource), None);
    let ids = send(cloud, ListKeys {}).await?;
    for some in ids.chunks(AT_ONCE) {
        let tagged = join_all(some.iter().map(|id| is_tagged(cloud, id, &wanted))).await;
        for (id, is_tagged) in some.iter().zip(tagged) {
            if !is_tagged? {
                continue;
            }
            let Some(key) = send(cloud, DescribeKey { id: id.clone() }).await? else { continue };
            if is_pending(&key) {
                pending = Some(key);
            } else {
                return whole(cloud, resource, key, None).await.map(Some);
            }
        }
    }
    match pending {
        Some(key) => whole(cloud, resource, key, None).await.map(Some),
        None => Ok(None),
    }
}

async fn is_tagged(cloud: &impl Cloud, id: &str, wanted: &Tags) -> Result<bool, CallError> {
    match send(cloud, ListKeyTags { id: id.to_owned() }).await {
        Ok(tags) => Ok(wanted.iter().all(|(key, value)| tags.get(key) == Some(value))),
        // Another's key may hide itself from us, and may be gone by now; ours shows its tags by its own policy.
        Err(error) if matches!(error.cause, Cause::Denied | Cause::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_pending(key: &Observed) -> bool {
    matches!(&key.detail, Detail::KmsKey(seen) if seen.state == KeyState::PendingDeletion)
}

/// `key` with all that other calls show of it; of another's no more than whose it is.
async fn whole(cloud: &impl Cloud, resource: &Resource, mut key: Observed, alias: Option<String>) -> Result<Observed, CallError> {
    let Detail::KmsKey(mut seen) = key.detail.clone() else { return Ok(key) };
    key.tags = send(cloud, ListKeyTags { id: seen.id.clone() }).await?;
    seen.alias = alias;
    if !is_anothers(&key, resource) {
        seen.properties.policy = send(cloud, GetKeyPolicy { id: seen.id.clone() }).await?;
        seen.properties.rotation = send(cloud, GetKeyRotationStatus { id: seen.id.clone() }).await?;
    }
    Ok(with(&key, Detail::KmsKey(seen)))
}

async fn mend(cloud: &impl Cloud, resource: &Resource, desired: &Key, seen: (&Observed, &KeySeen)) -> Result<Sighting, CallError> {
    let (old, seen) = seen;
    let (id, alias) = (seen.id.clone(), alias(&resource.name));
    // KMS changes the rotation of no key that is disabled.
    if seen.state == KeyState::Disabled {
        send(cloud, EnableKey { id: id.clone() }).await?;
    }
    if seen.alias.is_none() {
        send(cloud, CreateAlias { alias: alias.clone(), id: id.clone() }).await?;
    }
    if seen.properties.description != desired.description {
        send(cloud, UpdateKeyDescription { id: id.clone(), description: desired.description.clone() }).await?;
    }
    if seen.properties.policy != desired.policy {
        send(cloud, PutKeyPolicy { id: id.clone(), policy: desired.policy.clone() }).await?;
    }
    match (seen.properties.rotation, desired.rotation) {
        (false, true) => send(cloud, EnableKeyRotation { id: id.clone() }).await?,
        (true, false) => send(cloud, DisableKeyRotation { id: id.clone() }).await?,
        _ => {}
    }
    let seen = KeySeen { id, alias: Some(alias), state: KeyState::Enabled, properties: desired.clone() };
    Ok(Sighting::Seen(with(old, Detail::KmsKey(seen))))
}

/// Out of its pending window. Cut off in between, it is disabled, and the next look shows that.
async fn come_back(cloud: &impl Cloud, seen: (&Observed, &KeySeen)) -> Result<Observed, CallError> {
    let (old, seen) = seen;
    send(cloud, CancelKeyDeletion { id: seen.id.clone() }).await?;
    send(cloud, EnableKey { id: seen.id.clone() }).await?;
    Ok(with(old, Detail::KmsKey(KeySeen { state: KeyState::Enabled, ..seen.clone() })))
}

fn gone_is_fine(outcome: Result<(), CallError>) -> Result<(), CallError> {
    match outcome {
        Err(error) if error.cause == Cause::NotFound => Ok(()),
        other => other,
    }
}
