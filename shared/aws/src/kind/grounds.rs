//! Clusters, groups of subnets, log groups and repositories.

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::grounds::{Cluster, DbSubnetGroup, LogGroup, Repository};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AssociateKey, Cloud, CreateCluster, CreateLogGroup, CreateRepository, CreateSubnetGroup, DeleteCluster, DeleteLogGroup,
    DeleteRepository, DeleteSubnetGroup, DescribeCluster, DescribeLogGroup, DescribeRepository, DescribeSubnetGroup, GetLifecyclePolicy,
    ListLogGroupTags, ListRepositoryTags, ListTags, ModifySubnetGroup, PutImageScanning, PutLifecyclePolicy, PutRetentionPolicy,
    TagDatabase, TagLogGroup, TagRepository, TagService, UpdateCluster, send,
};
use domain::resource::Resource;

use super::plain::{plain, with};
use super::unseen;

plain!(Cluster(EcsCluster), |cloud, resource, desired|
    observe: send(cloud, DescribeCluster { name: resource.name.clone() }).await?,
    create: {
        let create = CreateCluster { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |_old, _seen|: send(cloud, UpdateCluster { name: resource.name.clone(), desired: desired.clone() }).await,
    delete |_seen|: send(cloud, DeleteCluster { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagService { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

plain!(DbSubnetGroup(DbSubnetGroup), |cloud, resource, desired|
    observe: match send(cloud, DescribeSubnetGroup { name: resource.name.clone() }).await? {
        Some(observed) => {
            let tags = send(cloud, ListTags { arn: observed.arn.clone() }).await?;
            Some(Observed { tags, ..observed })
        }
        None => None,
    },
    create: {
        let create = CreateSubnetGroup { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        send(cloud, ModifySubnetGroup { name: resource.name.clone(), desired: desired.clone() }).await?;
        Ok(with(old, Detail::DbSubnetGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteSubnetGroup { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagDatabase { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

plain!(LogGroup(LogGroup), |cloud, resource, desired|
    observe: log_group(cloud, resource).await?,
    create: {
        let create = CreateLogGroup { name: resource.name.clone(), key: desired.key.clone(), tags: resource.tags.clone() };
        send(cloud, create).await?;
        // The reply is empty: AWS alone knows the ARN.
        log_group(cloud, resource).await?.ok_or_else(|| unseen(resource))
    },
    update |old, seen|: {
        if seen.properties.retention_days != desired.retention_days {
            send(cloud, PutRetentionPolicy { name: resource.name.clone(), days: desired.retention_days }).await?;
        }
        if let Some(key) = desired.key.as_ref().filter(|key| seen.properties.key.as_ref() != Some(*key)) {
            send(cloud, AssociateKey { name: resource.name.clone(), key: key.clone() }).await?;
        }
        Ok(with(old, Detail::LogGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteLogGroup { name: resource.name.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagLogGroup { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn log_group(cloud: &impl Cloud, resource: &Resource) -> Result<Option<Observed>, CallError> {
    match send(cloud, DescribeLogGroup { name: resource.name.clone() }).await? {
        Some(observed) => {
            let tags = send(cloud, ListLogGroupTags { arn: observed.arn.clone() }).await?;
            Ok(Some(Observed { tags, ..observed }))
        }
        None => Ok(None),
    }
}

plain!(Repository(EcrRepository), |cloud, resource, desired|
    observe: match send(cloud, DescribeRepository { name: resource.name.clone() }).await? {
        Some(observed) => Some(whole(cloud, resource, observed).await?),
        None => None,
    },
    create: {
        let create = CreateRepository { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        if seen.properties.scan_on_push != desired.scan_on_push {
            send(cloud, PutImageScanning { name: resource.name.clone(), on: desired.scan_on_push }).await?;
        }
        if seen.properties.keep_images != desired.keep_images {
            send(cloud, PutLifecyclePolicy { name: resource.name.clone(), keep_images: desired.keep_images }).await?;
        }
        Ok(with(old, Detail::EcrRepository(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |_seen|: send(cloud, DeleteRepository { name: resource.name.clone(), force: false }).await,
    gone: now,
    tag |of|: send(cloud, TagRepository { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn whole(cloud: &impl Cloud, resource: &Resource, observed: Observed) -> Result<Observed, CallError> {
    let tags = send(cloud, ListRepositoryTags { arn: observed.arn.clone() }).await?;
    let kept = send(cloud, GetLifecyclePolicy { name: resource.name.clone() }).await?;
    let mut observed = Observed { tags, ..observed };
    if let Detail::EcrRepository(seen) = &mut observed.detail {
        seen.properties.keep_images = kept.unwrap_or(0);
    }
    Ok(observed)
}
