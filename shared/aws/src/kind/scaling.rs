//! Scalable targets with their policies.
//!
//! A registration with tags is refused where a target stands, so that a foreign one is never taken over;
//! one without tags keeps them, and what it does not name (`SuspendedState`).

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::plain::Shown;
use domain::kind::scaling::ScalableTarget;
use domain::observed::Observed;
use domain::ports::{
    Cloud, DeleteScalingPolicy, DeregisterScalableTarget, DescribeScalableTarget, DescribeScalingPolicies, ListTargetTags,
    PutScalingPolicy, RegisterScalableTarget, TagScalableTarget, send,
};
use domain::resource::{Resource, Tags};

use super::plain::{is_bound, plain, with};

plain!(ScalableTarget(ScalableTarget), |cloud, resource, desired|
    observe: if is_bound(&desired.cluster) && is_bound(&desired.service) {
        look(cloud, resource, desired).await?
    } else {
        None
    },
    create: {
        // Its policies follow as a change, so that none is lost between two calls.
        let bare = ScalableTarget { policies: [].into(), ..desired.clone() };
        let register = RegisterScalableTarget { desired: bare.clone(), tags: resource.tags.clone() };
        let arn = send(cloud, register).await?;
        let detail = Detail::ScalableTarget(Shown::done(arn.clone(), bare));
        Ok(Observed { arn, tags: resource.tags.clone(), at: cloud.now(), detail })
    },
    update |old, seen|: {
        // Each registration moves the count into the bounds, so there is none without a difference.
        if (seen.properties.min, seen.properties.max) != (desired.min, desired.max) {
            send(cloud, RegisterScalableTarget { desired: desired.clone(), tags: Tags::new() }).await?;
        }
        set_policies(cloud, resource, desired, &seen.properties).await?;
        Ok(with(old, Detail::ScalableTarget(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: {
        let ScalableTarget { cluster, service, .. } = seen.properties.clone();
        send(cloud, DeregisterScalableTarget { cluster, service }).await
    },
    gone: now,
    tag |of|: send(cloud, TagScalableTarget { arn: of.0.clone(), tags: resource.tags.clone() }).await?,
);

/// The target with its tags and our policies. One that goes between two looks is gone.
async fn look(cloud: &impl Cloud, resource: &Resource, desired: &ScalableTarget) -> Result<Option<Observed>, CallError> {
    let (cluster, service) = (desired.cluster.clone(), desired.service.clone());
    let Some(mut observed) = send(cloud, DescribeScalableTarget { cluster: cluster.clone(), service: service.clone() }).await? else {
        return Ok(None);
    };
    observed.tags = match send(cloud, ListTargetTags { arn: observed.arn.clone() }).await {
        Err(error) if error.cause == Cause::NotFound => return Ok(None),
        tags => tags?,
    };
    let policies = send(cloud, DescribeScalingPolicies { cluster, service }).await?;
    if let Detail::ScalableTarget(seen) = &mut observed.detail {
        seen.properties.policies = ScalableTarget::own_policies(&resource.name, policies);
    }
    Ok(Some(observed))
}

/// Puts what differs, and takes away what is ours and not wanted any more.
async fn set_policies(cloud: &impl Cloud, resource: &Resource, desired: &ScalableTarget, seen: &ScalableTarget) -> Result<(), CallError> {
    let (cluster, service) = (&desired.cluster, &desired.service);
    let name = |key: &str| ScalableTarget::policy_name(&resource.name, key);
    for (key, policy) in desired.policies.iter().filter(|(key, policy)| seen.policies.get(*key) != Some(*policy)) {
        let put = PutScalingPolicy { cluster: cluster.clone(), service: service.clone(), name: name(key), policy: policy.clone() };
        send(cloud, put).await?;
    }
    for key in seen.policies.keys().filter(|key| !desired.policies.contains_key(*key)) {
        let delete = DeleteScalingPolicy { cluster: cluster.clone(), service: service.clone(), name: name(key) };
        match send(cloud, delete).await {
            Err(error) if error.cause == Cause::NotFound => {}
            outcome => outcome?,
        }
    }
    Ok(())
}
