//! IAM roles. Policies travel as percent-encoded JSON.

use aws_sdk_iam::types::{self, Tag};
use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::identity::Role;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Call, Cloud, CreateRole, DeleteRole, DeleteRolePolicy, GetRole, GetRolePolicy, PutRolePolicy, Reply, TagRole, UpdateAssumeRolePolicy,
};
use domain::resource::Tags;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::failure::failure;
use super::{AwsCloud, unknown};

/// The name of a role's one policy.
const POLICY: &str = "caretaker";

pub(super) async fn call(cloud: &AwsCloud, call: Call) -> Result<Reply, CallError> {
    let name = call.name();
    let client = &cloud.iam;
    match call {
        Call::GetRole(GetRole { name: role }) => {
            match client.get_role().role_name(role).send().await.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetRole(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::GetRole(output.role().map(|role| observed(cloud, role)))),
            }
        }
        Call::GetRolePolicy(GetRolePolicy { name: role }) => {
            let outcome = client.get_role_policy().role_name(role).policy_name(POLICY).send().await;
            match outcome.map_err(|error| failure(name, &error)) {
                Err(error) if error.cause == Cause::NotFound => Ok(Reply::GetRolePolicy(None)),
                Err(error) => Err(error),
                Ok(output) => Ok(Reply::GetRolePolicy(Some(document(output.policy_document())))),
            }
        }
        Call::CreateRole(CreateRole { name: role, desired, tags }) => {
            let request = client.create_role().role_name(role).path(desired.path).permissions_boundary(desired.boundary);
            let request = request.assume_role_policy_document(desired.trust.to_string()).set_tags(Some(write_tags(tags)?));
            let output = request.send().await.map_err(|error| failure(name, &error))?;
            let role = output.role().ok_or_else(|| CallError::new(name, Cause::Unavailable, "the reply has no role"))?;
            Ok(Reply::CreateRole(observed(cloud, role)))
        }
        Call::UpdateAssumeRolePolicy(UpdateAssumeRolePolicy { name: role, trust }) => {
            let outcome = client.update_assume_role_policy().role_name(role).policy_document(trust.to_string()).send().await;
            outcome.map(|_| Reply::UpdateAssumeRolePolicy(())).map_err(|error| failure(name, &error))
        }
        Call::PutRolePolicy(PutRolePolicy { name: role, policy }) => {
            let request = client.put_role_policy().role_name(role).policy_name(POLICY).policy_document(policy.to_string());
            request.send().await.map(|_| Reply::PutRolePolicy(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteRolePolicy(DeleteRolePolicy { name: role }) => {
            let outcome = client.delete_role_policy().role_name(role).policy_name(POLICY).send().await;
            outcome.map(|_| Reply::DeleteRolePolicy(())).map_err(|error| failure(name, &error))
        }
        Call::DeleteRole(DeleteRole { name: role }) => {
            client.delete_role().role_name(role).send().await.map(|_| Reply::DeleteRole(())).map_err(|error| failure(name, &error))
        }
        Call::TagRole(TagRole { name: role, tags }) => {
            let outcome = client.tag_role().role_name(role).set_tags(Some(write_tags(tags)?)).send().await;
            outcome.map(|_| Reply::TagRole(())).map_err(|error| failure(name, &error))
        }
        call => Err(unknown(call.name())),
    }
}

fn document(text: &str) -> Value {
    let text = percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned()))
}

fn observed(cloud: &AwsCloud, role: &types::Role) -> Observed {
    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn()).unwrap_or_default();
    let properties = Role {
        path: role.path().to_owned(),
        trust: role.assume_role_policy_document().map(document).unwrap_or_default(),
        policy: Value::Null,
        boundary: boundary.to_owned(),
    };
    let tags = role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    let shown = Shown::done(role.role_name(), properties).giving("name", role.role_name());
    Observed { arn: role.arn().to_owned(), tags, at: cloud.now(), detail: Detail::IamRole(shown) }
}

fn write_tags(tags: Tags) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    let tags = tags.into_iter().map(tag).collect::<Result<_, _>>();
    tags.map_err(|error| CallError::new("iam.Tag", Cause::InvalidRequest, error.to_string()))
}
