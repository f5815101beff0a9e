//! Target groups, and the listeners that send requests to them.

use domain::failure::CallError;
use domain::kind::Detail;
use domain::kind::listeners::{Listener, TargetGroup};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    Cloud, CreateListener, CreateTargetGroup, DeleteListener, DeleteTargetGroup, DescribeBalancingTags, DescribeListeners,
    DescribeTargetGroup, DescribeTargetGroupAttributes, ModifyListener, ModifyTargetGroup, ModifyTargetGroupAttributes, TagBalancing, send,
};
use domain::resource::Resource;

use super::balancing::tags_of;
use super::plain::{identity, is_bound, plain, with};

plain!(TargetGroup(TargetGroup), |cloud, resource, desired|
    observe: match send(cloud, DescribeTargetGroup { name: resource.name.clone() }).await? {
        Some(observed) => Some(whole(cloud, observed).await?),
        None => None,
    },
    create: {
        let create = CreateTargetGroup { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        let (arn, seconds) = (old.arn.clone(), desired.deregistration_seconds);
        let as_it_was = TargetGroup { deregistration_seconds: seen.properties.deregistration_seconds, ..desired.clone() };
        if seen.properties != as_it_was {
            send(cloud, ModifyTargetGroup { arn: arn.clone(), desired: desired.clone() }).await?;
        }
        if seen.properties.deregistration_seconds != seconds {
            send(cloud, ModifyTargetGroupAttributes { arn, deregistration_seconds: seconds }).await?;
        }
        Ok(with(old, Detail::TargetGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: send(cloud, DeleteTargetGroup { arn: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagBalancing { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

async fn whole(cloud: &impl Cloud, observed: Observed) -> Result<Observed, CallError> {
    let tags = tags_of(cloud, &observed.arn).await?;
    let seconds = send(cloud, DescribeTargetGroupAttributes { arn: observed.arn.clone() }).await?;
    let mut observed = Observed { tags, ..observed };
    if let Detail::TargetGroup(seen) = &mut observed.detail {
        seen.properties.deregistration_seconds = seconds;
    }
    Ok(observed)
}

plain!(Listener(Listener), |cloud, resource, desired|
    observe: if is_bound(&desired.load_balancer) { find(cloud, resource, desired).await? } else { None },
    create: {
        let create = CreateListener { name: resource.name.clone(), desired: desired.whole(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        let wanted = desired.whole();
        send(cloud, ModifyListener { arn: old.arn.clone(), desired: wanted.clone() }).await?;
        Ok(with(old, Detail::Listener(Shown { properties: wanted, ..seen.clone() })))
    },
    delete |seen|: send(cloud, DeleteListener { arn: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, TagBalancing { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

/// Of the load balancer's listeners the one with our tags, on whatever port; else the one that has our port, whose ever it is.
async fn find(cloud: &impl Cloud, resource: &Resource, desired: &Listener) -> Result<Option<Observed>, CallError> {
    let mut all = send(cloud, DescribeListeners { load_balancer: desired.load_balancer.clone() }).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let arns = all.iter().map(|one| one.arn.clone()).collect();
    let mut tags = send(cloud, DescribeBalancingTags { arns }).await?;
    for one in &mut all {
        one.tags = tags.remove(&one.arn).unwrap_or_default();
    }
    let identity = identity(resource);
    let ours = |one: &&Observed| identity.iter().all(|(key, value)| one.tags.get(key) == Some(value));
    let on_our_port = |one: &&Observed| matches!(&one.detail, Detail::Listener(seen) if seen.properties.port == desired.port);
    Ok(all.iter().find(ours).or_else(|| all.iter().find(on_our_port)).cloned())
}
