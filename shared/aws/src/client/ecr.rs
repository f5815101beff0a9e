//! Repositories of images.

use aws_sdk_ecr::types::{
    EncryptionConfiguration, EncryptionType, ImageIdentifier, ImageScanningConfiguration, Repository as Described, Tag,
};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::grounds::Repository;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateRepository, DeleteRepository, DescribeRepository, GetLifecyclePolicy, HasImage, ListRepositoryTags,
    PutImageScanning, PutLifecyclePolicy, Reply, TagRepository,
};
use domain::resource::Tags;
use serde_json::{Value, json};

use super::failure::failure;
use super::{AwsCloud, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.ecr;
    match call {
        Call::DescribeRepository(DescribeRepository { name: repository }) => {
            let outcome = client.describe_repositories().repository_names(repository).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeRepository(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::DescribeRepository(output.repositories().first().map(|one| observed(cloud, one, Tags::new())))),
            }
        }
        Call::ListRepositoryTags(ListRepositoryTags { arn }) => {
            let output = client.list_tags_for_resource().resource_arn(arn).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::ListRepositoryTags(output.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()))
        }
        Call::GetLifecyclePolicy(GetLifecyclePolicy { name: repository }) => {
            let outcome = client.get_lifecycle_policy().repository_name(repository).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetLifecyclePolicy(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::GetLifecyclePolicy(output.lifecycle_policy_text().and_then(kept))),
            }
        }
        Call::HasImage(HasImage { repository, tag }) => {
            let image = ImageIdentifier::builder().image_tag(tag).build();
            let outcome = client.describe_images().repository_name(repository).image_ids(image).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::HasImage(false)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::HasImage(!output.image_details().is_empty())),
            }
        }
        Call::CreateRepository(CreateRepository { name: repository, desired, tags }) => {
            let scanning = ImageScanningConfiguration::builder().scan_on_push(desired.scan_on_push).build();
            let request = client.create_repository().repository_name(repository).image_scanning_configuration(scanning);
            let request = request.set_encryption_configuration(encryption(desired.key)?).set_tags(Some(write_tags(tags.clone())?));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let made = output.repository().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no repository"))?;
            Ok(Reply::CreateRepository(observed(cloud, made, tags)))
        }
        Call::PutLifecyclePolicy(PutLifecyclePolicy { name: repository, keep_images }) => {
            let outcome = client.put_lifecycle_policy().repository_name(repository).lifecycle_policy_text(policy(keep_images)).send().await;
            outcome.map(|_| Reply::PutLifecyclePolicy(())).map_err(|error| failure(name, &error))
        }
        Call::PutImageScanning(PutImageScanning { name: repository, on }) => {
            let scanning = ImageScanningConfiguration::builder().scan_on_push(on).build();
            let request = client.put_image_scanning_configuration().repository_name(repository).image_scanning_configuration(scanning);
            request.send().await.map(|_| Reply::PutImageScanning(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteRepository(DeleteRepository { name: repository, force }) => {
            let outcome = client.delete_repository().repository_name(repository).force(force).send().await;
            outcome.map(|_| Reply::DeleteRepository(())).map_err(|error| failure(name, &error))
        }
        Call::TagRepository(TagRepository { arn, tags }) => {
            let outcome = client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags)?)).send().await;
            outcome.map(|_| Reply::TagRepository(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

/// One rule: of all images the newest so many.
fn policy(keep_images: u32) -> String {
    let selection = json!({ "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep_images });
    let rule = json!({ "rulePriority": 1, "description": "the newest are kept", "selection": selection, "action": { "type": "expire" } });
    json!({ "rules": [rule] }).to_string()
}

/// How many a policy like ours keeps; another's is none of ours, and shows as none.
fn kept(text: &str) -> Option<u32> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let number = policy["rules"][0]["selection"]["countNumber"].as_u64()?;
    u32::try_from(number).ok()
}

fn encryption(key: Option<String>) -> Result<Option<EncryptionConfiguration>, CallError> {
    let built = |key| EncryptionConfiguration::builder().encryption_type(EncryptionType::Kms).kms_key(key).build();
    key.map(built).transpose().map_err(|error| CallError::new("ecr.CreateRepository", Cause::InvalidRequest, error.to_string()))
}

fn observed(cloud: &AwsCloud, repository: &Described, tags: Tags) -> Observed {
    let name = repository.repository_name().unwrap_or_default();
    let properties = Repository {
        scan_on_push: repository.image_scanning_configuration().is_some_and(ImageScanningConfiguration::scan_on_push),
        keep_images: 0,
        key: repository.encryption_configuration().and_then(|encryption| encryption.kms_key()).map(str::to_owned),
    };
    let shown = Shown::done(name, properties).giving("uri", repository.repository_uri().unwrap_or_default());
    let arn = repository.repository_arn().unwrap_or_default().to_owned();
    Observed { arn, tags, at: cloud.now(), detail: Detail::EcrRepository(shown) }
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    let tags = tags.into_iter().map(tag).collect::<Result<_, _>>();
    tags.map_err(|error| CallError::new("ecr.Tag", Cause::InvalidRequest, error.to_string()))
}
