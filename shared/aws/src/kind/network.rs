//! The network of an environment, and security groups.

use std::collections::BTreeSet;

use domain::failure::{CallError, Cause};
use domain::kind::Detail;
use domain::kind::network::{ElasticIp, FlowLog, Ingress, InternetGateway, NatGateway, RouteTable, SecurityGroup, Subnet, Vpc};
use domain::kind::plain::Shown;
use domain::observed::Observed;
use domain::ports::{
    AllocateAddress, AssociateRouteTable, AttachInternetGateway, AuthorizeSecurityGroupIngress, Cloud, CreateFlowLogs,
    CreateInternetGateway, CreateNatGateway, CreateRoute, CreateRouteTable, CreateSecurityGroup, CreateSubnet, CreateTags, CreateVpc,
    DeleteFlowLogs, DeleteInternetGateway, DeleteNatGateway, DeleteRoute, DeleteRouteTable, DeleteSecurityGroup, DeleteSubnet, DeleteVpc,
    DescribeAddresses, DescribeFlowLogs, DescribeInternetGateways, DescribeNatGateways, DescribeRouteTables, DescribeSecurityGroups,
    DescribeSubnets, DescribeVpcAttribute, DescribeVpcs, DetachInternetGateway, DisassociateRouteTable, ModifyVpcAttribute, ReleaseAddress,
    ReplaceRoute, RevokeSecurityGroupIngress, send,
};

use super::plain::{identity, is_bound, plain, with};

