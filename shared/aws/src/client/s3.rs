//! S3 buckets. Every call but the create says whose the bucket must be.

mod content;
mod settings;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, ObjectOwnership, Tag, Tagging};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::bucket::{Bucket, BucketSeen, Content};
use domain::observed::Observed;
use domain::ports::{Call, Cloud, CreateBucket, DeleteBucket, GetBucketTagging, ListBuckets, PutBucketTagging, Reply};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, once};

/// The one region whose name a create must not say (API reference, CreateBucket, `LocationConstraint`).
const UNSAID: &str = "us-east-1";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.s3;
    match call {
        Call::GetBucketTagging(GetBucketTagging { name: bucket, owner }) => {
            let outcome = client.get_bucket_tagging().bucket(&bucket).expected_bucket_owner(&owner).send().await;
            match unless(name, "NoSuchTagSet", outcome) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetBucketTagging(None)),
                Err(error) => Err(error),
                Ok(output) => {
                    let tags = output.map(|output| read_tags(output.tag_set())).unwrap_or_default();
                    Ok(Reply::GetBucketTagging(Some(observed(cloud, &bucket, owner, false, tags))))
                }
            }
        }
        Call::ListBuckets(ListBuckets { prefix }) => {
            let output = client.list_buckets().prefix(prefix).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListBuckets(output.buckets().iter().filter_map(|bucket| bucket.name().map(str::to_owned)).collect()))
        }
        Call::CreateBucket(CreateBucket { name: bucket, owner, lock, tags }) => {
            let place = Some(region(cloud)).filter(|region| *region != UNSAID).map(BucketLocationConstraint::from);
            let configuration =
                CreateBucketConfiguration::builder().set_location_constraint(place).set_tags(Some(write_tags(tags.clone())?));
            let request = client.create_bucket().bucket(&bucket).object_ownership(ObjectOwnership::BucketOwnerEnforced);
            let request = request.object_lock_enabled_for_bucket(lock).create_bucket_configuration(configuration.build());
            let retries = aws_sdk_s3::config::Builder::new().retry_config(once());
            request.customize().config_override(retries).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::CreateBucket(observed(cloud, &bucket, owner, lock, tags)))
        }
        Call::PutBucketTagging(PutBucketTagging { name: bucket, owner, tags }) => {
            let tagging = Tagging::builder().set_tag_set(Some(write_tags(tags)?)).build().map_err(|error| unwritable(&error))?;
            let outcome = client.put_bucket_tagging().bucket(bucket).expected_bucket_owner(owner).tagging(tagging).send().await;
            outcome.map(|_| Reply::PutBucketTagging(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteBucket(DeleteBucket { name: bucket, owner }) => {
            let outcome = client.delete_bucket().bucket(bucket).expected_bucket_owner(owner).send().await;
            outcome.map(|_| Reply::DeleteBucket(())).map_err(|error| failure(name, &error))
        }
        call => match settings::call(cloud, call).await {
            Err(call) => content::call(cloud, *call).await,
            Ok(outcome) => outcome,
        },
    }
}

/// The outcome; none where S3 says `code`, which is how it says that there is nothing.
fn unless<T, E>(operation: &str, code: &str, outcome: Result<T, SdkError<E, HttpResponse>>) -> Result<Option<T>, CallError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match outcome {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some(code) => Ok(None),
        Err(error) => Err(failure(operation, &error)),
    }
}

fn region(cloud: &AwsCloud) -> &str {
    cloud.s3.config().region().map_or(UNSAID, |region| region.as_ref())
}

/// The partition of a region, and where its names end (General Reference, "AWS service endpoints").
fn partition(region: &str) -> (&'static str, &'static str) {
    match region {
        china if china.starts_with("cn-") => ("aws-cn", "amazonaws.com.cn"),
        government if government.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        _ => ("aws", "amazonaws.com"),
    }
}

/// A bucket as it was made: S3 blocks public access by itself (user guide, "Default settings for new S3 buckets").
fn observed(cloud: &AwsCloud, name: &str, owner: String, lock: bool, tags: Tags) -> Observed {
    let region = region(cloud);
    let (partition, suffix) = partition(region);
    let seen = BucketSeen {
        name: name.to_owned(),
        domain: format!("{name}.s3.{region}.{suffix}"),
        properties: Bucket { owner, key: None, versioning: lock, policy: None, expire_days: None, lock_days: None },
        blocked: true,
        closed_until: None,
        over: false,
        content: Content::Unseen,
    };
    Observed { arn: format!("arn:{partition}:s3:::{name}"), tags, at: cloud.now(), detail: Detail::S3Bucket(seen) }
}

fn read_tags(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    tags.into_iter().map(tag).collect::<Result<_, _>>().map_err(|error| unwritable(&error))
}

/// What the SDK refuses to write; only a fault of ours makes it so.
fn unwritable(error: &dyn std::error::Error) -> CallError {
    CallError::new("s3.Write", Cause::InvalidRequest, error.to_string())
}
