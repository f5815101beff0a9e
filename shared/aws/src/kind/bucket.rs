//! S3 buckets: made by one call with their tags, then brought to what is asked by one call per property.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::bucket::{Bucket, BucketSeen, Content, Lifecycle};
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Difference, Removal};
use domain::ports::{
    AbortMultipartUpload, Cloud, CreateBucket, DeleteBucket, DeleteBucketLifecycle, DeleteBucketPolicy, DeleteObjects, GetBucketEncryption,
    GetBucketLifecycle, GetBucketPolicy, GetBucketTagging, GetBucketVersioning, GetObjectLock, GetPublicAccessBlock, ListBuckets,
    ListMultipartUploads, ListObjectVersions, PutBucketEncryption, PutBucketLifecycle, PutBucketPolicy, PutBucketTagging,
    PutBucketVersioning, PutObjectLock, PutPublicAccessBlock, send,
};
use domain::resource::{Resource, Tags};
use jiff::{SignedDuration, Timestamp};

use super::{Adapter, not_of_this_kind, unseen};

/// Listings that one step deletes: five thousand versions take some ten seconds.
const BATCHES: usize = 5;

/// Calls in their order: a lock needs versions, and who may come in is settled before what happens to the objects.
const ORDER: [&str; 6] = ["public_access", "versioning", "key", "lock_days", "policy", "expire_days"];

const DAY_SECONDS: i64 = 24 * 60 * 60;

