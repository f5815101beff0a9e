//! S3: buckets by name, with all versions of their objects.

use std::collections::{BTreeMap, BTreeSet};

use domain::failure::Cause;
use domain::kind::Detail;
use domain::kind::bucket::{Bucket as Properties, BucketSeen, Content, Lifecycle, ObjectVersion, Upload};
use domain::observed::Observed;
use domain::ports::{Call, CreateBucket, DeleteObjects, Reply};
use domain::resource::Tags;
use jiff::{SignedDuration, Timestamp};

use super::environment::Environment;
use super::turn::{Answer, Refused, Turn};

/// Entries of one listing (API reference, ListObjectVersions).
const PAGE: usize = 1_000;

#[derive(Debug, Clone)]
struct Bucket {
    tags: Tags,
    blocked: bool,
    properties: Properties,
    lifecycle: Option<Lifecycle>,
    /// Each with the moment until which it is locked.
    versions: Vec<(ObjectVersion, Option<Timestamp>)>,
    uploads: Vec<Upload>,
}

/// Buckets of this account by name, and the names that others have taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Storage {
    buckets: BTreeMap<String, Bucket>,
    foreign: BTreeSet<String>,
}

impl Storage {
    /// A line each, for the census: without moments.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(name, bucket): (&String, &Bucket)| {
            let rule = match &bucket.lifecycle {
                Some(Lifecycle::Closed { days, .. }) => format!("closed for {days} d"),
                Some(Lifecycle::Expires { days }) => format!("expires {days} d"),
                None => "keeps".to_owned(),
            };
            let tags: Vec<_> = bucket.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let (versions, uploads) = (bucket.versions.len(), bucket.uploads.len());
            let blocked = bucket.blocked;
            format!(
                "bucket {name} blocked {blocked} {rule} {versions} versions {uploads} uploads {:?} [{}]",
                bucket.properties,
                tags.join(" ")
            )
        };
        self.buckets.iter().map(line).collect()
    }

    /// Whether the bucket's policy lets load balancers write into it.
    pub(super) fn takes_logs(&self, name: &str) -> bool {
        let policy = self.buckets.get(name).and_then(|bucket| bucket.properties.policy.as_ref());
        policy.is_some_and(|policy| serde_json::to_string(policy).is_ok_and(|text| text.contains("logdelivery.elasticloadbalancing")))
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tags> {
        self.buckets.values().map(|bucket| &bucket.tags)
    }

    /// What somebody writes.
    pub(super) fn write(&mut self, name: &str, key: &str, bytes: u64, turn: &mut Turn) {
        let version = turn.hex("", 32);
        let bucket = self.buckets.get_mut(name).unwrap_or_else(|| panic!("there is no bucket {name}"));
        let day = SignedDuration::from_hours(24);
        let locked = bucket.properties.lock_days.map(|days| turn.now + day * i32::try_from(days).unwrap_or(i32::MAX));
        let version = if bucket.properties.versioning { version } else { "null".to_owned() };
        if version == "null" {
            bucket.versions.retain(|(known, _)| known.key != key || known.version != "null");
        }
        bucket.versions.push((ObjectVersion { key: key.to_owned(), version, bytes }, locked));
    }

    /// An upload that somebody leaves without an end.
    pub(super) fn begin_upload(&mut self, name: &str, key: &str, turn: &mut Turn) {
        let id = turn.hex("", 32);
        let bucket = self.buckets.get_mut(name).unwrap_or_else(|| panic!("there is no bucket {name}"));
        bucket.uploads.push(Upload { key: key.to_owned(), id });
    }

    /// Another account makes a bucket of that name.
    pub(super) fn take_name(&mut self, name: &str) {
        self.foreign.insert(name.to_owned());
    }

    /// `owner`: whose the caller expects it to be.
    fn bucket(&self, name: &str, owner: &str) -> Answer<&Bucket> {
        let known = self.buckets.get(name);
        if self.foreign.contains(name) || known.is_some_and(|bucket| bucket.properties.owner != owner) {
            return Err(Refused::fact("s3_bucket_of_another", Cause::Denied, &[]));
        }
        known.ok_or_else(|| Refused::fact("s3_bucket_missing", Cause::NotFound, &[]))
    }

    fn bucket_mut(&mut self, name: &str, owner: &str) -> Answer<&mut Bucket> {
        self.bucket(name, owner)?;
        self.buckets.get_mut(name).ok_or_else(|| Refused::fact("s3_bucket_missing", Cause::NotFound, &[]))
    }

    /// Reads. None: the call is none of this service's.
    pub(super) fn read(&self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::GetBucketTagging(request) => match self.bucket(&request.name, &request.owner) {
                Err(refused) if refused.cause == Cause::NotFound => Ok(Reply::GetBucketTagging(None)),
                Err(refused) => Err(refused),
                Ok(bucket) => Ok(Reply::GetBucketTagging(Some(view(&request.name, bucket, environment, turn.now)))),
            },
            Call::ListBuckets(request) => {
                Ok(Reply::ListBuckets(self.buckets.keys().filter(|name| name.starts_with(&request.prefix)).cloned().collect()))
            }
            Call::GetPublicAccessBlock(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetPublicAccessBlock(one.blocked))
            }
            Call::GetBucketEncryption(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetBucketEncryption(one.properties.key.clone()))
            }
            Call::GetBucketVersioning(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetBucketVersioning(one.properties.versioning))
            }
            Call::GetBucketPolicy(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetBucketPolicy(one.properties.policy.clone()))
            }
            Call::GetBucketLifecycle(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetBucketLifecycle(one.lifecycle.clone()))
            }
            Call::GetObjectLock(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::GetObjectLock(one.properties.lock_days))
            }
            Call::ListObjectVersions(request) => self
                .bucket(&request.name, &request.owner)
                .map(|one| Reply::ListObjectVersions(one.versions.iter().take(PAGE).map(|(version, _)| version.clone()).collect())),
            Call::ListMultipartUploads(request) => {
                self.bucket(&request.name, &request.owner).map(|one| Reply::ListMultipartUploads(one.uploads.clone()))
            }
            _ => return None,
        })
    }

    /// Effects. None: the call is none of this service's.
    pub(super) fn change(&mut self, call: &Call, environment: &Environment, turn: &Turn) -> Option<Answer<Reply>> {
        Some(match call {
            Call::CreateBucket(request) => self.create(request, environment, turn).map(Reply::CreateBucket),
            Call::PutPublicAccessBlock(request) => {
                self.bucket_mut(&request.name, &request.owner).map(|one| one.blocked = true).map(Reply::PutPublicAccessBlock)
            }
            Call::PutBucketEncryption(request) => {
                let put = self.bucket_mut(&request.name, &request.owner).map(|one| one.properties.key.clone_from(&request.key));
                put.map(Reply::PutBucketEncryption)
            }
            Call::PutBucketVersioning(request) => self
                .bucket_mut(&request.name, &request.owner)
                .map(|one| one.properties.versioning = request.on)
                .map(Reply::PutBucketVersioning),
            Call::PutBucketPolicy(request) => {
                let put = self.bucket_mut(&request.name, &request.owner).map(|one| one.properties.policy = Some(request.policy.clone()));
                put.map(Reply::PutBucketPolicy)
            }
            Call::DeleteBucketPolicy(request) => {
                self.bucket_mut(&request.name, &request.owner).map(|one| one.properties.policy = None).map(Reply::DeleteBucketPolicy)
            }
            Call::PutBucketLifecycle(request) => {
                let put = self.bucket_mut(&request.name, &request.owner).map(|one| one.lifecycle = Some(request.lifecycle.clone()));
                put.map(Reply::PutBucketLifecycle)
            }
            Call::DeleteBucketLifecycle(request) => {
                self.bucket_mut(&request.name, &request.owner).map(|one| one.lifecycle = None).map(Reply::DeleteBucketLifecycle)
            }
            Call::PutObjectLock(request) => self.lock(&request.name, &request.owner, request.days).map(Reply::PutObjectLock),
            Call::PutBucketTagging(request) => {
                self.bucket_mut(&request.name, &request.owner).map(|one| one.tags.clone_from(&request.tags)).map(Reply::PutBucketTagging)
            }
            Call::DeleteObjects(request) => self.delete_objects(request, turn.now).map(Reply::DeleteObjects),
            Call::AbortMultipartUpload(request) => {
                let abort =
                    self.bucket_mut(&request.name, &request.owner).map(|one| one.uploads.retain(|upload| *upload != request.upload));
                abort.map(Reply::AbortMultipartUpload)
            }
            Call::DeleteBucket(request) => self.delete(&request.name, &request.owner).map(Reply::DeleteBucket),
            _ => return None,
        })
    }

    fn create(&mut self, request: &CreateBucket, environment: &Environment, turn: &Turn) -> Answer<Observed> {
        let CreateBucket { name, owner: _, lock, tags } = request;
        if self.foreign.contains(name) {
            return Err(Refused::fact("s3_bucket_name_taken", Cause::AlreadyExists, &[]));
        }
        // The simulator's region is us-east-1, where a repeat by the owner succeeds and changes nothing.
        let fresh = Bucket {
            tags: tags.clone(),
            blocked: true,
            properties: Properties {
                owner: environment.account.clone(),
                key: None,
                versioning: *lock,
                policy: None,
                expire_days: None,
                lock_days: None,
            },
            lifecycle: None,
            versions: Vec::new(),
            uploads: Vec::new(),
        };
        let mut made = view(name, &fresh, environment, turn.now);
        if let Detail::S3Bucket(seen) = &mut made.detail {
            seen.properties.versioning = *lock;
        }
        self.buckets.entry(name.clone()).or_insert(fresh);
        Ok(made)
    }

    fn lock(&mut self, name: &str, owner: &str, days: u32) -> Answer<()> {
        let bucket = self.bucket_mut(name, owner)?;
        if !bucket.properties.versioning {
            return Err(Refused::fact("s3_lock_needs_versions", Cause::InvalidState, &[]));
        }
        bucket.properties.lock_days = Some(days);
        Ok(())
    }

    fn delete_objects(&mut self, request: &DeleteObjects, now: Timestamp) -> Answer<()> {
        let bucket = self.bucket_mut(&request.name, &request.owner)?;
        let is_locked = |until: &Option<Timestamp>| until.is_some_and(|until| until > now);
        let named: BTreeSet<_> = request.versions.iter().map(|one| (&one.key, &one.version)).collect();
        let wanted = |version: &ObjectVersion| named.contains(&(&version.key, &version.version));
        let refused = bucket.versions.iter().any(|(version, until)| wanted(version) && is_locked(until));
        bucket.versions.retain(|(version, until)| !wanted(version) || is_locked(until));
        if refused { Err(Refused::fact("s3_object_locked", Cause::Denied, &[])) } else { Ok(()) }
    }

    fn delete(&mut self, name: &str, owner: &str) -> Answer<()> {
        if !self.bucket(name, owner)?.versions.is_empty() {
            return Err(Refused::fact("s3_bucket_not_empty", Cause::InvalidState, &[]));
        }
        self.buckets.remove(name);
        Ok(())
    }
}

/// With nothing but the tags filled in.
fn view(name: &str, bucket: &Bucket, environment: &Environment, now: Timestamp) -> Observed {
    let owner = bucket.properties.owner.clone();
    let seen = BucketSeen {
        name: name.to_owned(),
        domain: format!("{name}.s3.{}.amazonaws.com", environment.region),
        properties: Properties { owner, key: None, versioning: false, policy: None, expire_days: None, lock_days: None },
        blocked: true,
        closed_until: None,
        over: false,
        content: Content::Unseen,
    };
    Observed { arn: format!("arn:aws:s3:::{name}"), tags: bucket.tags.clone(), at: now, detail: Detail::S3Bucket(seen) }
}
