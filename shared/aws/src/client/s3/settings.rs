//! The settings of a bucket: one call to read and one to write each.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketVersioningStatus, DefaultRetention, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration, ObjectLockConfiguration, ObjectLockEnabled,
    ObjectLockRetentionMode, ObjectLockRule, PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};
use aws_smithy_types::DateTime;
use domain::failure::CallError;
use domain::kind::bucket::Lifecycle;
use domain::ports::{
    Call, GetBucketEncryption, GetBucketLifecycle, GetBucketPolicy, GetBucketVersioning, GetObjectLock, GetPublicAccessBlock,
    PutBucketEncryption, PutBucketLifecycle, PutBucketVersioning, PutObjectLock, Reply,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{unless, unwritable};
use crate::client::AwsCloud;
use crate::client::failure::failure;

/// The id of our one lifecycle rule.
const RULE: &str = "caretaker";
/// Days after which the parts of an upload go that was never completed.
const UPLOAD_DAYS: i32 = 7;

/// The outcome, or the call: it is none of these.
pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Result<Reply, CallError>, Box<Call>> {
    match call {
        Call::GetPublicAccessBlock(_)
        | Call::GetBucketEncryption(_)
        | Call::GetBucketVersioning(_)
        | Call::GetBucketPolicy(_)
        | Call::GetBucketLifecycle(_)
        | Call::GetObjectLock(_) => Ok(read(cloud, call).await),
        call => write(cloud, call).await,
    }
}

async fn read(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.s3;
    match call {
        Call::GetPublicAccessBlock(GetPublicAccessBlock { name: bucket, owner }) => {
            let outcome = client.get_public_access_block().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = unless(name, "NoSuchPublicAccessBlockConfiguration", outcome)?;
            let blocks = output.as_ref().and_then(|output| output.public_access_block_configuration());
            Ok(Reply::GetPublicAccessBlock(blocks == Some(&all_blocked())))
        }
        Call::GetBucketEncryption(GetBucketEncryption { name: bucket, owner }) => {
            let outcome = client.get_bucket_encryption().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = unless(name, "ServerSideEncryptionConfigurationNotFoundError", outcome)?;
            let rule = output.as_ref().and_then(|output| output.server_side_encryption_configuration()?.rules().first());
            Ok(Reply::GetBucketEncryption(rule.and_then(|rule| key(rule.apply_server_side_encryption_by_default()?))))
        }
        Call::GetBucketVersioning(GetBucketVersioning { name: bucket, owner }) => {
            let output = client.get_bucket_versioning().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = output.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetBucketVersioning(output.status() == Some(&BucketVersioningStatus::Enabled)))
        }
        Call::GetBucketPolicy(GetBucketPolicy { name: bucket, owner }) => {
            let outcome = client.get_bucket_policy().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = unless(name, "NoSuchBucketPolicy", outcome)?;
            Ok(Reply::GetBucketPolicy(output.as_ref().and_then(|output| output.policy()).map(document)))
        }
        Call::GetBucketLifecycle(GetBucketLifecycle { name: bucket, owner }) => {
            let outcome = client.get_bucket_lifecycle_configuration().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = unless(name, "NoSuchLifecycleConfiguration", outcome)?;
            let rule = output.as_ref().and_then(|output| output.rules().iter().find(|rule| rule.id() == Some(RULE)));
            Ok(Reply::GetBucketLifecycle(rule.and_then(lifecycle)))
        }
        Call::GetObjectLock(GetObjectLock { name: bucket, owner }) => {
            let outcome = client.get_object_lock_configuration().bucket(bucket).expected_bucket_owner(owner).send().await;
            let output = unless(name, "ObjectLockConfigurationNotFoundError", outcome)?;
            let retention = output.as_ref().and_then(|output| output.object_lock_configuration()?.rule()?.default_retention());
            let retention = retention.filter(|retention| retention.mode() == Some(&ObjectLockRetentionMode::Compliance));
            Ok(Reply::GetObjectLock(retention.and_then(DefaultRetention::days).and_then(|days| u32::try_from(days).ok())))
        }
        call => Err(crate::client::unknown(call.name())),
    }
}

