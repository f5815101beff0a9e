//! KMS keys and their aliases.

use aws_sdk_kms::types::{self, KeyMetadata, Tag};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::key::{Key, KeySeen, KeyState};
use domain::kind::policy::Policy;
use domain::observed::Observed;
use domain::ports::{
    Call, CancelKeyDeletion, Cloud, CreateAlias, CreateKey, DeleteAlias, DescribeKey, DisableKeyRotation, EnableKey, EnableKeyRotation,
    GetKeyPolicy, GetKeyRotationStatus, ListKeyTags, ListKeys, PutKeyPolicy, Reply, ScheduleKeyDeletion, TagKey, UpdateKeyDescription,
};
use domain::resource::Tags;

use super::failure::failure;
use super::{AwsCloud, once, unknown};

/// The most that KMS gives at once (API reference, ListKeys).
const PAGE: i32 = 1_000;

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.kms;
    match call {
        Call::DescribeKey(DescribeKey { id }) => match client.describe_key().key_id(id).send().await.map_err(|error| failure(name, &error))
        {
            Err(error) if error.cause == Cause::NotFound => Ok(Reply::DescribeKey(None)),
            Err(error) => Err(error),
            Ok(output) => Ok(Reply::DescribeKey(output.key_metadata().map(|key| observed(cloud, key)))),
        },
        Call::ListKeys(ListKeys {}) => list_keys(cloud, name).await.map(Reply::ListKeys),
        Call::ListKeyTags(ListKeyTags { id }) => list_tags(cloud, name, id).await.map(Reply::ListKeyTags),
        Call::GetKeyPolicy(GetKeyPolicy { id }) => {
            let output = client.get_key_policy().key_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetKeyPolicy(Policy::read(output.policy().unwrap_or_default())))
        }
        Call::GetKeyRotationStatus(GetKeyRotationStatus { id }) => {
            let output = client.get_key_rotation_status().key_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetKeyRotationStatus(output.key_rotation_enabled()))
        }
        call => change(cloud, call).await,
    }
}

