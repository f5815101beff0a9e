//! Parameter groups of RDS.

use std::collections::BTreeSet;

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::database_settings::DbParameterGroup;
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Cloud, CreateDbParameterGroup, DeleteDbParameterGroup, DescribeDbParameterGroup, DescribeDbParameters, DescribeStaticParameters,
    ListTags, ModifyDbParameterGroup, ResetDbParameterGroup, TagDatabase, send,
};

use super::parameters::{batches, set, unset};
use super::plain::{plain, with};

plain!(DbParameterGroup(DbParameterGroup), |cloud, resource, desired|
    observe: match send(cloud, DescribeDbParameterGroup { name: resource.name.clone() }).await? {
        Some(observed) => Some(whole(cloud, &resource.name, observed).await?),
        None => None,
    },
    create: {
        let create = CreateDbParameterGroup { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        let name = &resource.name;
        let fixed = send(cloud, DescribeStaticParameters { name: name.clone() }).await?;
        for parameters in batches(set(&seen.properties.parameters, &desired.parameters)) {
            let at_reboot = those_of(&fixed, parameters.keys());
            send(cloud, ModifyDbParameterGroup { name: name.clone(), parameters, at_reboot }).await?;
        }
        for parameters in batches(unset(&seen.properties.parameters, &desired.parameters)) {
            let at_reboot = those_of(&fixed, parameters.iter());
            send(cloud, ResetDbParameterGroup { name: name.clone(), parameters, at_reboot }).await?;
        }
        Ok(with(old, Detail::DbParameterGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteDbParameterGroup { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagDatabase { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

/// Those of `names` that the engine reads only at its start.
fn those_of<'a>(fixed: &BTreeSet<String>, names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    names.filter(|name| fixed.contains(*name)).cloned().collect()
}

async fn whole(cloud: &impl Cloud, name: &str, observed: Observed) -> Result<Observed, CallError> {
    let tags = send(cloud, ListTags { arn: observed.arn.clone() }).await?;
    let mut observed = Observed { tags, ..observed };
    if let Detail::DbParameterGroup(seen) = &mut observed.detail {
        seen.properties.parameters = send(cloud, DescribeDbParameters { name: name.to_owned() }).await?;
    }
    Ok(observed)
}