async fn write(cloud: &AwsCloud, call: Call) -> Result<Result<Reply, CallError>, Box<Call>> {
    let name = call.name();
    let client = &cloud.s3;
    Ok(match call {
        Call::PutPublicAccessBlock(request) => {
            let call = client.put_public_access_block().bucket(request.name).expected_bucket_owner(request.owner);
            let outcome = call.public_access_block_configuration(all_blocked()).send().await;
            outcome.map(|_| Reply::PutPublicAccessBlock(())).map_err(|error| failure(name, &error))
        }
        Call::PutBucketEncryption(PutBucketEncryption { name: bucket, owner, key }) => match encryption(key) {
            Ok(encryption) => {
                let call = client.put_bucket_encryption().bucket(bucket).expected_bucket_owner(owner);
                let outcome = call.server_side_encryption_configuration(encryption).send().await;
                outcome.map(|_| Reply::PutBucketEncryption(())).map_err(|error| failure(name, &error))
            }
            Err(error) => Err(error),
        },
        Call::PutBucketVersioning(PutBucketVersioning { name: bucket, owner, on }) => {
            let status = if on { BucketVersioningStatus::Enabled } else { BucketVersioningStatus::Suspended };
            let versioning = VersioningConfiguration::builder().status(status).build();
            let call = client.put_bucket_versioning().bucket(bucket).expected_bucket_owner(owner).versioning_configuration(versioning);
            call.send().await.map(|_| Reply::PutBucketVersioning(())).map_err(|error| failure(name, &error))
        }
        Call::PutBucketPolicy(request) => {
            let call = client.put_bucket_policy().bucket(request.name).expected_bucket_owner(request.owner);
            let outcome = call.policy(request.policy.to_string()).send().await;
            outcome.map(|_| Reply::PutBucketPolicy(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteBucketPolicy(request) => {
            let outcome = client.delete_bucket_policy().bucket(request.name).expected_bucket_owner(request.owner).send().await;
            outcome.map(|_| Reply::DeleteBucketPolicy(())).map_err(|error| failure(name, &error))
        }
        Call::PutBucketLifecycle(PutBucketLifecycle { name: bucket, owner, lifecycle }) => match rules(lifecycle) {
            Ok(rules) => {
                let call = client.put_bucket_lifecycle_configuration().bucket(bucket).expected_bucket_owner(owner);
                let outcome = call.lifecycle_configuration(rules).send().await;
                outcome.map(|_| Reply::PutBucketLifecycle(())).map_err(|error| failure(name, &error))
            }
            Err(error) => Err(error),
        },
        Call::DeleteBucketLifecycle(request) => {
            let outcome = client.delete_bucket_lifecycle().bucket(request.name).expected_bucket_owner(request.owner).send().await;
            outcome.map(|_| Reply::DeleteBucketLifecycle(())).map_err(|error| failure(name, &error))
        }
        Call::PutObjectLock(PutObjectLock { name: bucket, owner, days }) => {
            let call = client.put_object_lock_configuration().bucket(bucket).expected_bucket_owner(owner);
            let outcome = call.object_lock_configuration(lock(days)).send().await;
            outcome.map(|_| Reply::PutObjectLock(())).map_err(|error| failure(name, &error))
        }
        call => return Err(Box::new(call)),
    })
}

fn all_blocked() -> PublicAccessBlockConfiguration {
    let blocks = PublicAccessBlockConfiguration::builder().block_public_acls(true).ignore_public_acls(true);
    blocks.block_public_policy(true).restrict_public_buckets(true).build()
}

/// A bucket key makes one call to KMS do for many objects.
fn encryption(key: Option<String>) -> Result<ServerSideEncryptionConfiguration, CallError> {
    let algorithm = if key.is_some() { ServerSideEncryption::AwsKms } else { ServerSideEncryption::Aes256 };
    let has_key = key.is_some();
    let default = ServerSideEncryptionByDefault::builder().sse_algorithm(algorithm).set_kms_master_key_id(key).build();
    let default = default.map_err(|error| unwritable(&error))?;
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).bucket_key_enabled(has_key).build();
    ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(|error| unwritable(&error))
}

fn key(default: &ServerSideEncryptionByDefault) -> Option<String> {
    match default.sse_algorithm() {
        ServerSideEncryption::Aes256 => None,
        // Without a key it is AWS's own.
        _ => Some(default.kms_master_key_id().unwrap_or("aws/s3").to_owned()),
    }
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn lock(days: u32) -> ObjectLockConfiguration {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let retention = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance).days(days).build();
    let rule = ObjectLockRule::builder().default_retention(retention).build();
    ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).rule(rule).build()
}

fn rules(lifecycle: Lifecycle) -> Result<BucketLifecycleConfiguration, CallError> {
    let (expiration, days) = match lifecycle {
        Lifecycle::Expires { days } => (LifecycleExpiration::builder().days(i32::try_from(days).unwrap_or(i32::MAX)), days),
        Lifecycle::Closed { until, days } => (LifecycleExpiration::builder().date(DateTime::from_secs(until.as_second())), days),
    };
    let older = NoncurrentVersionExpiration::builder().noncurrent_days(i32::try_from(days).unwrap_or(i32::MAX));
    let uploads = AbortIncompleteMultipartUpload::builder().days_after_initiation(UPLOAD_DAYS).build();
    let rule = LifecycleRule::builder().id(RULE).status(ExpirationStatus::Enabled);
    let rule = rule.filter(LifecycleRuleFilter::builder().prefix("").build()).expiration(expiration.build());
    let rule = rule.noncurrent_version_expiration(older.build()).abort_incomplete_multipart_upload(uploads).build();
    let rule = rule.map_err(|error| unwritable(&error))?;
    BucketLifecycleConfiguration::builder().rules(rule).build().map_err(|error| unwritable(&error))
}

fn lifecycle(rule: &LifecycleRule) -> Option<Lifecycle> {
    if rule.status() != &ExpirationStatus::Enabled {
        return None;
    }
    let expiration = rule.expiration()?;
    let days = |days: Option<i32>| days.and_then(|days| u32::try_from(days).ok());
    match expiration.date() {
        Some(date) => {
            let older = rule.noncurrent_version_expiration().and_then(|older| days(older.noncurrent_days()));
            Some(Lifecycle::Closed { until: Timestamp::from_second(date.secs()).ok()?, days: older.unwrap_or(0) })
        }
        None => days(expiration.days()).map(|days| Lifecycle::Expires { days }),
    }
}
