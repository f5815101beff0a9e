//! Load balancers: made in one call, finished once they are active.

use std::collections::BTreeMap;

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::balancing::{BalancerAttributes, LoadBalancer, LoadBalancerSeen};
use domain::kind::plain::Progress;
use domain::observed::{Observed, Sighting};
use domain::plan::{Change, Difference, Removal};
use domain::ports::{
    AssociateWebAcl, Cloud, CreateLoadBalancer, DeleteLoadBalancer, DescribeBalancingTags, DescribeLoadBalancer,
    DescribeLoadBalancerAttributes, DisassociateWebAcl, GetWebAclForResource, ModifyLoadBalancerAttributes, SetSecurityGroups, SetSubnets,
    TagBalancing, send,
};
use domain::resource::{Resource, Tags};

use super::plain::{seen, with};
use super::{Adapter, not_of_this_kind};

impl Adapter for LoadBalancer {
    async fn observe(&self, cloud: &impl Cloud, resource: &Resource, leaving: bool) -> Result<Sighting, CallError> {
        match send(cloud, DescribeLoadBalancer { name: resource.name.clone() }).await? {
            Some(observed) => whole(cloud, observed, leaving).await.map(Sighting::Seen),
            None => Ok(Sighting::Absent),
        }
    }

    async fn ensure(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        change: &Change,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        match change {
            Change::Create => {
                let create = CreateLoadBalancer { name: resource.name.clone(), desired: self.clone(), tags: resource.tags.clone() };
                match send(cloud, create).await {
                    Ok(observed) => Ok(Sighting::Seen(observed)),
                    Err(error) if error.cause == Cause::AlreadyExists => self.observe(cloud, resource, false).await,
                    Err(error) => Err(error),
                }
            }
            Change::Update(differences) => {
                let (old, seen) = seen!(LoadBalancer, observed, resource);
                let seen = finish(cloud, self, differences, &old.arn, seen).await?;
                Ok(Sighting::Seen(with(old, Detail::LoadBalancer(seen))))
            }
            Change::Adopt => {
                let (observed, _) = seen!(LoadBalancer, observed, resource);
                send(cloud, TagBalancing { arn: observed.arn.clone(), tags: resource.tags.clone() }).await?;
                Ok(Sighting::Seen(Observed { tags: resource.tags.clone(), ..observed.clone() }))
            }
            _ => Err(not_of_this_kind(resource, change)),
        }
    }

    async fn remove(
        &self,
        cloud: &impl Cloud,
        resource: &Resource,
        removal: &Removal,
        observed: Option<&Observed>,
    ) -> Result<Sighting, CallError> {
        let (old, seen) = seen!(LoadBalancer, observed, resource);
        let arn = old.arn.clone();
        let outcome = match removal {
            Removal::Delete => send(cloud, DeleteLoadBalancer { arn }).await.map(|()| Sighting::Absent),
            Removal::LiftProtection => {
                let attributes = BalancerAttributes { deletion_protection: false, ..seen.attributes() };
                let lifted = send(cloud, ModifyLoadBalancerAttributes { arn, attributes: attributes.clone() }).await;
                lifted.map(|()| Sighting::Seen(with(old, Detail::LoadBalancer(seen.clone().having(attributes)))))
            }
            _ => Err(not_of_this_kind(resource, &Change::Remove(removal.clone()))),
        };
        match outcome {
            Err(error) if error.cause == Cause::NotFound => Ok(Sighting::Absent),
            other => other,
        }
    }
}

/// The load balancer with its tags, and with what is set on it. Nothing can be done with one that is being made;
/// what filters the requests of one that leaves matters to nobody.
async fn whole(cloud: &impl Cloud, observed: Observed, leaving: bool) -> Result<Observed, CallError> {
    let arn = observed.arn.clone();
    let mut observed = Observed { tags: tags_of(cloud, &arn).await?, ..observed };
    let Detail::LoadBalancer(seen) = &mut observed.detail else { return Ok(observed) };
    if !matches!(seen.shown.progress, Progress::Working(_)) {
        let attributes = send(cloud, DescribeLoadBalancerAttributes { arn: arn.clone() }).await?;
        *seen = seen.clone().having(attributes);
        if !leaving {
            seen.shown.properties.web_acl = send(cloud, GetWebAclForResource { resource: arn }).await?;
        }
    }
    Ok(observed)
}

/// The tags of one thing.
pub(super) async fn tags_of(cloud: &impl Cloud, arn: &str) -> Result<Tags, CallError> {
    let mut all: BTreeMap<String, Tags> = send(cloud, DescribeBalancingTags { arns: vec![arn.to_owned()] }).await?;
    Ok(all.remove(arn).unwrap_or_default())
}

/// All that is set after the creation. The attributes come last: AWS refuses them while the bucket of the logs does not let it write.
async fn finish(
    cloud: &impl Cloud,
    desired: &LoadBalancer,
    differences: &[Difference],
    arn: &str,
    seen: &LoadBalancerSeen,
) -> Result<LoadBalancerSeen, CallError> {
    let shown = &seen.shown.properties;
    let arn = || arn.to_owned();
    if shown.subnets != desired.subnets {
        send(cloud, SetSubnets { arn: arn(), subnets: desired.subnets.clone() }).await?;
    }
    if shown.security_groups != desired.security_groups {
        send(cloud, SetSecurityGroups { arn: arn(), security_groups: desired.security_groups.clone() }).await?;
    }
    match &desired.web_acl {
        acl if *acl == shown.web_acl => {}
        Some(acl) => send(cloud, AssociateWebAcl { acl: acl.clone(), resource: arn() }).await?,
        None => send(cloud, DisassociateWebAcl { resource: arn() }).await?,
    }
    // A protection that a person has set is no difference, and stays.
    let ours = differences.iter().any(|difference| difference.property == "deletion_protection");
    let deletion_protection = if ours { desired.deletion_protection } else { shown.deletion_protection };
    let attributes = BalancerAttributes { deletion_protection, ..desired.attributes() };
    if attributes != seen.attributes() {
        send(cloud, ModifyLoadBalancerAttributes { arn: arn(), attributes: attributes.clone() }).await?;
    }
    let mut finished = seen.clone();
    finished.shown.properties = desired.clone();
    Ok(finished.having(attributes))
}