impl Adapter for Bucket {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        let Some(mut observed) = found(cloud, resource, self).await? else {
            return Ok(Sighting::Absent);
        };
        if let Detail::S3Bucket(seen) = &mut observed.detail {
            let (name, owner) = (resource.name.clone(), self.owner.clone());
            take_lifecycle(seen, send(cloud, GetBucketLifecycle { name, owner }).await?, cloud.now());
            if leaving { look_inside(cloud, resource, self, seen).await? } else { look_around(cloud, resource, self, seen).await? }
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
            Change::Create => create(cloud, resource, self).await,
            Change::Update(differences) => update(cloud, resource, self, differences, observed).await,
            Change::Adopt => {
                let (observed, seen) = seen(resource, observed)?;
                // All tags are put at once. Those of AWS's own can be neither put nor lost.
                let kept = observed.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
                let mut tags: Tags = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
                tags.extend(resource.tags.clone());
                send(cloud, PutBucketTagging { name: resource.name.clone(), owner: self.owner.clone(), tags: tags.clone() }).await?;
                Ok(with(Observed { tags, ..observed }, seen))
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
        let (observed, mut seen) = seen(resource, observed)?;
        let done = match removal {
            Removal::CloseBucket { days } => close(cloud, resource, self, &mut seen, *days).await,
            Removal::EmptyBucket => empty(cloud, resource, self, &mut seen).await,
            _ => delete(cloud, resource, self).await.map(|()| false),
        };
        match done {
            Ok(true) => Ok(with(observed, seen)),
            Ok(false) => Ok(Sighting::Absent),
            Err(error) if error.cause == Cause::NotFound => Ok(Sighting::Absent),
            Err(error) => Err(error),
        }
    }
}

/// The bucket with its tags. Where it is denied, our own list tells a bucket of ours that denies us from one of another account.
async fn found(cloud: &impl Cloud, resource: &Resource, desired: &Bucket) -> Result<Option<Observed>, CallError> {
    match send(cloud, GetBucketTagging { name: resource.name.clone(), owner: desired.owner.clone() }).await {
        Err(error) if error.cause == Cause::Denied => {
            let own = send(cloud, ListBuckets { prefix: resource.name.clone() }).await?;
            if own.contains(&resource.name) { Err(error) } else { Ok(None) }
        }
        outcome => outcome,
    }
}

fn take_lifecycle(seen: &mut BucketSeen, lifecycle: Option<Lifecycle>, now: Timestamp) {
    match lifecycle {
        Some(Lifecycle::Closed { until, .. }) => (seen.closed_until, seen.over) = (Some(until), until <= now),
        Some(Lifecycle::Expires { days }) => seen.properties.expire_days = Some(days),
        None => {}
    }
}

async fn look_inside(cloud: &impl Cloud, resource: &Resource, desired: &Bucket, seen: &mut BucketSeen) -> Result<(), CallError> {
    let versions = send(cloud, ListObjectVersions { name: resource.name.clone(), owner: desired.owner.clone() }).await?;
    let bytes = versions.iter().map(|version| version.bytes).sum();
    seen.content = if versions.is_empty() { Content::Empty } else { Content::Holds { bytes } };
    Ok(())
}

async fn look_around(cloud: &impl Cloud, resource: &Resource, desired: &Bucket, seen: &mut BucketSeen) -> Result<(), CallError> {
    let of = || (resource.name.clone(), desired.owner.clone());
    let (name, owner) = of();
    seen.blocked = send(cloud, GetPublicAccessBlock { name, owner }).await?;
    let (name, owner) = of();
    seen.properties.key = send(cloud, GetBucketEncryption { name, owner }).await?;
    let (name, owner) = of();
    seen.properties.versioning = send(cloud, GetBucketVersioning { name, owner }).await?;
    let (name, owner) = of();
    seen.properties.policy = send(cloud, GetBucketPolicy { name, owner }).await?;
    if desired.lock_days.is_some() {
        let (name, owner) = of();
        seen.properties.lock_days = send(cloud, GetObjectLock { name, owner }).await?;
    }
    Ok(())
}

async fn create(cloud: &impl Cloud, resource: &Resource, desired: &Bucket) -> Result<Sighting, CallError> {
    let (name, owner) = (resource.name.clone(), desired.owner.clone());
    let create = CreateBucket { name: name.clone(), owner: owner.clone(), lock: desired.lock_days.is_some(), tags: resource.tags.clone() };
    match send(cloud, create).await {
        // In us-east-1 S3 says so as well of a bucket of this account that stood before: its tags say whose it is.
        Ok(made) => match send(cloud, GetBucketTagging { name, owner }).await? {
            Some(shown) => Ok(Sighting::Seen(Observed { tags: shown.tags, ..made })),
            None => Ok(Sighting::Seen(made)),
        },
        Err(error) if error.cause == Cause::AlreadyExists => match desired.observe(cloud, resource, false).await? {
            // Taken, and not by this account: no repeat ever succeeds.
            Sighting::Absent => Err(CallError { cause: Cause::InvalidRequest, ..error }),
            seen => Ok(seen),
        },
        Err(error) => Err(error),
    }
}

async fn update(
    cloud: &impl Cloud,
    resource: &Resource,
    desired: &Bucket,
    differences: &[Difference],
    observed: Option<&Observed>,
) -> Result<Sighting, CallError> {
    let (observed, mut seen) = seen(resource, observed)?;
    for property in ORDER {
        if differences.iter().any(|difference| difference.property == property) {
            put(cloud, resource, desired, property).await?;
        }
    }
    (seen.properties, seen.blocked) = (desired.clone(), true);
    (seen.closed_until, seen.over) = (None, false);
    Ok(with(observed, seen))
}

async fn put(cloud: &impl Cloud, resource: &Resource, desired: &Bucket, property: &str) -> Result<(), CallError> {
    let (name, owner) = (resource.name.clone(), desired.owner.clone());
    match property {
        "public_access" => send(cloud, PutPublicAccessBlock { name, owner }).await,
        "versioning" => {
            let on = desired.versioning || desired.lock_days.is_some();
            send(cloud, PutBucketVersioning { name, owner, on }).await
        }
        "key" => send(cloud, PutBucketEncryption { name, owner, key: desired.key.clone() }).await,
        "lock_days" => match desired.lock_days {
            Some(days) => send(cloud, PutObjectLock { name, owner, days }).await,
            None => Ok(()),
        },
        "policy" => match desired.policy.clone() {
            Some(policy) => send(cloud, PutBucketPolicy { name, owner, policy }).await,
            None => send(cloud, DeleteBucketPolicy { name, owner }).await,
        },
        _ => match desired.lifecycle() {
            Some(lifecycle) => send(cloud, PutBucketLifecycle { name, owner, lifecycle }).await,
            None => send(cloud, DeleteBucketLifecycle { name, owner }).await,
        },
    }
}

/// The rule comes last: it shows that all of it is done. True: the bucket stands.
async fn close(cloud: &impl Cloud, resource: &Resource, desired: &Bucket, seen: &mut BucketSeen, days: u32) -> Result<bool, CallError> {
    let of = || (resource.name.clone(), desired.owner.clone());
    let (name, owner) = of();
    send(cloud, PutPublicAccessBlock { name, owner }).await?;
    let (name, owner) = of();
    send(cloud, DeleteBucketPolicy { name, owner }).await?;
    let until = midnight_after(cloud.now() + SignedDuration::from_secs(i64::from(days) * DAY_SECONDS));
    let (name, owner) = of();
    send(cloud, PutBucketLifecycle { name, owner, lifecycle: Lifecycle::Closed { until, days } }).await?;
    seen.closed_until = Some(until);
    Ok(true)
}

/// S3 lets objects expire at midnight, UTC, only.
fn midnight_after(moment: Timestamp) -> Timestamp {
    let days = moment.as_second().div_euclid(DAY_SECONDS) + 1;
    Timestamp::from_second(days * DAY_SECONDS).unwrap_or(moment)
}

/// As much as one step can; what is left shows in the next. True: the bucket stands.
async fn empty(cloud: &impl Cloud, resource: &Resource, desired: &Bucket, seen: &mut BucketSeen) -> Result<bool, CallError> {
    for _ in 0..BATCHES {
        let (name, owner) = (resource.name.clone(), desired.owner.clone());
        let versions = send(cloud, ListObjectVersions { name: name.clone(), owner: owner.clone() }).await?;
        if versions.is_empty() {
            seen.content = Content::Empty;
            break;
        }
        send(cloud, DeleteObjects { name, owner, versions }).await?;
    }
    Ok(true)
}

async fn delete(cloud: &impl Cloud, resource: &Resource, desired: &Bucket) -> Result<(), CallError> {
    let of = || (resource.name.clone(), desired.owner.clone());
    let (name, owner) = of();
    for upload in send(cloud, ListMultipartUploads { name, owner }).await? {
        let (name, owner) = of();
        match send(cloud, AbortMultipartUpload { name, owner, upload }).await {
            // It was completed or aborted a moment ago.
            Err(error) if error.cause == Cause::NotFound => {}
            outcome => outcome?,
        }
    }
    let (name, owner) = of();
    send(cloud, DeleteBucket { name, owner }).await
}

fn seen(resource: &Resource, observed: Option<&Observed>) -> Result<(Observed, BucketSeen), CallError> {
    match observed.map(|observed| (observed, &observed.detail)) {
        Some((observed, Detail::S3Bucket(seen))) => Ok((observed.clone(), seen.clone())),
        _ => Err(unseen(resource)),
    }
}

fn with(observed: Observed, seen: BucketSeen) -> Sighting {
    Sighting::Seen(Observed { detail: Detail::S3Bucket(seen), ..observed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_bucket_ends_at_the_midnight_after_its_time() {
        let check = |moment: &str, expected: &str| {
            let moment: Timestamp = moment.parse().expect("a moment");
            assert_eq!(midnight_after(moment).to_string(), expected);
        };
        check("2026-11-21T02:00:00Z", "2026-11-22T00:00:00Z");
        check("2026-11-21T23:59:59.9Z", "2026-11-22T00:00:00Z");
        check("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"); // never a moment before
    }
}