plain!(Vpc(Vpc), |cloud, resource, desired|
    observe: match send(cloud, DescribeVpcs { tags: identity(resource) }).await? {
        Some(observed) => Some(with_dns(cloud, observed).await?),
        None => None,
    },
    create: {
        let create = CreateVpc { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        send(cloud, ModifyVpcAttribute { id: seen.id.clone(), dns_hostnames: desired.dns_hostnames }).await?;
        Ok(with(old, Detail::Vpc(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: send(cloud, DeleteVpc { id: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

async fn with_dns(cloud: &impl Cloud, mut observed: Observed) -> Result<Observed, CallError> {
    if let Detail::Vpc(seen) = &mut observed.detail {
        seen.properties.dns_hostnames = send(cloud, DescribeVpcAttribute { id: seen.id.clone() }).await?;
    }
    Ok(observed)
}

plain!(Subnet(Subnet), |cloud, resource, desired|
    observe: send(cloud, DescribeSubnets { tags: identity(resource) }).await?,
    create: {
        let create = CreateSubnet { name: resource.name.clone(), desired: desired.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, _seen|: Ok(old.clone()),
    delete |seen|: send(cloud, DeleteSubnet { id: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

plain!(InternetGateway(InternetGateway), |cloud, resource, desired|
    observe: send(cloud, DescribeInternetGateways { tags: identity(resource) }).await?,
    create: send(cloud, CreateInternetGateway { name: resource.name.clone(), tags: resource.tags.clone() }).await,
    update |old, seen|: {
        if !seen.properties.vpc.is_empty() {
            send(cloud, DetachInternetGateway { id: seen.id.clone(), vpc: seen.properties.vpc.clone() }).await?;
        }
        there_is_fine(send(cloud, AttachInternetGateway { id: seen.id.clone(), vpc: desired.vpc.clone() }).await)?;
        Ok(with(old, Detail::InternetGateway(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: {
        if !seen.properties.vpc.is_empty() {
            gone_is_fine(send(cloud, DetachInternetGateway { id: seen.id.clone(), vpc: seen.properties.vpc.clone() }).await)?;
        }
        send(cloud, DeleteInternetGateway { id: seen.id.clone() }).await
    },
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

plain!(ElasticIp(ElasticIp), |cloud, resource, _desired|
    observe: send(cloud, DescribeAddresses { tags: identity(resource) }).await?,
    create: send(cloud, AllocateAddress { name: resource.name.clone(), tags: resource.tags.clone() }).await,
    update |old, _seen|: Ok(old.clone()),
    delete |seen|: send(cloud, ReleaseAddress { id: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

plain!(NatGateway(NatGateway), |cloud, resource, desired|
    observe: send(cloud, DescribeNatGateways { tags: identity(resource) }).await?,
    create: {
        let (name, token, tags) = (resource.name.clone(), resource.token.clone(), resource.tags.clone());
        send(cloud, CreateNatGateway { name, token, desired: desired.clone(), tags }).await
    },
    update |old, _seen|: Ok(old.clone()),
    delete |seen|: send(cloud, DeleteNatGateway { id: seen.id.clone() }).await,
    gone: later,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

plain!(RouteTable(RouteTable), |cloud, resource, desired|
    observe: send(cloud, DescribeRouteTables { tags: identity(resource) }).await?,
    create: {
        let (name, token, tags) = (resource.name.clone(), resource.token.clone(), resource.tags.clone());
        send(cloud, CreateRouteTable { name, token, vpc: desired.vpc.clone(), tags }).await
    },
    update |old, seen|: {
        let changed = lead(cloud, desired, seen).await?;
        Ok(with(old, Detail::RouteTable(changed)))
    },
    delete |seen|: {
        for subnet in &seen.properties.subnets {
            gone_is_fine(leave(cloud, seen, subnet).await)?;
        }
        send(cloud, DeleteRouteTable { id: seen.id.clone() }).await
    },
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

/// Routes and subnets as they should be.
async fn lead(cloud: &impl Cloud, desired: &RouteTable, seen: &Shown<RouteTable>) -> Result<Shown<RouteTable>, CallError> {
    let mut changed = seen.clone();
    let (table, shown) = (&seen.id, &seen.properties);
    for destination in shown.routes.keys().filter(|destination| !desired.routes.contains_key(*destination)) {
        gone_is_fine(send(cloud, DeleteRoute { table: table.clone(), destination: destination.clone() }).await)?;
    }
    for (destination, target) in &desired.routes {
        let (table, destination, target) = (table.clone(), destination.clone(), target.clone());
        match shown.routes.get(&destination) {
            Some(present) if *present == target => {}
            Some(_) => send(cloud, ReplaceRoute { table, destination, target }).await?,
            None => there_is_fine(send(cloud, CreateRoute { table, destination, target }).await)?,
        }
    }
    for subnet in shown.subnets.difference(&desired.subnets) {
        gone_is_fine(leave(cloud, seen, subnet).await)?;
    }
    for subnet in desired.subnets.difference(&shown.subnets) {
        let association = send(cloud, AssociateRouteTable { table: table.clone(), subnet: subnet.clone() }).await?;
        changed.gives.insert(subnet.clone(), association);
    }
    changed.properties = desired.clone();
    Ok(changed)
}

async fn leave(cloud: &impl Cloud, seen: &Shown<RouteTable>, subnet: &str) -> Result<(), CallError> {
    match seen.gives.get(subnet) {
        Some(association) => send(cloud, DisassociateRouteTable { association: association.clone() }).await,
        None => Ok(()),
    }
}

plain!(FlowLog(FlowLog), |cloud, resource, desired|
    observe: send(cloud, DescribeFlowLogs { tags: identity(resource) }).await?,
    create: {
        let (name, token, tags) = (resource.name.clone(), resource.token.clone(), resource.tags.clone());
        send(cloud, CreateFlowLogs { name, token, desired: desired.clone(), tags }).await
    },
    update |old, _seen|: Ok(old.clone()),
    delete |seen|: send(cloud, DeleteFlowLogs { id: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

plain!(SecurityGroup(SecurityGroup), |cloud, resource, desired|
    observe: if is_bound(&desired.vpc) {
        send(cloud, DescribeSecurityGroups { vpc: desired.vpc.clone(), name: resource.name.clone() }).await?
    } else {
        None
    },
    create: {
        let create = CreateSecurityGroup { vpc: desired.vpc.clone(), name: resource.name.clone(), tags: resource.tags.clone() };
        send(cloud, create).await
    },
    update |old, seen|: {
        open(cloud, &seen.id, &seen.properties.ingress, &desired.ingress).await?;
        Ok(with(old, Detail::SecurityGroup(Shown { properties: desired.clone(), ..seen.clone() })))
    },
    delete |seen|: send(cloud, DeleteSecurityGroup { id: seen.id.clone() }).await,
    gone: now,
    tag |of|: send(cloud, CreateTags { id: of.1.clone(), tags: resource.tags.clone() }).await?,
);

/// Opens what should be open before it closes what should not: nobody is cut off in between.
async fn open(cloud: &impl Cloud, id: &str, shown: &BTreeSet<Ingress>, wanted: &BTreeSet<Ingress>) -> Result<(), CallError> {
    let missing: Vec<_> = wanted.difference(shown).cloned().collect();
    let beyond: Vec<_> = shown.difference(wanted).cloned().collect();
    if !missing.is_empty() {
        there_is_fine(send(cloud, AuthorizeSecurityGroupIngress { id: id.to_owned(), ingress: missing }).await)?;
    }
    if !beyond.is_empty() {
        gone_is_fine(send(cloud, RevokeSecurityGroupIngress { id: id.to_owned(), ingress: beyond }).await)?;
    }
    Ok(())
}

fn there_is_fine(outcome: Result<(), CallError>) -> Result<(), CallError> {
    match outcome {
        Err(error) if error.cause == Cause::AlreadyExists => Ok(()),
        other => other,
    }
}

fn gone_is_fine(outcome: Result<(), CallError>) -> Result<(), CallError> {
    match outcome {
        Err(error) if error.cause == Cause::NotFound => Ok(()),
        other => other,
    }
}
