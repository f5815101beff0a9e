//! IAM roles, each with one policy of its own.

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::identity::Role;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Cloud, CreateRole, DeleteRole, DeleteRolePolicy, GetRole, GetRolePolicy, PutRolePolicy, TagRole, UpdateAssumeRolePolicy, send,
};
use serde_json::Value;

use super::plain::{plain, with};

plain!(Role(IamRole), |cloud, resource, desired|
    observe: match send(cloud, GetRole { name: resource.name.clone() }).await? {
        Some(observed) => Some(with_policy(cloud, &resource.name, observed).await?),
        None => None,
    },
    create: {
        let create = CreateRole { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        if seen.properties.trust != desired.trust {
            send(cloud, UpdateAssumeRolePolicy { name: resource.name.clone(), trust: desired.trust.clone() }).await?;
        }
        if seen.properties.policy != desired.policy {
            send(cloud, PutRolePolicy { name: resource.name.clone(), policy: desired.policy.clone() }).await?;
        }
        Ok(with(old, Detail::IamRole(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: {
        if seen.properties.policy != Value::Null {
            match send(cloud, DeleteRolePolicy { name: resource.name.clone() }).await {
                Err(error) if error.cause == Cause::NotFound => {}
                outcome => outcome?,
            }
        }
        send(cloud, DeleteRole { name: resource.name.clone() }).await
    },
    gone: now,
    tag |_of|: send(cloud, TagRole { name: resource.name.clone(), tags: resource.tags.clone() }).await?,
);

async fn with_policy(cloud: &impl Cloud, name: &str, mut observed: Observed) -> Result<Observed, CallError> {
    if let Detail::IamRole(seen) = &mut observed.detail {
        seen.properties.policy = send(cloud, GetRolePolicy { name: name.to_owned() }).await?.unwrap_or(Value::Null);
    }
    Ok(observed)
}
