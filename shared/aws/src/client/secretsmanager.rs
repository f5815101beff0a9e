//! Secrets Manager. Values pass through and are kept nowhere.

use aws_sdk_secretsmanager::types::Tag;
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::secret::SecretSeen;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, Confidential, CreateSecret, DeleteSecret, DescribeSecret, GetRandomPassword, GetSecretValue, Reply, RestoreSecret,
    RotatedAt, TagSecret, UpdateSecret,
};
use domain::resource::Tags;
use jiff::Timestamp;

use super::failure::{failure, without};
use super::{AwsCloud, once, unknown};

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.secretsmanager;
    match call {
        Call::GetRandomPassword(GetRandomPassword { length }) => {
            let request = client.get_random_password().password_length(i64::from(length)).exclude_punctuation(true).include_space(false);
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetRandomPassword(Confidential(output.random_password.unwrap_or_default())))
        }
        Call::DescribeSecret(DescribeSecret { id }) => describe(cloud, name, id).await.map(Reply::DescribeSecret),
        Call::RotatedAt(RotatedAt { id }) => rotated_at(cloud, name, id).await.map(Reply::RotatedAt),
        Call::GetSecretValue(GetSecretValue { id }) => {
            let output = client.get_secret_value().secret_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::GetSecretValue(Confidential(output.secret_string.unwrap_or_default())))
        }
        Call::CreateSecret(CreateSecret { name: secret, token, value, key, tags: wanted }) => {
            let request = client.create_secret().name(secret).client_request_token(token).secret_string(&value.0);
            let request = request.set_kms_key_id(key).set_tags(Some(tags(wanted))).customize().config_override(config());
            let output = request.send().await.map_err(|error| without(failure(name, &error), &value.0))?;
            Ok(Reply::CreateSecret(output.arn.unwrap_or_default()))
        }
        Call::RestoreSecret(RestoreSecret { id }) => {
            client.restore_secret().secret_id(id).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::RestoreSecret(()))
        }
        Call::DeleteSecret(DeleteSecret { id, recovery_days }) => {
            let request = client.delete_secret().secret_id(id).set_recovery_window_in_days(recovery_days.map(i64::from));
            let request = if recovery_days.is_none() { request.force_delete_without_recovery(true) } else { request };
            request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::DeleteSecret(()))
        }
        Call::TagSecret(TagSecret { id, tags: wanted }) => {
            client.tag_resource().secret_id(id).set_tags(Some(tags(wanted))).send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::TagSecret(()))
        }
        Call::UpdateSecret(UpdateSecret { id, key }) => {
            // Nothing is AWS's own key (API reference, UpdateSecret).
            let request = client.update_secret().secret_id(id).kms_key_id(key.unwrap_or_default());
            request.send().await.map_err(|error| failure(name, &error))?;
            Ok(Reply::UpdateSecret(()))
        }
        _ => Err(unknown(name)),
    }
}

async fn describe(cloud: &AwsCloud, name: &str, id: String) -> Result<Option<Observed>, CallError> {
    let output = match cloud.secretsmanager.describe_secret().secret_id(id).send().await.map_err(|error| failure(name, &error)) {
        Err(error) if error.cause == Cause::NotFound => return Ok(None),
        outcome => outcome?,
    };
    let deleted_at = output.deleted_date.and_then(|date| Timestamp::from_second(date.secs()).ok());
    let key = output.kms_key_id.filter(|key| !key.is_empty());
    let tags = output.tags.unwrap_or_default().into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect();
    Ok(Some(Observed {
        arn: output.arn.unwrap_or_default(),
        tags,
        at: cloud.now(),
        detail: Detail::Secret(SecretSeen { deleted_at, key }),
    }))
}

/// The present version's moment, if there is one before it: `AWSPREVIOUS` is what was present last.
async fn rotated_at(cloud: &AwsCloud, name: &str, id: String) -> Result<Option<Timestamp>, CallError> {
    let output = match cloud.secretsmanager.list_secret_version_ids().secret_id(id).send().await.map_err(|error| failure(name, &error)) {
        Err(error) if error.cause == Cause::NotFound => return Ok(None),
        outcome => outcome?,
    };
    let stage = |stage: &str| output.versions().iter().find(|version| version.version_stages().iter().any(|one| one == stage));
    let present = stage("AWSCURRENT").and_then(|version| version.created_date());
    Ok(stage("AWSPREVIOUS").and(present).and_then(|date| Timestamp::from_second(date.secs()).ok()))
}

fn config() -> aws_sdk_secretsmanager::config::Builder {
    aws_sdk_secretsmanager::config::Builder::default().retry_config(once())
}

fn tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