async fn change(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.kms;
    match call {
        Call::CreateKey(CreateKey { desired, tags }) => {
            let policy = desired.policy.clone();
            let request =
                client.create_key().description(desired.description).policy(policy.to_string()).set_tags(Some(write_tags(tags.clone())?));
            let output = request.customize().config_override(config()).send().await.map_err(|error| failure(name, &error))?;
            let made = output.key_metadata().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no key"))?;
            Ok(Reply::CreateKey(made_of(cloud, made, policy, tags)))
        }
        Call::CreateAlias(CreateAlias { alias, id }) => {
            let request = client.create_alias().alias_name(alias).target_key_id(id).customize().config_override(config());
            request.send().await.map(|_| Reply::CreateAlias(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteAlias(DeleteAlias { alias }) => {
            client.delete_alias().alias_name(alias).send().await.map(|_| Reply::DeleteAlias(())).map_err(|error| failure(name, &error))
        }
        Call::UpdateKeyDescription(UpdateKeyDescription { id, description }) => {
            let outcome = client.update_key_description().key_id(id).description(description).send().await;
            outcome.map(|_| Reply::UpdateKeyDescription(())).map_err(|error| failure(name, &error))
        }
        Call::PutKeyPolicy(PutKeyPolicy { id, policy }) => {
            let outcome = client.put_key_policy().key_id(id).policy(policy.to_string()).send().await;
            outcome.map(|_| Reply::PutKeyPolicy(())).map_err(|error| failure(name, &error))
        }
        Call::EnableKeyRotation(EnableKeyRotation { id }) => {
            let outcome = client.enable_key_rotation().key_id(id).send().await;
            outcome.map(|_| Reply::EnableKeyRotation(())).map_err(|error| failure(name, &error))
        }
        Call::DisableKeyRotation(DisableKeyRotation { id }) => {
            let outcome = client.disable_key_rotation().key_id(id).send().await;
            outcome.map(|_| Reply::DisableKeyRotation(())).map_err(|error| failure(name, &error))
        }
        Call::EnableKey(EnableKey { id }) => {
            client.enable_key().key_id(id).send().await.map(|_| Reply::EnableKey(())).map_err(|error| failure(name, &error))
        }
        Call::ScheduleKeyDeletion(ScheduleKeyDeletion { id, pending_days }) => {
            let request = client.schedule_key_deletion().key_id(id).pending_window_in_days(i32::from(pending_days));
            request.send().await.map(|_| Reply::ScheduleKeyDeletion(())).map_err(|error| failure(name, &error))
        }
        Call::CancelKeyDeletion(CancelKeyDeletion { id }) => {
            let outcome = client.cancel_key_deletion().key_id(id).send().await;
            outcome.map(|_| Reply::CancelKeyDeletion(())).map_err(|error| failure(name, &error))
        }
        Call::TagKey(TagKey { id, tags }) => {
            let outcome = client.tag_resource().key_id(id).set_tags(Some(write_tags(tags)?)).send().await;
            outcome.map(|_| Reply::TagKey(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

async fn list_keys(cloud: &AwsCloud, name: &str) -> Result<Vec<String>, CallError> {
    let (mut keys, mut marker) = (Vec::new(), None);
    loop {
        let output = cloud.kms.list_keys().limit(PAGE).set_marker(marker).send().await.map_err(|error| failure(name, &error))?;
        keys.extend(output.keys().iter().filter_map(|key| key.key_id().map(str::to_owned)));
        marker = output.next_marker;
        if marker.is_none() {
            return Ok(keys);
        }
    }
}

async fn list_tags(cloud: &AwsCloud, name: &str, id: String) -> Result<Tags, CallError> {
    let (mut tags, mut marker) = (Tags::new(), None);
    loop {
        let request = cloud.kms.list_resource_tags().key_id(id.clone()).set_marker(marker);
        let output = request.send().await.map_err(|error| failure(name, &error))?;
        tags.extend(output.tags().iter().map(|tag| (tag.tag_key().to_owned(), tag.tag_value().to_owned())));
        marker = output.next_marker;
        if marker.is_none() {
            return Ok(tags);
        }
    }
}

/// What was just made: KMS shows no policy and no tags in its reply, and rotates nothing by itself.
fn made_of(cloud: &AwsCloud, key: &KeyMetadata, policy: Policy, tags: Tags) -> Observed {
    let mut made = Observed { tags, ..observed(cloud, key) };
    if let Detail::KmsKey(seen) = &mut made.detail {
        seen.properties.policy = policy;
    }
    made
}

fn observed(cloud: &AwsCloud, key: &KeyMetadata) -> Observed {
    let state = match key.key_state() {
        Some(types::KeyState::Enabled) => KeyState::Enabled,
        Some(types::KeyState::Disabled) => KeyState::Disabled,
        Some(types::KeyState::PendingDeletion) => KeyState::PendingDeletion,
        other => KeyState::Other(other.map_or("of no state", types::KeyState::as_str).to_owned()),
    };
    let description = key.description().unwrap_or_default().to_owned();
    let properties = Key { description, policy: Policy::default(), rotation: false };
    let seen = KeySeen { id: key.key_id().to_owned(), alias: None, state, properties };
    Observed { arn: key.arn().unwrap_or_default().to_owned(), tags: Tags::new(), at: cloud.now(), detail: Detail::KmsKey(seen) }
}

fn config() -> aws_sdk_kms::config::Builder {
    aws_sdk_kms::config::Builder::default().retry_config(once())
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().tag_key(key).tag_value(value).build();
    let tags = tags.into_iter().map(tag).collect::<Result<_, _>>();
    tags.map_err(|error| CallError::new("kms.Tag", Cause::InvalidRequest, error.to_string()))
}
